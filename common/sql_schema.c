/* SPDX-License-Identifier: BSD-2-Clause */
#include "sql_schema.h"

#include <stdio.h>

#include "error.h"

int
sql_version(sqlite3 *db, const struct sql_schema *schema, const char *path, int64_t *version,
    char *words, size_t size)
{
	int64_t application;
	int rc;

	if ((rc = sql_number(db, "PRAGMA application_id", &application)) != SQLITE_OK ||
	    (rc = sql_number(db, "PRAGMA user_version", version)) != SQLITE_OK)
		return rc;
	if (application != schema->application) {
		(void)snprintf(words, size, "%s is not %s's: restore it from a backup, or remove "
		    "it to start with an empty state", path, schema->whose);
		return MFA_E_STATE;
	}
	if (*version < 0 || *version > schema->count) {
		(void)snprintf(words, size, "%s has schema %lld, this program knows up to %lld: "
		    "upgrade %s", path, (long long)*version, (long long)schema->count,
		    schema->whose);
		return MFA_E_STATE;
	}
	return MFA_OK;
}

static int
one_step(sqlite3 *db, const char *const *scripts, int64_t version)
{
	char text[64];
	int rc = SQLITE_OK;

	for (; rc == SQLITE_OK && *scripts != NULL; scripts++)
		rc = sqlite3_exec(db, *scripts, NULL, NULL, NULL);
	(void)snprintf(text, sizeof(text), "PRAGMA user_version = %lld", (long long)version);
	return rc == SQLITE_OK ? sqlite3_exec(db, text, NULL, NULL, NULL) : rc;
}

int
sql_migrate(sqlite3 *db, const struct sql_schema *schema, const char *path, char *words,
    size_t size)
{
	int64_t version;
	int r = sql_version(db, schema, path, &version, words, size);

	for (; r == MFA_OK && version < schema->count; version++)
		r = one_step(db, schema->steps[version], version + 1);
	return r;
}
