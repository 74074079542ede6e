/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins as their users' phones see them.
 */
#include <string.h>

#include "error.h"
#include "model_login.h"
#include "model_private.h"

static const char device_sql[] =
	"SELECT d.user, d.kind, coalesce(d.expires, 0), u.push_seq FROM device AS d"
	" JOIN user AS u ON u.name = d.user WHERE d.id = ?1 AND d.revoked IS NULL";
static const char pending_sql[] =
	"SELECT l.id, h.name, l.user, l.service, l.origin, l.nonce, l.expires, l.digits, l.n"
	" FROM login AS l JOIN host AS h ON h.id = l.host"
	" WHERE l.user = ?1 AND l.state = 0 AND l.push = 1 AND l.expires > ?2";
static const char state_sql[] =
	"SELECT state, expires FROM login WHERE id = ?1 AND user = ?2 AND push = 1";
static const char login_sql[] =
	"SELECT l.id, h.name, l.user, l.service, l.origin, l.nonce, l.expires, l.digits,"
	" l.state, l.decision IS NOT NULL FROM login AS l JOIN host AS h ON h.id = l.host"
	" WHERE l.id = ?1 AND l.user = ?2 AND l.push = 1";
static const char answer_sql[] =
	"UPDATE login SET state = 1, decision = ?2, device = ?3, signature = ?4,"
	" authenticator_data = ?5, client_data = ?6"
	" WHERE id = ?1 AND state = 0 AND expires > ?7";
/* To the day: more would be one more page of a large table for each login. */
static const char used_sql[] =
	"UPDATE device SET used = ?2 WHERE id = ?1 AND used / 86400 <> ?2 / 86400";
static const char lock_sql[] =
	"UPDATE user SET push_locked = ?2, push_lock_reason = 'the user reported a login'"
	" WHERE name = ?1";

/* A login's number, above all that count a user's phones. */
#define SEQ_LOGIN (INT64_C(1) << 40)

struct phone {
	char user[MODEL_NAME_MAX];
	bool passkey, certified;
	int64_t seq;
};

static int
find_phone(struct db *db, const char *device, int64_t now, struct phone *out)
{
	sqlite3_stmt *st;
	char kind[16];
	int r;

	if ((r = db_first(db, device_sql, ARGS(TEXT(device),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_UNAUTHENTICATED : r;
	db_text(db, st, 0, out->user, sizeof(out->user));
	db_text(db, st, 1, kind, sizeof(kind));
	out->passkey = strncmp(kind, "webauthn-", 9) == 0;
	out->certified = sqlite3_column_int64(st, 2) > now;
	out->seq = sqlite3_column_int64(st, 3);
	return db_end(db, st, MFA_OK);
}

void
model_read_pending(struct db *db, sqlite3_stmt *st, struct model_pending *p)
{
	memset(p, 0, sizeof(*p));
	db_text(db, st, 0, p->login, sizeof(p->login));
	db_text(db, st, 1, p->host, sizeof(p->host));
	db_text(db, st, 2, p->user, sizeof(p->user));
	db_text(db, st, 3, p->service, sizeof(p->service));
	db_text(db, st, 4, p->origin, sizeof(p->origin));
	db_text(db, st, 5, p->nonce, sizeof(p->nonce));
	p->expires = sqlite3_column_int64(st, 6);
	p->digits = sql_uint(st, 7);
}

int
model_device_pending(struct db *db, const char *device, int64_t now, bool *waits,
    struct model_pending *out, int64_t *seq)
{
	struct phone phone;
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	*waits = false;
	*seq = 0;
	if ((r = find_phone(db, device, now, &phone)) != MFA_OK)
		return r;
	*seq = phone.seq;
	if (!phone.certified)
		return MFA_OK;
	r = db_first(db, pending_sql, ARGS(TEXT(phone.user), NUMBER(now),), &st);
	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? MFA_OK : r;
	model_read_pending(db, st, out);
	*seq = SEQ_LOGIN + sqlite3_column_int64(st, 8);
	*waits = true;
	return db_end(db, st, MFA_OK);
}

/* A code that was typed instead is nothing to tell a phone more of. */
static enum login_state
state_for_phone(enum login_state stored, int64_t expires, int64_t now)
{
	if (stored == MODEL_WAITING && expires <= now)
		return MODEL_EXPIRED;
	return stored == MODEL_CODE ? MODEL_CANCELLED : stored;
}

int
model_device_login(struct db *db, const char *device, const char *login, int64_t now,
    enum login_state *out)
{
	struct phone phone;
	sqlite3_stmt *st;
	int r;

	*out = MODEL_CANCELLED;
	if ((r = find_phone(db, device, now, &phone)) != MFA_OK)
		return r;
	if ((r = db_first(db, state_sql, ARGS(TEXT(login), TEXT(phone.user),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	*out = state_for_phone((enum login_state)sqlite3_column_int(st, 0),
	    sqlite3_column_int64(st, 1), now);
	return db_end(db, st, MFA_OK);
}

/* ---- answering ---- */

/* Nobody here verifies it: the login host does.  But it has the form of the
 * device's kind. */
static int
check_answer(struct db *db, const struct model_answer *in, const struct phone *phone)
{
	int r;

	if ((r = model_check_range(db, "decision", in->decision, MODEL_APPROVE, MODEL_REPORT)) !=
	    MFA_OK ||
	    (r = model_check_base64(db, "signature", in->signature, MODEL_SIGNATURE_MAX)) != MFA_OK)
		return r;
	if (!phone->passkey) {
		if (in->authenticator_data == NULL && in->client_data == NULL)
			return MFA_OK;
		db_blame(db, in->client_data != NULL ? "client_data" : "authenticator_data");
		return PROBLEM_INVALID;
	}
	r = model_check_base64(db, "authenticator_data", in->authenticator_data,
	    MODEL_AUTHENTICATOR_MAX);
	return r != MFA_OK ? r :
	    model_check_base64(db, "client_data", in->client_data, MODEL_CLIENT_MAX);
}

/* Why the update found nothing to do, if it did not. */
static int
find_login(struct db *db, const char *login, const struct phone *phone, int64_t now,
    struct model_pending *out)
{
	int64_t state;
	bool decided;
	sqlite3_stmt *st;
	int r = db_first(db, login_sql, ARGS(TEXT(login), TEXT(phone->user),), &st);

	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	model_read_pending(db, st, out);
	state = sqlite3_column_int64(st, 8);
	decided = sqlite3_column_int(st, 9) != 0;
	return db_end(db, st, decided ? PROBLEM_ALREADY_ANSWERED :
	    state != MODEL_WAITING || out->expires <= now ? PROBLEM_GONE : MFA_OK);
}

static int
note_answer(struct db *db, const char *device, const struct model_answer *in,
    const struct model_pending *p, int64_t now)
{
	int r = db_do(db, used_sql, ARGS(TEXT(device), NUMBER(now),), NULL);

	if (r == MFA_OK && in->decision == MODEL_REPORT)
		r = db_do(db, lock_sql, ARGS(TEXT(p->user), NUMBER(now),), NULL);
	/* The call that may ring meanwhile as well, and what was approved before. */
	if (r == MFA_OK && in->decision == MODEL_REPORT)
		r = model_login_stop_user(db, p->user, now);
	model_user_wake(db, p->user);
	db_wake(db, "", p->login);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "answer",
	    .user = p->user, .host = p->host, .service = p->service, .origin = p->origin,
	    .device = device, .outcome = model_decision_name(in->decision), .by = device }, now);
}

static void
copy_out(const struct model_answer *in, const struct model_pending *p, struct model_answered *out)
{
	out->report = in->decision == MODEL_REPORT;
	memcpy(out->user, p->user, sizeof(out->user));
	memcpy(out->host, p->host, sizeof(out->host));
	memcpy(out->service, p->service, sizeof(out->service));
	memcpy(out->origin, p->origin, sizeof(out->origin));
}

int
model_device_answer(struct db *db, const struct model_once *once, const char *device,
    const char *login, const struct model_answer *in, int64_t now, struct model_answered *out)
{
	char done = 'y';
	struct model_pending p;
	struct phone phone;
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = find_phone(db, device, now, &phone)) != MFA_OK ||
	    (r = model_once_find(db, once, login, now, &done, sizeof(done), &found)) != MFA_OK ||
	    found)
		return r;
	if (!phone.certified)
		return PROBLEM_FORBIDDEN;
	if ((r = check_answer(db, in, &phone)) != MFA_OK ||
	    (r = find_login(db, login, &phone, now, &p)) != MFA_OK ||
	    (r = db_change(db, answer_sql, ARGS(TEXT(login), NUMBER(in->decision), TEXT(device),
	    TEXT(in->signature), TEXT(in->authenticator_data), TEXT(in->client_data),
	    NUMBER(now),), PROBLEM_GONE)) != MFA_OK ||
	    (r = note_answer(db, device, in, &p, now)) != MFA_OK ||
	    (r = model_once_keep(db, once, login, now, &done, sizeof(done))) != MFA_OK)
		return r;
	copy_out(in, &p, out);
	return MFA_OK;
}
