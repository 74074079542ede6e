/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembered grants.
 */
#include "error.h"
#include "store_private.h"

#define KEY_SHOWN 512	/* bytes of a key that a listing shows */

int
store_grant_find(struct store *s, const char *user, const char *key, int64_t now,
    int64_t *expires)
{
	sqlite3_stmt *st;
	int r = store_first(s, STMT_GRANT_FIND, ARGS(TEXT(user), TEXT(key), NUMBER(now),), &st);

	*expires = 0;
	if (r != MFA_OK)
		return r;
	*expires = sqlite3_column_int64(st, 0);
	sql_end(st);
	return MFA_OK;
}

int
store_grant_add(struct store *s, const char *user, const char *key, int64_t now, int64_t expires)
{
	return store_do(s, STMT_GRANT_ADD,
	    ARGS(TEXT(user), TEXT(key), NUMBER(now), NUMBER(expires),), NULL);
}

int
store_grants_forget(struct store *s, const char *user, unsigned int *count)
{
	int changes, r = store_do(s, STMT_GRANTS_FORGET, ARGS(TEXT(user),), &changes);

	*count = (unsigned int)changes;
	return r;
}

int
store_grants(struct store *s, const char *user, int64_t now,
    bool (*fn)(void *arg, const char *user, const char *key, int64_t created, int64_t expires),
    void *arg)
{
	char name[257], key[KEY_SHOWN];
	sqlite3_stmt *st;
	int r = store_first(s, STMT_GRANTS, ARGS(TEXT(user), NUMBER(now),), &st);

	for (; r == MFA_OK; r = store_next(s, st)) {
		sql_text(st, 0, name, sizeof(name));
		sql_text(st, 1, key, sizeof(key));
		if (!fn(arg, name, key, sqlite3_column_int64(st, 2),
		    sqlite3_column_int64(st, 3))) {
			sql_end(st);
			return MFA_OK;
		}
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
