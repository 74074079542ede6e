/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the approval service has said last, for when it says nothing.
 */
#include "error.h"
#include "store_private.h"

int
store_told_set(struct store *s, const char *name, int64_t value, int64_t now)
{
	return store_do(s, STMT_TOLD_SET, ARGS(TEXT(name), NUMBER(value), NUMBER(now),), NULL);
}

int
store_told(struct store *s, const char *name, int64_t *value)
{
	sqlite3_stmt *st;
	int r = store_first(s, STMT_TOLD, ARGS(TEXT(name),), &st);

	*value = 0;
	if (r != MFA_OK)
		return r;
	*value = sqlite3_column_int64(st, 0);
	sql_end(st);
	return MFA_OK;
}
