/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a phone asks and answers.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "jobs.h"
#include "login_metrics.h"
#include "model_device.h"
#include "model_login.h"
#include "polling.h"
#include "report.h"
#include "resources.h"

/* ---- GET /v1/device ---- */

static void
get_device(struct request *r)
{
	struct model_caller caller;
	struct model_device d;
	struct answer a;
	int result;

	if (!caller_is(r, CALLER_DEVICE, &caller))
		return;
	if ((result = model_device(api_of(r)->db, caller.id, api_now(), &d)) != MFA_OK) {
		jobs_problem(r, result);
		return;
	}
	answer_begin(&a);
	answer_text(&a, "device", d.device);
	answer_text(&a, "user", d.user);
	answer_text(&a, "name", d.name);
	answer_flag(&a, "certified", d.certified);
	answer_time(&a, "expires", d.expires);
	answer_send(&a, r, 200);
}

/* ---- GET /v1/device/logins ---- */

static void
tell_list(struct request *r, const struct model_pending *p, bool waits, int64_t seq)
{
	struct answer a;

	answer_begin(&a);
	answer_open(&a, "logins", '[');
	if (waits)
		pending_put(&a, p);
	answer_close(&a, ']');
	answer_number(&a, "seq", seq);
	answer_send(&a, r, 200);
}

/* Without ?after= there is something to say when a login waits; with it, when
 * something has happened since, also an end by time. */
static bool
look(struct poll *p, bool last)
{
	struct model_pending pending;
	int64_t seq;
	bool waits;
	int r = model_device_pending(p->api->db, p->caller.id, api_now(), &waits, &pending, &seq);

	if (r != MFA_OK) {
		jobs_problem(p->request, r);
		return true;
	}
	p->until = waits ? pending.expires : 0;
	if (!last && (p->after < 0 ? !waits : seq == p->after))
		return false;
	tell_list(p->request, &pending, waits, seq);
	return true;
}

static void
get_logins(struct request *r)
{
	struct poll p = { .look = look, .after = -1 };
	unsigned long after;
	char text[4];

	if (!caller_is(r, CALLER_DEVICE, &p.caller))
		return;
	if (request_query_number(r, "after", INT64_MAX, 0, &after) != MFA_OK) {
		answer_problem(r, PROBLEM_INVALID, "after", "the seq of an earlier answer");
		return;
	}
	if (request_query(r, "after", text, sizeof(text)) != MFA_E_ABSENT)
		p.after = (int64_t)after;
	poll_begin(r, &p, "user ", p.caller.name);
}

/* ---- GET /v1/device/logins/{login} ---- */

static void
get_login(struct request *r)
{
	const char *login = request_param(r, "login");
	struct model_caller caller;
	enum login_state state;
	struct answer a;
	int result;

	if (!caller_is(r, CALLER_DEVICE, &caller))
		return;
	result = model_device_login(api_of(r)->db, caller.id, login, api_now(), &state);
	if (result != MFA_OK) {
		jobs_problem(r, result);
		return;
	}
	answer_begin(&a);
	answer_text(&a, "login", login);
	answer_text(&a, "state", model_login_state_name(state));
	answer_send(&a, r, 200);
}

/* ---- POST /v1/device/logins/{login}/answer ---- */

struct answering {
	struct work work;
	char login[MODEL_ID_MAX];
	const char *decision;
	struct model_answer in;
	struct model_answered out;
};

#define IN(member) offsetof(struct answering, in.member)

static const struct body_member answer_members[] = {
	{ "decision", BODY_TEXT, false, offsetof(struct answering, decision), 16 },
	{ "signature", BODY_TEXT, false, IN(signature), MODEL_SIGNATURE_MAX },
	{ "authenticator_data", BODY_TEXT, true, IN(authenticator_data),
	    MODEL_AUTHENTICATOR_MAX },
	{ "client_data", BODY_TEXT, true, IN(client_data), MODEL_CLIENT_MAX },
	{ .name = NULL },
};

static int
run_answer(struct db *db, struct work *w)
{
	struct answering *g = (struct answering *)w;

	return model_device_answer(db, work_once(w), w->caller.id, g->login, &g->in, w->now,
	    &g->out);
}

static void
answered(struct work *w)
{
	const struct answering *g = (const struct answering *)w;

	if (w->job.result != MFA_OK || w->job.wakes == NULL)
		return;
	login_count_answer(g->in.decision);
	if (g->out.report)
		report_raise(w->api, &g->out, g->login, w->caller.id, w->now);
}

static void
post_answer(struct request *r)
{
	struct answering *g = work_begin(r, CALLER_DEVICE, sizeof(*g));

	if (g == NULL || !work_param(&g->work, "login", g->login, sizeof(g->login)) ||
	    !work_body(&g->work, answer_members))
		return;
	if (model_decision(g->decision, &g->in.decision) != MFA_OK) {
		work_refuse(&g->work, PROBLEM_INVALID, "decision", "approve, deny or report");
		return;
	}
	g->work.run = run_answer;
	g->work.answer = work_done;
	g->work.concluded = answered;
	work_submit(&g->work);
}

const struct route device_routes[] = {
	{ HTTP_GET, "/v1/device", get_device },
	{ HTTP_GET, "/v1/device/logins", get_logins },
	{ HTTP_GET, "/v1/device/logins/{login}", get_login },
	{ HTTP_POST, "/v1/device/logins/{login}/answer", post_answer },
	{ .handle = NULL },
};
