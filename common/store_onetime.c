/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recovery codes and passes, as their slow hashes.
 */
#include <string.h>

#include "error.h"
#include "store_private.h"

/* ---- the salt ---- */

static int
read_salt(struct store *s, enum stmt id, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	sqlite3_stmt *st;
	const void *bytes;
	int r = store_first(s, id, ARGS(TEXT(user),), &st);

	if (r != MFA_OK)
		return r;
	bytes = sqlite3_column_blob(st, 0);
	if (bytes != NULL && sqlite3_column_bytes(st, 0) == ONETIME_SALT_LEN)
		memcpy(salt, bytes, ONETIME_SALT_LEN);
	else
		r = store_say(s, MFA_E_STATE, "%s: the salt of a user is damaged", s->path);
	sql_end(st);
	return r;
}

int
store_salt(struct store *s, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	return read_salt(s, STMT_SALT, user, salt);
}

int
store_salt_make(struct store *s, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	int r = read_salt(s, STMT_SALT_KEPT, user, salt);

	if (r != MFA_E_ABSENT)
		return r;
	if ((r = onetime_salt(salt)) != MFA_OK || (r = store_user_make(s, user)) != MFA_OK)
		return r;
	return store_do(s, STMT_SALT_SET, ARGS(TEXT(user), BYTES(salt, ONETIME_SALT_LEN),), NULL);
}

/* Whether column i is this hash. */
static bool
same_hash(sqlite3_stmt *st, int i, const unsigned char hash[ONETIME_HASH_LEN])
{
	const void *bytes = sqlite3_column_blob(st, i);

	return bytes != NULL && sqlite3_column_bytes(st, i) == ONETIME_HASH_LEN &&
	    secret_equal(bytes, hash, ONETIME_HASH_LEN);
}

/* ---- recovery codes ---- */

int
store_recovery_set(struct store *s, const char *user, unsigned char hashes[][ONETIME_HASH_LEN],
    size_t count, int64_t now)
{
	size_t i;
	int r;

	if ((r = store_user_make(s, user)) != MFA_OK)
		return r;
	r = store_do(s, STMT_RECOVERY_REMOVE, ARGS(TEXT(user),), NULL);
	for (i = 0; r == MFA_OK && i < count; i++)
		r = store_do(s, STMT_RECOVERY_ADD, ARGS(TEXT(user),
		    BYTES(hashes[i], ONETIME_HASH_LEN), NUMBER(now),), NULL);
	return r;
}

int
store_recovery_spend(struct store *s, const char *user,
    const unsigned char hash[ONETIME_HASH_LEN], int64_t now, unsigned int *left)
{
	unsigned int unused = 0;
	bool found = false;
	sqlite3_stmt *st;
	int changes, r = store_first(s, STMT_RECOVERY, ARGS(TEXT(user),), &st);

	*left = 0;
	for (; r == MFA_OK; r = store_next(s, st)) {
		bool same = same_hash(st, 0, hash), fresh = sqlite3_column_int64(st, 1) == 0;

		unused += fresh;
		found |= same && fresh;
	}
	if (r != MFA_E_ABSENT)
		return r;
	*left = unused - found;
	if (!found)
		return MFA_E_REFUSED;
	/* A time of 0 would be unused. */
	r = store_do(s, STMT_RECOVERY_SPEND, ARGS(TEXT(user), BYTES(hash, ONETIME_HASH_LEN),
	    NUMBER(now > 0 ? now : 1),), &changes);
	return r == MFA_OK && changes != 1 ? MFA_E_REFUSED : r;
}

/* ---- passes ---- */

static void
read_pass(sqlite3_stmt *st, struct pass *p)
{
	*p = (struct pass){
		.id = sqlite3_column_int64(st, 0),
		.created = sqlite3_column_int64(st, 1),
		.expires = sqlite3_column_int64(st, 2),
		.uses = sql_uint(st, 3),
	};
	sql_text(st, 4, p->by, sizeof(p->by));
}

int
store_passes(struct store *s, const char *user, int64_t now, struct pass *passes, size_t *count)
{
	sqlite3_stmt *st;
	int r = store_first(s, STMT_PASSES, ARGS(TEXT(user), NUMBER(now),), &st);

	for (*count = 0; r == MFA_OK; r = store_next(s, st))
		if (*count < PASSES_MAX)
			read_pass(st, &passes[(*count)++]);
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
store_pass_add(struct store *s, const char *user, const unsigned char hash[ONETIME_HASH_LEN],
    const struct pass *pass)
{
	struct pass valid[PASSES_MAX];
	size_t count;
	int r;

	if ((r = store_passes(s, user, pass->created, valid, &count)) != MFA_OK)
		return r;
	if (count == PASSES_MAX)
		return store_say(s, MFA_E_REFUSED, "a user has at most %d passes", PASSES_MAX);
	if ((r = store_user_make(s, user)) != MFA_OK)
		return r;
	return store_do(s, STMT_PASS_ADD, ARGS(TEXT(user), BYTES(hash, ONETIME_HASH_LEN),
	    NUMBER(pass->created), NUMBER(pass->expires), NUMBER(pass->uses), TEXT(pass->by),),
	    NULL);
}

int
store_pass_spend(struct store *s, const char *user, const unsigned char hash[ONETIME_HASH_LEN],
    int64_t now, unsigned int *left)
{
	int64_t id = -1;
	sqlite3_stmt *st;
	int changes, r = store_first(s, STMT_PASSES, ARGS(TEXT(user), NUMBER(now),), &st);

	*left = 0;
	for (; r == MFA_OK; r = store_next(s, st)) {
		if (!same_hash(st, 5, hash))
			continue;
		id = sqlite3_column_int64(st, 0);
		*left = sql_uint(st, 3) - 1;
	}
	if (r != MFA_E_ABSENT)
		return r;
	if (id == -1)
		return MFA_E_REFUSED;
	r = store_do(s, STMT_PASS_SPEND, ARGS(NUMBER(id), NUMBER(now),), &changes);
	return r == MFA_OK && changes != 1 ? MFA_E_REFUSED : r;
}

int
store_passes_remove(struct store *s, const char *user)
{
	return store_do(s, STMT_PASSES_REMOVE, ARGS(TEXT(user),), NULL);
}
