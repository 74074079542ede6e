/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow hashes of recovery codes and passes.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_token.h"

static const char salt_sql[] = "SELECT salt FROM user WHERE name = ?1 AND salt IS NOT NULL";
static const char salt_set_sql[] = "UPDATE user SET salt = ?2 WHERE name = ?1";
static const char recovery_sql[] = "SELECT hash, used FROM recovery WHERE user = ?1";
static const char recovery_add_sql[] =
	"INSERT INTO recovery (user, hash, created) VALUES (?1, ?2, ?3)";
static const char recovery_spend_sql[] =
	"UPDATE recovery SET used = ?3 WHERE user = ?1 AND hash = ?2 AND used = 0";
static const char recovery_left_sql[] =
	"SELECT count(*) FROM recovery WHERE user = ?1 AND used = 0";
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

int
model_salt_find(struct db *db, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	sqlite3_stmt *st;
	int r = db_first(db, salt_sql, ARGS(TEXT(user),), &st);

	if (r != MFA_OK)
		return r;
	r = db_bytes(db, st, 0, salt, ONETIME_SALT_LEN);
	return db_end(db, st, r);
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
	int r = model_check_range(db, "count", (int64_t)count, 1, RECOVERY_CODES);

	if (r == MFA_OK && (r = model_user_make(db, user)) == MFA_OK)
		r = db_do(db, recovery_remove_sql, ARGS(TEXT(user),), NULL);
	for (i = 0; r == MFA_OK && i < count; i++)
		r = db_do(db, recovery_add_sql, ARGS(TEXT(user),
		    BYTES(hashes[i], ONETIME_HASH_LEN), NUMBER(now),), NULL);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "recovery",
	    .user = user, .by = by }, now);
}

int
model_recovery_renew(struct db *db, const struct model_once *once, const char *user,
    const struct model_recovery *codes, unsigned char hashes[RECOVERY_CODES][ONETIME_HASH_LEN],
    const char *by, int64_t now, struct model_recovery *out)
{
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_once_find(db, once, "recovery", now, out, sizeof(*out), &found)) != MFA_OK ||
	    found || (r = model_recovery_set(db, user, hashes, RECOVERY_CODES, by, now)) != MFA_OK)
		return r;
	*out = *codes;
	return model_once_keep(db, once, "recovery", now, out, sizeof(*out));
}

int
model_recovery_left(struct db *db, const char *user, int64_t *left)
{
	return db_number(db, recovery_left_sql, ARGS(TEXT(user),), 0, left);
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

static int
room_for_one(struct db *db, const char *sql, const char *user, int64_t now, int64_t most)
{
	int64_t count;
	int r = db_number(db, sql, ARGS(TEXT(user), NUMBER(now),), 0, &count);

	return r == MFA_OK && count >= most ? PROBLEM_TOO_MANY : r;
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
