/* SPDX-License-Identifier: BSD-2-Clause */
#include "error.h"
#include "store_private.h"

int
store_user(struct store *s, const char *user, int64_t now, struct user_state *out)
{
	sqlite3_stmt *st;
	int r;

	*out = (struct user_state){ .exists = false };
	r = store_first(s, STMT_USER, ARGS(TEXT(user), NUMBER(now),), &st);
	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? MFA_E_INTERNAL : r;
	out->exists = sqlite3_column_type(st, 0) != SQLITE_NULL;
	out->failures = sql_uint(st, 0);
	out->last_failure = sqlite3_column_int64(st, 1);
	out->locked = sqlite3_column_type(st, 2) != SQLITE_NULL;
	out->locked_at = sqlite3_column_int64(st, 2);
	sql_text(st, 3, out->lock_reason, sizeof(out->lock_reason));
	out->grace_used = sql_uint(st, 4);
	out->tokens = sql_uint(st, 5);
	out->recovery = sql_uint(st, 6);
	out->passes = sql_uint(st, 7);
	sql_text(st, 8, out->notice, sizeof(out->notice));
	out->approved = sqlite3_column_int64(st, 9) != 0;
	sql_end(st);
	return MFA_OK;
}

int
store_user_make(struct store *s, const char *user)
{
	return store_do(s, STMT_USER_MAKE, ARGS(TEXT(user),), NULL);
}

int
store_user_failed(struct store *s, const char *user, int64_t now)
{
	return store_do(s, STMT_USER_FAILED, ARGS(TEXT(user), NUMBER(now),), NULL);
}

int
store_user_succeeded(struct store *s, const char *user)
{
	return store_do(s, STMT_USER_SUCCEEDED, ARGS(TEXT(user),), NULL);
}

int
store_user_grace(struct store *s, const char *user)
{
	int r = store_user_make(s, user);

	return r != MFA_OK ? r : store_do(s, STMT_USER_GRACE, ARGS(TEXT(user),), NULL);
}

int
store_user_notice(struct store *s, const char *user, const char *notice)
{
	int r = store_user_make(s, user);

	return r != MFA_OK ? r :
	    store_do(s, STMT_USER_NOTICE, ARGS(TEXT(user), TEXT(notice),), NULL);
}

int
store_user_lock(struct store *s, const char *user, int64_t now, const char *reason)
{
	int r = store_user_make(s, user);

	return r != MFA_OK ? r :
	    store_do(s, STMT_USER_LOCK, ARGS(TEXT(user), NUMBER(now), TEXT(reason),), NULL);
}

int
store_user_unlock(struct store *s, const char *user)
{
	return store_do(s, STMT_USER_UNLOCK, ARGS(TEXT(user),), NULL);
}

int
store_users(struct store *s, bool (*fn)(void *arg, const char *user), void *arg)
{
	char user[257];
	sqlite3_stmt *st;
	int r = store_first(s, STMT_USERS, ARGS(), &st);

	for (; r == MFA_OK; r = store_next(s, st)) {
		sql_text(st, 0, user, sizeof(user));
		if (!fn(arg, user)) {
			sql_end(st);
			return MFA_OK;
		}
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
