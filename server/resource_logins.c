/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins, for the hosts that open them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "absent.h"
#include "call_login.h"
#include "error.h"
#include "jobs.h"
#include "login_metrics.h"
#include "model_login.h"
#include "polling.h"
#include "resources.h"

/* ---- POST /v1/logins ---- */

struct opening {
	struct work work;
	struct model_login_asked asked;
	const char *method, *form, *language;	/* as they came; NULL: not */
	enum dial_form wants;
	int64_t digits, retry;
	struct model_login_opened out;
};

#define ASKED(member) offsetof(struct opening, asked.member)

static const struct body_member open_members[] = {
	{ "user", BODY_TEXT, false, ASKED(user), MODEL_NAME_MAX },
	{ "service", BODY_TEXT, false, ASKED(service), MODEL_SERVICE_MAX },
	{ "origin", BODY_TEXT, false, ASKED(origin), 64 },
	{ "nonce", BODY_TEXT, false, ASKED(nonce), 64 },
	{ "expires", BODY_NUMBER, false, ASKED(expires), 0 },
	{ "digits", BODY_NUMBER, true, offsetof(struct opening, digits), 0 },
	{ "push", BODY_FLAG, true, ASKED(push), 0 },
	{ "decoy", BODY_FLAG, true, ASKED(decoy), 0 },
	{ "method", BODY_TEXT, true, offsetof(struct opening, method), 8 },
	{ "form", BODY_TEXT, true, offsetof(struct opening, form), 8 },
	{ "language", BODY_TEXT, true, offsetof(struct opening, language), 8 },
	{ .name = NULL },
};

static int
run_open(struct db *db, struct work *w)
{
	struct opening *o = (struct opening *)w;

	return model_login_open(db, work_once(w), w->caller.id, &o->asked, w->now, &o->out,
	    &o->retry);
}

static void
put_methods(struct answer *a, const struct model_login_opened *o)
{
	answer_open(a, "methods", '[');
	if (o->methods.push)
		answer_text(a, NULL, "push");
	if (o->methods.totp)
		answer_text(a, NULL, "totp");
	if (o->methods.hotp)
		answer_text(a, NULL, "hotp");
	if (o->methods.recovery)
		answer_text(a, NULL, "recovery");
	if (o->methods.pass)
		answer_text(a, NULL, "pass");
	if (o->methods.call)
		answer_text(a, NULL, "call");
	if (o->methods.text)
		answer_text(a, NULL, "text");
	answer_close(a, ']');
}

static void
answer_open_login(struct work *w)
{
	const struct opening *o = (const struct opening *)w;
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "login", o->out.login);
	answer_text(&a, "state", "waiting");
	put_methods(&a, &o->out);
	answer_number(&a, "expires", o->out.expires);
	answer_send(&a, w->request, 201);
}

/* It polls at once, unless it is gone, or does so already and this is a repetition. */
static void
expect_poll(const struct opening *o)
{
	struct api *api = o->work.api;

	if (o->work.job.result == MFA_OK && (o->asked.push || o->asked.dial != 0) &&
	    !api->stopping &&
	    waiters_find(api->waiters, o->out.login) == NULL)
		absent_note(api, o->work.caller.id, o->out.login, ABSENT_OPENED_MS);
}

static void
dial(const struct opening *o)
{
	const struct call_order order = {
		.host = o->work.caller.id, .host_name = o->work.caller.name,
		.user = o->asked.user, .service = o->asked.service, .opened = &o->out,
		.decoy = o->asked.decoy, .dial = o->asked.dial, .form = o->wants,
		.digits = o->asked.digits, .language = o->language,
	};

	if (!o->work.api->stopping)
		call_login_start(o->work.api, &order);
}

static void
opened(struct work *w)
{
	const struct opening *o = (const struct opening *)w;
	char seconds[24];

	expect_poll(o);
	if (w->job.result == MFA_OK && w->job.wakes != NULL && o->asked.dial != 0)
		dial(o);
	/* Repeated, it is a login that was counted. */
	if (w->job.result == MFA_OK && !o->asked.decoy &&
	    (w->job.wakes != NULL || !o->asked.push))
		login_count_opened();
	if (o->retry <= 0 || w->request == NULL)
		return;
	(void)snprintf(seconds, sizeof(seconds), "%" PRId64, o->retry);
	reply_field(w->request, "Retry-After", seconds);
}

/* NULL, or the member that is wrong; *why says how. */
static const char *
read_method(struct opening *o, const char **why)
{
	const char *method = o->method != NULL ? o->method : "push";

	*why = "push, call or text";
	if (strcmp(method, "call") == 0)
		o->asked.dial = MODEL_DIAL_CALL;
	else if (strcmp(method, "text") == 0)
		o->asked.dial = MODEL_DIAL_TEXT;
	else if (strcmp(method, "push") != 0)
		return "method";
	*why = "number or hash, of a call";
	o->wants = DIAL_WANTS_NUMBER;
	if (o->form != NULL && strcmp(o->form, "hash") == 0)
		o->wants = DIAL_WANTS_HASH;
	else if (o->form != NULL && strcmp(o->form, "number") != 0)
		return "form";
	if (o->form != NULL && o->asked.dial != MODEL_DIAL_CALL)
		return "form";
	*why = "en or nl";
	if (o->language != NULL && strcmp(o->language, "en") != 0 &&
	    strcmp(o->language, "nl") != 0)
		return "language";
	o->asked.push = o->asked.push && o->asked.dial == 0;
	o->asked.dial_rules = &o->work.api->dial_rules;
	return NULL;
}

static void
post_login(struct request *r)
{
	struct opening *o = work_begin(r, CALLER_HOST, sizeof(*o));
	const char *field, *why;

	if (o == NULL)
		return;
	o->asked.push = true;
	o->digits = o->work.api->config->number_digits;
	if (!work_body(&o->work, open_members))
		return;
	if ((field = read_method(o, &why)) != NULL) {
		work_refuse(&o->work, PROBLEM_INVALID, field, why);
		return;
	}
	/* What does not fit is no number of digits either. */
	o->asked.digits = o->digits < 0 || o->digits > 99 ? 0 : (unsigned int)o->digits;
	o->work.run = run_open;
	o->work.answer = answer_open_login;
	o->work.concluded = opened;
	work_submit(&o->work);
}

/* ---- GET /v1/logins/{login} ---- */

static void
put_answer(struct answer *a, const struct model_login *l)
{
	answer_open(a, "answer", '{');
	answer_text(a, "decision", model_decision_name(l->decision));
	answer_text(a, "device", l->device);
	answer_text(a, "certificate", l->certificate);
	answer_text(a, "kind", l->kind);
	answer_text(a, "signature", l->signature);
	if (l->authenticator_data[0] != '\0')
		answer_text(a, "authenticator_data", l->authenticator_data);
	if (l->client_data[0] != '\0')
		answer_text(a, "client_data", l->client_data);
	answer_close(a, '}');
}

static void
tell(struct request *r, const struct model_login *l)
{
	struct answer a;

	const char *keys = l->state == MODEL_WAITING ? call_login_keys(l->login) : NULL;
	const char *why = l->state == MODEL_CANCELLED ? call_login_why(l->login) : NULL;

	answer_begin(&a);
	answer_text(&a, "login", l->login);
	answer_text(&a, "state", keys != NULL ? "keyed" : model_login_state_name(l->state));
	answer_number(&a, "expires", l->expires);
	if (keys != NULL)
		answer_text(&a, "keys", keys);
	if (why != NULL)
		answer_text(&a, "why", why);
	if (l->state == MODEL_ANSWERED)
		put_answer(&a, l);
	answer_send(&a, r, 200);
}

static bool
look(struct poll *p, bool last)
{
	struct model_login l;
	int r = model_login(p->api->db, p->caller.id, p->id, api_now(), &l);

	if (r != MFA_OK) {
		jobs_problem(p->request, r);
		return true;
	}
	p->until = l.expires;
	if (l.state == MODEL_WAITING && !last && call_login_keys(l.login) == NULL)
		return false;
	if (l.state == MODEL_EXPIRED && p->held && !l.decoy)
		login_count_outcome(MODEL_EXPIRED);
	tell(p->request, &l);
	/* What was keyed in may wait for a person's Enter. */
	if (l.state == MODEL_WAITING && (l.push || l.dial != 0) &&
	    call_login_keys(l.login) == NULL && !p->api->stopping)
		absent_note(p->api, p->caller.id, p->id, ABSENT_ASKED_MS);
	return true;
}

/* Unless another poll of it is held. */
static void
host_left(struct poll *p)
{
	struct model_login l;

	if (waiters_find(p->api->waiters, p->id) == NULL &&
	    model_login(p->api->db, p->caller.id, p->id, api_now(), &l) == MFA_OK &&
	    (l.state == MODEL_WAITING || l.state == MODEL_ANSWERED))
		absent_note(p->api, p->caller.id, p->id, ABSENT_LEFT_MS);
}

static void
get_login(struct request *r)
{
	struct poll p = { .look = look, .gone = host_left };
	const char *id = request_param(r, "login");

	if (!caller_is(r, CALLER_HOST, &p.caller))
		return;
	(void)snprintf(p.id, sizeof(p.id), "%s", strlen(id) < sizeof(p.id) ? id : "");
	absent_forget(api_of(r), p.caller.id, p.id);
	poll_begin(r, &p, "", p.id);
}

/* ---- POST /v1/logins/{login}/close ---- */

struct closing {
	struct work work;
	char login[MODEL_ID_MAX];
	const char *outcome;
	enum login_state state;
};

static const struct body_member close_members[] = {
	{ "outcome", BODY_TEXT, false, offsetof(struct closing, outcome), 32 },
	{ .name = NULL },
};

static int
run_close(struct db *db, struct work *w)
{
	const struct closing *c = (const struct closing *)w;

	return model_login_close(db, w->caller.id, c->login, c->state, w->now);
}

static void
closed(struct work *w)
{
	const struct closing *c = (const struct closing *)w;

	if (w->job.result != MFA_OK) {
		call_login_closing(w->caller.id, c->login, false);
		return;
	}
	absent_forget(w->api, w->caller.id, c->login);
	call_login_closed(c->login, c->state);
	if (w->job.wakes != NULL)
		login_count_outcome(c->state);
}

static void
post_close(struct request *r)
{
	struct closing *c = work_begin(r, CALLER_HOST, sizeof(*c));

	if (c == NULL || !work_param(&c->work, "login", c->login, sizeof(c->login)) ||
	    !work_body(&c->work, close_members))
		return;
	if (model_login_outcome(c->outcome, &c->state) != MFA_OK) {
		work_refuse(&c->work, PROBLEM_INVALID, "outcome",
		    "granted, code, wrong_number, refused or cancelled");
		return;
	}
	call_login_closing(c->work.caller.id, c->login, true);
	c->work.run = run_close;
	c->work.answer = work_done;
	c->work.concluded = closed;
	work_submit(&c->work);
}

/* ---- POST /v1/logins/{login}/keys ---- */

struct judging {
	struct work work;
	char login[MODEL_ID_MAX];
	bool right;
};

static const struct body_member keys_members[] = {
	{ "right", BODY_FLAG, false, offsetof(struct judging, right), 0 },
	{ .name = NULL },
};

/* Nothing is written: the call is in memory, and so is what was keyed in. */
static void
post_keys(struct request *r)
{
	struct judging *j = work_begin(r, CALLER_HOST, sizeof(*j));
	struct model_login l;
	struct answer a;
	bool again = false;
	int result;

	if (j == NULL || !work_param(&j->work, "login", j->login, sizeof(j->login)) ||
	    !work_body(&j->work, keys_members))
		return;
	result = model_login(j->work.api->db, j->work.caller.id, j->login, j->work.now, &l);
	if (result == MFA_OK && j->right)
		result = PROBLEM_INVALID;	/* that is what a close says */
	if (result == MFA_OK)
		result = call_login_wrong(j->login, &again);
	if (result != MFA_OK) {
		work_refuse(&j->work, result, result == PROBLEM_INVALID ? "right" : NULL, NULL);
		return;
	}
	answer_begin(&a);
	answer_flag(&a, "again", again);
	answer_send(&a, r, 200);
	work_drop(&j->work);
}

const struct route login_routes[] = {
	{ HTTP_POST, "/v1/logins", post_login },
	{ HTTP_GET, "/v1/logins/{login}", get_login },
	{ HTTP_POST, "/v1/logins/{login}/keys", post_keys },
	{ HTTP_POST, "/v1/logins/{login}/close", post_close },
	{ .handle = NULL },
};
