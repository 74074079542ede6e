/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_telephone.h"

#include <stdio.h>
#include <string.h>

#include "crypto.h"
#include "error.h"
#include "model_private.h"
#include "text.h"

#define BOUND_MAX 300

static const char count_sql[] =
	"SELECT count(*) FROM telephone WHERE user = ?1 AND (proved IS NOT NULL OR until > ?2)";
static const char forget_sql[] =
	"DELETE FROM telephone WHERE user = ?1 AND proved IS NULL AND (mac = ?2 OR until <= ?3)";
static const char add_sql[] =
	"INSERT INTO telephone (user, mac, sealed, shown, language, created, until)"
	" VALUES (?1, ?2, x'', ?3, ?4, ?5, ?6)";
static const char new_id_sql[] =
	"SELECT id FROM telephone WHERE user = ?1 AND mac = ?2 AND proved IS NULL";
static const char seal_sql[] = "UPDATE telephone SET sealed = ?2, proof = ?3 WHERE id = ?1";
static const char whose_sql[] =
	"SELECT id, user, proved FROM telephone WHERE mac = ?1 AND proved IS NOT NULL";
static const char sealed_sql[] =
	"SELECT id, sealed, language, proved IS NOT NULL FROM telephone"
	" WHERE user = ?1 AND id = ?2";
static const char remove_sql[] = "DELETE FROM telephone WHERE user = ?1 AND id = ?2";
static const char list_sql[] =
	"SELECT id, created, coalesce(proved, 0), shown, language, coalesce(consented, 0)"
	" FROM telephone"
	" WHERE user = ?1 ORDER BY id";
static const char numbers_sql[] =
	"SELECT id, sealed, language FROM telephone WHERE user = ?1 AND id <> ?2"
	" AND proved IS NOT NULL ORDER BY id";

/* ---- numbers at rest ---- */

/* What a number is found by, without being readable: it could be guessed. */
int
model_mac(struct db *db, const char *what, const char *text, unsigned char mac[MODEL_HASH_LEN])
{
	const struct seal_key *key = db_key(db);
	char said[BOUND_MAX];
	int n = snprintf(said, sizeof(said), "%s|%s", what, text);

	if (key == NULL || n < 0 || n >= BOUND_MAX)
		return db_say(db, MFA_E_INTERNAL, "opened without its key");
	return crypto_hmac_sha256(key->bytes, sizeof(key->bytes), said, (size_t)n, mac);
}

int
model_telephone_mac(struct db *db, const char *number, unsigned char mac[MODEL_HASH_LEN])
{
	return model_mac(db, "number", number, mac);
}

static int
bound_text(const char *user, int64_t id, char text[BOUND_MAX])
{
	int n = snprintf(text, BOUND_MAX, "telephone|%s|%lld", user, (long long)id);

	return n > 0 && n < BOUND_MAX ? MFA_OK : MFA_E_INTERNAL;
}

static int
open_number(struct db *db, sqlite3_stmt *st, const char *user, char number[E164_MAX])
{
	const void *sealed = sqlite3_column_blob(st, 1);
	struct secret plain = { .len = 0 };
	char bound[BOUND_MAX];
	int64_t id = sqlite3_column_int64(st, 0);
	int r = bound_text(user, id, bound);

	number[0] = '\0';
	if (r == MFA_OK)
		r = unseal(db_key(db), bound, sealed != NULL ? sealed : (const void *)"",
		    (size_t)sqlite3_column_bytes(st, 1), &plain);
	if (r == MFA_OK && plain.len < E164_MAX)
		memcpy(number, plain.data, plain.len + 1);
	secret_wipe(&plain);
	return e164_is(number) ? MFA_OK : db_say(db, MFA_E_STATE, "the number of telephone %lld "
	    "does not open: another state.key, or the row was changed", (long long)id);
}

/* ---- adding ---- */

static int
check_asked(struct db *db, const char *user, const struct model_telephone_asked *in)
{
	int r = model_check_text(db, "user", user, MODEL_NAME_MAX);

	if (r == MFA_OK && !e164_is(in->number)) {
		db_blame(db, "number");
		r = PROBLEM_INVALID;
	}
	if (r == MFA_OK && strcmp(in->language, "en") != 0 && strcmp(in->language, "nl") != 0) {
		db_blame(db, "language");
		r = PROBLEM_INVALID;
	}
	return r;
}

/* The row first: its id is part of what is sealed. */
static int
keep_number(struct db *db, const char *user, enum model_dial by,
    const struct model_telephone_made *t)
{
	unsigned char sealed[E164_MAX + SEAL_OVERHEAD], proof[MODEL_HASH_LEN];
	struct secret plain;
	char bound[BOUND_MAX];
	size_t len;
	int r;

	if ((r = bound_text(user, t->id, bound)) != MFA_OK ||
	    (r = model_proof_mac(db, t->id, by, t->proof, proof)) != MFA_OK ||
	    (r = secret_set(&plain, t->number, strlen(t->number))) != MFA_OK)
		return r;
	if ((r = seal(db_key(db), bound, &plain, sealed, sizeof(sealed), &len)) == MFA_OK)
		r = db_change(db, seal_sql, ARGS(NUMBER(t->id), BYTES(sealed, len),
		    BYTES(proof, MODEL_HASH_LEN),), MFA_E_INTERNAL);
	secret_wipe(&plain);
	return r;
}

static int
may_be_added(struct db *db, const char *user, const unsigned char *mac, int64_t now)
{
	int64_t n;
	int r;

	if ((r = model_user_make(db, user)) != MFA_OK ||
	    (r = db_do(db, forget_sql, ARGS(TEXT(user), BYTES(mac, MODEL_HASH_LEN),
	    NUMBER(now),), NULL)) != MFA_OK ||
	    (r = model_number_free(db, mac)) != MFA_OK ||
	    (r = db_number(db, count_sql, ARGS(TEXT(user), NUMBER(now),), 0, &n)) != MFA_OK)
		return r;
	return n >= MODEL_TELEPHONES_MAX ? PROBLEM_TOO_MANY : MFA_OK;
}

static int
add(struct db *db, const char *user, const struct model_telephone_asked *in,
    const struct model_dial_rules *rules, int64_t now, struct model_telephone_made *out)
{
	unsigned char mac[MODEL_HASH_LEN];
	char shown[E164_MASKED_MAX];
	int r;

	e164_mask(in->number, shown);
	if ((r = model_telephone_mac(db, in->number, mac)) != MFA_OK ||
	    (r = may_be_added(db, user, mac, now)) != MFA_OK ||
	    (!in->vouched && (r = model_consent_check(db, user, now)) != MFA_OK) ||
	    (r = model_dial(db, rules, in->by, user, in->number, now)) != MFA_OK ||
	    (r = db_do(db, add_sql, ARGS(TEXT(user), BYTES(mac, MODEL_HASH_LEN), TEXT(shown),
	    TEXT(in->language), NUMBER(now), NUMBER(now + MODEL_PROOF_LIFE),), NULL)) != MFA_OK ||
	    (r = db_number(db, new_id_sql, ARGS(TEXT(user), BYTES(mac, MODEL_HASH_LEN),), -1,
	    &out->id)) != MFA_OK ||
	    (r = text_copy(out->number, sizeof(out->number), in->number)) != MFA_OK ||
	    (r = text_copy(out->language, sizeof(out->language), in->language)) != MFA_OK ||
	    (r = model_proof_new(in->by, rules, out->proof)) != MFA_OK)
		return r;
	model_user_wake(db, user);
	return keep_number(db, user, in->by, out);
}

int
model_telephone_add(struct db *db, const struct model_once *once, const char *user,
    const struct model_telephone_asked *in, const struct model_dial_rules *rules,
    const char *by, int64_t now, struct model_telephone_made *out)
{
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_once_find(db, once, "telephone", now, out, sizeof(*out), &found)) !=
	    MFA_OK || found)
		return r;
	if ((r = check_asked(db, user, in)) == MFA_OK &&
	    (r = add(db, user, in, rules, now, out)) == MFA_OK &&
	    (r = model_note(db, &(struct model_event){ .event = "telephone", .user = user,
	    .outcome = in->vouched ? "vouched" : "asked", .by = by }, now)) == MFA_OK)
		r = model_once_keep(db, once, "telephone", now, out, sizeof(*out));
	if (r != MFA_OK)
		memset(out, 0, sizeof(*out));
	return r;
}

/* ---- having ---- */

int
model_telephone_remove(struct db *db, const char *user, int64_t id, const char *by, int64_t now,
    struct model_telephone_number *gone)
{
	sqlite3_stmt *st;
	int r = db_first(db, sealed_sql, ARGS(TEXT(user), NUMBER(id),), &st);

	memset(gone, 0, sizeof(*gone));
	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	/* One that does not open any more can be removed as well. */
	if (sqlite3_column_int(st, 3) != 0)
		(void)open_number(db, st, user, gone->number);
	db_text(db, st, 2, gone->language, sizeof(gone->language));
	if ((r = db_end(db, st, MFA_OK)) != MFA_OK ||
	    (r = db_change(db, remove_sql, ARGS(TEXT(user), NUMBER(id),), PROBLEM_NOT_FOUND)) !=
	    MFA_OK || (r = model_login_cancel_telephone(db, user, id, now)) != MFA_OK ||
	    (r = model_note(db, &(struct model_event){ .event = "telephone", .user = user,
	    .outcome = "removed", .by = by }, now)) != MFA_OK)
		return r;
	return model_method_review(db, user, by, now);
}

int
model_telephone_list(struct db *db, const char *user,
    bool (*fn)(void *arg, const struct model_telephone_row *t), void *arg)
{
	struct model_telephone_row t;
	sqlite3_stmt *st;
	int r = db_first(db, list_sql, ARGS(TEXT(user),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		t.id = sqlite3_column_int64(st, 0);
		t.created = sqlite3_column_int64(st, 1);
		t.proved = sqlite3_column_int64(st, 2);
		db_text(db, st, 3, t.shown, sizeof(t.shown));
		db_text(db, st, 4, t.language, sizeof(t.language));
		t.consented = sqlite3_column_int64(st, 5);
		if (!fn(arg, &t))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
model_telephone_whose(struct db *db, const char *number, struct model_telephone_owner *out)
{
	unsigned char mac[MODEL_HASH_LEN];
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_telephone_mac(db, number, mac)) != MFA_OK ||
	    (r = db_first(db, whose_sql, ARGS(BYTES(mac, MODEL_HASH_LEN),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	out->id = sqlite3_column_int64(st, 0);
	db_text(db, st, 1, out->user, sizeof(out->user));
	out->proved = sqlite3_column_int64(st, 2);
	return db_end(db, st, MFA_OK);
}

int
model_telephone_numbers(struct db *db, const char *user, int64_t but,
    bool (*fn)(void *arg, const struct model_telephone_number *n), void *arg)
{
	struct model_telephone_number n;
	sqlite3_stmt *st;
	int r = db_first(db, numbers_sql, ARGS(TEXT(user), NUMBER(but),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		n.id = sqlite3_column_int64(st, 0);
		db_text(db, st, 2, n.language, sizeof(n.language));
		if ((r = open_number(db, st, user, n.number)) != MFA_OK || !fn(arg, &n))
			return db_end(db, st, r);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

static bool
take_first(void *arg, const struct model_telephone_number *n)
{
	*(struct model_telephone_number *)arg = *n;
	return false;
}

int
model_telephone_of(struct db *db, const char *user, struct model_telephone_number *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	r = model_telephone_numbers(db, user, -1, take_first, out);
	return r == MFA_OK && out->number[0] == '\0' ? MFA_E_ABSENT : r;
}
