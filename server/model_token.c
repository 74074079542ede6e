/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens with their sealed keys, and the slow hashes of recovery codes and
 * passes.
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
static const char remove_sql[] = "DELETE FROM token WHERE user = ?1 AND name = ?2";
static const char salt_sql[] = "SELECT salt FROM user WHERE name = ?1 AND salt IS NOT NULL";
static const char salt_set_sql[] = "UPDATE user SET salt = ?2 WHERE name = ?1";
static const char recovery_sql[] = "SELECT hash, used FROM recovery WHERE user = ?1";
static const char recovery_add_sql[] =
	"INSERT INTO recovery (user, hash, created) VALUES (?1, ?2, ?3)";
static const char recovery_spend_sql[] =
	"UPDATE recovery SET used = ?3 WHERE user = ?1 AND hash = ?2 AND used = 0";
static const char recovery_remove_sql[] = "DELETE FROM recovery WHERE user = ?1";
static const char passes_sql[] =
	"SELECT id, uses, hash FROM pass WHERE user = ?1 AND uses > 0 AND expires > ?2";
static const char pass_count_sql[] =
	"SELECT count(*) FROM pass WHERE user = ?1 AND uses > 0 AND expires > ?2";
static const char pass_add_sql[] =
	"INSERT INTO pass (user, hash, created, expires, uses, issuer)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char pass_spend_sql[] =
	"UPDATE pass SET uses = uses - 1 WHERE id = ?1 AND uses > 0 AND expires > ?2";

/* ---- tokens ---- */

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
		if ((r = read_token(db, st, user, &tokens[*count])) != MFA_OK) {
			sql_end(st);
			return r;
		}
		++*count;
	}
	if (r == MFA_OK)
		sql_end(st);
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

static int
room_for_one(struct db *db, const char *sql, const char *user, int64_t now, int64_t most)
{
	int64_t count;
	int r = db_number(db, sql, ARGS(TEXT(user), NUMBER(now),), 0, &count);

	return r == MFA_OK && count >= most ? PROBLEM_TOO_MANY : r;
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
model_token_remove(struct db *db, const char *user, const char *name, const char *by, int64_t now)
{
	int r = db_change(db, remove_sql, ARGS(TEXT(user), TEXT(name),), PROBLEM_NOT_FOUND);

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

/* ---- slow hashes ---- */

int
model_salt_find(struct db *db, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	sqlite3_stmt *st;
	int r = db_first(db, salt_sql, ARGS(TEXT(user),), &st);

	if (r != MFA_OK)
		return r;
	r = db_bytes(db, st, 0, salt, ONETIME_SALT_LEN);
	sql_end(st);
	return r;
}

int
model_salt(struct db *db, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	int r = model_check_text(db, "user", user, MODEL_NAME_MAX);

	if (r != MFA_OK || (r = model_salt_find(db, user, salt)) != MFA_E_ABSENT)
		return r;
	if ((r = onetime_salt(salt)) != MFA_OK || (r = model_user_make(db, user)) != MFA_OK)
		return r;
	return db_change(db, salt_set_sql, ARGS(TEXT(user), BYTES(salt, ONETIME_SALT_LEN),),
	    MFA_E_INTERNAL);
}

/* Whether column i is this hash. */
static bool
same_hash(sqlite3_stmt *st, int i, const unsigned char hash[ONETIME_HASH_LEN])
{
	const void *bytes = sqlite3_column_blob(st, i);

	return bytes != NULL && sqlite3_column_bytes(st, i) == ONETIME_HASH_LEN &&
	    secret_equal(bytes, hash, ONETIME_HASH_LEN);
}

int
model_recovery_set(struct db *db, const char *user, unsigned char hashes[][ONETIME_HASH_LEN],
    size_t count, const char *by, int64_t now)
{
	size_t i;
	int r = model_check_range(db, "count", (int64_t)count, 1, MODEL_RECOVERY_MAX);

	if (r == MFA_OK && (r = model_user_make(db, user)) == MFA_OK)
		r = db_do(db, recovery_remove_sql, ARGS(TEXT(user),), NULL);
	for (i = 0; r == MFA_OK && i < count; i++)
		r = db_do(db, recovery_add_sql, ARGS(TEXT(user),
		    BYTES(hashes[i], ONETIME_HASH_LEN), NUMBER(now),), NULL);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "recovery",
	    .user = user, .by = by }, now);
}

int
model_recovery_spend(struct db *db, const char *user, const unsigned char hash[ONETIME_HASH_LEN],
    int64_t now, unsigned int *left)
{
	unsigned int unused = 0;
	bool found = false;
	sqlite3_stmt *st;
	int r = db_first(db, recovery_sql, ARGS(TEXT(user),), &st);

	*left = 0;
	for (; r == MFA_OK; r = db_next(db, st)) {
		bool same = same_hash(st, 0, hash), fresh = sqlite3_column_int64(st, 1) == 0;

		unused += fresh;
		found |= same && fresh;
	}
	if (r != MFA_E_ABSENT)
		return r;
	*left = unused - found;
	/* A time of 0 would be unused. */
	return !found ? MFA_E_REFUSED : db_change(db, recovery_spend_sql, ARGS(TEXT(user),
	    BYTES(hash, ONETIME_HASH_LEN), NUMBER(now > 0 ? now : 1),), MFA_E_REFUSED);
}

int
model_pass_add(struct db *db, const struct model_once *once, const char *user,
    const char *text, const unsigned char hash[ONETIME_HASH_LEN], int64_t life,
    unsigned int uses, const char *by, int64_t now, struct model_pass *out)
{
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_check_text(db, "user", user, MODEL_NAME_MAX)) != MFA_OK ||
	    (r = model_check_range(db, "life", life, 1, MODEL_PASS_LIFE_MAX)) != MFA_OK ||
	    (r = model_check_range(db, "uses", uses, 1, MODEL_PASS_USES_MAX)) != MFA_OK ||
	    (r = model_once_find(db, once, "pass", now, out, sizeof(*out), &found)) != MFA_OK ||
	    found || (r = room_for_one(db, pass_count_sql, user, now, MODEL_PASSES_MAX)) != MFA_OK)
		return r;
	out->expires = now + life;
	(void)snprintf(out->text, sizeof(out->text), "%s", text);
	if ((r = model_user_make(db, user)) != MFA_OK ||
	    (r = db_do(db, pass_add_sql, ARGS(TEXT(user), BYTES(hash, ONETIME_HASH_LEN),
	    NUMBER(now), NUMBER(out->expires), NUMBER(uses), TEXT(by),), NULL)) != MFA_OK ||
	    (r = model_note(db, &(struct model_event){ .event = "pass", .user = user,
	    .by = by }, now)) != MFA_OK)
		return r;
	return model_once_keep(db, once, "pass", now, out, sizeof(*out));
}

int
model_pass_spend(struct db *db, const char *user, const unsigned char hash[ONETIME_HASH_LEN],
    int64_t now, unsigned int *left)
{
	int64_t id = -1;
	sqlite3_stmt *st;
	int r = db_first(db, passes_sql, ARGS(TEXT(user), NUMBER(now),), &st);

	*left = 0;
	for (; r == MFA_OK; r = db_next(db, st)) {
		if (!same_hash(st, 2, hash))
			continue;
		id = sqlite3_column_int64(st, 0);
		*left = sql_uint(st, 1) - 1;
	}
	if (r != MFA_E_ABSENT)
		return r;
	return id == -1 ? MFA_E_REFUSED :
	    db_change(db, pass_spend_sql, ARGS(NUMBER(id), NUMBER(now),), MFA_E_REFUSED);
}
