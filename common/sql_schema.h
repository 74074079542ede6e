/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SQL_SCHEMA_H
#define MFA_SQL_SCHEMA_H

#include "sql.h"

/*
 * How a database of ours looks: the scripts that lead from each version to the
 * next.  A step that has been released is never changed.
 */
struct sql_schema {
	const char *whose;		/* "mfad": in words */
	int64_t application;		/* in the file, so that it is known as ours */
	const char *const *const *steps;	/* steps[n], from n to n + 1: scripts, then NULL */
	int64_t count;			/* of them: the current version */
};

/* Looks whose database it is and how old.  MFA_OK; one of SQLite's codes, which are
 * above 0; or MFA_E_STATE when it is not ours, or newer than we are, which words
 * (size bytes) then say. */
int sql_version(sqlite3 *db, const struct sql_schema *schema, const char *path,
    int64_t *version, char *words, size_t size);

/* Inside a transaction, so that it is done whole or not at all: from any older
 * version to ours.  The same. */
int sql_migrate(sqlite3 *db, const struct sql_schema *schema, const char *path, char *words,
    size_t size);

#endif
