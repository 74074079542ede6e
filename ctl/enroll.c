/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "enrolment.h"
#include "error.h"
#include "json.h"
#include "state.h"
#include "text.h"
#include "token_name.h"
#include "wishes.h"

/* ---- before anything is asked ---- */

/* Finds out name and parameters, and what would be refused in the end. */
static int
prepare(struct enrolment *e, const struct wishes *w, const struct token *tokens, size_t count)
{
	const struct token *old = NULL, *taken;
	char user[SHOW_MAX], name[SHOW_MAX];
	int r;

	show(user, sizeof(user), e->user);
	if (e->replace != NULL && (old = token_named(tokens, count, e->replace)) == NULL)
		return complain(CTL_ABSENT, "%s has no token %s: see mfactl list", user,
		    show(name, sizeof(name), e->replace));
	if (old == NULL && count >= TOKENS_MAX)
		return complain(CTL_REFUSED, "%s has %d tokens: remove one first", user,
		    TOKENS_MAX);
	e->token.params = old != NULL ? old->params : otp_default;
	if ((r = wishes_params(w, &e->token.params)) != CTL_DONE)
		return r;
	if (w->name != NULL)
		(void)text_copy(e->token.name, sizeof(e->token.name), w->name);
	else if (old != NULL)
		(void)text_copy(e->token.name, sizeof(e->token.name), old->name);
	else
		token_name_free(tokens, count,
		    e->token.params.kind == OTP_HOTP ? "token" : "authenticator", e->token.name);
	taken = token_named(tokens, count, e->token.name);
	if (taken != NULL && taken != old)
		return complain(CTL_REFUSED, "%s has a token %s already: choose another --name, or "
		    "--replace it", user, show(name, sizeof(name), e->token.name));
	return CTL_DONE;
}

static int
look_around(struct state *st, struct enrolment *e, const struct wishes *w)
{
	struct token tokens[TOKENS_MAX];
	size_t count = 0;
	int r = store_tokens(st->store, e->user, tokens, &count);

	r = r == MFA_OK ? prepare(e, w, tokens, count) : state_fault(st, r);
	explicit_bzero(tokens, sizeof(tokens));
	return r;
}

/* ---- keeping it ---- */

/* The old token may be gone by now, or the new name taken. */
static int
replace(struct state *st, struct enrolment *e)
{
	struct token tokens[TOKENS_MAX];
	const struct token *old;
	unsigned int forgotten;
	size_t count = 0;
	int r = store_tokens(st->store, e->user, tokens, &count);

	if (r == MFA_OK && (old = token_named(tokens, count, e->replace)) == NULL)
		r = MFA_E_ABSENT;
	if (r == MFA_OK)
		r = store_token_replace(st->store, e->user, old->id, &e->token, st->now);
	if (r == MFA_OK && strcmp(e->replace, e->token.name) != 0)
		r = store_token_rename(st->store, e->user, e->replace, e->token.name);
	if (r == MFA_OK)
		r = store_grants_forget(st->store, e->user, &forgotten);
	explicit_bzero(tokens, sizeof(tokens));
	return r;
}

static int
apply(struct state *st, void *arg)
{
	struct enrolment *e = arg;

	if (e->replace != NULL)
		return replace(st, e);
	return store_token_add(st->store, e->user, &e->token, st->now);
}

static int
keep(struct state *st, struct enrolment *e)
{
	struct change c = { .event = e->replace != NULL ? "replace" : "enrol", .user = e->user };
	int r;

	change_add(&c, "token", e->token.name);
	if (e->replace != NULL && strcmp(e->replace, e->token.name) != 0)
		change_add(&c, "was", e->replace);
	change_add(&c, "kind", otp_kind_name(e->token.params.kind));
	r = state_change(st, &c, apply, e);
	if (r == MFA_E_EXISTS || r == MFA_E_ABSENT || r == MFA_E_REFUSED)
		return complain(CTL_REFUSED, "somebody else changed these tokens meanwhile: "
		    "nothing was changed; begin again");
	return r == MFA_OK ? CTL_DONE : state_fault(st, r);
}

static int
tell(struct state *st, const struct enrolment *e)
{
	char user[SHOW_MAX], name[SHOW_MAX];
	struct user_state u;
	int r = state_user(st, e->user, &u);

	if (r != CTL_DONE)
		return r;
	if (e->json) {
		struct json_object *o = json_new();

		json_add_text(o, "user", e->user);
		json_add_text(o, "token", e->token.name);
		json_add_bool(o, "enrolled", true);
		json_print(o);
		return CTL_DONE;
	}
	show(user, sizeof(user), e->user);
	(void)printf("Enrolled: %s has the token %s.\n", user,
	    show(name, sizeof(name), e->token.name));
	if (u.recovery == 0)
		(void)printf("For the day it is lost: mfactl recovery %s makes codes to print.\n",
		    user);
	if (u.locked)
		(void)printf("The user is locked: mfactl unlock %s ends that.\n", user);
	return CTL_DONE;
}

static int
enroll(struct state *st, struct enrolment *e, const struct wishes *w)
{
	int r = look_around(st, e, w), error;

	if (r != CTL_DONE)
		return r;
	if (e->typed_key) {
		if ((r = wishes_key(&e->token.key)) != CTL_DONE)
			return r;
	} else if ((error = otp_key_new(e->token.params.algorithm, &e->token.key)) != MFA_OK ||
	    (error = offer(e, config_service(st->config, "")->issuer)) != MFA_OK) {
		return complain(CTL_STATE, "the key cannot be shown: %s", mfa_strerror(error));
	}
	if ((r = prove(e)) != CTL_DONE || (r = keep(st, e)) != CTL_DONE)
		return r;
	return tell(st, e);
}

int
cmd_enroll(int argc, char **argv)
{
	static struct enrolment e = { .token = { .last = -1, .resync = -1 } };
	struct wishes w = { .name = NULL };
	const struct opt opts[] = {
		{ "name", &w.name, NULL }, { "replace", &w.replace, NULL },
		{ "kind", &w.kind, NULL }, { "algorithm", &w.algorithm, NULL },
		{ "digits", &w.digits, NULL }, { "period", &w.period, NULL },
		{ "counter", &w.counter, NULL }, { "key-stdin", NULL, &w.key_stdin },
		{ "json", NULL, &w.json },
	};
	unsigned int counter = 0;
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, opts, sizeof(opts) / sizeof(opts[0]), 1, 1, &first)) !=
	    CTL_DONE || (r = wishes_check(&w)) != CTL_DONE || (r = need_root()) != CTL_DONE ||
	    (r = user_known(argv[first])) != CTL_DONE)
		return r;
	if (w.counter != NULL)
		(void)opts_number("counter", w.counter, 0, 1000000000, &counter);
	e.user = argv[first];
	e.json = w.json;
	e.typed_key = w.key_stdin;
	e.replace = w.replace;
	e.counter = counter;
	r = state_open(&st, STATE_CHANGE | STATE_MAKE | STATE_SEAL | STATE_CONFIG);
	if (r == CTL_DONE)
		r = enroll(&st, &e, &w);
	state_close(&st);
	explicit_bzero(&e, sizeof(e));
	return r;
}
