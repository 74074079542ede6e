/* SPDX-License-Identifier: BSD-2-Clause */
#include "sql.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

static int
bind_one(sqlite3_stmt *st, int i, const struct arg *a)
{
	if (a->kind == ARG_NUMBER)
		return sqlite3_bind_int64(st, i, a->number);
	if (a->data == NULL)
		return sqlite3_bind_null(st, i);
	if (a->len > INT_MAX)
		return SQLITE_TOOBIG;
	if (a->kind == ARG_BYTES)
		return sqlite3_bind_blob(st, i, a->data, (int)a->len, SQLITE_STATIC);
	return sqlite3_bind_text(st, i, a->data, -1, SQLITE_STATIC);
}

int
sql_bind(sqlite3_stmt *st, const struct arg *args)
{
	int i, rc = SQLITE_OK;

	for (i = 0; rc == SQLITE_OK && args[i].kind != ARG_END; i++)
		rc = bind_one(st, i + 1, &args[i]);
	return rc;
}

void
sql_end(sqlite3_stmt *st)
{
	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
}

bool
sql_text(sqlite3_stmt *st, int i, char *dst, size_t size)
{
	const unsigned char *text = sqlite3_column_text(st, i);

	(void)snprintf(dst, size, "%s", text != NULL ? (const char *)text : "");
	return text != NULL || sqlite3_column_type(st, i) == SQLITE_NULL;
}

unsigned int
sql_uint(sqlite3_stmt *st, int i)
{
	int64_t n = sqlite3_column_int64(st, i);

	return n < 0 || n > UINT_MAX ? UINT_MAX : (unsigned int)n;
}

int
sql_number(sqlite3 *db, const char *text, int64_t *value)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(db, text, -1, 0, &st, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		*value = sqlite3_column_int64(st, 0);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(st);
	return rc;
}

void
sql_distrust(sqlite3 *db)
{
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
}

static int __attribute__((format(printf, 4, 5)))
say(char *words, size_t size, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(words, size, format, ap);
	va_end(ap);
	return error;
}

int
sql_error(sqlite3 *db, int rc, const char *path, const char *(*advice)(int error), char *words,
    size_t size)
{
	const char *text = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
	int cause = db != NULL ? sqlite3_system_errno(db) : 0;
	bool taken;

	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return say(words, size, MFA_E_MEMORY, "%s: out of memory", path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return say(words, size, MFA_E_BUSY, "%s: another program holds it", path);
	case SQLITE_CONSTRAINT:
		taken = rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY;
		return say(words, size, taken ? MFA_E_EXISTS : MFA_E_INTERNAL, "%s: %s", path,
		    text);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return say(words, size, MFA_E_STATE, "%s is damaged (%s): restore it from a "
		    "backup", path, text);
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		if (cause != 0)
			return say(words, size, MFA_E_STATE, "%s: %s: %s%s", path, text,
			    strerror(cause), advice(cause));
		/* FALLTHROUGH */
	default:
		return say(words, size, MFA_E_STATE, "%s: %s", path, text);
	}
}
