/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users and their phones, for the administrator.
 */
#include <stdio.h>
#include <string.h>

#include "certificate.h"
#include "error.h"
#include "jobs.h"
#include "model_device.h"
#include "model_user.h"
#include "resources.h"

#define USERS_DEFAULT	100
#define USERS_MAX	1000	/* in one answer */

/* ---- GET /v1/users ---- */

struct listing {
	struct answer answer;
	unsigned long count;
	char last[MODEL_NAME_MAX];
};

static bool
put_user(void *arg, const struct model_user_row *u)
{
	struct listing *l = arg;

	answer_open(&l->answer, NULL, '{');
	answer_text(&l->answer, "user", u->name);
	answer_number(&l->answer, "devices", u->devices);
	answer_number(&l->answer, "tokens", u->tokens);
	answer_flag(&l->answer, "locked", u->locked);
	answer_flag(&l->answer, "push_locked", u->push_locked);
	answer_close(&l->answer, '}');
	l->count++;
	(void)snprintf(l->last, sizeof(l->last), "%s", u->name);
	return true;
}

static void
list_users(struct request *r, const char *after, unsigned long limit)
{
	struct listing l = { .count = 0 };
	int result;

	answer_begin(&l.answer);
	answer_open(&l.answer, "users", '[');
	result = model_users(api_of(r)->db, after, (unsigned int)limit, api_now(), put_user, &l);
	answer_close(&l.answer, ']');
	if (l.count == limit)
		answer_text(&l.answer, "next", l.last);
	else
		answer_time(&l.answer, "next", 0);
	answer_finish(&l.answer, r, result);
}

static void
get_users(struct request *r)
{
	char after[MODEL_NAME_MAX];
	struct model_caller caller;
	unsigned long limit;
	int result;

	if (!caller_is(r, CALLER_ADMIN, &caller))
		return;
	result = request_query(r, "after", after, sizeof(after));
	if (result != MFA_OK && result != MFA_E_ABSENT)
		answer_problem(r, PROBLEM_INVALID, "after", "the next of an earlier answer");
	else if (request_query_number(r, "limit", USERS_MAX, USERS_DEFAULT, &limit) != MFA_OK ||
	    limit == 0)
		answer_problem(r, PROBLEM_INVALID, "limit", "a number from 1 to 1000");
	else
		list_users(r, after, limit);
}

/* ---- GET /v1/users/{user}/devices ---- */

static bool
put_device(void *arg, const struct model_device *d)
{
	struct answer *a = arg;

	answer_open(a, NULL, '{');
	answer_text(a, "device", d->device);
	answer_text(a, "name", d->name);
	answer_text(a, "kind", d->kind);
	answer_number(a, "created", d->created);
	answer_time(a, "expires", d->expires);
	answer_time(a, "last_used", d->used);
	answer_flag(a, "certified", d->certified);
	answer_close(a, '}');
	return true;
}

static void
get_devices(struct request *r)
{
	struct answer a;
	int result;

	if (!jobs_list(r, &a, "devices"))
		return;
	result = model_devices(api_of(r)->db, request_param(r, "user"), api_now(), put_device, &a);
	answer_close(&a, ']');
	answer_finish(&a, r, result);
}

/* ---- DELETE /v1/devices/{device} ---- */

struct revoke {
	struct work work;
	char device[MODEL_ID_MAX];
};

/* Without an authority of ours the host that believes another is told by it. */
static int
run_revoke(struct db *db, struct work *w)
{
	const char *device = ((const struct revoke *)w)->device;
	struct revocation made = { .at = w->now };
	char text[SIGNED_MAX + 1];
	struct model_device d;
	size_t len;
	int r;

	if (!w->api->has_authority)
		return model_device_revoke(db, device, NULL, CALLER_ADMIN_ID, w->now);
	if ((r = model_device(db, device, w->now, &d)) != MFA_OK)
		return r;
	(void)snprintf(made.user, sizeof(made.user), "%s", d.user);
	(void)snprintf(made.device, sizeof(made.device), "%s", d.device);
	if ((r = revocation_issue(&w->api->authority, &made, text, sizeof(text), &len)) != MFA_OK)
		return r;
	return model_device_revoke(db, device, text, CALLER_ADMIN_ID, w->now);
}

static void
delete_device(struct request *r)
{
	struct revoke *v = work_begin(r, CALLER_ADMIN, sizeof(*v));

	if (v == NULL || !work_param(&v->work, "device", v->device, sizeof(v->device)))
		return;
	v->work.run = run_revoke;
	v->work.answer = work_done;
	work_submit(&v->work);
}

const struct route admin_routes[] = {
	{ HTTP_GET, "/v1/users", get_users },
	{ HTTP_GET, "/v1/users/{user}/devices", get_devices },
	{ HTTP_DELETE, "/v1/devices/{device}", delete_device },
	{ .handle = NULL },
};
