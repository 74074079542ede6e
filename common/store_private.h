/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_STORE_PRIVATE_H
#define MFA_STORE_PRIVATE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "deadline.h"
#include "sql.h"
#include "store.h"

/*
 * What the files of the store share.  A statement is prepared at most once a
 * process, and is never left in the middle: a read that stays open would keep
 * the write-ahead log from starting over.
 */

/* ---- all limits ---- */
#define STORE_READ_MS	1000	/* a reader waits for somebody who recovers the log */
#define STORE_CREATE_MS	10000	/* for another that makes the state just now */
#define STORE_CACHE	40	/* pages that a login keeps in memory */
#define STORE_CHECKPOINT 1000	/* pages in the log, then tidy writes them home */
#define STORE_BACKSTOP	10000	/* the same in the midst of a login, when tidy did not */
#define STORE_ALONE	16	/* a process that is alone leaves no more to recover */
#define STORE_LOG_BYTES	(4L << 20)	/* of the log are written in advance */
#define STORE_LOG_MAX	(64L << 20)	/* a log that grew longer is cut back to this */
#define STORE_TIDY_EVERY 3600	/* seconds between two rounds of deleting */
#define STORE_TIDY_ROWS	500	/* deleted of each kind in one go */
#define STORE_KEEP	(30 * 86400)	/* seconds for what is used up or has expired */

/* An audit record's id is its second times this, plus a number in the second. */
#define AUDIT_IDS	((int64_t)1 << 20)

/* "PAMf", so that file(1) and we know it. */
#define STORE_APPLICATION_ID 0x50414d66

/* Every statement; their text is in store_sql.c. */
enum stmt {
	STMT_BEGIN, STMT_COMMIT, STMT_ROLLBACK,

	STMT_USER, STMT_USER_MAKE, STMT_USER_FAILED, STMT_USER_SUCCEEDED, STMT_USER_GRACE,
	STMT_USER_APPROVED, STMT_USER_LOCK, STMT_USER_UNLOCK, STMT_USER_NOTICE, STMT_USERS,

	STMT_TOKENS, STMT_TOKEN_KINDS, STMT_TOKEN_COUNT, STMT_TOKEN_ADD, STMT_TOKEN_SET,
	STMT_TOKEN_SPEND, STMT_TOKEN_RESYNC, STMT_TOKEN_RENAME, STMT_TOKEN_REMOVE,

	STMT_SALT, STMT_SALT_KEPT, STMT_SALT_SET, STMT_RECOVERY, STMT_RECOVERY_ADD,
	STMT_RECOVERY_SPEND, STMT_RECOVERY_REMOVE, STMT_PASSES, STMT_PASS_ADD, STMT_PASS_SPEND,
	STMT_PASSES_REMOVE,

	STMT_GRANT_FIND, STMT_GRANT_ADD, STMT_GRANTS, STMT_GRANTS_FORGET,

	STMT_APPROVAL_SPEND, STMT_REVOCATION_ADD, STMT_REVOCATIONS,

	STMT_SESSION_OPEN, STMT_SESSION_CLOSE, STMT_SESSION_FIND,

	STMT_TOLD, STMT_TOLD_SET,

	STMT_AUDIT, STMT_AUDIT_READ,

	STMT_TIDIED, STMT_TIDIED_SET, STMT_TIDY_AUDIT, STMT_TIDY_GRANTS, STMT_TIDY_PASSES,
	STMT_TIDY_RECOVERY, STMT_TIDY_APPROVALS, STMT_TIDY_SESSIONS,

	STMT_COUNT
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statements[STMT_COUNT];
	enum store_mode mode;
	struct seal_key key;
	bool has_key;
	bool begun;		/* between store_begin and store_commit or store_rollback */
	int lock;		/* the file "lock"; -1 with STORE_READ */
	int log;		/* state.db-wal, to make it durable; -1 with STORE_READ */
	int log_pages;		/* in the log after our last commit */
	dev_t device;		/* of state.db when it was opened */
	ino_t inode;
	char path[256];		/* of state.db */
	char message[256];
};

/* ---- store.c ---- */

/* Keeps the words for store_message and returns error. */
int store_say(struct store *s, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What to do about errno's error, to follow its words; "" when nothing can be
 * said.  Files that root restored or made are the case that it is for. */
const char *store_advice(int error);

/* What SQLite's code rc means to us; keeps its words. */
int store_error(struct store *s, int rc);

/* ---- store_sql.c ---- */

/* Prepares those that a login runs. */
int store_prepare(struct store *s);

/* Runs a statement that returns no row.  changes (or NULL) is how many rows
 * it touched.  What writes runs in a transaction only: MFA_E_INTERNAL. */
int store_do(struct store *s, enum stmt id, const struct arg *args, int *changes);

/* The first row of a statement, in *out; MFA_E_ABSENT when there is none.
 * The strings bound must live until the end.  Only after MFA_OK: go on with
 * store_next (MFA_E_ABSENT after the last), which ends it itself when it
 * returns anything but MFA_OK; or end it with sql_end. */
int store_first(struct store *s, enum stmt id, const struct arg *args, sqlite3_stmt **out);
int store_next(struct store *s, sqlite3_stmt *st);

/* ---- store_schema.c ---- */

/* Makes state.db in dir, whole or not at all; MFA_OK also when somebody else
 * did meanwhile.  s has no database yet. */
int store_create(struct store *s, const char *dir);

/* Looks whose database it is and how old.  MFA_E_STATE when it is not ours or
 * newer than we are. */
int store_version(struct store *s, int64_t *version);

/* Migrates it from an older version; nothing to do for the current one. */
int store_migrate(struct store *s, int64_t version);

/* ---- store_lock.c ---- */

/* Opens the file "lock" in dir and tells others that we are here. */
int store_lock_open(struct store *s, const char *dir);

/* Queues for the one lock of all writers.  MFA_E_BUSY at the deadline. */
int store_lock(struct store *s, struct deadline deadline);
void store_unlock(struct store *s);

/* Does no other process have the state open? */
bool store_alone(const struct store *s);

#endif
