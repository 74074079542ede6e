/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "call_metrics.h"
#include "call_text.h"
#include "error.h"
#include "log.h"
#include "login_metrics.h"
#include "model_decoy.h"
#include "report.h"
#include "text.h"
#include "timer.h"

struct call_login {
	struct waiter waiter;		/* for the user's wakes: whatever ends the login */
	LIST_ENTRY(call_login) all;
	struct api *api;
	struct timer *timer;
	struct dialling *dialling;	/* NULL: it has ended */
	struct job job;			/* the one that is under way */
	bool busy;
	int (*unwritten)(struct db *db, void *arg);	/* how it ended; NULL: nothing is */
	unsigned int attempts;		/* to write it */
	char host[MODEL_ID_MAX], login[MODEL_ID_MAX], user[MODEL_NAME_MAX], to[E164_MAX];
	enum model_dial dial;
	bool decoy;			/* counted nowhere */
	char keys[DIAL_KEYS_MAX];
	bool keyed;			/* and not judged yet */
	bool closing;			/* its host is at it */
	unsigned int tries, twice;
	const char *why;		/* NULL: it goes on */
	struct model_answered report;
};

LIST_HEAD(call_logins, call_login);
static struct call_logins everything = LIST_HEAD_INITIALIZER(everything);

static struct call_login *
find(const char *login)
{
	struct call_login *c;

	LIST_FOREACH(c, &everything, all)
		if (strcmp(c->login, login) == 0)
			return c;
	return NULL;
}

/* The polls of it, as a commit wakes them. */
static void
wake(struct call_login *c)
{
	struct wake w = { .next = NULL };

	(void)text_copy(w.what, sizeof(w.what), c->login);
	waiters_wake(c->api->waiters, &w);
}

static void
count(const struct call_login *c, enum call_event e)
{
	if (!c->decoy)
		call_count(e);
}

static void
drop(struct call_login *c)
{
	LIST_REMOVE(c, all);
	waiters_remove(&c->waiter);
	dialler_drop(&c->dialling);
	timer_free(&c->timer);
	explicit_bzero(c, sizeof(*c));
	free(c);
}

void
call_login_drop_all(void)
{
	while (!LIST_EMPTY(&everything))
		drop(LIST_FIRST(&everything));
}

/* ---- what is written ---- */

static int
run_cancel(struct db *db, void *arg)
{
	const struct call_login *c = arg;

	return model_login_close(db, c->host, c->login, MODEL_CANCELLED, api_now());
}

/* Nobody was dialled: neither is it counted, of a decoy as of any. */
static int
run_unplaced(struct db *db, void *arg)
{
	const struct call_login *c = arg;
	int r = run_cancel(db, arg);

	if (r != MFA_OK)
		return r;
	return c->decoy ? model_decoy_undo(db, c->login) :
	    model_dial_undo(db, c->dial, c->user, c->to);
}

static int
run_report(struct db *db, void *arg)
{
	struct call_login *c = arg;

	return model_login_report(db, c->login, api_now(), &c->report);
}

static void
done(struct job *job)
{
	struct call_login *c = job->arg;

	c->busy = false;
	if (job->result < 0)
		log_line(LOG_ERR, "the end of a call cannot be written: %s", job->why);
	else
		c->unwritten = NULL;
	if (job->result == MFA_OK && job->wakes != NULL)
		login_count_outcome(MODEL_CANCELLED);
	if (job->run == run_report && job->result == MFA_OK) {
		report_raise(c->api, &c->report, c->login, "telephone", api_now());
		if (c->dialling != NULL)
			dialler_say(c->dialling, DIAL_REPORTED);	/* as it is true now */
	}
	waiters_wake(c->api->waiters, job->wakes);
	if (c->decoy && job->result == MFA_OK)
		wake(c);	/* which no commit does */
	timer_set(c->timer, c->unwritten != NULL ? CALL_AGAIN_MS : CALL_AFTER_MS);
}

static void
submit(struct call_login *c)
{
	c->attempts++;
	c->job = (struct job){ .run = c->unwritten, .done = done, .arg = c };
	c->busy = writer_submit(c->api->writer, &c->job) == MFA_OK;
	timer_set(c->timer, c->busy ? CALL_AFTER_MS : CALL_AGAIN_MS);
}

/* The login ends, and the entry soon after, so that the host hears why. */
static void
write_end(struct call_login *c, int (*run)(struct db *db, void *arg), const char *why)
{
	c->why = why;
	c->keyed = false;
	c->unwritten = run;
	submit(c);
}

/* A job still has it: then once more.  What was reported was promised to be kept. */
static void
on_time(void *arg)
{
	struct call_login *c = arg;

	if (c->busy) {
		timer_set(c->timer, CALL_AFTER_MS);
	} else if (c->unwritten != NULL && c->attempts < CALL_ATTEMPTS) {
		submit(c);
	} else if (c->why == NULL) {
		/* It has expired, or a clock was set back: that prolongs nothing. */
		write_end(c, run_cancel, "over");
	} else {
		if (c->unwritten != NULL)
			log_line(LOG_ERR, "the end of call %s is not written: given up",
			    c->login);
		drop(c);
	}
}

/* ---- what the telephone says ---- */

static void
on_answered(void *arg)
{
	(void)arg;
	call_count(CALL_ANSWERED);
}

/* It is no number, so its host is not asked. */
static void
take_twice(struct call_login *c)
{
	bool again = ++c->twice < CALL_TRIES;

	dialler_say(c->dialling, again ? DIAL_TWICE : DIAL_OVER);
	if (again)
		return;
	count(c, CALL_REFUSED);
	write_end(c, run_cancel, "twice");
}

/* "0" is no number: they have two digits and more.  Nor is one that came through twice. */
static void
on_keys(void *arg, const char *keys)
{
	struct call_login *c = arg;

	if (c->why != NULL)
		return;
	if (strcmp(keys, "0") == 0 || strcmp(keys, "00") == 0) {
		call_count(CALL_REPORTED);
		write_end(c, run_report, "reported");
		return;
	}
	if (text_repeats(keys)) {
		take_twice(c);
		return;
	}
	(void)text_copy(c->keys, sizeof(c->keys), keys);
	c->keyed = true;
	wake(c);
}

static void
on_ended(void *arg, enum dial_outcome outcome, const char *words)
{
	struct call_login *c = arg;

	c->dialling = NULL;
	if (!c->decoy)
		call_count_end(outcome);
	if (words[0] != '\0')
		log_line(LOG_NOTICE, "%s %s: %s", c->dial == MODEL_DIAL_CALL ? "call" : "text",
		    c->login, words);
	/* A text that was taken waits to be typed; what was judged has ended already. */
	if (c->why == NULL && !(c->dial == MODEL_DIAL_TEXT && outcome == DIAL_DONE))
		write_end(c, run_cancel, call_text_outcome(outcome));
}

static const struct dialler_hears hears = { on_keys, on_answered, on_ended };

/* Whatever ended the login ends the call: a lock, a host that was removed or left. */
static void
look(struct call_login *c)
{
	struct model_login l;

	if (c->why == NULL && !c->closing &&
	    model_login(c->api->db, c->host, c->login, api_now(), &l) == MFA_OK &&
	    l.state != MODEL_WAITING) {
		c->why = "over";
		c->keyed = false;
		dialler_drop(&c->dialling);
		timer_set(c->timer, CALL_AFTER_MS);
	}
}

static void
on_woken(struct waiter *w)
{
	look((struct call_login *)w);
}

/* ---- starting ---- */

static struct call_login *
make(struct api *api, const struct call_order *o)
{
	struct call_login *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->timer = timer_new(api->server, on_time, c)) == NULL) {
		free(c);
		return NULL;
	}
	c->api = api;
	c->dial = o->dial;
	c->decoy = o->decoy;
	(void)text_copy(c->host, sizeof(c->host), o->host);
	(void)text_copy(c->login, sizeof(c->login), o->opened->login);
	(void)text_copy(c->user, sizeof(c->user), o->user);
	(void)text_copy(c->to, sizeof(c->to), o->opened->to.number);
	(void)snprintf(c->waiter.what, sizeof(c->waiter.what), "user %s", o->user);
	c->waiter.woken = on_woken;
	waiters_add(api->waiters, &c->waiter);
	LIST_INSERT_HEAD(&everything, c, all);
	return c;
}

void
call_login_start(struct api *api, const struct call_order *o)
{
	unsigned int ms = api_ms_until(o->opened->expires, MODEL_TEXT_LIFE * 1000);
	struct call_login *c = make(api, o);
	struct dial d;

	if (c == NULL)
		return;		/* it will expire */
	call_order_dial(o, api->config->issuer, &d);
	timer_set(c->timer, ms + CALL_AFTER_MS);
	if (o->dial == MODEL_DIAL_TEXT && ms > CALL_TEXT_MS)
		ms = CALL_TEXT_MS;
	count(c, o->dial == MODEL_DIAL_CALL ? CALL_PLACED : CALL_SENT);
	ms -= ms / 4 < CALL_TOLD_MS ? ms / 4 : CALL_TOLD_MS;
	if ((c->dialling = dialler_start(api, &d, ms, &hears, c)) == NULL) {
		if (!c->decoy)
			call_count_end(DIAL_GATEWAY);
		write_end(c, run_unplaced, "gateway");
	}
	explicit_bzero(&d, sizeof(d));
}

/* Nobody is on the line any more.  Each is written until it is: its host would wait. */
static bool
lose(void *arg, const struct model_pending *p)
{
	struct model_login_opened opened = { .login = "" };
	const struct call_order o = { .host = p->host_id, .user = p->user,
	    .opened = &opened, .decoy = p->decoy, .dial = p->dial };
	struct call_login *c;

	if (p->dial != MODEL_DIAL_CALL)
		return true;
	(void)text_copy(opened.login, sizeof(opened.login), p->login);
	if ((c = make(arg, &o)) != NULL)
		write_end(c, run_cancel, "gateway");
	return true;
}

int
call_login_begin(struct api *api)
{
	int r = model_logins_waiting(api->db, api_now(), lose, api);

	return r != MFA_OK ? r : model_decoys_waiting(api->db, api_now(), lose, api);
}

/* ---- what the host asks and says ---- */

const char *
call_login_keys(const char *login)
{
	const struct call_login *c = find(login);

	return c != NULL && c->keyed ? c->keys : NULL;
}

const char *
call_login_why(const char *login)
{
	const struct call_login *c = find(login);

	return c != NULL && c->why != NULL && strcmp(c->why, "over") != 0 ? c->why : NULL;
}

int
call_login_wrong(const char *login, bool *again)
{
	struct call_login *c = find(login);

	*again = false;
	if (c == NULL || !c->keyed || c->dialling == NULL)
		return PROBLEM_GONE;
	c->keyed = false;
	explicit_bzero(c->keys, sizeof(c->keys));
	*again = ++c->tries < CALL_TRIES;
	dialler_say(c->dialling, *again ? DIAL_ONCE_MORE : DIAL_WRONG);
	return MFA_OK;
}

void
call_login_closing(const char *host, const char *login, bool closing)
{
	struct call_login *c = find(login);

	if (c == NULL || strcmp(c->host, host) != 0)
		return;
	c->closing = closing;
	look(c);
}

/* What is said to an end needs the line a little longer. */
void
call_login_closed(const char *login, enum login_state outcome)
{
	struct call_login *c = find(login);

	if (c == NULL || c->why != NULL)
		return;
	c->why = "over";
	timer_set(c->timer, CALL_AFTER_MS);
	if (c->keyed && c->dialling != NULL)
		dialler_say(c->dialling, outcome == MODEL_GRANTED ? DIAL_THANKS : DIAL_OVER);
	else if (outcome != MODEL_WRONG_NUMBER)
		dialler_drop(&c->dialling);
	count(c, outcome == MODEL_GRANTED && c->keyed ? CALL_APPROVED : CALL_REFUSED);
	c->keyed = false;
}
