/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "call_login.h"
#include "call_metrics.h"
#include "call_text.h"
#include "dialler.h"
#include "error.h"
#include "log.h"
#include "text.h"
#include "timer.h"

struct proof {
	LIST_ENTRY(proof) all;
	struct api *api;
	struct dialling *dialling;	/* NULL: it has ended */
	struct timer *timer;		/* until it is forgotten */
	struct job job;
	bool busy;
	struct model_telephone_proved proved;
	char user[MODEL_NAME_MAX];
	int64_t id;
	enum model_dial by;
	char to[E164_MAX];
	char keys[DIAL_KEYS_MAX];
	unsigned int twice;		/* that a key came through twice */
	const char *why;
	struct model_notice notice;
};

LIST_HEAD(proofs, proof);
static struct proofs everything = LIST_HEAD_INITIALIZER(everything);

static void
drop(struct proof *p)
{
	LIST_REMOVE(p, all);
	dialler_drop(&p->dialling);
	timer_free(&p->timer);
	explicit_bzero(p, sizeof(*p));
	free(p);
}

void
call_proof_drop_all(void)
{
	while (!LIST_EMPTY(&everything))
		drop(LIST_FIRST(&everything));
}

static void
on_time(void *arg)
{
	struct proof *p = arg;

	if (p->busy)
		timer_set(p->timer, CALL_AFTER_MS);
	else
		drop(p);
}

const char *
call_proof_why(int64_t telephone)
{
	const struct proof *p;

	LIST_FOREACH(p, &everything, all)
		if (p->id == telephone)
			return p->why;
	return NULL;
}

/* ---- keys ---- */

static int
run(struct db *db, void *arg)
{
	struct proof *p = arg;
	int64_t now = api_now();
	int r = model_telephone_prove(db, p->user, p->id, MODEL_DIAL_CALL, p->keys, "telephone",
	    now, &p->proved);

	return r != MFA_OK || !p->proved.added ? r : model_notice_added(db, &p->api->dial_rules,
	    p->user, p->id, now, &p->notice);
}

static void
done(struct job *job)
{
	struct proof *p = job->arg;
	bool again = job->result == MFA_OK && !p->proved.right;

	p->busy = false;
	/* What could not be kept is not proved. */
	p->proved.right = p->proved.right && job->result == MFA_OK;
	if (job->result < 0)
		log_line(LOG_ERR, "a telephone cannot be proved: %s", job->why);
	p->why = p->proved.right ? NULL : "wrong";
	if (p->dialling != NULL)
		dialler_say(p->dialling, p->proved.right ? DIAL_THANKS : again ? DIAL_ONCE_MORE :
		    DIAL_WRONG);
	if (p->proved.right && p->proved.added && !p->api->stopping)
		call_proof_notice(p->api, p->user, &p->notice);
	waiters_wake(p->api->waiters, job->wakes);
}

static void
take_twice(struct proof *p)
{
	if (++p->twice < CALL_TRIES) {
		dialler_say(p->dialling, DIAL_TWICE);
		return;
	}
	p->why = "twice";
	dialler_say(p->dialling, DIAL_OVER);
}

static void
on_keys(void *arg, const char *keys)
{
	struct proof *p = arg;

	if (text_repeats(keys)) {
		take_twice(p);
		return;
	}
	(void)text_copy(p->keys, sizeof(p->keys), keys);
	p->proved = (struct model_telephone_proved){ .right = false };
	p->job = (struct job){ .run = run, .done = done, .arg = p };
	p->busy = writer_submit(p->api->writer, &p->job) == MFA_OK;
	if (p->busy)
		return;
	log_line(LOG_ERR, "a telephone cannot be proved: too many requests wait");
	dialler_say(p->dialling, DIAL_ONCE_MORE);
}

static void
on_ended(void *arg, enum dial_outcome outcome, const char *words)
{
	struct proof *p = arg;

	p->dialling = NULL;
	call_count_end(outcome);
	if (words[0] != '\0')
		log_line(LOG_NOTICE, "%s of telephone %lld: %s",
		    p->by == MODEL_DIAL_CALL ? "call" : "text", (long long)p->id, words);
	/* The job that is under way tells it. */
	if (!p->busy && p->why == NULL && !p->proved.right && outcome != DIAL_DONE)
		p->why = call_text_outcome(outcome);
}

static void
on_answered(void *arg)
{
	(void)arg;
	call_count(CALL_ANSWERED);
}

static const struct dialler_hears hears = { on_keys, on_answered, on_ended };

/* ---- hanging up ---- */

void
call_proof_gone(int64_t telephone)
{
	struct proof *p;

	LIST_FOREACH(p, &everything, all)
		if (p->id == telephone && telephone != 0)
			dialler_drop(&p->dialling);
}

/* A number that is given once more has another proof: the telephone would ring twice. */
static void
end_older(const char *user, const char *number)
{
	struct proof *p;

	LIST_FOREACH(p, &everything, all)
		if (p->id != 0 && strcmp(p->user, user) == 0 && strcmp(p->to, number) == 0)
			dialler_drop(&p->dialling);
}

/* ---- starting ---- */

static struct proof *
make(struct api *api, const char *user, int64_t id, enum model_dial by)
{
	struct proof *p = calloc(1, sizeof(*p));

	if (p == NULL || (p->timer = timer_new(api->server, on_time, p)) == NULL) {
		free(p);
		return NULL;
	}
	p->api = api;
	p->id = id;
	p->by = by;
	(void)text_copy(p->user, sizeof(p->user), user);
	LIST_INSERT_HEAD(&everything, p, all);
	timer_set(p->timer, CALL_PROOF_MS + CALL_AFTER_MS);
	return p;
}

/* ---- where mfa-call is not there: what was counted is given back ---- */

static int
run_undo(struct db *db, void *arg)
{
	const struct proof *p = arg;

	return model_dial_undo(db, p->by, p->id != 0 ? p->user : "", p->to);
}

static void
undone(struct job *job)
{
	struct proof *p = job->arg;

	p->busy = false;
	if (job->result != MFA_OK)
		log_line(LOG_ERR, "a call or text that was not placed counts: %s", job->why);
}

static void
unplaced(struct proof *p)
{
	p->why = "gateway";
	p->job = (struct job){ .run = run_undo, .done = undone, .arg = p };
	p->busy = writer_submit(p->api->writer, &p->job) == MFA_OK;
}

static void
send(struct proof *p, struct dial *d)
{
	(void)snprintf(d->id, sizeof(d->id), "telephone-%lld", (long long)p->id);
	call_count(p->by == MODEL_DIAL_CALL ? CALL_PLACED : CALL_SENT);
	(void)text_copy(p->to, sizeof(p->to), d->to);
	p->dialling = dialler_start(p->api, d, CALL_PROOF_MS, &hears, p);
	if (p->dialling == NULL)
		unplaced(p);
	explicit_bzero(d, sizeof(*d));
}

static void
write_code(struct dial *d, const char *organisation, const struct model_telephone_made *t)
{
	if (t->consents)
		call_text_consent(d, organisation, t->proof, t->language);
	else
		call_text_code(d, organisation, organisation, t->proof, t->language);
}

void
call_proof_start(struct api *api, const char *user, const struct model_telephone_made *t,
    enum model_dial by)
{
	const char *organisation = api->config->issuer;
	struct dial d = { .type = by == MODEL_DIAL_CALL ? DIAL_CALL : DIAL_TEXT };
	struct proof *p;

	end_older(user, t->number);
	if ((p = make(api, user, t->id, by)) == NULL)
		return;
	(void)text_copy(d.to, sizeof(d.to), t->number);
	if (by == MODEL_DIAL_TEXT) {
		write_code(&d, organisation, t);
	} else {
		d.form = t->consents ? DIAL_WANTS_CONSENT : DIAL_WANTS_CODE;
		d.digits = MODEL_CALL_DIGITS;
		(void)text_copy(d.language, sizeof(d.language), t->language);
		call_text_organisation(&d, organisation);
		call_text_names(&d, organisation, "telephone");
	}
	send(p, &d);
}

/* ---- telling ---- */

static void
tell(struct api *api, const char *user, const struct model_telephone_number *n, bool added)
{
	struct dial d = { .type = DIAL_TEXT };
	struct proof *p = make(api, user, 0, MODEL_DIAL_TEXT);

	if (p == NULL)
		return;
	(void)text_copy(d.to, sizeof(d.to), n->number);
	call_text_notice(&d, api->config->issuer, user, added, n->language);
	send(p, &d);
}

void
call_proof_notice(struct api *api, const char *user, const struct model_notice *n)
{
	char shown[4 * MODEL_NAME_MAX];
	size_t i;

	for (i = 0; i < n->count; i++)
		tell(api, user, &n->to[i], n->added);
	if (n->unsent == 0)
		return;
	(void)text_escape(shown, sizeof(shown), user);
	log_line(LOG_NOTICE, "%u of the texts that tell user=%s of a telephone are not sent: "
	    "there were too many calls and texts in this hour", n->unsent, shown);
}
