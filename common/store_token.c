/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "store_private.h"
#include "text.h"

#define BOUND_MAX 384	/* a user of 256 bytes and six numbers */

/* What a sealed key is bound to.  Only numbers follow the user, so no two
 * tokens share a text, whatever characters a name has. */
static int
bound_text(const char *user, int64_t id, const struct otp_params *p, char text[BOUND_MAX])
{
	int n = snprintf(text, BOUND_MAX, "token|%s|%lld|%d|%d|%u|%u", user, (long long)id,
	    (int)p->kind, (int)p->algorithm, p->digits, p->period);

	return n > 0 && n < BOUND_MAX ? MFA_OK : MFA_E_INVALID;
}

static int
open_key(struct store *s, sqlite3_stmt *st, const char *user, struct token *t)
{
	const void *sealed = sqlite3_column_blob(st, 6);
	char bound[BOUND_MAX];
	int r, len = sqlite3_column_bytes(st, 6);

	if ((r = bound_text(user, t->id, &t->params, bound)) == MFA_OK)
		r = unseal(&s->key, bound, sealed != NULL ? sealed : (const void *)"",
		    (size_t)len, &t->key);
	if (r == MFA_OK)
		return r;
	secret_wipe(&t->key);
	return store_say(s, r, "%s: the key of token %lld does not open: another state.key, or "
	    "the row was changed", s->path, (long long)t->id);
}

static int
read_token(struct store *s, sqlite3_stmt *st, const char *user, struct token *t)
{
	memset(t, 0, sizeof(*t));
	t->id = sqlite3_column_int64(st, 0);
	sql_text(st, 1, t->name, sizeof(t->name));
	t->params.kind = (enum otp_kind)sql_uint(st, 2);
	t->params.algorithm = (enum otp_algorithm)sql_uint(st, 3);
	t->params.digits = sql_uint(st, 4);
	t->params.period = sql_uint(st, 5);
	t->last = sqlite3_column_int64(st, 7);
	t->resync = sqlite3_column_int64(st, 8);
	t->created = sqlite3_column_int64(st, 9);
	t->used = sqlite3_column_int64(st, 10);
	if (otp_check(&t->params) != MFA_OK || t->last < -1 || t->resync < -1)
		return store_say(s, MFA_E_STATE, "%s: token %lld has impossible parameters",
		    s->path, (long long)t->id);
	return s->has_key ? open_key(s, st, user, t) : MFA_OK;
}

int
store_tokens(struct store *s, const char *user, struct token *tokens, size_t *count)
{
	sqlite3_stmt *st;
	size_t i, n = 0;
	int r = store_first(s, STMT_TOKENS, ARGS(TEXT(user),), &st);

	*count = 0;
	for (; r == MFA_OK; r = store_next(s, st)) {
		if (n == TOKENS_MAX)
			r = store_say(s, MFA_E_STATE, "%s: too many tokens", s->path);
		else
			r = read_token(s, st, user, &tokens[n]);
		if (r != MFA_OK) {
			sql_end(st);
			break;
		}
		n++;
	}
	if (r != MFA_E_ABSENT) {
		for (i = 0; i < n; i++)
			secret_wipe(&tokens[i].key);
		return r;
	}
	*count = n;
	return MFA_OK;
}

int
store_token_kinds(struct store *s, const char *user, bool *totp, bool *hotp)
{
	sqlite3_stmt *st;
	int r = store_first(s, STMT_TOKEN_KINDS, ARGS(TEXT(user),), &st);

	*totp = *hotp = false;
	for (; r == MFA_OK; r = store_next(s, st)) {
		*totp |= sqlite3_column_int64(st, 0) == OTP_TOTP;
		*hotp |= sqlite3_column_int64(st, 0) == OTP_HOTP;
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

/* ---- changing them ---- */

/* For a change of one row: none touched is error. */
static int
change(struct store *s, enum stmt id, const struct arg *args, int error)
{
	int changes, r = store_do(s, id, args, &changes);

	return r == MFA_OK && changes == 0 ? error : r;
}

static int
seal_key_of(struct store *s, const char *user, int64_t id, const struct token *t,
    unsigned char *sealed, size_t size, size_t *len)
{
	char bound[BOUND_MAX];

	if (!s->has_key)
		return store_say(s, MFA_E_INTERNAL, "%s: opened without its key", s->path);
	if (otp_check(&t->params) != MFA_OK || t->key.len > OTP_KEY_MAX ||
	    bound_text(user, id, &t->params, bound) != MFA_OK)
		return MFA_E_INVALID;
	return seal(&s->key, bound, &t->key, sealed, size, len);
}

int
store_token_replace(struct store *s, const char *user, int64_t id, struct token *t, int64_t now)
{
	unsigned char sealed[OTP_KEY_MAX + SEAL_OVERHEAD];
	const struct otp_params *p = &t->params;
	size_t len;
	int r = seal_key_of(s, user, id, t, sealed, sizeof(sealed), &len);

	if (r == MFA_OK)
		r = change(s, STMT_TOKEN_SET, ARGS(NUMBER(id), TEXT(user), NUMBER(p->kind),
		    NUMBER(p->algorithm), NUMBER(p->digits), NUMBER(p->period),
		    BYTES(sealed, len), NUMBER(t->last), NUMBER(t->resync), NUMBER(now),),
		    MFA_E_ABSENT);
	if (r == MFA_OK) {
		t->id = id;
		t->created = now;
		t->used = 0;
	}
	return r;
}

static int
room_for_one(struct store *s, const char *user)
{
	sqlite3_stmt *st;
	unsigned int n;
	int r = store_first(s, STMT_TOKEN_COUNT, ARGS(TEXT(user),), &st);

	if (r != MFA_OK)
		return r;
	n = sql_uint(st, 0);
	sql_end(st);
	if (n < TOKENS_MAX)
		return MFA_OK;
	return store_say(s, MFA_E_REFUSED, "a user has at most %d tokens", TOKENS_MAX);
}

/* The row first: its id is part of what the key is bound to. */
int
store_token_add(struct store *s, const char *user, struct token *t, int64_t now)
{
	int r;

	if ((r = room_for_one(s, user)) != MFA_OK || (r = store_user_make(s, user)) != MFA_OK ||
	    (r = store_do(s, STMT_TOKEN_ADD, ARGS(TEXT(user), TEXT(t->name),), NULL)) != MFA_OK)
		return r;
	return store_token_replace(s, user, sqlite3_last_insert_rowid(s->db), t, now);
}

int
store_token_spend(struct store *s, int64_t id, int64_t counter, int64_t now)
{
	return change(s, STMT_TOKEN_SPEND, ARGS(NUMBER(id), NUMBER(counter), NUMBER(now),),
	    MFA_E_REFUSED);
}

int
store_token_resync(struct store *s, int64_t id, int64_t counter)
{
	return change(s, STMT_TOKEN_RESYNC, ARGS(NUMBER(id), NUMBER(counter),), MFA_E_ABSENT);
}

int
store_token_rename(struct store *s, const char *user, const char *from, const char *to)
{
	return change(s, STMT_TOKEN_RENAME, ARGS(TEXT(user), TEXT(from), TEXT(to),),
	    MFA_E_ABSENT);
}

int
store_token_remove(struct store *s, const char *user, const char *name)
{
	return change(s, STMT_TOKEN_REMOVE, ARGS(TEXT(user), TEXT(name),), MFA_E_ABSENT);
}
