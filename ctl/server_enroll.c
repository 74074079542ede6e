/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server enroll: a token for all hosts.  The key is shown and proved
 * here, as one of a single host is, and the service keeps it only then: so
 * nobody has a token that no device shows codes of.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "enrolment.h"
#include "error.h"
#include "json.h"
#include "server_tokens.h"
#include "text.h"
#include "token_name.h"
#include "wishes.h"

/* Finds out name and parameters, and what would be refused in the end. */
static int
prepare(struct enrolment *e, const struct wishes *w, const struct fleet_tokens *f)
{
	char user[SHOW_MAX], name[SHOW_MAX];
	int r;

	show(user, sizeof(user), e->user);
	if (f->count == TOKENS_MAX)
		return complain(CTL_REFUSED, "%s has %d tokens: remove one first", user,
		    TOKENS_MAX);
	e->token.params = otp_default;
	if ((r = wishes_params(w, &e->token.params)) != CTL_DONE)
		return r;
	if (w->name == NULL)
		token_name_free(f->tokens, f->count,
		    e->token.params.kind == OTP_HOTP ? "token" : "authenticator", e->token.name);
	else if (token_named(f->tokens, f->count, w->name) != NULL)
		return complain(CTL_REFUSED, "%s has a token %s already: choose another --name",
		    user, show(name, sizeof(name), w->name));
	else
		(void)text_copy(e->token.name, sizeof(e->token.name), w->name);
	return CTL_DONE;
}

static int
write_body(struct fetch_request *rq, const struct enrolment *e)
{
	const struct otp_params *p = &e->token.params;
	char base32[OTP_BASE32_MAX];
	struct json_writer w;
	int r = otp_key_export(&e->token.key, base32);

	json_begin(&w, rq->body, sizeof(rq->body));
	json_put_text(&w, "name", e->token.name);
	json_put_text(&w, "kind", otp_kind_name(p->kind));
	json_put_text(&w, "algorithm", otp_algorithm_name(p->algorithm));
	json_put_number(&w, "digits", p->digits);
	if (p->kind == OTP_TOTP)
		json_put_number(&w, "period", p->period);
	else	/* the one that was proved */
		json_put_number(&w, "counter", (uint32_t)e->token.last);
	json_put_text(&w, "secret", base32);
	json_put_text(&w, "code", e->code);
	explicit_bzero(base32, sizeof(base32));
	return r == MFA_OK ? json_end(&w) : r;
}

static int
keep(struct api *a, const struct enrolment *e)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	api_request(&rq, "POST", "/v1/users/%s/tokens", api_segment(segment, e->user));
	if (write_body(&rq, e) != MFA_OK || api_once(&rq) != MFA_OK) {
		explicit_bzero(&rq, sizeof(rq));
		return complain(CTL_STATE, "the question cannot be written");
	}
	r = remote_ask(a, &rq, true, &reply);
	api_reply_free(&reply);
	return r;
}

static void
tell(const struct enrolment *e)
{
	char user[SHOW_MAX], name[SHOW_MAX];
	struct json_object *o;

	if (e->json) {
		o = json_new();
		json_add_text(o, "user", e->user);
		json_add_text(o, "token", e->token.name);
		json_add_bool(o, "enrolled", true);
		json_print(o);
		return;
	}
	(void)printf("Enrolled: %s has the token %s, for all hosts.\n",
	    show(user, sizeof(user), e->user), show(name, sizeof(name), e->token.name));
}

static int
enroll(struct api *a, struct enrolment *e, const struct wishes *w)
{
	static struct fleet_tokens f;
	int r, error;

	if ((r = fleet_tokens(a, e->user, &f)) != CTL_DONE || (r = prepare(e, w, &f)) != CTL_DONE)
		return r;
	if (e->typed_key)
		r = wishes_key(&e->token.key);
	else if ((error = otp_key_new(e->token.params.algorithm, &e->token.key)) != MFA_OK ||
	    (error = offer(e, f.issuer)) != MFA_OK)
		r = complain(CTL_STATE, "the key cannot be shown: %s", mfa_strerror(error));
	if (r != CTL_DONE || (r = prove(e)) != CTL_DONE || (r = keep(a, e)) != CTL_DONE)
		return r;
	tell(e);
	return CTL_DONE;
}

int
server_enroll(struct api *a, int argc, char **argv)
{
	static struct enrolment e = { .token = { .last = -1, .resync = -1 } };
	struct wishes w = { .name = NULL };
	const struct opt opts[] = {
		{ "name", &w.name, NULL }, { "kind", &w.kind, NULL },
		{ "algorithm", &w.algorithm, NULL }, { "digits", &w.digits, NULL },
		{ "period", &w.period, NULL }, { "counter", &w.counter, NULL },
		{ "key-stdin", NULL, &w.key_stdin }, { "json", NULL, &w.json },
	};
	unsigned int counter = 0;
	int first, r;

	if ((r = opts_read(argc, argv, opts, sizeof(opts) / sizeof(opts[0]), 1, 1, &first)) !=
	    CTL_DONE || (r = user_valid(argv[first])) != CTL_DONE ||
	    (r = wishes_check(&w)) != CTL_DONE)
		return r;
	if (w.counter != NULL)
		(void)opts_number("counter", w.counter, 0, 1000000000, &counter);
	e.user = argv[first];
	e.json = w.json;
	e.typed_key = w.key_stdin;
	e.counter = counter;
	r = enroll(a, &e, &w);
	explicit_bzero(&e, sizeof(e));
	return r;
}
