/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telephones of users, for the administrator, and what users prefer.  A number is
 * proved over the line itself: a call asks for what the screen shows, or what a
 * text says is typed back.
 */
#include <stdio.h>
#include <string.h>

#include "call_proof.h"
#include "error.h"
#include "jobs.h"
#include "model_telephone.h"
#include "model_user.h"
#include "resources.h"

/* ---- POST /v1/users/{user}/telephones, and …/{telephone}/consent ---- */

struct adding {
	struct work work;
	char user[MODEL_NAME_MAX];
	const char *typed, *by, *language;	/* as they came */
	int64_t id;			/* of the one that is to consent */
	char number[E164_MAX];
	struct model_telephone_asked in;
	struct model_telephone_made out;
};

static const struct body_member add_members[] = {
	{ "number", BODY_TEXT, false, offsetof(struct adding, typed), E164_TYPED_MAX },
	{ "by", BODY_TEXT, true, offsetof(struct adding, by), 8 },
	{ "language", BODY_TEXT, true, offsetof(struct adding, language), 8 },
	{ "vouched", BODY_FLAG, true, offsetof(struct adding, in.vouched), 0 },
	{ .name = NULL },
};

static const struct body_member consent_members[] = {
	{ "by", BODY_TEXT, true, offsetof(struct adding, by), 8 },
	{ .name = NULL },
};

static int
run_add(struct db *db, struct work *w)
{
	struct adding *g = (struct adding *)w;

	return model_telephone_add(db, work_once(w), g->user, &g->in, &w->api->dial_rules,
	    CALLER_ADMIN_ID, w->now, &g->out);
}

static int
run_consent(struct db *db, struct work *w)
{
	struct adding *g = (struct adding *)w;

	return model_telephone_consent(db, work_once(w), g->user, g->id, g->in.by,
	    &w->api->dial_rules, w->now, &g->out);
}

/* Only a call's number is shown: it is keyed in, so it proves that the line is
 * there; a text's is what the line brings. */
static void
answer_add(struct work *w)
{
	const struct adding *g = (const struct adding *)w;
	char shown[E164_MASKED_MAX];
	struct answer a;

	e164_mask(g->out.number, shown);
	answer_begin(&a);
	answer_number(&a, "telephone", g->out.id);
	answer_text(&a, "shown", shown);
	if (g->in.by == MODEL_DIAL_CALL)
		answer_text(&a, "number", g->out.proof);
	answer_send(&a, w->request, 201);
}

static void
added(struct work *w)
{
	const struct adding *g = (const struct adding *)w;

	if (w->job.result == MFA_OK && w->job.wakes != NULL && !w->api->stopping)
		call_proof_start(w->api, g->user, &g->out, g->in.by);
}

static bool
read_by(struct adding *g)
{
	bool text = g->by != NULL && strcmp(g->by, "text") == 0;

	g->in.by = text ? MODEL_DIAL_TEXT : MODEL_DIAL_CALL;
	return g->by == NULL || text || strcmp(g->by, "call") == 0;
}

static const char *
read_add(struct adding *g, const char **why)
{
	enum e164_fault fault = e164_read(g->typed, g->work.api->config->country, g->number);

	*why = e164_fault_text(fault);
	if (fault != E164_OK)
		return "number";
	*why = "call or text";
	if (!read_by(g))
		return "by";
	g->in.number = g->number;
	g->in.language = g->language != NULL ? g->language : "en";
	return NULL;
}

static void
post_telephone(struct request *r)
{
	struct adding *g = work_begin(r, CALLER_ADMIN, sizeof(*g));
	const char *field, *why;

	if (g == NULL || !work_param(&g->work, "user", g->user, sizeof(g->user)) ||
	    !work_body(&g->work, add_members))
		return;
	if ((field = read_add(g, &why)) != NULL) {
		work_refuse(&g->work, PROBLEM_INVALID, field, why);
		return;
	}
	g->work.run = run_add;
	g->work.answer = answer_add;
	g->work.concluded = added;
	work_submit(&g->work);
}

static void
post_consent(struct request *r)
{
	struct adding *g = work_begin(r, CALLER_ADMIN, sizeof(*g));

	if (g == NULL || !work_param(&g->work, "user", g->user, sizeof(g->user)) ||
	    !work_number(&g->work, "telephone", &g->id) || !work_body(&g->work, consent_members))
		return;
	if (!read_by(g)) {
		work_refuse(&g->work, PROBLEM_INVALID, "by", "call or text");
		return;
	}
	g->work.run = run_consent;
	g->work.answer = answer_add;
	g->work.concluded = added;
	work_submit(&g->work);
}

/* ---- of one telephone ---- */

struct one {
	struct work work;
	char user[MODEL_NAME_MAX];
	int64_t id;
	const char *code;
	struct model_telephone_proved proved;
	struct model_notice notice;
};

static bool
begin_one(struct one *o)
{
	return o != NULL && work_param(&o->work, "user", o->user, sizeof(o->user)) &&
	    work_number(&o->work, "telephone", &o->id);
}

/* ---- POST /v1/users/{user}/telephones/{telephone}/proof: of a text ---- */

static const struct body_member proof_members[] = {
	{ "code", BODY_TEXT, false, offsetof(struct one, code), MODEL_PROOF_MAX },
	{ .name = NULL },
};

static int
run_prove(struct db *db, struct work *w)
{
	struct one *o = (struct one *)w;

	int r = model_telephone_prove(db, o->user, o->id, MODEL_DIAL_TEXT, o->code,
	    CALLER_ADMIN_ID, w->now, &o->proved);

	return r != MFA_OK || !o->proved.added ? r : model_notice_added(db, &w->api->dial_rules,
	    o->user, o->id, w->now, &o->notice);
}

static void
answer_prove(struct work *w)
{
	const struct one *o = (const struct one *)w;

	if (o->proved.right)
		answer_done(w->request);
	else
		answer_problem(w->request, PROBLEM_WRONG_CODE, "code", NULL);
}

static void
proved(struct work *w)
{
	const struct one *o = (const struct one *)w;

	if (w->job.result == MFA_OK && o->proved.added && !w->api->stopping)
		call_proof_notice(w->api, o->user, &o->notice);
}

static void
post_proof(struct request *r)
{
	struct one *o = work_begin(r, CALLER_ADMIN, sizeof(*o));

	if (!begin_one(o) || !work_body(&o->work, proof_members))
		return;
	o->work.run = run_prove;
	o->work.answer = answer_prove;
	o->work.concluded = proved;
	work_submit(&o->work);
}

/* ---- DELETE /v1/users/{user}/telephones/{telephone} ---- */

static int
run_remove(struct db *db, struct work *w)
{
	struct one *o = (struct one *)w;
	struct model_telephone_number gone;
	int r = model_telephone_remove(db, o->user, o->id, CALLER_ADMIN_ID, w->now, &gone);

	return r != MFA_OK ? r : model_notice_removed(db, &w->api->dial_rules, &gone, w->now,
	    &o->notice);
}

static void
removed(struct work *w)
{
	const struct one *o = (const struct one *)w;

	if (w->job.result != MFA_OK)
		return;
	call_proof_gone(o->id);
	if (!w->api->stopping)
		call_proof_notice(w->api, o->user, &o->notice);
}

static void
delete_telephone(struct request *r)
{
	struct one *o = work_begin(r, CALLER_ADMIN, sizeof(*o));

	if (!begin_one(o))
		return;
	o->work.run = run_remove;
	o->work.answer = work_done;
	o->work.concluded = removed;
	work_submit(&o->work);
}

/* ---- GET /v1/users/{user}/telephones ---- */

static bool
put_telephone(void *arg, const struct model_telephone_row *t)
{
	struct answer *a = arg;

	answer_open(a, NULL, '{');
	answer_number(a, "telephone", t->id);
	answer_text(a, "shown", t->shown);
	answer_text(a, "language", t->language);
	answer_number(a, "created", t->created);
	answer_time(a, "proved", t->proved);
	answer_time(a, "consented", t->consented);
	answer_text_or_null(a, "call", call_proof_why(t->id));
	answer_close(a, '}');
	return true;
}

static void
get_telephones(struct request *r)
{
	const char *user = request_param(r, "user");
	struct api *api = api_of(r);
	struct model_user u = { .method = "" };
	struct answer a;
	int result;

	if (!jobs_list(r, &a, "telephones"))
		return;
	result = model_telephone_list(api->db, user, put_telephone, &a);
	answer_close(&a, ']');
	if (result == MFA_OK)
		result = model_user(api->db, user, api_now(), &u);
	answer_text_or_null(&a, "method", u.method[0] != '\0' ? u.method : NULL);
	answer_finish(&a, r, result);
}

/* ---- POST /v1/telephones/owner: a path would be in logs, and has no number ---- */

struct finding {
	struct work work;
	const char *typed;
	char number[E164_MAX];
};

static const struct body_member owner_members[] = {
	{ "number", BODY_TEXT, false, offsetof(struct finding, typed), E164_TYPED_MAX },
	{ .name = NULL },
};

static void
answer_owner(const struct finding *f, const struct model_telephone_owner *o)
{
	char shown[E164_MASKED_MAX];
	struct answer a;

	e164_mask(f->number, shown);
	answer_begin(&a);
	answer_text(&a, "user", o->user);
	answer_number(&a, "telephone", o->id);
	answer_text(&a, "shown", shown);
	answer_number(&a, "proved", o->proved);
	answer_send(&a, f->work.request, 200);
}

static void
post_owner(struct request *r)
{
	struct finding *f = work_begin(r, CALLER_ADMIN, sizeof(*f));
	struct model_telephone_owner owner;
	enum e164_fault fault;
	int result;

	if (f == NULL || !work_body(&f->work, owner_members))
		return;
	fault = e164_read(f->typed, f->work.api->config->country, f->number);
	if (fault != E164_OK) {
		work_refuse(&f->work, PROBLEM_INVALID, "number", e164_fault_text(fault));
		return;
	}
	if ((result = model_telephone_whose(f->work.api->db, f->number, &owner)) != MFA_OK) {
		work_refuse(&f->work, result, NULL, NULL);
		return;
	}
	answer_owner(f, &owner);
	work_drop(&f->work);
}

/* ---- PUT /v1/users/{user}/method ---- */

struct preferring {
	struct work work;
	char user[MODEL_NAME_MAX];
	const char *method;
};

static const struct body_member method_members[] = {
	{ "method", BODY_TEXT, false, offsetof(struct preferring, method), 8 },
	{ .name = NULL },
};

static int
run_method(struct db *db, struct work *w)
{
	const struct preferring *p = (const struct preferring *)w;

	return model_method_set(db, p->user, strcmp(p->method, "none") == 0 ? "" : p->method,
	    CALLER_ADMIN_ID, w->now);
}

static void
put_method(struct request *r)
{
	struct preferring *p = work_begin(r, CALLER_ADMIN, sizeof(*p));

	if (p == NULL || !work_param(&p->work, "user", p->user, sizeof(p->user)) ||
	    !work_body(&p->work, method_members))
		return;
	p->work.run = run_method;
	p->work.answer = work_done;
	work_submit(&p->work);
}

const struct route telephone_routes[] = {
	{ HTTP_POST, "/v1/users/{user}/telephones", post_telephone },
	{ HTTP_GET, "/v1/users/{user}/telephones", get_telephones },
	{ HTTP_POST, "/v1/users/{user}/telephones/{telephone}/proof", post_proof },
	{ HTTP_POST, "/v1/users/{user}/telephones/{telephone}/consent", post_consent },
	{ HTTP_DELETE, "/v1/users/{user}/telephones/{telephone}", delete_telephone },
	{ HTTP_POST, "/v1/telephones/owner", post_owner },
	{ HTTP_PUT, "/v1/users/{user}/method", put_method },
	{ .handle = NULL },
};
