/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers that are kept, so that a request whose answer was lost can be sent
 * again.  They are the structs that the model returns, sealed.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"

#define BOUND_MAX 384

/* Answers lie by the time of their making, in slots as long as they are kept: they
 * are in this one or the last, or in the next when the clock was set back. */

_Static_assert(MODEL_ANSWER_LIFE == 600, "the slots of the schema are as long");

static const char find_sql[] =
	"SELECT request, body, sealed FROM answer WHERE slot IN (?4 - 1, ?4, ?4 + 1)"
	" AND caller = ?1 AND key = ?2 AND at > ?3 ORDER BY at DESC";
static const char keep_sql[] =
	"INSERT OR REPLACE INTO answer (slot, caller, key, request, body, at, sealed)"
	" VALUES (?5 / 600, ?1, ?2, ?3, ?4, ?5, ?6)";

/* The size stands for the form of the answer, which another version may have
 * changed. */
static int
bound_text(const struct model_once *once, const char *request, size_t size, char text[BOUND_MAX])
{
	int n = snprintf(text, BOUND_MAX, "answer|%s|%s|%s|%zu", once->caller, once->key, request,
	    size);

	return n > 0 && n < BOUND_MAX ? MFA_OK : MFA_E_INTERNAL;
}

static int
open_answer(struct db *db, sqlite3_stmt *st, const char *bound, void *answer, size_t size)
{
	const void *sealed = sqlite3_column_blob(st, 2);
	struct secret plain = { .len = 0 };
	int r = unseal(db_key(db), bound, sealed != NULL ? sealed : (const void *)"",
	    (size_t)sqlite3_column_bytes(st, 2), &plain);

	if (r == MFA_OK && plain.len != size)
		r = MFA_E_STATE;
	if (r == MFA_OK)
		memcpy(answer, plain.data, size);
	else
		(void)db_say(db, r, "an answer that was kept does not open: another state.key, "
		    "or the row was changed");
	secret_wipe(&plain);
	return r;
}

static int
check_key(struct db *db, const struct model_once *once)
{
	int r = model_check_base64(db, "Idempotency-Key", once->key, 65);

	if (r == MFA_OK)
		r = model_check_range(db, "Idempotency-Key", (int64_t)strlen(once->key), 22, 64);
	if (r == MFA_OK && db_key(db) == NULL)
		r = db_say(db, MFA_E_INTERNAL, "opened without its key");
	return r;
}

int
model_once_find(struct db *db, const struct model_once *once, const char *request, int64_t now,
    void *answer, size_t size, bool *found)
{
	unsigned char body[MODEL_HASH_LEN];
	char bound[BOUND_MAX], kept[64];
	sqlite3_stmt *st;
	int r;

	*found = false;
	if (once == NULL)
		return MFA_OK;
	if ((r = check_key(db, once)) != MFA_OK ||
	    (r = bound_text(once, request, size, bound)) != MFA_OK)
		return r;
	r = db_first(db, find_sql, ARGS(TEXT(once->caller), TEXT(once->key),
	    NUMBER(now - MODEL_ANSWER_LIFE), NUMBER(now / MODEL_ANSWER_LIFE),), &st);
	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? MFA_OK : r;
	db_text(db, st, 0, kept, sizeof(kept));
	if ((r = db_bytes(db, st, 1, body, sizeof(body))) == MFA_OK) {
		if (strcmp(kept, request) != 0 || !secret_equal(body, once->body, sizeof(body)))
			r = PROBLEM_IDEMPOTENCY_MISMATCH;
		else
			r = open_answer(db, st, bound, answer, size);
	}
	r = db_end(db, st, r);
	*found = r == MFA_OK;
	return r;
}

int
model_once_keep(struct db *db, const struct model_once *once, const char *request, int64_t now,
    const void *answer, size_t size)
{
	unsigned char sealed[SECRET_MAX + SEAL_OVERHEAD];
	struct secret plain;
	char bound[BOUND_MAX];
	size_t len;
	int r;

	if (once == NULL)
		return MFA_OK;
	if ((r = secret_set(&plain, answer, size)) == MFA_OK &&
	    (r = bound_text(once, request, size, bound)) == MFA_OK)
		r = seal(db_key(db), bound, &plain, sealed, sizeof(sealed), &len);
	secret_wipe(&plain);
	if (r != MFA_OK)
		return r == MFA_E_INVALID ? MFA_E_INTERNAL : r;
	return db_do(db, keep_sql, ARGS(TEXT(once->caller), TEXT(once->key), TEXT(request),
	    BYTES(once->body, MODEL_HASH_LEN), NUMBER(now), BYTES(sealed, len),), NULL);
}
