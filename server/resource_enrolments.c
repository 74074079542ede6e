/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a phone becomes a user's: a host opens an enrolment, the phone offers
 * itself, the host has it certified.
 */
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "certificate.h"
#include "error.h"
#include "jobs.h"
#include "login_metrics.h"
#include "model_device.h"
#include "polling.h"
#include "resources.h"

#define DAY 86400

/* ---- POST /v1/enrolments ---- */

struct opening {
	struct work work;
	const char *user;
	int64_t life;
	struct model_enrolment out;
};

static const struct body_member open_members[] = {
	{ "user", BODY_TEXT, false, offsetof(struct opening, user), MODEL_NAME_MAX },
	{ "life", BODY_NUMBER, false, offsetof(struct opening, life), 0 },
	{ .name = NULL },
};

static int
run_open(struct db *db, struct work *w)
{
	struct opening *o = (struct opening *)w;

	return model_enrol_open(db, work_once(w), w->caller.id, o->user, o->life, w->now,
	    &o->out);
}

static void
answer_opened(struct work *w)
{
	const struct opening *o = (const struct opening *)w;
	struct answer a;

	login_count_enrolment(ENROL_OPENED);
	answer_begin(&a);
	answer_text(&a, "enrolment", o->out.id);
	answer_number(&a, "expires", o->out.expires);
	answer_send(&a, w->request, 201);
}

static void
post_enrolment(struct request *r)
{
	struct opening *o = work_begin(r, CALLER_HOST, sizeof(*o));

	if (o == NULL || !work_body(&o->work, open_members))
		return;
	o->work.run = run_open;
	o->work.answer = answer_opened;
	work_submit(&o->work);
}

/* ---- PUT /v1/enrolments/{enrolment}/device ---- */

struct offering {
	struct work work;
	char enrolment[MODEL_ID_MAX];
	struct model_offer in;
	struct model_offered out;
};

#define IN(member) offsetof(struct offering, in.member)

static const struct body_member offer_members[] = {
	{ "name", BODY_TEXT, false, IN(name), MODEL_LABEL_MAX },
	{ "kind", BODY_TEXT, false, IN(kind), 16 },
	{ "key", BODY_TEXT, false, IN(key), MODEL_KEY_MAX },
	{ "origin", BODY_TEXT, false, IN(origin), MODEL_ORIGIN_MAX },
	{ "proof", BODY_TEXT, false, IN(proof), MODEL_SECRET_MAX },
	{ .name = NULL },
};

static int
run_offer(struct db *db, struct work *w)
{
	struct offering *o = (struct offering *)w;

	return model_enrol_offer(db, work_once(w), o->enrolment, &o->in, w->now, &o->out);
}

static void
answer_offered(struct work *w)
{
	const struct offering *o = (const struct offering *)w;
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "device", o->out.device);
	answer_text(&a, "secret", o->out.secret);
	answer_send(&a, w->request, 201);
}

static void
offered(struct work *w)
{
	if (w->job.result == MFA_OK && w->job.wakes != NULL)
		login_count_enrolment(ENROL_OFFERED);
}

static void
put_device(struct request *r)
{
	struct offering *o = work_begin(r, 0, sizeof(*o));

	if (o == NULL || !work_param(&o->work, "enrolment", o->enrolment, sizeof(o->enrolment)) ||
	    !work_body(&o->work, offer_members))
		return;
	o->work.run = run_offer;
	o->work.answer = answer_offered;
	o->work.concluded = offered;
	work_submit(&o->work);
}

/* ---- GET /v1/enrolments/{enrolment} ---- */

static void
tell(struct request *r, const struct model_enrolled *e)
{
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "enrolment", e->enrolment);
	answer_text(&a, "state", model_enrol_state_name(e->state));
	answer_number(&a, "expires", e->expires);
	if (e->device[0] != '\0') {
		answer_open(&a, "device", '{');
		answer_text(&a, "device", e->device);
		answer_text(&a, "name", e->name);
		answer_text(&a, "kind", e->kind);
		answer_text(&a, "key", e->key);
		answer_text(&a, "origin", e->origin);
		answer_text(&a, "proof", e->proof);
		answer_close(&a, '}');
	}
	answer_send(&a, r, 200);
}

static bool
look(struct poll *p, bool last)
{
	struct model_enrolled e;
	int r = model_enrolment(p->api->db, p->caller.id, p->id, api_now(), &e);

	if (r != MFA_OK) {
		jobs_problem(p->request, r);
		return true;
	}
	p->until = e.expires;
	if (e.state == MODEL_ENROL_OPEN && !last)
		return false;
	tell(p->request, &e);
	return true;
}

static void
get_enrolment(struct request *r)
{
	struct poll p = { .look = look };
	const char *id = request_param(r, "enrolment");

	if (!caller_is(r, CALLER_HOST, &p.caller))
		return;
	(void)snprintf(p.id, sizeof(p.id), "%s", strlen(id) < sizeof(p.id) ? id : "");
	poll_begin(r, &p, "", p.id);
}

/* ---- PUT /v1/enrolments/{enrolment}/certificate ---- */

struct certifying {
	struct work work;
	char enrolment[MODEL_ID_MAX];
	const char *certificate;
	bool sign;
	char text[SIGNED_MAX + 1];
};

static const struct body_member certify_members[] = {
	{ "certificate", BODY_TEXT, true, offsetof(struct certifying, certificate),
	    MODEL_CERTIFICATE_MAX },
	{ "sign", BODY_FLAG, true, offsetof(struct certifying, sign), 0 },
	{ .name = NULL },
};

static int
describe(const struct model_enrolled *e, struct device *d)
{
	const struct record_word *word;

	memset(d, 0, sizeof(*d));
	for (word = device_kinds; word->word != NULL; word++)
		if (strcmp(word->word, e->kind) == 0)
			d->kind = word->value;
	(void)snprintf(d->user, sizeof(d->user), "%s", e->user);
	(void)snprintf(d->id, sizeof(d->id), "%s", e->device);
	(void)snprintf(d->origin, sizeof(d->origin), "%s", e->origin);
	return base64url_decode(e->key, strlen(e->key), d->key.data, sizeof(d->key.data),
	    &d->key.len);
}

/* A phone may have offered what is no key; that is for its host to see first. */
static int
sign_device(const struct certifying *c, const struct model_enrolled *e, char *text, size_t size)
{
	const struct api *api = c->work.api;
	struct certificate made = { .created = c->work.now,
	    .expires = c->work.now + (int64_t)api->config->certificate_days * DAY };
	size_t len;
	int r = describe(e, &made.device);

	if (r == MFA_OK)
		r = certificate_issue(&api->authority, &made, text, size, &len);
	return r == MFA_E_INVALID ? PROBLEM_BAD_CERTIFICATE : r;
}

static bool
signs_for(const struct api *api, const char *host)
{
	const struct names *hosts = &api->config->sign_for;
	size_t i;

	for (i = 0; i < hosts->count; i++)
		if (strcmp(hosts->word[i], host) == 0 || strcmp(hosts->word[i], "any") == 0)
			return true;
	return false;
}

/* Asked for once more, it is the one that there is. */
static int
run_sign(struct db *db, struct work *w)
{
	struct certifying *c = (struct certifying *)w;
	struct model_enrolled e;
	int r = model_enrolment(db, w->caller.id, c->enrolment, w->now, &e);

	if (r != MFA_OK)
		return r;
	if (e.state == MODEL_ENROL_DONE) {
		(void)snprintf(c->text, sizeof(c->text), "%s", e.certificate);
		return MFA_OK;
	}
	if (e.state == MODEL_ENROL_OFFERED &&
	    (r = sign_device(c, &e, c->text, sizeof(c->text))) != MFA_OK)
		return r;
	return model_enrol_certify(db, w->caller.id, c->enrolment, c->text, w->now);
}

static int
run_certify(struct db *db, struct work *w)
{
	const struct certifying *c = (const struct certifying *)w;

	return model_enrol_certify(db, w->caller.id, c->enrolment, c->certificate, w->now);
}

static void
answer_signed(struct work *w)
{
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "certificate", ((const struct certifying *)w)->text);
	answer_send(&a, w->request, 200);
}

static void
certified(struct work *w)
{
	if (w->job.result == MFA_OK && w->job.wakes != NULL)
		login_count_enrolment(ENROL_DONE);
}

static void
put_certificate(struct request *r)
{
	struct certifying *c = work_begin(r, CALLER_HOST, sizeof(*c));

	if (c == NULL || !work_param(&c->work, "enrolment", c->enrolment, sizeof(c->enrolment)) ||
	    !work_body(&c->work, certify_members))
		return;
	if (c->sign == (c->certificate != NULL)) {
		work_refuse(&c->work, PROBLEM_INVALID, "certificate",
		    "a certificate, or \"sign\": true, and not both");
		return;
	}
	if (c->sign && (!c->work.api->has_authority ||
	    !signs_for(c->work.api, c->work.caller.name))) {
		work_refuse(&c->work, PROBLEM_NO_AUTHORITY, NULL, NULL);
		return;
	}
	c->work.run = c->sign ? run_sign : run_certify;
	c->work.answer = c->sign ? answer_signed : work_done;
	c->work.concluded = certified;
	work_submit(&c->work);
}

const struct route enrolment_routes[] = {
	{ HTTP_POST, "/v1/enrolments", post_enrolment },
	{ HTTP_PUT, "/v1/enrolments/{enrolment}/device", put_device },
	{ HTTP_GET, "/v1/enrolments/{enrolment}", get_enrolment },
	{ HTTP_PUT, "/v1/enrolments/{enrolment}/certificate", put_certificate },
	{ .handle = NULL },
};
