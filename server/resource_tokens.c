/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens of users that are kept here, for the administrator.  A key that is
 * made here is shown once, in the answer.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "jobs.h"
#include "model_code.h"
#include "resources.h"

/* ---- all limits ---- */
#define SECRET_TEXT	(2 * OTP_BASE32_MAX)	/* in groups, as people type it */
#define WORD		16
#define COUNTER_LAST	1000000000

struct giving {
	struct work work;
	char user[MODEL_NAME_MAX];
	/* as they came; NULL: not */
	const char *name, *kind, *algorithm, *secret;
	int64_t digits, period, counter;
	struct model_token_asked in;
	struct model_token_given out;
	struct secret url;
};

static const struct body_member members[] = {
	{ "name", BODY_TEXT, false, offsetof(struct giving, name), OTP_NAME_MAX },
	{ "kind", BODY_TEXT, true, offsetof(struct giving, kind), WORD },
	{ "algorithm", BODY_TEXT, true, offsetof(struct giving, algorithm), WORD },
	{ "digits", BODY_NUMBER, true, offsetof(struct giving, digits), 0 },
	{ "period", BODY_NUMBER, true, offsetof(struct giving, period), 0 },
	{ "counter", BODY_NUMBER, true, offsetof(struct giving, counter), 0 },
	{ "secret", BODY_TEXT, true, offsetof(struct giving, secret), SECRET_TEXT },
	{ "code", BODY_TEXT, true, offsetof(struct giving, in.code), OTP_CODE_MAX },
	{ .name = NULL },
};

/* ---- POST /v1/users/{user}/tokens ---- */

/* NULL, or the member that is wrong; *why says how. */
static const char *
read_params(struct giving *g, const char **why)
{
	struct otp_params *p = &g->in.params;

	*p = otp_default;
	*why = "totp or hotp";
	if (g->kind != NULL && otp_kind_parse(g->kind, &p->kind) != MFA_OK)
		return "kind";
	*why = "SHA1, SHA256 or SHA512";
	if (g->algorithm != NULL && otp_algorithm_parse(g->algorithm, &p->algorithm) != MFA_OK)
		return "algorithm";
	*why = "a number from 6 to 8";
	if (g->digits < 6 || g->digits > 8)
		return "digits";
	p->digits = (unsigned int)g->digits;
	*why = "30 or 60, of a totp token";
	if ((g->period != 30 && g->period != 60) || (p->kind == OTP_HOTP && g->period != 30))
		return "period";
	p->period = (unsigned int)g->period;
	*why = "a number up to 1000000000, of a hotp token";
	if (g->counter < 0 || g->counter > (p->kind == OTP_HOTP ? COUNTER_LAST : 0))
		return "counter";
	g->in.next = g->counter;
	return NULL;
}

static const char *
read_key(struct giving *g, const char **why)
{
	*why = "base32 of 16 to 64 bytes, or 10";
	if (g->secret != NULL && otp_key_import(g->secret, &g->in.key) != MFA_OK)
		return "secret";
	/* Nobody could have typed one yet. */
	*why = "only with a secret";
	return g->secret == NULL && g->in.code != NULL ? "code" : NULL;
}

/* The link is made from what was answered, so that it is the same once more. */
static int
run_give(struct db *db, struct work *w)
{
	struct giving *g = (struct giving *)w;
	struct secret key = { .len = 0 };
	int r = model_token_give(db, work_once(w), g->user, &g->in, &w->api->rules,
	    CALLER_ADMIN_ID, w->now, &g->out);

	if (r != MFA_OK || g->out.secret[0] == '\0')
		return r;
	if ((r = otp_key_import(g->out.secret, &key)) == MFA_OK)
		r = otp_url(&g->in.params, &key, w->api->config->issuer, g->user,
		    (uint64_t)g->in.next, &g->url);
	secret_wipe(&key);
	if (r != MFA_E_INVALID)
		return r;
	db_blame(db, "user");
	return PROBLEM_INVALID;
}

static void
answer_give(struct work *w)
{
	const struct giving *g = (const struct giving *)w;
	struct answer a;

	answer_begin(&a);
	answer_number(&a, "token", g->out.id);
	if (g->out.secret[0] != '\0') {
		answer_text(&a, "secret", g->out.secret);
		answer_text(&a, "url", (const char *)g->url.data);
	}
	answer_send(&a, w->request, 201);
}

static void
post_token(struct request *r)
{
	struct giving *g = work_begin(r, CALLER_ADMIN, sizeof(*g));
	const char *field, *why;

	if (g == NULL)
		return;
	g->digits = otp_default.digits;
	g->period = otp_default.period;
	if (!work_param(&g->work, "user", g->user, sizeof(g->user)) ||
	    !work_body(&g->work, members))
		return;
	if ((field = read_params(g, &why)) != NULL || (field = read_key(g, &why)) != NULL) {
		work_refuse(&g->work, PROBLEM_INVALID, field, why);
		return;
	}
	g->in.name = g->name;
	g->work.run = run_give;
	g->work.answer = answer_give;
	work_submit(&g->work);
}

/* ---- GET /v1/users/{user}/tokens ---- */

static bool
put_token(void *arg, const struct model_token_row *t)
{
	struct answer *a = arg;

	answer_open(a, NULL, '{');
	answer_number(a, "token", t->id);
	answer_text(a, "name", t->name);
	answer_text(a, "kind", otp_kind_name(t->params.kind));
	answer_text(a, "algorithm", otp_algorithm_name(t->params.algorithm));
	answer_number(a, "digits", t->params.digits);
	if (t->params.kind == OTP_TOTP)
		answer_number(a, "period", t->params.period);
	answer_number(a, "created", t->created);
	answer_time(a, "last_used", t->used);
	answer_close(a, '}');
	return true;
}

static void
get_tokens(struct request *r)
{
	const char *user = request_param(r, "user");
	struct api *api = api_of(r);
	int64_t left = 0;
	struct answer a;
	int result;

	if (!jobs_list(r, &a, "tokens"))
		return;
	result = model_token_list(api->db, user, put_token, &a);
	answer_close(&a, ']');
	if (result == MFA_OK)
		result = model_recovery_left(api->db, user, &left);
	answer_number(&a, "recovery", left);
	answer_text(&a, "issuer", api->config->issuer);
	answer_finish(&a, r, result);
}

/* ---- DELETE /v1/users/{user}/tokens/{token} ---- */

struct removing {
	struct work work;
	char user[MODEL_NAME_MAX];
	int64_t token;
};

static int
run_remove(struct db *db, struct work *w)
{
	const struct removing *v = (const struct removing *)w;

	return model_token_remove(db, v->user, v->token, CALLER_ADMIN_ID, w->now);
}

static void
delete_token(struct request *r)
{
	struct removing *v = work_begin(r, CALLER_ADMIN, sizeof(*v));

	if (v == NULL || !work_param(&v->work, "user", v->user, sizeof(v->user)) ||
	    !work_number(&v->work, "token", &v->token))
		return;
	v->work.run = run_remove;
	v->work.answer = work_done;
	work_submit(&v->work);
}

const struct route token_routes[] = {
	{ HTTP_POST, "/v1/users/{user}/tokens", post_token },
	{ HTTP_GET, "/v1/users/{user}/tokens", get_tokens },
	{ HTTP_DELETE, "/v1/users/{user}/tokens/{token}", delete_token },
	{ .handle = NULL },
};
