/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Phones, from their certificate to their revocation.
 */
#include "model_device.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "text.h"

static const char authenticate_sql[] =
	"SELECT user, secret, coalesce(expires, 0) FROM device WHERE id = ?1 AND revoked IS NULL";
#define COLUMNS "SELECT id, user, name, kind, created, used, coalesce(expires, 0) FROM device"
static const char one_sql[] = COLUMNS " WHERE id = ?1 AND revoked IS NULL";
static const char all_sql[] = COLUMNS " WHERE user = ?1 AND revoked IS NULL ORDER BY created, id";
static const char revoke_sql[] =
	"UPDATE device SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
static const char revocation_sql[] =
	"INSERT INTO revocation (device, user, at, text) VALUES (?1, ?2, ?3, ?4)";
static const char answered_sql[] =
	"SELECT id FROM login WHERE state IN (0, 1) AND state = 1 AND user = ?1 AND device = ?2";
static const char certificates_sql[] =
	"SELECT certificate FROM device WHERE user = ?1 AND revoked IS NULL AND expires > ?2"
	" ORDER BY created, id";
static const char user_revocations_sql[] =
	"SELECT text FROM revocation WHERE user = ?1 ORDER BY id";
static const char revocations_sql[] =
	"SELECT text, id FROM revocation WHERE id > ?1 ORDER BY id LIMIT ?2";

int
model_device_authenticate(struct db *db, const char *credential, int64_t now,
    struct model_caller *out)
{
	struct model_caller caller = { .note = false };
	unsigned char hash[MODEL_HASH_LEN], stored[MODEL_HASH_LEN];
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_credential('d', credential, caller.id, hash)) != MFA_OK)
		return r;
	if ((r = db_first(db, authenticate_sql, ARGS(TEXT(caller.id),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_UNAUTHENTICATED : r;
	db_text(db, st, 0, caller.name, sizeof(caller.name));
	r = db_bytes(db, st, 1, stored, sizeof(stored));
	caller.certified = sqlite3_column_int64(st, 2) > now;
	r = db_end(db, st, r);
	if (r == MFA_OK && !secret_equal(hash, stored, sizeof(hash)))
		r = PROBLEM_UNAUTHENTICATED;
	if (r == MFA_OK)
		*out = caller;
	return r;
}

/* ---- looking ---- */

static void
read_device(struct db *db, sqlite3_stmt *st, int64_t now, struct model_device *d)
{
	db_text(db, st, 0, d->device, sizeof(d->device));
	db_text(db, st, 1, d->user, sizeof(d->user));
	db_text(db, st, 2, d->name, sizeof(d->name));
	db_text(db, st, 3, d->kind, sizeof(d->kind));
	d->created = sqlite3_column_int64(st, 4);
	d->used = sqlite3_column_int64(st, 5);
	d->expires = sqlite3_column_int64(st, 6);
	d->certified = d->expires > now;
}

int
model_device(struct db *db, const char *device, int64_t now, struct model_device *out)
{
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = db_first(db, one_sql, ARGS(TEXT(device),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	read_device(db, st, now, out);
	return db_end(db, st, MFA_OK);
}

int
model_devices(struct db *db, const char *user, int64_t now,
    bool (*fn)(void *arg, const struct model_device *d), void *arg)
{
	struct model_device d;
	sqlite3_stmt *st;
	int r = db_first(db, all_sql, ARGS(TEXT(user),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		read_device(db, st, now, &d);
		if (!fn(arg, &d))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

/* ---- revoking ---- */

/* What it approved and nobody has looked at. */
static int
cancel_answered(struct db *db, const struct model_device *d)
{
	char login[MODEL_ID_MAX];
	sqlite3_stmt *st;
	int r;

	while ((r = db_first(db, answered_sql, ARGS(TEXT(d->user), TEXT(d->device),), &st)) ==
	    MFA_OK) {
		db_text(db, st, 0, login, sizeof(login));
		if ((r = db_end(db, st, MFA_OK)) != MFA_OK ||
		    (r = model_login_end(db, login, d->user, MODEL_CANCELLED)) != MFA_OK)
			break;
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

/* As PROTOCOL.md begins one; its signature is the hosts' to verify. */
static int
check_revocation(struct db *db, const struct model_device *d, const char *text)
{
	char want[MODEL_NAME_MAX + MODEL_ID_MAX + 64];
	size_t len;

	(void)snprintf(want, sizeof(want), "pam_mfa revocation 1\nuser %s\ndevice %s\nat ",
	    d->user, d->device);
	len = strlen(want);
	if (strnlen(text, MODEL_CERTIFICATE_MAX) < MODEL_CERTIFICATE_MAX &&
	    strncmp(text, want, len) == 0)
		return MFA_OK;
	db_blame(db, "revocation");
	return PROBLEM_INVALID;
}

int
model_device_revoke(struct db *db, const char *device, const char *text, const char *by,
    int64_t now)
{
	struct model_device d;
	int r;

	if ((r = model_device(db, device, now, &d)) != MFA_OK ||
	    (text != NULL && (r = check_revocation(db, &d, text)) != MFA_OK) ||
	    (r = db_change(db, revoke_sql, ARGS(TEXT(device), NUMBER(now),),
	    PROBLEM_NOT_FOUND)) != MFA_OK)
		return r;
	if (text != NULL)
		r = db_do(db, revocation_sql, ARGS(TEXT(device), TEXT(d.user), NUMBER(now),
		    TEXT(text),), NULL);
	if (r != MFA_OK || (r = cancel_answered(db, &d)) != MFA_OK ||
	    (r = model_login_cancel_user(db, d.user, now)) != MFA_OK ||
	    (r = model_user_push(db, d.user)) != MFA_OK)
		return r;
	return model_note(db, &(struct model_event){ .event = "device-revoked", .user = d.user,
	    .device = device, .by = by }, now);
}

/* ---- what hosts fetch ---- */

static int
each_text(struct db *db, const char *sql, const struct arg *args,
    bool (*fn)(void *arg, const char *text), void *arg, int64_t *next)
{
	char text[MODEL_CERTIFICATE_MAX];
	sqlite3_stmt *st;
	int r = db_first(db, sql, args, &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		db_text(db, st, 0, text, sizeof(text));
		if (next != NULL)
			*next = sqlite3_column_int64(st, 1);
		if (!fn(arg, text))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
model_certificates(struct db *db, const char *user, int64_t now,
    bool (*fn)(void *arg, const char *text), void *arg)
{
	return each_text(db, certificates_sql, ARGS(TEXT(user), NUMBER(now),), fn, arg, NULL);
}

int
model_user_revocations(struct db *db, const char *user,
    bool (*fn)(void *arg, const char *text), void *arg)
{
	return each_text(db, user_revocations_sql, ARGS(TEXT(user),), fn, arg, NULL);
}

int
model_revocations(struct db *db, int64_t after, unsigned int limit,
    bool (*fn)(void *arg, const char *text), void *arg, int64_t *next)
{
	*next = after;
	return each_text(db, revocations_sql, ARGS(NUMBER(after), NUMBER(limit),), fn, arg, next);
}
