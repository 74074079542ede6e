/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins that a telephone is called for, or a text is sent to.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_telephone.h"

static const char expire_sql[] =
	"UPDATE login SET state = 3 WHERE user = ?1 AND state = 0 AND dial <> 0 AND expires <= ?2";
static const char live_sql[] =
	"SELECT 1 FROM login WHERE user = ?1 AND state = 0 AND dial <> 0";
static const char call_sql[] = "UPDATE login SET dial = 1, telephone = ?2 WHERE id = ?1";
static const char text_sql[] =
	"UPDATE login SET dial = 2, telephone = ?2, code = ?3 WHERE id = ?1";
static const char of_telephone_sql[] =
	"SELECT id FROM login WHERE user = ?1 AND state = 0 AND dial <> 0 AND telephone = ?2";
static const char code_sql[] =
	"SELECT code FROM login WHERE id = ?1 AND dial = 2 AND code IS NOT NULL";
static const char of_login_sql[] =
	"SELECT h.name, l.user, l.service, l.origin FROM login AS l JOIN host AS h ON h.id = l.host"
	" WHERE l.id = ?1 AND l.dial = 1";
static const char lock_sql[] =
	"UPDATE user SET push_locked = ?2, push_lock_reason = 'the user reported a login'"
	" WHERE name = ?1";

int
model_login_dial(struct db *db, const struct model_user *u, const struct model_login_asked *in,
    int64_t now, struct model_login_opened *out)
{
	int64_t live;
	int r;

	if (u->push_locked)
		return PROBLEM_PUSH_LOCKED;
	if ((r = model_telephone_of(db, in->user, &out->to)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NO_DEVICE : r;
	if ((r = db_do(db, expire_sql, ARGS(TEXT(in->user), NUMBER(now),), NULL)) != MFA_OK ||
	    (r = db_number(db, live_sql, ARGS(TEXT(in->user),), 0, &live)) != MFA_OK)
		return r;
	if (live != 0)
		return PROBLEM_ALREADY_WAITING;
	if ((r = model_dial(db, in->dial_rules, in->dial, in->user, out->to.number,
	    now)) != MFA_OK)
		return r;
	out->methods.call = in->dial == MODEL_DIAL_CALL;
	out->methods.text = in->dial == MODEL_DIAL_TEXT;
	return out->methods.text ? model_digits_new(in->dial_rules->text_digits, out->code) :
	    MFA_OK;
}

static int
mac_of_code(struct db *db, const char *login, const char *code, unsigned char mac[MODEL_HASH_LEN])
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s|%.16s", login, code);
	return model_mac(db, "text", text, mac);
}

int
model_login_dialled(struct db *db, const struct model_login_asked *in,
    const struct model_login_opened *out)
{
	unsigned char mac[MODEL_HASH_LEN];
	int r;

	if (in->dial == MODEL_DIAL_CALL)
		return db_do(db, call_sql, ARGS(TEXT(out->login), NUMBER(out->to.id),), NULL);
	if ((r = mac_of_code(db, out->login, out->code, mac)) != MFA_OK)
		return r;
	return db_do(db, text_sql, ARGS(TEXT(out->login), NUMBER(out->to.id),
	    BYTES(mac, MODEL_HASH_LEN),), NULL);
}

/* A user has one at a time. */
int
model_login_cancel_telephone(struct db *db, const char *user, int64_t telephone, int64_t now)
{
	char login[MODEL_ID_MAX];
	sqlite3_stmt *st;
	int r = db_first(db, of_telephone_sql, ARGS(TEXT(user), NUMBER(telephone),), &st);

	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? MFA_OK : r;
	db_text(db, st, 0, login, sizeof(login));
	if ((r = db_end(db, st, MFA_OK)) == MFA_OK)
		r = model_login_end(db, login, user, MODEL_CANCELLED);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "close",
	    .user = user, .outcome = "cancelled" }, now);
}

int
model_login_text_is(struct db *db, const char *login, const char *digits)
{
	unsigned char kept[MODEL_HASH_LEN], mac[MODEL_HASH_LEN];
	sqlite3_stmt *st;
	int r;

	if (login == NULL || (r = db_first(db, code_sql, ARGS(TEXT(login),), &st)) == MFA_E_ABSENT)
		return MFA_E_REFUSED;
	if (r != MFA_OK)
		return r;
	r = db_bytes(db, st, 0, kept, sizeof(kept));
	r = db_end(db, st, r);
	if (r != MFA_OK || (r = mac_of_code(db, login, digits, mac)) != MFA_OK)
		return r;
	return secret_equal(mac, kept, sizeof(mac)) ? MFA_OK : MFA_E_REFUSED;
}

int
model_login_report(struct db *db, const char *login, int64_t now, struct model_answered *out)
{
	struct model_answered a = { .report = true };
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = db_first(db, of_login_sql, ARGS(TEXT(login),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_GONE : r;
	db_text(db, st, 0, a.host, sizeof(a.host));
	db_text(db, st, 1, a.user, sizeof(a.user));
	db_text(db, st, 2, a.service, sizeof(a.service));
	db_text(db, st, 3, a.origin, sizeof(a.origin));
	if ((r = db_end(db, st, MFA_OK)) != MFA_OK ||
	    (r = db_do(db, lock_sql, ARGS(TEXT(a.user), NUMBER(now),), NULL)) != MFA_OK ||
	    (r = model_login_end(db, login, a.user, MODEL_CANCELLED)) != MFA_OK ||
	    (r = model_login_stop_user(db, a.user, now)) != MFA_OK ||
	    (r = model_note(db, &(struct model_event){ .event = "answer", .user = a.user,
	    .host = a.host, .service = a.service, .origin = a.origin, .outcome = "report",
	    .by = "telephone" }, now)) != MFA_OK)
		return r;
	*out = a;
	return MFA_OK;
}
