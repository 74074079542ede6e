/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How statements are prepared, kept and run.
 */
#include <string.h>

#include "db_private.h"
#include "error.h"

/* Its place among those that are kept; by address, so that finding it costs
 * less than the statement.  NULL: there are too many. */
static sqlite3_stmt **
slot(struct db *db, const char *sql)
{
	size_t i, at = ((uintptr_t)sql >> 4) * 2654435761U;

	for (i = 0; i < DB_SLOTS; i++, at++) {
		at &= DB_SLOTS - 1;
		if (db->slots[at].sql == NULL)
			db->slots[at].sql = sql;
		if (db->slots[at].sql == sql)
			return &db->slots[at].st;
	}
	return NULL;
}

static int
prepare(struct db *db, const char *sql, sqlite3_stmt **out)
{
	sqlite3_stmt **st = slot(db, sql);
	int rc;

	*out = NULL;
	if (st == NULL)
		return db_say(db, MFA_E_INTERNAL, "%s: too many statements", db->path);
	if (*st == NULL) {
		rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
		if (rc != SQLITE_OK)
			return db_error(db, rc);
	}
	*out = *st;
	return MFA_OK;
}

static int
start(struct db *db, const char *sql, const struct arg *args, sqlite3_stmt **out)
{
	int rc, r = prepare(db, sql, out);

	if (r != MFA_OK)
		return r;
	if (!db_in_transaction(db) && sqlite3_stmt_readonly(*out) == 0)
		return db_say(db, MFA_E_INTERNAL, "written outside of a transaction");
	if ((rc = sql_bind(*out, args)) != SQLITE_OK) {
		r = db_error(db, rc);
		sql_end(*out);
	}
	return r;
}

void
db_text(struct db *db, sqlite3_stmt *st, int i, char *dst, size_t size)
{
	if (!sql_text(st, i, dst, size))
		db->text_lost = true;
}

int
db_end(struct db *db, sqlite3_stmt *st, int r)
{
	sql_end(st);
	if (!db->text_lost)
		return r;
	db->text_lost = false;
	return r < 0 && r != MFA_E_ABSENT ? r : db_say(db, MFA_E_MEMORY, "%s: out of memory",
	    db->path);
}

int
db_next(struct db *db, sqlite3_stmt *st)
{
	int rc;

	if (db->text_lost)
		return db_end(db, st, MFA_OK);
	if ((rc = sqlite3_step(st)) == SQLITE_ROW)
		return MFA_OK;
	return db_end(db, st, rc == SQLITE_DONE ? MFA_E_ABSENT : db_error(db, rc));
}

int
db_first(struct db *db, const char *sql, const struct arg *args, sqlite3_stmt **out)
{
	int r = start(db, sql, args, out);

	return r != MFA_OK ? r : db_next(db, *out);
}

int
db_do(struct db *db, const char *sql, const struct arg *args, int *changes)
{
	sqlite3_stmt *st;
	int r = db_first(db, sql, args, &st);

	if (r == MFA_OK)
		sql_end(st);
	if (r == MFA_E_ABSENT)
		r = MFA_OK;
	if (changes != NULL)
		*changes = r == MFA_OK ? sqlite3_changes(db->handle) : 0;
	return r;
}

int
db_change(struct db *db, const char *sql, const struct arg *args, int error)
{
	int changes, r = db_do(db, sql, args, &changes);

	return r == MFA_OK && changes == 0 ? error : r;
}

int
db_number(struct db *db, const char *sql, const struct arg *args, int64_t otherwise,
    int64_t *out)
{
	sqlite3_stmt *st;
	int r = db_first(db, sql, args, &st);

	*out = otherwise;
	if (r == MFA_OK) {
		*out = sqlite3_column_int64(st, 0);
		sql_end(st);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
db_bytes(struct db *db, sqlite3_stmt *st, int i, void *dst, size_t len)
{
	const void *bytes = sqlite3_column_blob(st, i);

	if (bytes == NULL || sqlite3_column_bytes(st, i) != (int)len) {
		memset(dst, 0, len);
		return db_say(db, MFA_E_STATE, "%s: a row is damaged", db->path);
	}
	memcpy(dst, bytes, len);
	return MFA_OK;
}
