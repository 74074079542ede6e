/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What proves a telephone, over itself: that it is the user's, and later, that the
 * user consents to another.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_telephone.h"
#include "text.h"

static const char asked_sql[] =
	"SELECT proof, until, tries, mac, proved IS NOT NULL FROM telephone"
	" WHERE id = ?1 AND user = ?2 AND proof IS NOT NULL";
static const char tried_sql[] = "UPDATE telephone SET tries = tries + 1 WHERE id = ?1";
static const char owner_sql[] =
	"SELECT 1 FROM telephone WHERE mac = ?1 AND proved IS NOT NULL";
static const char prove_sql[] =
	"UPDATE telephone SET proved = ?2, proof = NULL WHERE id = ?1 AND proved IS NULL";
static const char drop_sql[] = "DELETE FROM telephone WHERE user = ?1 AND proved IS NULL";
static const char consent_sql[] =
	"UPDATE telephone SET consented = ?2, proof = NULL WHERE id = ?1";
static const char used_sql[] = "UPDATE telephone SET consented = NULL WHERE user = ?1";
static const char ask_sql[] =
	"UPDATE telephone SET proof = ?2, until = ?3, tries = 0 WHERE id = ?1";
static const char missing_sql[] =
	"SELECT 1 WHERE EXISTS (SELECT 1 FROM telephone WHERE user = ?1 AND proved IS NOT NULL)"
	" AND NOT EXISTS (SELECT 1 FROM telephone"
	" WHERE user = ?1 AND consented BETWEEN ?2 + 1 AND ?3)";

/* ---- proofs ---- */

/* What is keyed in has no key twice in a row: see text_repeats. */
int
model_proof_new(enum model_dial by, const struct model_dial_rules *rules,
    char proof[MODEL_PROOF_MAX])
{
	int r;

	if (by == MODEL_DIAL_TEXT)
		return model_digits_new(rules->text_digits, proof);
	do
		r = model_digits_new(MODEL_CALL_DIGITS, proof);
	while (r == MFA_OK && text_repeats(proof));
	return r;
}

/* A call's is on a screen, so it counts only over the line. */
int
model_proof_mac(struct db *db, int64_t id, enum model_dial over, const char *keys,
    unsigned char mac[MODEL_HASH_LEN])
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%lld|%d|%.16s", (long long)id, (int)over, keys);
	return model_mac(db, "proof", text, mac);
}

/* ---- proving ---- */

struct asked {
	unsigned char proof[MODEL_HASH_LEN], mac[MODEL_HASH_LEN];
	bool over, proved;		/* proved: it is to consent */
};

static int
find_asked(struct db *db, const char *user, int64_t id, int64_t now, struct asked *out)
{
	sqlite3_stmt *st;
	int r = db_first(db, asked_sql, ARGS(NUMBER(id), TEXT(user),), &st);

	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	if ((r = db_bytes(db, st, 0, out->proof, sizeof(out->proof))) == MFA_OK)
		r = db_bytes(db, st, 3, out->mac, sizeof(out->mac));
	out->over = sqlite3_column_int64(st, 1) <= now ||
	    sqlite3_column_int64(st, 2) >= MODEL_PROOF_TRIES;
	out->proved = sqlite3_column_int(st, 4) != 0;
	return db_end(db, st, r);
}

int
model_number_free(struct db *db, const unsigned char mac[MODEL_HASH_LEN])
{
	int64_t n;
	int r = db_number(db, owner_sql, ARGS(BYTES(mac, MODEL_HASH_LEN),), 0, &n);

	return r == MFA_OK && n != 0 ? PROBLEM_NAME_TAKEN : r;
}

/* From now on it counts; what consented to it has.  What else was asked for before has not
 * this one's consent. */
static int
take_in(struct db *db, const char *user, int64_t id, const struct asked *a, int64_t now)
{
	int r = model_number_free(db, a->mac);

	if (r != MFA_OK || (r = db_change(db, prove_sql, ARGS(NUMBER(id), NUMBER(now),),
	    PROBLEM_GONE)) != MFA_OK)
		return r;
	r = db_do(db, used_sql, ARGS(TEXT(user),), NULL);
	return r != MFA_OK ? r : db_do(db, drop_sql, ARGS(TEXT(user),), NULL);
}

/* A wrong one is an answer that has been counted, so it is no refusal of the
 * job: the count would be undone. */
int
model_telephone_prove(struct db *db, const char *user, int64_t id, enum model_dial over,
    const char *keys, const char *by, int64_t now, struct model_telephone_proved *out)
{
	unsigned char mac[MODEL_HASH_LEN];
	struct asked a;
	int r;

	*out = (struct model_telephone_proved){ .right = false };
	if ((r = find_asked(db, user, id, now, &a)) != MFA_OK)
		return r;
	if (a.over)
		return PROBLEM_GONE;
	if ((r = model_proof_mac(db, id, over, keys, mac)) != MFA_OK)
		return r;
	if (!secret_equal(mac, a.proof, sizeof(mac)))
		return db_change(db, tried_sql, ARGS(NUMBER(id),), MFA_E_INTERNAL);
	r = a.proved ? db_change(db, consent_sql, ARGS(NUMBER(id), NUMBER(now),), PROBLEM_GONE) :
	    take_in(db, user, id, &a, now);
	if (r != MFA_OK)
		return r;
	*out = (struct model_telephone_proved){ .right = true, .added = !a.proved };
	return model_note(db, &(struct model_event){ .event = "telephone", .user = user,
	    .outcome = a.proved ? "consented" : "added", .by = by }, now);
}

/* ---- consent ---- */

int
model_consent_check(struct db *db, const char *user, int64_t now)
{
	int64_t missing;
	int r = db_number(db, missing_sql, ARGS(TEXT(user), NUMBER(now - MODEL_PROOF_LIFE),
	    NUMBER(now),), 0, &missing);

	return r == MFA_OK && missing != 0 ? PROBLEM_NO_CONSENT : r;
}

struct wanted {
	int64_t id;
	struct model_telephone_number *found;
};

static bool
take_wanted(void *arg, const struct model_telephone_number *n)
{
	const struct wanted *w = arg;

	if (n->id == w->id)
		*w->found = *n;
	return n->id != w->id;
}

static int
ask(struct db *db, const char *user, int64_t id, enum model_dial by,
    const struct model_dial_rules *rules, int64_t now, struct model_telephone_made *out)
{
	struct model_telephone_number n = { .number = "" };
	struct wanted w = { id, &n };
	unsigned char mac[MODEL_HASH_LEN];
	int r = model_telephone_numbers(db, user, -1, take_wanted, &w);

	if (r != MFA_OK || n.number[0] == '\0')
		return r != MFA_OK ? r : PROBLEM_NOT_FOUND;
	out->id = id;
	out->consents = true;
	memcpy(out->number, n.number, sizeof(out->number));
	memcpy(out->language, n.language, sizeof(out->language));
	if ((r = model_dial(db, rules, by, user, n.number, now)) != MFA_OK ||
	    (r = model_proof_new(by, rules, out->proof)) != MFA_OK ||
	    (r = model_proof_mac(db, id, by, out->proof, mac)) != MFA_OK ||
	    (r = db_change(db, ask_sql, ARGS(NUMBER(id), BYTES(mac, MODEL_HASH_LEN),
	    NUMBER(now + MODEL_PROOF_LIFE),), MFA_E_INTERNAL)) != MFA_OK)
		return r;
	model_user_wake(db, user);	/* so that it is no repetition */
	return MFA_OK;
}

int
model_telephone_consent(struct db *db, const struct model_once *once, const char *user,
    int64_t id, enum model_dial by, const struct model_dial_rules *rules, int64_t now,
    struct model_telephone_made *out)
{
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_once_find(db, once, "consent", now, out, sizeof(*out), &found)) != MFA_OK ||
	    found)
		return r;
	if ((r = ask(db, user, id, by, rules, now, out)) == MFA_OK)
		r = model_once_keep(db, once, "consent", now, out, sizeof(*out));
	if (r != MFA_OK)
		memset(out, 0, sizeof(*out));
	return r;
}
