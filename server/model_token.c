/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens with their sealed keys.
 */
#include "model_token.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"

#define BOUND_MAX 384	/* a user of 256 bytes and six numbers */

static const char tokens_sql[] =
	"SELECT id, kind, algorithm, digits, period, sealed, last, resync FROM token"
	" WHERE user = ?1 ORDER BY id";
static const char count_sql[] = "SELECT count(*) FROM token WHERE user = ?1";
static const char add_sql[] =
	"INSERT INTO token (user, name, kind, algorithm, digits, period, sealed, last, created)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, x'', ?7, ?8)";
static const char new_id_sql[] = "SELECT id FROM token WHERE user = ?1 AND name = ?2";
static const char seal_sql[] = "UPDATE token SET sealed = ?2 WHERE id = ?1";
static const char spend_sql[] =
	"UPDATE token SET last = ?2, resync = -1, used = ?3 WHERE id = ?1 AND last < ?2";
static const char resync_sql[] = "UPDATE token SET resync = ?2 WHERE id = ?1";
static const char remove_sql[] = "DELETE FROM token WHERE user = ?1 AND id = ?2";
static const char list_sql[] =
	"SELECT id, name, kind, algorithm, digits, period, created, used FROM token"
	" WHERE user = ?1 ORDER BY id";

/* What a sealed key is bound to.  Only numbers follow the user, so no two
 * tokens share a text. */
static int
bound_text(const char *user, int64_t id, const struct otp_params *p, char text[BOUND_MAX])
{
	int n = snprintf(text, BOUND_MAX, "token|%s|%lld|%d|%d|%u|%u", user, (long long)id,
	    (int)p->kind, (int)p->algorithm, p->digits, p->period);

	return n > 0 && n < BOUND_MAX ? MFA_OK : MFA_E_INTERNAL;
}

static int
open_key(struct db *db, sqlite3_stmt *st, const char *user, struct model_token *t)
{
	const void *sealed = sqlite3_column_blob(st, 5);
	char bound[BOUND_MAX];
	int r = db_key(db) == NULL ? MFA_E_INTERNAL : bound_text(user, t->id, &t->params, bound);

	if (r == MFA_OK)
		r = unseal(db_key(db), bound, sealed != NULL ? sealed : (const void *)"",
		    (size_t)sqlite3_column_bytes(st, 5), &t->key);
	return r == MFA_OK ? r : db_say(db, r, "the key of token %lld does not open: another "
	    "state.key, or the row was changed", (long long)t->id);
}

static int
read_token(struct db *db, sqlite3_stmt *st, const char *user, struct model_token *t)
{
	memset(t, 0, sizeof(*t));
	t->id = sqlite3_column_int64(st, 0);
	t->params.kind = (enum otp_kind)sql_uint(st, 1);
	t->params.algorithm = (enum otp_algorithm)sql_uint(st, 2);
	t->params.digits = sql_uint(st, 3);
	t->params.period = sql_uint(st, 4);
	t->last = sqlite3_column_int64(st, 6);
	t->resync = sqlite3_column_int64(st, 7);
	if (otp_check(&t->params) != MFA_OK || t->last < -1 || t->resync < -1)
		return db_say(db, MFA_E_STATE, "token %lld has impossible parameters",
		    (long long)t->id);
	return open_key(db, st, user, t);
}

int
model_tokens(struct db *db, const char *user, struct model_token *tokens, size_t *count)
{
	sqlite3_stmt *st;
	int r = db_first(db, tokens_sql, ARGS(TEXT(user),), &st);

	for (*count = 0; r == MFA_OK && *count < MODEL_TOKENS_MAX; r = db_next(db, st)) {
		if ((r = read_token(db, st, user, &tokens[*count])) != MFA_OK)
			return db_end(db, st, r);
		++*count;
	}
	if (r == MFA_OK)
		return db_end(db, st, MFA_OK);
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

static int
seal_token(struct db *db, const char *user, int64_t id, const struct otp_params *params,
    const struct secret *key)
{
	unsigned char sealed[OTP_KEY_MAX + SEAL_OVERHEAD];
	char bound[BOUND_MAX];
	size_t len;
	int r;

	if (db_key(db) == NULL)
		return db_say(db, MFA_E_INTERNAL, "opened without its key");
	if ((r = bound_text(user, id, params, bound)) != MFA_OK ||
	    (r = seal(db_key(db), bound, key, sealed, sizeof(sealed), &len)) != MFA_OK)
		return r;
	return db_change(db, seal_sql, ARGS(NUMBER(id), BYTES(sealed, len),), MFA_E_INTERNAL);
}

/* The row first: its id is part of what the key is bound to. */
int
model_token_add(struct db *db, const char *user, const char *name,
    const struct otp_params *params, const struct secret *key, int64_t last, const char *by,
    int64_t now, int64_t *id)
{
	int r;

	*id = -1;
	if ((r = model_check_text(db, "user", user, MODEL_NAME_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "name", name, OTP_NAME_MAX)) != MFA_OK ||
	    (r = model_check_range(db, "last", last, -1, INT64_MAX - 1)) != MFA_OK)
		return r;
	if (otp_check(params) != MFA_OK || otp_key_check(key) != MFA_OK) {
		db_blame(db, "key");
		return PROBLEM_INVALID;
	}
	if ((r = model_user_make(db, user)) != MFA_OK ||
	    (r = db_number(db, count_sql, ARGS(TEXT(user),), 0, id)) != MFA_OK)
		return r;
	if (*id >= MODEL_TOKENS_MAX)
		return PROBLEM_TOO_MANY;
	r = db_do(db, add_sql, ARGS(TEXT(user), TEXT(name), NUMBER(params->kind),
	    NUMBER(params->algorithm), NUMBER(params->digits), NUMBER(params->period),
	    NUMBER(last), NUMBER(now),), NULL);
	if (r != MFA_OK)
		return r == MFA_E_EXISTS ? PROBLEM_NAME_TAKEN : r;
	if ((r = db_number(db, new_id_sql, ARGS(TEXT(user), TEXT(name),), -1, id)) != MFA_OK ||
	    (r = seal_token(db, user, *id, params, key)) != MFA_OK)
		return r;
	return model_note(db, &(struct model_event){ .event = "token", .user = user,
	    .outcome = "added", .by = by }, now);
}

int
model_token_remove(struct db *db, const char *user, int64_t id, const char *by, int64_t now)
{
	int r = db_change(db, remove_sql, ARGS(TEXT(user), NUMBER(id),), PROBLEM_NOT_FOUND);

	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "token",
	    .user = user, .outcome = "removed", .by = by }, now);
}

int
model_token_spend(struct db *db, int64_t id, int64_t counter, int64_t now)
{
	return db_change(db, spend_sql, ARGS(NUMBER(id), NUMBER(counter), NUMBER(now),),
	    MFA_E_REFUSED);
}

int
model_token_resync(struct db *db, int64_t id, int64_t counter)
{
	return db_change(db, resync_sql, ARGS(NUMBER(id), NUMBER(counter),), MFA_E_ABSENT);
}

/* ---- looking ---- */

int
model_token_list(struct db *db, const char *user,
    bool (*fn)(void *arg, const struct model_token_row *t), void *arg)
{
	struct model_token_row t;
	sqlite3_stmt *st;
	int r = db_first(db, list_sql, ARGS(TEXT(user),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		t.id = sqlite3_column_int64(st, 0);
		db_text(db, st, 1, t.name, sizeof(t.name));
		t.params.kind = (enum otp_kind)sql_uint(st, 2);
		t.params.algorithm = (enum otp_algorithm)sql_uint(st, 3);
		t.params.digits = sql_uint(st, 4);
		t.params.period = sql_uint(st, 5);
		t.created = sqlite3_column_int64(st, 6);
		t.used = sqlite3_column_int64(st, 7);
		if (!fn(arg, &t))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
