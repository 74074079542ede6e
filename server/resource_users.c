/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What login hosts ask about users.
 */
#include "error.h"
#include "jobs.h"
#include "model_device.h"
#include "model_user.h"
#include "resources.h"

#define REVOCATIONS_PAGE 100

/* ---- GET /v1/users/{user} ---- */

static void
put_methods(struct answer *a, const struct model_user *u, const struct model_dial_rules *rules)
{
	answer_open(a, "methods", '[');
	if (u->push)
		answer_text(a, NULL, "push");
	if (u->totp)
		answer_text(a, NULL, "totp");
	if (u->hotp)
		answer_text(a, NULL, "hotp");
	if (u->recovery)
		answer_text(a, NULL, "recovery");
	if (u->pass)
		answer_text(a, NULL, "pass");
	if (u->telephone && rules->call)
		answer_text(a, NULL, "call");
	if (u->telephone && rules->text)
		answer_text(a, NULL, "text");
	answer_close(a, ']');
}

static void
get_user(struct request *r)
{
	const char *name = request_param(r, "user");
	struct model_caller caller;
	struct model_user u;
	struct answer a;
	int result;

	if (!caller_is(r, CALLER_HOST, &caller))
		return;
	if ((result = model_user(api_of(r)->db, name, api_now(), &u)) != MFA_OK) {
		jobs_problem(r, result);
		return;
	}
	answer_begin(&a);
	answer_text(&a, "user", name);
	put_methods(&a, &u, &api_of(r)->dial_rules);
	answer_text_or_null(&a, "method", u.method[0] != '\0' ? u.method : NULL);
	answer_flag(&a, "push_locked", u.push_locked);
	answer_flag(&a, "locked", u.locked);
	answer_send(&a, r, 200);
}

/* ---- GET /v1/users/{user}/certificates ---- */

static bool
put_text(void *arg, const char *text)
{
	answer_text(arg, NULL, text);
	return true;
}

static void
get_certificates(struct request *r)
{
	const char *user = request_param(r, "user");
	struct model_caller caller;
	struct answer a;
	int result;

	if (!caller_is(r, CALLER_HOST, &caller))
		return;
	answer_begin(&a);
	answer_open(&a, "certificates", '[');
	result = model_certificates(api_of(r)->db, user, api_now(), put_text, &a);
	answer_close(&a, ']');
	answer_open(&a, "revocations", '[');
	if (result == MFA_OK)
		result = model_user_revocations(api_of(r)->db, user, put_text, &a);
	answer_close(&a, ']');
	answer_finish(&a, r, result);
}

/* ---- GET /v1/revocations ---- */

static void
get_revocations(struct request *r)
{
	struct model_caller caller;
	unsigned long after;
	struct answer a;
	int64_t next;
	int result;

	if (!caller_is(r, CALLER_HOST, &caller))
		return;
	if (request_query_number(r, "after", INT64_MAX, 0, &after) != MFA_OK) {
		answer_problem(r, PROBLEM_INVALID, "after", "the next of an earlier answer");
		return;
	}
	answer_begin(&a);
	answer_open(&a, "revocations", '[');
	result = model_revocations(api_of(r)->db, (int64_t)after, REVOCATIONS_PAGE, put_text, &a,
	    &next);
	answer_close(&a, ']');
	answer_number(&a, "next", next);
	answer_finish(&a, r, result);
}

const struct route user_routes[] = {
	{ HTTP_GET, "/v1/users/{user}", get_user },
	{ HTTP_GET, "/v1/users/{user}/certificates", get_certificates },
	{ HTTP_GET, "/v1/revocations", get_revocations },
	{ .handle = NULL },
};
