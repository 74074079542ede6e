/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_DB_H
#define MFAD_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "seal.h"
#include "sql.h"

/*
 * The state of mfad: /var/lib/mfad/mfad.db, SQLite in WAL mode.  A struct db is
 * one connection, used by one thread at a time.  There is one that writes,
 * which the writer's thread owns (writer.h), and any number that read.
 *
 * Functions return MFA_OK or an mfa_error; MFA_E_STATE covers whatever SQLite
 * says (full, read-only, damaged, newer schema), MFA_E_BUSY a lock not had in
 * time; db_message says it in words.  What has been committed is durable.
 */
struct db;

enum db_mode {
	DB_READ,	/* nothing is written */
	DB_WRITE,	/* must exist with the current schema or an older one,
			 * which is migrated; an empty file is damage */
	DB_CREATE,	/* as DB_WRITE, made when it is missing */
};

/* key is copied; NULL where no secret is sealed or unsealed.  The first one is
 * opened before there are threads.  On error *out is NULL and why (size bytes)
 * says it in words. */
int db_open(const char *path, const struct seal_key *key, enum db_mode mode, struct db **out,
    char *why, size_t size);

/* Closes, wipes and frees; *db may be NULL and becomes it. */
void db_close(struct db **db);

/* The last error in words; owned by db; valid until the next call. */
const char *db_message(const struct db *db);

/* Keeps the words for db_message and returns error. */
int db_say(struct db *db, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- statements ---- */

/*
 * sql is a string that lives as long as the connection: a statement is known by
 * its address, prepared once and kept.  What is bound must live until the end.
 */

/* Runs a statement that returns no row.  changes (or NULL) is how many rows it
 * touched.  What writes runs in a transaction only: MFA_E_INTERNAL. */
int db_do(struct db *db, const char *sql, const struct arg *args, int *changes);

/* The same for one that must touch a row: `error` when it does not. */
int db_change(struct db *db, const char *sql, const struct arg *args, int error);

/* The first row, in *out; MFA_E_ABSENT when there is none.  Only after MFA_OK:
 * go on with db_next (MFA_E_ABSENT after the last), which ends it itself when
 * it returns anything but MFA_OK; or end it with db_end. */
int db_first(struct db *db, const char *sql, const struct arg *args, sqlite3_stmt **out);
int db_next(struct db *db, sqlite3_stmt *st);

/* Column i as text that fits; "" also without memory, which is said at the end. */
void db_text(struct db *db, sqlite3_stmt *st, int i, char *dst, size_t size);

/* Ends it.  r; or MFA_E_MEMORY for one of at least 0, where that was missing for a text. */
int db_end(struct db *db, sqlite3_stmt *st, int r) __attribute__((warn_unused_result));

/* The number in the first row, or `otherwise` when there is none. */
int db_number(struct db *db, const char *sql, const struct arg *args, int64_t otherwise,
    int64_t *out);

/* Column i as the bytes of a known length; MFA_E_STATE when it has another. */
int db_bytes(struct db *db, sqlite3_stmt *st, int i, void *dst, size_t len);

/* ---- transactions ---- */

/* One for all that is read in between: what it shows belongs together. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);	/* at any time; never fails */

/* Within one: what `run` did stays if it returns MFA_OK, and else it was
 * never done.  Returns what it returned, or an error of the database, with which
 * the transaction may have ended. */
int db_try(struct db *db, int (*run)(struct db *db, void *arg), void *arg);

/* Is the transaction still there?  SQLite ends it by itself at some errors. */
bool db_in_transaction(const struct db *db);

/* The key of the seals; NULL when it was opened without. */
const struct seal_key *db_key(const struct db *db);

/* ---- what goes with a result ---- */

/* Somebody who waits for what changed is to be woken: `what` is the id of a
 * login or an enrolment, or "user " and a name. */
struct wake {
	struct wake *next;
	char what[264];
};

/* Notes one; without memory, what is tried (db_try) fails. */
void db_wake(struct db *db, const char *prefix, const char *what);
struct wake *db_take_wakes(struct db *db);
void wakes_free(struct wake **wakes);

/* The member of a request that was wrong; a static string, or NULL. */
void db_blame(struct db *db, const char *field);
const char *db_blamed(const struct db *db);

/* ---- backup ---- */

/* Writes all of it to a new file, whole or not at all, while others write.
 * db is a connection of the caller's own, for as long as it takes.
 * MFA_E_EXISTS when path is taken; MFA_E_INVALID when it is not absolute;
 * MFA_E_STATE. */
int db_backup(struct db *db, const char *path);

#endif
