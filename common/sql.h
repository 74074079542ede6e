/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SQL_H
#define MFA_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What our databases share: the state of a login host (store.h) and that of
 * mfad (server/db.h).
 */

/* What is bound to a statement's parameters, in order:
 * ARGS(TEXT(user), NUMBER(now),) — with a comma behind the last. */
struct arg {
	enum { ARG_END, ARG_TEXT, ARG_NUMBER, ARG_BYTES } kind;
	const void *data;	/* text: NULL binds NULL */
	size_t len;
	int64_t number;
};
#define TEXT(x)		{ .kind = ARG_TEXT, .data = (x) }
#define NUMBER(x)	{ .kind = ARG_NUMBER, .number = (x) }
#define BYTES(x, n)	{ .kind = ARG_BYTES, .data = (x), .len = (n) }
#define ARGS(...)	((const struct arg[]){ __VA_ARGS__ { .kind = ARG_END } })

/* Binds all of them; what they point to must live until sql_end.  SQLite's
 * code. */
int sql_bind(sqlite3_stmt *st, const struct arg *args);

/* A statement is never left in the middle: a read that stays open would keep
 * the write-ahead log from starting over. */
void sql_end(sqlite3_stmt *st);

/* Column i as text that fits, and as a number within the bounds of an
 * unsigned int (anything else is UINT_MAX, which no check lets through).  False:
 * there was no memory for the text, and it is "". */
bool sql_text(sqlite3_stmt *st, int i, char *dst, size_t size);
unsigned int sql_uint(sqlite3_stmt *st, int i);

/* The first number that a statement of no parameters answers.  SQLite's code. */
int sql_number(sqlite3 *db, const char *text, int64_t *value);

/* Trusts nothing that stands in the file but data: no triggers, no views, no
 * functions in its schema, and it cannot be changed but by statements. */
void sql_distrust(sqlite3 *db);

/* What SQLite's code rc means to us, and its words, which name the file.  db
 * may be NULL.  advice says what to do about an errno, or "". */
int sql_error(sqlite3 *db, int rc, const char *path, const char *(*advice)(int error),
    char *words, size_t size);

#endif
