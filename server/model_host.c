/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_host.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"

static const char token_new_sql[] =
	"INSERT INTO join_token (id, hash, name, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char token_sql[] =
	"SELECT hash, name, expires, host IS NOT NULL FROM join_token WHERE id = ?1";
static const char token_use_sql[] =
	"UPDATE join_token SET host = ?2 WHERE id = ?1 AND host IS NULL";
static const char add_sql[] =
	"INSERT INTO host (id, name, key, created) VALUES (?1, ?2, ?3, ?4)";
static const char name_taken_sql[] =
	"SELECT 1 FROM host WHERE name = ?1 AND revoked IS NULL";
static const char rotate_sql[] =
	"UPDATE host SET old_key = key, old_until = ?3, key = ?2 WHERE id = ?1 AND revoked IS NULL";
static const char authenticate_sql[] =
	"SELECT name, key, old_key, old_until, seen FROM host WHERE id = ?1 AND revoked IS NULL";
static const char certificate_sql[] =
	"SELECT id, name, seen FROM host WHERE name = ?1 AND revoked IS NULL AND ?2 >"
	" (SELECT coalesce(max(revoked), 0) FROM host WHERE name = ?1 AND revoked IS NOT NULL)";
static const char seen_sql[] =
	"UPDATE host SET seen = ?3, old_key = iif(key = ?2, NULL, old_key) WHERE id = ?1";
static const char one_sql[] =
	"SELECT id, name, created, seen FROM host WHERE id = ?1 AND revoked IS NULL";
static const char all_sql[] =
	"SELECT id, name, created, seen FROM host WHERE revoked IS NULL ORDER BY name";
static const char revoke_sql[] =
	"UPDATE host SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";

/* ---- join tokens ---- */

int
model_join_token_new(struct db *db, const struct model_once *once, const char *name,
    int64_t life, const char *by, int64_t now, struct model_join_token *out)
{
	unsigned char hash[MODEL_HASH_LEN];
	char id[MODEL_ID_MAX], secret[MODEL_SECRET_MAX];
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_check_range(db, "life", life, 1, MODEL_TOKEN_LIFE_MAX)) != MFA_OK ||
	    (name != NULL && (r = model_check_text(db, "name", name, MODEL_NAME_MAX)) != MFA_OK) ||
	    (r = model_once_find(db, once, "join-token", now, out, sizeof(*out), &found)) !=
	    MFA_OK || found)
		return r;
	if ((r = model_id_new('j', id)) != MFA_OK || (r = model_secret_new(secret, hash)) != MFA_OK)
		return r;
	out->expires = now + life;
	(void)snprintf(out->token, sizeof(out->token), "%s.%s", id, secret);
	explicit_bzero(secret, sizeof(secret));
	r = db_do(db, token_new_sql, ARGS(TEXT(id), BYTES(hash, sizeof(hash)), TEXT(name),
	    NUMBER(now), NUMBER(out->expires),), NULL);
	if (r == MFA_OK)
		r = model_note(db, &(struct model_event){ .event = "join-token", .host = name,
		    .by = by }, now);
	return r != MFA_OK ? r :
	    model_once_keep(db, once, "join-token", now, out, sizeof(*out));
}

/* ---- joining ---- */

struct join_row {
	char id[MODEL_ID_MAX];
	char name[MODEL_NAME_MAX];	/* "": any */
	int64_t expires;
	bool used;
};

static int
find_token(struct db *db, const char *token, struct join_row *row)
{
	unsigned char hash[MODEL_HASH_LEN], stored[MODEL_HASH_LEN];
	sqlite3_stmt *st;
	int r;

	if ((r = model_credential('j', token, row->id, hash)) != MFA_OK)
		return r == PROBLEM_UNAUTHENTICATED ? PROBLEM_BAD_TOKEN : r;
	if ((r = db_first(db, token_sql, ARGS(TEXT(row->id),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_BAD_TOKEN : r;
	r = db_bytes(db, st, 0, stored, sizeof(stored));
	db_text(db, st, 1, row->name, sizeof(row->name));
	row->expires = sqlite3_column_int64(st, 2);
	row->used = sqlite3_column_int(st, 3) != 0;
	r = db_end(db, st, r);
	if (r == MFA_OK && !secret_equal(hash, stored, sizeof(hash)))
		r = PROBLEM_BAD_TOKEN;
	return r;
}

static int
choose_name(struct db *db, const struct join_row *row, const char *name, struct model_joined *out)
{
	int64_t taken;
	int r;

	if (name == NULL)
		name = row->name;
	if ((r = model_check_text(db, "name", name, sizeof(out->name))) != MFA_OK)
		return r;
	if (row->name[0] != '\0' && strcmp(row->name, name) != 0) {
		db_blame(db, "name");
		return PROBLEM_INVALID;
	}
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	r = db_number(db, name_taken_sql, ARGS(TEXT(name),), 0, &taken);
	return r == MFA_OK && taken != 0 ? PROBLEM_NAME_TAKEN : r;
}

static int
add_host(struct db *db, const struct join_row *row, int64_t now, struct model_joined *out)
{
	unsigned char hash[MODEL_HASH_LEN];
	int r;

	if ((r = model_id_new('h', out->host)) != MFA_OK ||
	    (r = model_secret_new(out->key, hash)) != MFA_OK)
		return r;
	r = db_do(db, add_sql, ARGS(TEXT(out->host), TEXT(out->name), BYTES(hash, sizeof(hash)),
	    NUMBER(now),), NULL);
	if (r == MFA_OK)
		r = db_change(db, token_use_sql, ARGS(TEXT(row->id), TEXT(out->host),),
		    PROBLEM_BAD_TOKEN);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "join",
	    .host = out->name, .by = row->id }, now);
}

int
model_host_join(struct db *db, const struct model_once *once, const char *token,
    const char *name, int64_t now, struct model_joined *out)
{
	struct join_row row = { .used = true };
	struct model_once own;
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = find_token(db, token, &row)) != MFA_OK)
		return r;
	if (once != NULL) {
		own = *once;
		own.caller = row.id;
		once = &own;
	}
	r = model_once_find(db, once, "join", now, out, sizeof(*out), &found);
	if (r != MFA_OK || found)
		return r;
	if (row.used || row.expires <= now)
		return PROBLEM_BAD_TOKEN;
	if ((r = choose_name(db, &row, name, out)) == MFA_OK &&
	    (r = add_host(db, &row, now, out)) == MFA_OK)
		r = model_once_keep(db, once, "join", now, out, sizeof(*out));
	if (r != MFA_OK)
		explicit_bzero(out, sizeof(*out));
	return r;
}

/* ---- keys ---- */

int
model_host_rotate(struct db *db, const struct model_once *once, const char *host, int64_t now,
    char key[MODEL_SECRET_MAX])
{
	unsigned char hash[MODEL_HASH_LEN];
	bool found;
	int r;

	memset(key, 0, MODEL_SECRET_MAX);
	r = model_once_find(db, once, "host-key", now, key, MODEL_SECRET_MAX, &found);
	if (r != MFA_OK || found || (r = model_secret_new(key, hash)) != MFA_OK)
		return r;
	r = db_change(db, rotate_sql, ARGS(TEXT(host), BYTES(hash, sizeof(hash)),
	    NUMBER(now + MODEL_KEY_LIFE),), PROBLEM_NOT_FOUND);
	if (r == MFA_OK)
		r = model_note(db, &(struct model_event){ .event = "host-key", .by = host }, now);
	if (r == MFA_OK)
		r = model_once_keep(db, once, "host-key", now, key, MODEL_SECRET_MAX);
	if (r != MFA_OK)
		explicit_bzero(key, MODEL_SECRET_MAX);
	return r;
}

/* Whether column i holds this hash. */
static bool
same_hash(sqlite3_stmt *st, int i, const unsigned char hash[MODEL_HASH_LEN])
{
	const void *bytes = sqlite3_column_blob(st, i);

	return bytes != NULL && sqlite3_column_bytes(st, i) == MODEL_HASH_LEN &&
	    secret_equal(bytes, hash, MODEL_HASH_LEN);
}

/* A new key that is used ends the old one. */
static int
judge_key(sqlite3_stmt *st, int64_t now, struct model_caller *out)
{
	bool fresh = same_hash(st, 1, out->key);
	bool has_old = sqlite3_column_type(st, 2) != SQLITE_NULL;

	if (!fresh && (!same_hash(st, 2, out->key) || sqlite3_column_int64(st, 3) <= now))
		return PROBLEM_UNAUTHENTICATED;
	out->note = (fresh && has_old) || now - sqlite3_column_int64(st, 4) >= MODEL_SEEN_EVERY;
	return MFA_OK;
}

int
model_host_authenticate(struct db *db, const char *credential, int64_t now,
    struct model_caller *out)
{
	struct model_caller caller = { .certified = false };
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_credential('h', credential, caller.id, caller.key)) != MFA_OK)
		return r;
	if ((r = db_first(db, authenticate_sql, ARGS(TEXT(caller.id),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_UNAUTHENTICATED : r;
	db_text(db, st, 0, caller.name, sizeof(caller.name));
	r = db_end(db, st, judge_key(st, now, &caller));
	if (r == MFA_OK)
		*out = caller;
	return r;
}

int
model_host_by_certificate(struct db *db, const char *name, int64_t since, int64_t now,
    struct model_caller *out)
{
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = db_first(db, certificate_sql, ARGS(TEXT(name), NUMBER(since),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_UNAUTHENTICATED : r;
	db_text(db, st, 0, out->id, sizeof(out->id));
	db_text(db, st, 1, out->name, sizeof(out->name));
	out->note = now - sqlite3_column_int64(st, 2) >= MODEL_SEEN_EVERY;
	return db_end(db, st, MFA_OK);
}

int
model_host_seen(struct db *db, const struct model_caller *host, int64_t now)
{
	return db_do(db, seen_sql, ARGS(TEXT(host->id), BYTES(host->key, MODEL_HASH_LEN),
	    NUMBER(now),), NULL);
}

/* ---- looking ---- */

static void
read_host(struct db *db, sqlite3_stmt *st, struct model_host *h)
{
	db_text(db, st, 0, h->id, sizeof(h->id));
	db_text(db, st, 1, h->name, sizeof(h->name));
	h->created = sqlite3_column_int64(st, 2);
	h->seen = sqlite3_column_int64(st, 3);
}

int
model_host(struct db *db, const char *host, struct model_host *out)
{
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = db_first(db, one_sql, ARGS(TEXT(host),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	read_host(db, st, out);
	return db_end(db, st, MFA_OK);
}

int
model_hosts(struct db *db, bool (*fn)(void *arg, const struct model_host *h), void *arg)
{
	struct model_host h;
	sqlite3_stmt *st;
	int r = db_first(db, all_sql, ARGS(), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		read_host(db, st, &h);
		if (!fn(arg, &h))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
model_host_revoke(struct db *db, const char *host, const char *by, int64_t now)
{
	struct model_host h;
	int r;

	if ((r = model_host(db, host, &h)) != MFA_OK ||
	    (r = db_change(db, revoke_sql, ARGS(TEXT(host), NUMBER(now),), PROBLEM_NOT_FOUND)) !=
	    MFA_OK || (r = model_login_cancel_host(db, host, now)) != MFA_OK)
		return r;
	return model_note(db, &(struct model_event){ .event = "host-revoked", .host = h.name,
	    .by = by }, now);
}
