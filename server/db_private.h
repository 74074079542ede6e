/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_DB_PRIVATE_H
#define MFAD_DB_PRIVATE_H

#include <limits.h>
#include <sys/types.h>

#include "db.h"

/* ---- all limits ---- */
#define DB_SLOTS	512	/* statements of one connection; a power of two */
#define DB_BUSY_MS	2000	/* for an administrator's sqlite3 to let go */
#define DB_CACHE_KIB	16384	/* pages that a connection keeps in memory */
#define DB_LOG_MAX	(64L << 20)	/* bytes; a log that grew longer is cut back */

/* "PAMd", so that file(1) and we know it. */
#define DB_APPLICATION_ID 0x50414d64

struct db {
	sqlite3 *handle;
	struct { const char *sql; sqlite3_stmt *st; } slots[DB_SLOTS];
	enum db_mode mode;
	struct seal_key key;
	bool has_key;
	dev_t device;		/* of the file when it was opened */
	ino_t inode;
	struct wake *wakes;
	bool wake_lost;		/* there was no memory for one */
	bool text_lost;		/* nor for a text that was read */
	const char *field;
	char path[PATH_MAX];
	char message[512];
};

/* What SQLite's code rc means to us; keeps its words. */
int db_error(struct db *db, int rc);

/* Several statements without parameters. */
int db_script(struct db *db, const char *script);

/* Is the file by its name still the one that was opened? */
int db_same_file(struct db *db);

/* ---- db_schema.c ---- */

/* Looks whose database it is and how old; MFA_E_STATE when it is not ours or
 * newer than we are. */
int db_version(struct db *db, int64_t *version);

/* Inside a transaction: from any older version to ours. */
int db_migrate(struct db *db);
bool db_is_current(int64_t version);

/* ---- db_file.c ---- */

/* Makes the database, whole or not at all; MFA_OK also when there is one. */
int db_create(struct db *db);

#endif
