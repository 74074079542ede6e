/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_decoy.h"

#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_telephone.h"
#include "model_user.h"
#include "text.h"

static const char live_sql[] =
	"SELECT 1 WHERE EXISTS (SELECT 1 FROM decoy"
	" WHERE user = ?1 AND created > ?2 - ?3 AND state = 0 AND expires > ?2"
	" AND (dial <> 0) = ?4)"
	" OR EXISTS (SELECT 1 FROM login"
	" WHERE user = ?1 AND state = 0 AND push = 1 AND expires > ?2 AND NOT ?4)"
	" OR EXISTS (SELECT 1 FROM login"
	" WHERE user = ?1 AND state = 0 AND dial <> 0 AND expires > ?2 AND ?4)";
/* One that was left to expire is still stored as waiting. */
static const char unanswered_sql[] =
	"SELECT created FROM decoy"
	" WHERE user = ?1 AND created > ?2 AND state NOT IN (4, 7) AND dial = 0"
	" UNION ALL SELECT created FROM login WHERE user = ?1 AND created > ?2 AND push = 1"
	" AND (state = 5 OR (state IN (2, 3, 6) AND decision IS NULL))"
	" ORDER BY created DESC LIMIT ?3";
static const char dialled_sql[] =
	"SELECT (SELECT count(*) FROM decoy WHERE user = ?1 AND created > ?2 AND dialled)"
	" + (SELECT count(*) FROM dialled WHERE user = ?1 AND at > ?2)";
static const char open_sql[] =
	"INSERT INTO decoy (id, host, user, created, expires, dial, dialled)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6 <> 0)";
static const char undo_sql[] = "UPDATE decoy SET dialled = 0 WHERE id = ?1";
static const char one_sql[] =
	"SELECT user, expires, state, dial FROM decoy WHERE id = ?1 AND host = ?2";
static const char close_sql[] =
	"UPDATE decoy SET state = ?3 WHERE id = ?1 AND host = ?2 AND state = 0";
static const char waiting_sql[] =
	"SELECT id, host, dial FROM decoy WHERE state = 0 AND expires > ?1";

/* What keeps a user's phones from being asked is said of as-if requests, too. */
static int
check_locks(struct db *db, const char *user, int64_t now)
{
	struct model_user u;
	int r = model_user(db, user, now, &u);

	if (r != MFA_OK)
		return r;
	return u.locked ? PROBLEM_LOCKED : u.push_locked ? PROBLEM_PUSH_LOCKED : MFA_OK;
}

/* As model_dial, for one telephone that there is not: what is dialled is all its own. */
static int
check_dialled(struct db *db, const struct model_login_asked *in, int64_t now)
{
	const struct model_dial_rules *rules = in->dial_rules;
	int64_t of_user;
	int r;

	if (!(in->dial == MODEL_DIAL_CALL ? rules->call : rules->text))
		return PROBLEM_NO_GATEWAY;
	r = db_number(db, dialled_sql, ARGS(TEXT(in->user), NUMBER(now - MODEL_DIAL_TIME),), 0,
	    &of_user);
	if (r == MFA_OK && (of_user >= rules->per_user || of_user >= rules->per_number))
		r = PROBLEM_TOO_MANY_CALLS;
	if (r != MFA_OK)
		return r;
	return model_dial_room(db, rules, now);
}

int
model_decoy_open(struct db *db, const char *host, const struct model_login_asked *in,
    int64_t now, struct model_login_opened *out, int64_t *retry)
{
	int64_t live;
	int r;

	if ((r = check_locks(db, in->user, now)) != MFA_OK ||
	    (r = db_number(db, live_sql, ARGS(TEXT(in->user), NUMBER(now),
	    NUMBER(MODEL_TEXT_LIFE), NUMBER(in->dial != 0),), 0, &live)) != MFA_OK)
		return r;
	if (live != 0)
		return PROBLEM_ALREADY_WAITING;
	r = in->dial != 0 ? check_dialled(db, in, now) :
	    model_check_unanswered(db, unanswered_sql, in->user, now, retry);
	if (r != MFA_OK || (r = model_id_timed('l', now, out->login)) != MFA_OK)
		return r;
	out->methods.push = in->dial == 0;
	out->methods.call = in->dial == MODEL_DIAL_CALL;
	out->methods.text = in->dial == MODEL_DIAL_TEXT;
	out->expires = in->expires;
	(void)text_copy(out->to.language, sizeof(out->to.language), "en");
	db_wake(db, "", out->login);	/* nobody; but it is no repetition */
	return db_do(db, open_sql, ARGS(TEXT(out->login), TEXT(host), TEXT(in->user), NUMBER(now),
	    NUMBER(in->expires), NUMBER(in->dial),), NULL);
}

int
model_decoy(struct db *db, const char *host, const char *login, int64_t now,
    struct model_login *out)
{
	sqlite3_stmt *st;
	bool waits;
	int r = db_first(db, one_sql, ARGS(TEXT(login), TEXT(host),), &st);

	memset(out, 0, sizeof(*out));
	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? PROBLEM_NOT_FOUND : r;
	db_text(db, st, 0, out->user, sizeof(out->user));
	out->expires = sqlite3_column_int64(st, 1);
	waits = sqlite3_column_int64(st, 2) == MODEL_WAITING;
	out->state = !waits ? MODEL_CANCELLED : out->expires <= now ? MODEL_EXPIRED :
	    MODEL_WAITING;
	out->dial = (enum model_dial)sqlite3_column_int(st, 3);
	out->push = out->dial == 0;
	out->decoy = true;
	(void)memcpy(out->login, login, strnlen(login, MODEL_ID_MAX - 1));
	return db_end(db, st, MFA_OK);
}

int
model_decoy_close(struct db *db, const char *host, const char *login, enum login_state outcome)
{
	struct model_login l;
	int r = model_decoy(db, host, login, 0, &l);

	return r != MFA_OK ? r :
	    db_do(db, close_sql, ARGS(TEXT(login), TEXT(host), NUMBER(outcome),), NULL);
}

int
model_decoy_undo(struct db *db, const char *login)
{
	return db_do(db, undo_sql, ARGS(TEXT(login),), NULL);
}

int
model_decoys_waiting(struct db *db, int64_t now,
    bool (*fn)(void *arg, const struct model_pending *p), void *arg)
{
	struct model_pending p = { .decoy = true };
	sqlite3_stmt *st;
	int r = db_first(db, waiting_sql, ARGS(NUMBER(now),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		db_text(db, st, 0, p.login, sizeof(p.login));
		db_text(db, st, 1, p.host_id, sizeof(p.host_id));
		p.dial = (enum model_dial)sqlite3_column_int(st, 2);
		p.push = p.dial == 0;
		if (!fn(arg, &p))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
