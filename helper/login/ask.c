/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation of one login: the phone, and prompts for codes.
 */
#include <string.h>

#include "ask_private.h"
#include "error.h"
#include "words.h"

/* Every change of what lets a person in is told to the person (SP 800-63B). */
static void
tell_accepted(struct login *l, const struct judgement *j)
{
	if (j->notice[0] != '\0')
		(void)talk_info(l, "Since your last login: %s. If that was not you, tell your "
		    "administrator.", j->notice);
	if (j->factor == FACTOR_RECOVERY)
		(void)talk_info(l, j->left <= 2 ? N_("Recovery code accepted; %u left. Ask your "
		    "administrator for new ones.") : N_("Recovery code accepted; %u left."),
		    j->left);
}

static bool
accept(struct login *l, const struct decision *d, const struct judgement *j)
{
	if (!j->accepted) {
		login_deny(l, j->reason, l->detail);
		return false;
	}
	l->recorded = true;
	tell_accepted(l, j);
	if (j->factor == FACTOR_PASS && d->enrol && l->caller.root && !l->settings->combined)
		enrol_at_login(l);
	login_grant(l, j->reason, j->factor);
	return true;
}

/* What cannot be asked any further. */
static void
end_asking(struct login *l, int r)
{
	login_deny(l, r == MFA_E_DEADLINE ? REASON_DEADLINE :
	    r == MFA_E_CLOSED || r == MFA_E_UNHEARD ? REASON_CANCELLED :
	    r == MFA_E_STATE || r == MFA_E_BUSY ? REASON_STATE : REASON_FAULT,
	    r == MFA_E_STATE || r == MFA_E_BUSY ? mfa_strerror(r) : NULL);
}

/* ---- a request on the phone ---- */

static bool
shown_at_once(const struct login *l)
{
	if (l->settings->show_at_once != SHOW_AUTO)
		return l->settings->show_at_once == SHOW_YES;
	return strcmp(l->begin.service, "sshd") != 0 && l->begin.ssh_connection[0] == '\0';
}

/* Waits for the phone; as ask_once.  An application notices that its client has left only
 * when it is to show something, so it is given something to show.  A terminal sends a signal,
 * and its screen is kept calm. */
static bool
await_phone(struct login *l, struct asking *a)
{
	struct judgement j = { .reason = REASON_FAULT };
	enum factor f = a->out;
	int r;

	l->courier.told = shown_at_once(l) && login_is_remote(l);
	if ((r = method_finish(l, a, &j)) != MFA_OK) {
		end_asking(l, r);
		return false;
	}
	if (accept(l, a->d, &j))
		return false;
	l->factor = f;
	if (a->out == FACTOR_NONE)
		report_asked(l, method_word(f), "", j.counted);
	l->detail = NULL;
	return true;
}

/* ---- a prompt ---- */

/* Did the request on the phone go with the service? */
static bool
is_lost(const struct login *l)
{
	return !l->courier.pending && l->courier.early == NULL;
}

/* A code is judged in one place: while a text message is out, what could be its code is
 * the service's. */
static int
judge_in_its_place(struct login *l, struct asking *a, const struct secret *typed,
    struct judgement *j)
{
	int r;

	if (a->out != FACTOR_SMS || !sms_is_code(typed)) {
		r = server_code(l, a->d, typed, j, &a->sentence);
		if (is_lost(l))
			a->out = FACTOR_NONE;
		return r;
	}
	r = sms_code(l, a->d, typed, j, &a->sentence);
	a->about = FACTOR_SMS;
	a->refused = a->sentence == NULL;
	if (a->sentence != NULL && j->reason != REASON_NOT_CHECKED)
		a->out = FACTOR_NONE;
	return r;
}

static bool
judge_typed(struct login *l, struct asking *a, const struct secret *typed)
{
	struct judgement j = { .reason = REASON_FAULT };
	enum factor out = a->out;
	bool ended;
	int r;

	a->sentence = NULL;
	a->about = FACTOR_NONE;
	l->detail = NULL;
	if ((r = judge_in_its_place(l, a, typed, &j)) != MFA_OK) {
		login_deny(l, REASON_STATE, mfa_strerror(r));
		return false;
	}
	if (accept(l, a->d, &j))
		return false;
	ended = out == FACTOR_SMS && a->out == FACTOR_NONE && a->about == FACTOR_SMS;
	if (j.reason == REASON_NOT_CHECKED || ended) {
		l->factor = a->about == FACTOR_SMS ? FACTOR_SMS : FACTOR_SERVER_CODE;
		report_asked(l, ended ? "text" : "code", l->courier.words, false);
	}
	return true;
}

struct listening {
	struct login *l;
	struct asking *a;
};

static bool
listen_to_call(void *arg)
{
	struct listening *at = arg;

	return call_listen(at->l, at->a->d, &at->a->heard);
}

/* One prompt and its answer.  False ends the login: granted, or denied for
 * good; true asks again. */
static bool
ask_once(struct login *l, struct asking *a, bool first)
{
	char prompt[MSG_TEXT_MAX];
	struct listening at = { l, a };
	struct talk_watch watch = { a->out == FACTOR_CALL ? l->courier.fd : -1, listen_to_call,
	    &at };
	struct secret typed;
	int64_t took = 0;
	bool again = true;
	int r;

	method_prompt(l, a, first, prompt, sizeof(prompt));
	if ((r = talk_prompt(l, prompt, l->settings->echo, &typed, &took,
	    &watch)) != MFA_OK) {
		end_asking(l, r);
		return false;
	}
	if (typed.len == 0 && took < HASTE_MS) {
		login_deny(l, REASON_NO_TERMINAL, NULL);
		again = false;
	} else if (typed.len == 0 && method_takes_enter(a)) {
		again = await_phone(l, a);
	} else if (typed.len == 0) {
		login_deny(l, REASON_NO_ANSWER, NULL);
	} else if ((a->wants = method_of(a, &typed)) == FACTOR_NONE) {
		again = judge_typed(l, a, &typed);
	}
	secret_wipe(&typed);
	return again;
}

/* ---- a client that only waits ---- */

/* One request, by the first way that can be sent; nothing is typed. */
static void
ask_unprompted(struct login *l, struct asking *a)
{
	char line[MSG_TEXT_MAX];

	login_deny(l, a->d->outcome == OUTCOME_ASK ? REASON_NO_TERMINAL : a->d->reason, NULL);
	while (a->out == FACTOR_NONE && method_unprompted(l, a))
		method_send(l, a);
	if (a->out == FACTOR_NONE)
		return;
	method_line(l, a, line, sizeof(line));
	(void)talk_waiting(l, false, "%s", line);
	(void)await_phone(l, a);
}

/* ---- all of it ---- */

/* Where a line is seen at once, the person need not press Enter. */
static bool
ask_phone_first(struct login *l, struct asking *a)
{
	char line[MSG_TEXT_MAX];

	if (a->out == FACTOR_NONE || a->out == FACTOR_SMS || !shown_at_once(l))
		return true;
	method_line(l, a, line, sizeof(line));
	return !talk_waiting(l, false, "%s", line) || await_phone(l, a);
}

void
login_ask(struct login *l, const struct decision *d)
{
	struct asking a = { .d = d };
	unsigned int tries = l->settings->combined ? 1 : l->settings->tries, i;

	method_begin(l, &a);
	if (!l->settings->prompts && !l->settings->combined) {
		ask_unprompted(l, &a);
		return;
	}
	/* Another way to be asked is no try; there are PUSHES_MAX of them. */
	for (i = 0; i < tries; i += a.wants == FACTOR_NONE) {
		if (a.wants != FACTOR_NONE)
			method_send(l, &a);
		if (!ask_phone_first(l, &a) || !ask_once(l, &a, i == 0))
			return;
	}
	/* What the last try was refused for stays the reason. */
	l->verdict = VERDICT_TRIES;
}
