/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where audit sessions of this boot came from.
 */
#include "error.h"
#include "store_private.h"

int
store_session_open(struct store *s, const char *boot, uint32_t sessionid, const char *user,
    const char *service, const char *origin, int64_t now)
{
	return store_do(s, STMT_SESSION_OPEN, ARGS(TEXT(boot), NUMBER(sessionid), TEXT(user),
	    TEXT(service), TEXT(origin), NUMBER(now),), NULL);
}

int
store_session_close(struct store *s, const char *boot, uint32_t sessionid, const char *service)
{
	int changes, r = store_do(s, STMT_SESSION_CLOSE,
	    ARGS(TEXT(boot), NUMBER(sessionid), TEXT(service),), &changes);

	return r == MFA_OK && changes == 0 ? MFA_E_ABSENT : r;
}

int
store_session_find(struct store *s, const char *boot, uint32_t sessionid, char *origin,
    size_t size)
{
	sqlite3_stmt *st;
	int r;

	origin[0] = '\0';
	r = store_first(s, STMT_SESSION_FIND, ARGS(TEXT(boot), NUMBER(sessionid),), &st);
	if (r != MFA_OK)
		return r;
	sql_text(st, 0, origin, size);
	sql_end(st);
	return MFA_OK;
}
