/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a phone becomes a user's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "model_device.h"
#include "model_host.h"
#include "model_private.h"
#include "text.h"

static const char open_sql[] =
	"INSERT INTO enrolment (id, host, user, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char one_sql[] =
	"SELECT e.user, e.state, e.expires, e.host, d.id, d.name, d.kind, d.key, d.origin, d.proof,"
	" d.certificate"
	" FROM enrolment AS e LEFT JOIN device AS d ON d.enrolment = e.id WHERE e.id = ?1";
static const char take_sql[] =
	"UPDATE enrolment SET state = 1 WHERE id = ?1 AND state = 0 AND expires > ?2";
static const char add_sql[] =
	"INSERT INTO device (id, user, enrolment, name, kind, key, origin, proof, secret, created)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char count_sql[] =
	"SELECT count(*) FROM device WHERE user = ?1 AND revoked IS NULL AND expires > ?2";
static const char certify_sql[] =
	"UPDATE device SET certificate = ?2, expires = ?3 WHERE id = ?1 AND revoked IS NULL";
static const char done_sql[] =
	"UPDATE enrolment SET state = 2 WHERE id = ?1 AND state = 1 AND expires > ?2";

void
model_enrol_device(const char *enrolment, char device[MODEL_ID_MAX])
{
	memcpy(device, enrolment, MODEL_ID_MAX - 1);
	device[0] = 'd';
	device[MODEL_ID_MAX - 1] = '\0';
}

const char *
model_enrol_state_name(enum model_enrol_state s)
{
	static const char *const names[] = { "open", "offered", "done", "expired" };

	return names[s];
}

/* ---- opening ---- */

int
model_enrol_open(struct db *db, const struct model_once *once, const char *host,
    const char *user, int64_t life, int64_t now, struct model_enrolment *out)
{
	struct model_host h;
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_once_find(db, once, "enrolment", now, out, sizeof(*out), &found)) !=
	    MFA_OK || found ||
	    (r = model_check_text(db, "user", user, MODEL_NAME_MAX)) != MFA_OK ||
	    (r = model_check_range(db, "life", life, 1, MODEL_ENROL_LIFE_MAX)) != MFA_OK)
		return r;
	if ((r = model_host(db, host, &h)) != MFA_OK)
		return r == PROBLEM_NOT_FOUND ? PROBLEM_UNAUTHENTICATED : r;
	if ((r = model_id_new('e', out->id)) != MFA_OK)
		return r;
	out->expires = now + life;
	r = db_do(db, open_sql, ARGS(TEXT(out->id), TEXT(host), TEXT(user), NUMBER(now),
	    NUMBER(out->expires),), NULL);
	if (r == MFA_OK)
		r = model_note(db, &(struct model_event){ .event = "enrol", .user = user,
		    .host = h.name, .outcome = "open", .by = host }, now);
	return r != MFA_OK ? r : model_once_keep(db, once, "enrolment", now, out, sizeof(*out));
}

/* ---- the row ---- */

struct row {
	struct model_enrolled e;
	char host[MODEL_ID_MAX];
};

static int
find(struct db *db, const char *enrolment, int64_t now, struct row *out)
{
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if (!model_id_is('e', enrolment))
		return PROBLEM_NOT_FOUND;
	if ((r = db_first(db, one_sql, ARGS(TEXT(enrolment),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	(void)snprintf(out->e.enrolment, sizeof(out->e.enrolment), "%s", enrolment);
	db_text(db, st, 0, out->e.user, sizeof(out->e.user));
	out->e.state = (enum model_enrol_state)sqlite3_column_int(st, 1);
	out->e.expires = sqlite3_column_int64(st, 2);
	if (out->e.expires <= now && out->e.state != MODEL_ENROL_DONE)
		out->e.state = MODEL_ENROL_EXPIRED;
	db_text(db, st, 3, out->host, sizeof(out->host));
	db_text(db, st, 4, out->e.device, sizeof(out->e.device));
	db_text(db, st, 5, out->e.name, sizeof(out->e.name));
	db_text(db, st, 6, out->e.kind, sizeof(out->e.kind));
	db_text(db, st, 7, out->e.key, sizeof(out->e.key));
	db_text(db, st, 8, out->e.origin, sizeof(out->e.origin));
	db_text(db, st, 9, out->e.proof, sizeof(out->e.proof));
	db_text(db, st, 10, out->e.certificate, sizeof(out->e.certificate));
	return db_end(db, st, MFA_OK);
}

int
model_enrolment(struct db *db, const char *host, const char *enrolment, int64_t now,
    struct model_enrolled *out)
{
	struct row row;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = find(db, enrolment, now, &row)) != MFA_OK)
		return r;
	if (strcmp(row.host, host) != 0)
		return PROBLEM_NOT_FOUND;
	*out = row.e;
	return MFA_OK;
}

/* ---- the phone offers itself ---- */

static int
check_kind(struct db *db, const struct model_offer *in)
{
	static const struct {
		const char *kind;
		size_t key;		/* characters */
		bool passkey;
	} kinds[] = {
		{ "p256", 87, false }, { "ed25519", 43, false },
		{ "webauthn-es256", 87, true }, { "webauthn-eddsa", 43, true },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(in->kind, kinds[i].kind) != 0)
			continue;
		if (strlen(in->key) != kinds[i].key)
			db_blame(db, "key");
		else if (kinds[i].passkey ? strncmp(in->origin, "https://", 8) != 0 :
		    strcmp(in->origin, "-") != 0)
			db_blame(db, "origin");
		else
			return MFA_OK;
		return PROBLEM_INVALID;
	}
	db_blame(db, "kind");
	return PROBLEM_INVALID;
}

static int
check_offer(struct db *db, const struct model_offer *in)
{
	int r;

	if ((r = model_check_text(db, "name", in->name, MODEL_LABEL_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "kind", in->kind, 16)) != MFA_OK ||
	    (r = model_check_base64(db, "key", in->key, MODEL_KEY_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "origin", in->origin, MODEL_ORIGIN_MAX)) != MFA_OK ||
	    (r = model_check_base64(db, "proof", in->proof, MODEL_SECRET_MAX)) != MFA_OK ||
	    (r = model_check_range(db, "proof", (int64_t)strlen(in->proof), MODEL_SECRET_MAX - 1,
	    MODEL_SECRET_MAX - 1)) != MFA_OK)
		return r;
	return check_kind(db, in);
}

static int
add_device(struct db *db, const struct row *row, const struct model_offer *in, int64_t now,
    struct model_offered *out)
{
	unsigned char hash[MODEL_HASH_LEN];
	int r;

	model_enrol_device(row->e.enrolment, out->device);
	if ((r = model_secret_new(out->secret, hash)) != MFA_OK ||
	    (r = model_user_make(db, row->e.user)) != MFA_OK)
		return r;
	r = db_do(db, add_sql, ARGS(TEXT(out->device), TEXT(row->e.user), TEXT(row->e.enrolment),
	    TEXT(in->name), TEXT(in->kind), TEXT(in->key), TEXT(in->origin), TEXT(in->proof),
	    BYTES(hash, sizeof(hash)), NUMBER(now),), NULL);
	if (r == MFA_E_EXISTS)
		return PROBLEM_ALREADY_USED;
	db_wake(db, "", row->e.enrolment);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "enrol",
	    .user = row->e.user, .device = out->device, .outcome = "offered" }, now);
}

int
model_enrol_offer(struct db *db, const struct model_once *once, const char *enrolment,
    const struct model_offer *in, int64_t now, struct model_offered *out)
{
	struct model_once own;
	struct row row;
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if (once != NULL) {
		own = *once;
		own.caller = enrolment;
		once = &own;
	}
	if ((r = find(db, enrolment, now, &row)) != MFA_OK ||
	    (r = model_once_find(db, once, "offer", now, out, sizeof(*out), &found)) != MFA_OK ||
	    found || (r = check_offer(db, in)) != MFA_OK)
		return r;
	if (row.e.state != MODEL_ENROL_OPEN)
		return row.e.device[0] != '\0' ? PROBLEM_ALREADY_USED : PROBLEM_GONE;
	if ((r = db_change(db, take_sql, ARGS(TEXT(enrolment), NUMBER(now),),
	    PROBLEM_ALREADY_USED)) == MFA_OK &&
	    (r = add_device(db, &row, in, now, out)) == MFA_OK)
		r = model_once_keep(db, once, "offer", now, out, sizeof(*out));
	if (r != MFA_OK)
		explicit_bzero(out, sizeof(*out));
	return r;
}

/* ---- the certificate ---- */

/* "KEY NUMBER\n" at *at, which goes behind it. */
static bool
read_time(const char **at, const char *key, int64_t *out)
{
	size_t len = strlen(key), digits;
	char *end;

	if (strncmp(*at, key, len) != 0)
		return false;
	*at += len;
	digits = strspn(*at, "0123456789");
	if (digits == 0 || digits > 12 || (*at)[digits] != '\n')
		return false;
	*out = strtoll(*at, &end, 10);
	*at = end + 1;
	return true;
}

/* The lines that PROTOCOL.md gives a certificate, with what is stored of the
 * device in them. */
static int
check_certificate(const struct model_enrolled *e, const char *text, int64_t now, int64_t *expires)
{
	char want[MODEL_CERTIFICATE_MAX];
	const char *at = text;
	int64_t created;
	size_t len;

	(void)snprintf(want, sizeof(want), "pam_mfa device 1\nuser %s\ndevice %s\nkind %s\nkey %s\n"
	    "origin %s\n", e->user, e->device, e->kind, e->key, e->origin);
	len = strlen(want);
	if (strnlen(text, MODEL_CERTIFICATE_MAX) == MODEL_CERTIFICATE_MAX ||
	    strncmp(text, want, len) != 0)
		return PROBLEM_BAD_CERTIFICATE;
	at += len;
	if (!read_time(&at, "created ", &created) || !read_time(&at, "expires ", expires) ||
	    *expires <= now || *expires > now + MODEL_CERTIFICATE_LIFE_MAX ||
	    strncmp(at, "authority ", 10) != 0)
		return PROBLEM_BAD_CERTIFICATE;
	return MFA_OK;
}

static int
certify(struct db *db, const struct row *row, const char *text, int64_t now)
{
	int64_t expires, count;
	int r;

	if ((r = check_certificate(&row->e, text, now, &expires)) != MFA_OK ||
	    (r = db_number(db, count_sql, ARGS(TEXT(row->e.user), NUMBER(now),), 0, &count)) !=
	    MFA_OK)
		return r;
	if (count >= MODEL_DEVICES_MAX)
		return PROBLEM_TOO_MANY;
	if ((r = db_change(db, certify_sql, ARGS(TEXT(row->e.device), TEXT(text),
	    NUMBER(expires),), PROBLEM_GONE)) != MFA_OK ||
	    (r = db_change(db, done_sql, ARGS(TEXT(row->e.enrolment), NUMBER(now),),
	    PROBLEM_ALREADY_USED)) != MFA_OK || (r = model_user_push(db, row->e.user)) != MFA_OK)
		return r;
	db_wake(db, "", row->e.enrolment);
	return model_note(db, &(struct model_event){ .event = "enrol", .user = row->e.user,
	    .device = row->e.device, .outcome = "done", .by = row->host }, now);
}

int
model_enrol_certify(struct db *db, const char *host, const char *enrolment, const char *text,
    int64_t now)
{
	struct row row;
	int r = find(db, enrolment, now, &row);

	if (r != MFA_OK || strcmp(row.host, host) != 0)
		return r != MFA_OK ? r : PROBLEM_NOT_FOUND;
	switch (row.e.state) {
	case MODEL_ENROL_OFFERED:
		return certify(db, &row, text, now);
	case MODEL_ENROL_DONE:
		return strcmp(row.e.certificate, text) == 0 ? MFA_OK : PROBLEM_ALREADY_USED;
	case MODEL_ENROL_OPEN:
		return PROBLEM_NOT_OFFERED;
	case MODEL_ENROL_EXPIRED:
	default:
		return PROBLEM_GONE;
	}
}
