/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins as their hosts see them.
 */
#include "model_login.h"

#include <string.h>

#include "error.h"
#include "model_decoy.h"
#include "model_host.h"
#include "model_private.h"

#define NONCE_CHARS	22
#define DIGITS_MIN	2
#define DIGITS_MAX	8
#define TOGETHER	64	/* logins that are looked for at once, to be ended */

static const char expire_sql[] =
	"UPDATE login SET state = 3 WHERE user = ?1 AND state = 0 AND push = 1 AND expires <= ?2";
static const char live_sql[] =
	"SELECT 1 FROM login WHERE user = ?1 AND state = 0 AND push = 1";
static const char unanswered_sql[] =
	"SELECT created FROM login WHERE user = ?1 AND created > ?2 AND push = 1"
	" AND (state = 5 OR (state IN (2, 3, 6) AND decision IS NULL))"
	" ORDER BY created DESC LIMIT ?3";
static const char open_sql[] =
	"INSERT INTO login (id, host, user, service, origin, nonce, digits, push, created, expires)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char one_sql[] =
	"SELECT l.user, l.expires, l.state, l.decision, l.device, d.kind, d.certificate,"
	" l.signature, l.authenticator_data, l.client_data, l.push, l.dial"
	" FROM login AS l LEFT JOIN device AS d ON d.id = l.device"
	" WHERE l.id = ?1 AND l.host = ?2";
static const char stored_sql[] =
	"SELECT state, expires, user, service, origin, coalesce(device, ''), dial = 1 FROM login"
	" WHERE id = ?1 AND host = ?2";
static const char close_sql[] =
	"UPDATE login SET state = ?2 WHERE id = ?1 AND state IN (0, 1)";
static const char of_user_sql[] =
	"SELECT id, user FROM login WHERE user = ?1 AND state = 0 AND push = 1 UNION ALL"
	" SELECT id, user FROM login WHERE user = ?1 AND state = 0 AND dial <> 0";
static const char approved_sql[] =
	"SELECT id, user FROM login WHERE state IN (0, 1) AND state = 1 AND user = ?1"
	" AND decision = 1";
static const char of_host_sql[] =
	"SELECT id, user FROM login WHERE state IN (0, 1) AND state = 0 AND host = ?1";
static const char waiting_sql[] =
	"SELECT l.id, h.name, l.user, l.service, l.origin, l.nonce, l.expires, l.digits,"
	" l.host, l.push, l.dial FROM login AS l JOIN host AS h ON h.id = l.host"
	" WHERE l.state IN (0, 1) AND l.state = 0 AND l.expires > ?1 ORDER BY l.expires";

/* ---- opening ---- */

static int
check_asked(struct db *db, const struct model_login_asked *in, int64_t now)
{
	int64_t life = in->dial == MODEL_DIAL_TEXT ? MODEL_TEXT_LIFE : MODEL_LOGIN_LIFE;
	int r;

	if ((r = model_check_text(db, "user", in->user, MODEL_NAME_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "service", in->service, MODEL_SERVICE_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "origin", in->origin, 64)) != MFA_OK ||
	    (r = model_check_base64(db, "nonce", in->nonce, NONCE_CHARS + 1)) != MFA_OK ||
	    (r = model_check_range(db, "nonce", (int64_t)strlen(in->nonce), NONCE_CHARS,
	    NONCE_CHARS)) != MFA_OK ||
	    (r = model_check_range(db, "digits", in->digits, DIGITS_MIN, DIGITS_MAX)) != MFA_OK)
		return r;
	if (in->decoy && !in->push && in->dial == 0) {
		db_blame(db, "decoy");
		return PROBLEM_INVALID;
	}
	return model_check_range(db, "expires", in->expires, now + 1, now + life);
}

int
model_check_unanswered(struct db *db, const char *sql, const char *user, int64_t now,
    int64_t *retry)
{
	int64_t count = 0, first = 0;
	sqlite3_stmt *st;
	int r = db_first(db, sql, ARGS(TEXT(user), NUMBER(now - MODEL_UNANSWERED_TIME),
	    NUMBER(MODEL_UNANSWERED),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		first = sqlite3_column_int64(st, 0);
		count++;
	}
	if (r != MFA_E_ABSENT || count < MODEL_UNANSWERED)
		return r == MFA_E_ABSENT ? MFA_OK : r;
	/* A clock that was set back must not keep it closed for years. */
	*retry = first > now ? MODEL_UNANSWERED_TIME : first + MODEL_UNANSWERED_TIME - now;
	return PROBLEM_TOO_MANY_UNANSWERED;
}

/* May the user's phones be asked now? */
static int
check_push(struct db *db, const struct model_user *u, const char *user, int64_t now,
    int64_t *retry)
{
	int64_t live;
	int r;

	if (!u->push)
		return PROBLEM_NO_DEVICE;
	if (u->push_locked)
		return PROBLEM_PUSH_LOCKED;
	if ((r = db_do(db, expire_sql, ARGS(TEXT(user), NUMBER(now),), NULL)) != MFA_OK ||
	    (r = db_number(db, live_sql, ARGS(TEXT(user),), 0, &live)) != MFA_OK)
		return r;
	return live != 0 ? PROBLEM_ALREADY_WAITING :
	    model_check_unanswered(db, unanswered_sql, user, now, retry);
}

static int
check_user(struct db *db, const struct model_login_asked *in, int64_t now,
    struct model_login_opened *out, int64_t *retry)
{
	struct model_user u;
	int r;

	if ((r = model_user(db, in->user, now, &u)) != MFA_OK)
		return r;
	out->methods.push = in->push;
	out->methods.totp = u.totp;
	out->methods.hotp = u.hotp;
	out->methods.recovery = u.recovery;
	out->methods.pass = u.pass;
	if (u.locked)
		return PROBLEM_LOCKED;
	if (in->dial != 0)
		return model_login_dial(db, &u, in, now, out);
	if (in->push)
		return check_push(db, &u, in->user, now, retry);
	return u.totp || u.hotp || u.recovery || u.pass ? MFA_OK : PROBLEM_NO_DEVICE;
}

/* An id that is revoked in the meantime opens nothing. */
static int
open_checked(struct db *db, const char *host, const struct model_login_asked *in, int64_t now,
    struct model_login_opened *out, int64_t *retry)
{
	struct model_host h;
	int r;

	if ((r = model_host(db, host, &h)) != MFA_OK)
		return r == PROBLEM_NOT_FOUND ? PROBLEM_UNAUTHENTICATED : r;
	if (in->decoy)
		return model_decoy_open(db, host, in, now, out, retry);
	if ((r = check_user(db, in, now, out, retry)) != MFA_OK ||
	    (r = model_id_timed('l', now, out->login)) != MFA_OK)
		return r;
	out->expires = in->expires;
	r = db_do(db, open_sql, ARGS(TEXT(out->login), TEXT(host), TEXT(in->user),
	    TEXT(in->service), TEXT(in->origin), TEXT(in->nonce), NUMBER(in->digits),
	    NUMBER(in->push), NUMBER(now), NUMBER(in->expires),), NULL);
	/* The index has the last word. */
	if (r == MFA_OK && in->dial != 0)
		r = model_login_dialled(db, in, out);
	if (r == MFA_E_EXISTS)
		return PROBLEM_ALREADY_WAITING;
	if (in->push || in->dial != 0)
		model_user_wake(db, in->user);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "login",
	    .user = in->user, .host = h.name, .service = in->service, .origin = in->origin,
	    .by = host }, now);
}

int
model_login_open(struct db *db, const struct model_once *once, const char *host,
    const struct model_login_asked *in, int64_t now, struct model_login_opened *out,
    int64_t *retry)
{
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	*retry = 0;
	if ((r = model_once_find(db, once, "login", now, out, sizeof(*out), &found)) != MFA_OK ||
	    found)
		return r;
	if ((r = check_asked(db, in, now)) == MFA_OK &&
	    (r = open_checked(db, host, in, now, out, retry)) == MFA_OK)
		r = model_once_keep(db, once, "login", now, out, sizeof(*out));
	if (r != MFA_OK)
		memset(out, 0, sizeof(*out));
	if (r == PROBLEM_TOO_MANY_CALLS)
		*retry = MODEL_DIAL_TIME;
	return r;
}

/* ---- looking ---- */

/* As a host is told: what it has closed, it knows. */
static enum login_state
state_for_host(int64_t stored, bool decided, int64_t expires, int64_t now)
{
	if (stored == MODEL_WAITING)
		return expires <= now ? MODEL_EXPIRED : MODEL_WAITING;
	if (stored == MODEL_CANCELLED || stored == MODEL_EXPIRED)
		return (enum login_state)stored;
	return decided ? MODEL_ANSWERED : MODEL_CANCELLED;
}

static void
read_answer(struct db *db, sqlite3_stmt *st, struct model_login *out)
{
	out->decision = (enum model_decision)sqlite3_column_int(st, 3);
	db_text(db, st, 4, out->device, sizeof(out->device));
	db_text(db, st, 5, out->kind, sizeof(out->kind));
	db_text(db, st, 6, out->certificate, sizeof(out->certificate));
	db_text(db, st, 7, out->signature, sizeof(out->signature));
	db_text(db, st, 8, out->authenticator_data, sizeof(out->authenticator_data));
	db_text(db, st, 9, out->client_data, sizeof(out->client_data));
}

int
model_login(struct db *db, const char *host, const char *login, int64_t now,
    struct model_login *out)
{
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = db_first(db, one_sql, ARGS(TEXT(login), TEXT(host),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? model_decoy(db, host, login, now, out) : r;
	db_text(db, st, 0, out->user, sizeof(out->user));
	out->expires = sqlite3_column_int64(st, 1);
	out->push = sqlite3_column_int(st, 10) != 0;
	out->dial = (enum model_dial)sqlite3_column_int(st, 11);
	out->state = state_for_host(sqlite3_column_int64(st, 2),
	    sqlite3_column_type(st, 3) != SQLITE_NULL, out->expires, now);
	if (out->state == MODEL_ANSWERED)
		read_answer(db, st, out);
	(void)memcpy(out->login, login, strnlen(login, MODEL_ID_MAX - 1));
	return db_end(db, st, MFA_OK);
}

int
model_logins_waiting(struct db *db, int64_t now,
    bool (*fn)(void *arg, const struct model_pending *p), void *arg)
{
	struct model_pending p = { .decoy = false };
	sqlite3_stmt *st;
	int r = db_first(db, waiting_sql, ARGS(NUMBER(now),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		model_read_pending(db, st, &p);
		db_text(db, st, 8, p.host_id, sizeof(p.host_id));
		p.push = sqlite3_column_int(st, 9) == 1;
		p.dial = (enum model_dial)sqlite3_column_int(st, 10);
		if (!fn(arg, &p))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

/* ---- ending ---- */

int
model_login_end(struct db *db, const char *login, const char *user, enum login_state state)
{
	int changes, r = db_do(db, close_sql, ARGS(TEXT(login), NUMBER(state),), &changes);

	if (r != MFA_OK || changes == 0)
		return r;
	db_wake(db, "", login);
	model_user_wake(db, user);
	return MFA_OK;
}

/* One that waited until after its time has expired, if its host knows no more. */
static enum login_state
final_state(enum login_state outcome, int64_t stored, int64_t expires, int64_t now)
{
	return outcome == MODEL_CANCELLED && stored == MODEL_WAITING && expires <= now ?
	    MODEL_EXPIRED : outcome;
}

int
model_login_close(struct db *db, const char *host, const char *login, enum login_state outcome,
    int64_t now)
{
	char user[MODEL_NAME_MAX], service[MODEL_SERVICE_MAX], origin[64], device[MODEL_ID_MAX];
	struct model_host h;
	enum login_state state;
	sqlite3_stmt *st;
	bool over, stopped, called;
	int r;

	if ((r = model_host(db, host, &h)) != MFA_OK)
		return r == PROBLEM_NOT_FOUND ? PROBLEM_UNAUTHENTICATED : r;
	if ((r = db_first(db, stored_sql, ARGS(TEXT(login), TEXT(host),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? model_decoy_close(db, host, login, outcome) : r;
	over = sqlite3_column_int64(st, 0) > MODEL_ANSWERED;
	state = final_state(outcome, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), now);
	db_text(db, st, 2, user, sizeof(user));
	db_text(db, st, 3, service, sizeof(service));
	db_text(db, st, 4, origin, sizeof(origin));
	stopped = sqlite3_column_int64(st, 0) == MODEL_CANCELLED;
	db_text(db, st, 5, device, sizeof(device));
	called = sqlite3_column_int(st, 6) != 0;
	if ((r = db_end(db, st, MFA_OK)) != MFA_OK)
		return r;
	/* One that was approved, or keyed in, and stopped had been taken before: that is on
	 * record, too. */
	if (over && !(stopped && (device[0] != '\0' || called) && outcome == MODEL_GRANTED))
		return MFA_OK;
	if (!over && (r = model_login_end(db, login, user, state)) != MFA_OK)
		return r;
	return model_note(db, &(struct model_event){ .event = "close", .user = user,
	    .host = h.name, .service = service, .origin = origin, .device = device,
	    .outcome = model_login_state_name(state), .by = host }, now);
}

struct ending {
	char login[MODEL_ID_MAX], user[MODEL_NAME_MAX];
};

static int
find_some(struct db *db, const char *sql, const char *whose, struct ending *list, size_t *count)
{
	sqlite3_stmt *st;
	int r = db_first(db, sql, ARGS(TEXT(whose),), &st);

	for (*count = 0; r == MFA_OK; r = db_next(db, st)) {
		db_text(db, st, 0, list[*count].login, sizeof(list->login));
		db_text(db, st, 1, list[*count].user, sizeof(list->user));
		if (++*count == TOGETHER)
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

/* Some at a time: those that have ended are no rows of the query any more. */
static int
cancel_all(struct db *db, const char *sql, const char *whose, int64_t now)
{
	struct ending list[TOGETHER];
	size_t i, count;
	int r;

	do {
		r = find_some(db, sql, whose, list, &count);
		for (i = 0; r == MFA_OK && i < count; i++)
			if ((r = model_login_end(db, list[i].login, list[i].user,
			    MODEL_CANCELLED)) == MFA_OK)
				r = model_note(db, &(struct model_event){ .event = "close",
				    .user = list[i].user, .outcome = "cancelled" }, now);
	} while (r == MFA_OK && count == TOGETHER);
	return r;
}

int
model_login_cancel_user(struct db *db, const char *user, int64_t now)
{
	return cancel_all(db, of_user_sql, user, now);
}

/* What its host has not closed, it has not taken, or it says so (model_login_close). */
int
model_login_stop_user(struct db *db, const char *user, int64_t now)
{
	int r = model_login_cancel_user(db, user, now);

	return r != MFA_OK ? r : cancel_all(db, approved_sql, user, now);
}

int
model_login_cancel_host(struct db *db, const char *host, int64_t now)
{
	return cancel_all(db, of_host_sql, host, now);
}
