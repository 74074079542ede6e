/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "error.h"
#include "jobs.h"
#include "model_host.h"
#include "resources.h"

static void
put_authorities(struct answer *a, const struct api *api)
{
	answer_open(a, "authorities", '[');
	if (api->has_authority)
		answer_text(a, NULL, api->authority_line);
	answer_close(a, ']');
}

/* ---- POST /v1/hosts ---- */

struct join {
	struct work work;
	const char *token, *name;
	struct model_joined out;
};

static const struct body_member join_members[] = {
	{ "token", BODY_TEXT, false, offsetof(struct join, token), MODEL_CREDENTIAL_MAX },
	{ "name", BODY_TEXT, true, offsetof(struct join, name), MODEL_NAME_MAX },
	{ .name = NULL },
};

static int
run_join(struct db *db, struct work *w)
{
	struct join *j = (struct join *)w;

	return model_host_join(db, work_once(w), j->token, j->name, w->now, &j->out);
}

static void
answer_join(struct work *w)
{
	const struct join *j = (const struct join *)w;
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "host", j->out.host);
	answer_text(&a, "key", j->out.key);
	answer_text(&a, "name", j->out.name);
	put_authorities(&a, w->api);
	answer_send(&a, w->request, 201);
}

static void
post_host(struct request *r)
{
	struct join *j = work_begin(r, 0, sizeof(*j));

	if (j == NULL || !work_body(&j->work, join_members))
		return;
	j->work.run = run_join;
	j->work.answer = answer_join;
	work_submit(&j->work);
}

/* ---- POST /v1/hosts/self/key ---- */

struct rotate {
	struct work work;
	char key[MODEL_SECRET_MAX];
};

static const struct body_member no_members[] = { { .name = NULL } };

static int
run_rotate(struct db *db, struct work *w)
{
	return model_host_rotate(db, work_once(w), w->caller.id, w->now,
	    ((struct rotate *)w)->key);
}

static void
answer_rotate(struct work *w)
{
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "key", ((const struct rotate *)w)->key);
	answer_send(&a, w->request, 201);
}

static void
post_key(struct request *r)
{
	struct rotate *k = work_begin(r, CALLER_HOST, sizeof(*k));

	if (k == NULL || !work_body(&k->work, no_members))
		return;
	k->work.run = run_rotate;
	k->work.answer = answer_rotate;
	work_submit(&k->work);
}

/* ---- GET /v1/hosts/self ---- */

static void
get_self(struct request *r)
{
	struct model_caller caller;
	struct model_host h;
	struct answer a;
	int result;

	if (!caller_is(r, CALLER_HOST, &caller))
		return;
	if ((result = model_host(api_of(r)->db, caller.id, &h)) != MFA_OK) {
		jobs_problem(r, result);
		return;
	}
	answer_begin(&a);
	answer_text(&a, "host", h.id);
	answer_text(&a, "name", h.name);
	answer_number(&a, "created", h.created);
	put_authorities(&a, api_of(r));
	answer_send(&a, r, 200);
}

/* ---- GET /v1/hosts ---- */

static bool
put_host(void *arg, const struct model_host *h)
{
	struct answer *a = arg;

	answer_open(a, NULL, '{');
	answer_text(a, "host", h->id);
	answer_text(a, "name", h->name);
	answer_number(a, "created", h->created);
	answer_time(a, "last_seen", h->seen);
	answer_close(a, '}');
	return true;
}

static void
get_hosts(struct request *r)
{
	struct answer a;
	int result;

	if (!jobs_list(r, &a, "hosts"))
		return;
	result = model_hosts(api_of(r)->db, put_host, &a);
	answer_close(&a, ']');
	answer_finish(&a, r, result);
}

/* ---- DELETE /v1/hosts/{host} ---- */

struct revoke {
	struct work work;
	char host[MODEL_ID_MAX];
};

static int
run_revoke(struct db *db, struct work *w)
{
	return model_host_revoke(db, ((const struct revoke *)w)->host, CALLER_ADMIN_ID, w->now);
}

static void
delete_host(struct request *r)
{
	struct revoke *v = work_begin(r, CALLER_ADMIN, sizeof(*v));

	if (v == NULL || !work_param(&v->work, "host", v->host, sizeof(v->host)))
		return;
	v->work.run = run_revoke;
	v->work.answer = work_done;
	work_submit(&v->work);
}

/* ---- POST /v1/join-tokens ---- */

struct token {
	struct work work;
	const char *name;
	int64_t life;
	struct model_join_token out;
};

static const struct body_member token_members[] = {
	{ "name", BODY_TEXT, true, offsetof(struct token, name), MODEL_NAME_MAX },
	{ "life", BODY_NUMBER, false, offsetof(struct token, life), 0 },
	{ .name = NULL },
};

static int
run_token(struct db *db, struct work *w)
{
	struct token *t = (struct token *)w;

	return model_join_token_new(db, work_once(w), t->name, t->life, CALLER_ADMIN_ID, w->now,
	    &t->out);
}

static void
answer_token(struct work *w)
{
	const struct token *t = (const struct token *)w;
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "token", t->out.token);
	answer_number(&a, "expires", t->out.expires);
	answer_send(&a, w->request, 201);
}

static void
post_token(struct request *r)
{
	struct token *t = work_begin(r, CALLER_ADMIN, sizeof(*t));

	if (t == NULL || !work_body(&t->work, token_members))
		return;
	t->work.run = run_token;
	t->work.answer = answer_token;
	work_submit(&t->work);
}

const struct route host_routes[] = {
	{ HTTP_POST, "/v1/hosts", post_host },
	{ HTTP_POST, "/v1/hosts/self/key", post_key },
	{ HTTP_GET, "/v1/hosts/self", get_self },
	{ HTTP_GET, "/v1/hosts", get_hosts },
	{ HTTP_DELETE, "/v1/hosts/{host}", delete_host },
	{ HTTP_POST, "/v1/join-tokens", post_token },
	{ .handle = NULL },
};
