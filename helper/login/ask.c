/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation of one login: the phone, and prompts for codes.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "login.h"

/* Every change of what lets a person in is told to the person (SP 800-63B). */
static void
tell_accepted(struct login *l, const struct judgement *j)
{
	if (j->notice[0] != '\0')
		(void)talk_info(l, "Since your last login: %s. If that was not you, tell your "
		    "administrator.", j->notice);
	if (j->factor == FACTOR_RECOVERY)
		(void)talk_info(l, "Recovery code accepted; %u left.%s", j->left,
		    j->left <= 2 ? " Ask your administrator for new ones." : "");
}

/* The conversation of one login. */
struct asking {
	const struct decision *d;
	bool has_phone;		/* a request can be sent to it */
	bool wants_push;	/* one is sent before the next prompt */
	unsigned int pushes;	/* that were sent */
	char number[PUSH_NUMBER_MAX];	/* of the one that is out; "": none is */
	const char *sentence;	/* of the next prompt; NULL: the usual one */
};

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

/* A decoy of somebody who would be asked for a code stays one. */
static bool
has_code(const struct login *l, const struct decision *d)
{
	size_t i;

	for (i = 0; i < FACTOR_COUNT && l->settings->factors[i] != FACTOR_NONE; i++) {
		enum factor f = l->settings->factors[i];

		if (f != FACTOR_PUSH && d->state.kinds[f])
			return true;
	}
	return d->state.kinds[FACTOR_SERVER_CODE];
}

/* A decoy shows a number, too, where the service is there. */
static bool
pretends_phone(const struct login *l, const struct decision *d)
{
	return d->outcome == OUTCOME_DECOY && !d->state.service_down && !has_code(l, d);
}

static void
send_push(struct login *l, struct asking *a)
{
	bool decoy = a->d->outcome != OUTCOME_ASK;

	a->wants_push = false;
	a->pushes++;
	push_send(l, decoy, a->number, &a->sentence);
	if (a->number[0] != '\0' || decoy)
		return;
	login_deny(l, REASON_NO_APPROVAL, NULL);
	l->factor = FACTOR_PUSH;
	report_asked(l, "push", l->courier.words, false);
}

/* Waits for the phone; as ask_once.  An application notices that its client has left only
 * when it is to show something, so it is given something to show.  A terminal sends a signal,
 * and its screen is kept calm. */
static bool
await_phone(struct login *l, struct asking *a)
{
	struct judgement j = { .reason = REASON_FAULT };
	int r;

	l->courier.told = shown_at_once(l) && login_is_remote(l);
	r = push_finish(l, a->d, &j, &a->sentence);
	a->number[0] = '\0';
	if (r != MFA_OK) {
		end_asking(l, r);
		return false;
	}
	if (accept(l, a->d, &j))
		return false;
	l->factor = FACTOR_PUSH;
	report_asked(l, "push", "", j.counted);
	l->detail = NULL;
	return true;
}

/* ---- a prompt ---- */

static void
make_prompt(const struct asking *a, bool first, char *text, size_t size)
{
	if (a->number[0] != '\0')
		(void)snprintf(text, size, "Approve on your phone: number %s. Press Enter when "
		    "done, or type a code: ", a->number);
	else if (a->sentence != NULL)
		(void)snprintf(text, size, "%s", a->sentence);
	else
		(void)snprintf(text, size, "%s%s: ", first ? "Authentication code" :
		    "Not accepted. Wait for a new code, then type it",
		    a->has_phone ? ", or p for your phone" : "");
}

static bool
asks_for_push(const struct asking *a, const struct secret *typed)
{
	return a->has_phone && a->number[0] == '\0' && a->pushes < PUSHES_MAX &&
	    typed->len == 1 && (typed->data[0] == 'p' || typed->data[0] == 'P');
}

/* Did the request on the phone go with the service? */
static bool
is_lost(const struct login *l)
{
	return !l->courier.pending && l->courier.early == NULL;
}

static bool
judge_typed(struct login *l, struct asking *a, const struct secret *typed)
{
	struct judgement j = { .reason = REASON_FAULT };
	int r;

	a->sentence = NULL;
	l->detail = NULL;
	if ((r = server_code(l, a->d, typed, &j, &a->sentence)) != MFA_OK) {
		login_deny(l, REASON_STATE, mfa_strerror(r));
		return false;
	}
	if (is_lost(l))
		a->number[0] = '\0';
	if (accept(l, a->d, &j))
		return false;
	if (j.reason == REASON_NOT_CHECKED) {
		l->factor = FACTOR_SERVER_CODE;
		report_asked(l, "code", l->courier.words, false);
	}
	return true;
}

/* One prompt and its answer.  False ends the login: granted, or denied for
 * good; true asks again. */
static bool
ask_once(struct login *l, struct asking *a, bool first)
{
	char prompt[MSG_TEXT_MAX];
	struct secret typed;
	int64_t took = 0;
	bool again = true;
	int r;

	make_prompt(a, first, prompt, sizeof(prompt));
	if ((r = talk_prompt(l, prompt, l->settings->echo, &typed, &took)) != MFA_OK) {
		end_asking(l, r);
		return false;
	}
	if (typed.len == 0 && took < HASTE_MS) {
		login_deny(l, REASON_NO_TERMINAL, NULL);
		again = false;
	} else if (typed.len == 0 && a->number[0] != '\0') {
		again = await_phone(l, a);
	} else if (typed.len == 0) {
		login_deny(l, REASON_NO_ANSWER, NULL);
	} else if (asks_for_push(a, &typed)) {
		a->wants_push = true;
	} else {
		again = judge_typed(l, a, &typed);
	}
	secret_wipe(&typed);
	return again;
}

/* Where a line is seen at once, the person need not press Enter. */
static bool
ask_phone_first(struct login *l, struct asking *a)
{
	if (a->number[0] == '\0' || !shown_at_once(l) ||
	    !talk_waiting(l, false, "Approve on your phone: number %s. Waiting for it.", a->number))
		return true;
	return await_phone(l, a);
}

void
login_ask(struct login *l, const struct decision *d)
{
	bool first_is_push = l->settings->factors[0] == FACTOR_PUSH && l->settings->server != NULL;
	struct asking a = { .d = d, .has_phone = d->state.kinds[FACTOR_PUSH] };
	unsigned int tries = l->settings->combined ? 1 : l->settings->tries, i;

	a.wants_push = first_is_push && !l->settings->combined &&
	    (a.has_phone || pretends_phone(l, d));
	a.has_phone |= a.wants_push;
	for (i = 0; i < tries; i++) {
		if (a.wants_push)
			send_push(l, &a);
		if (!ask_phone_first(l, &a) || !ask_once(l, &a, i == 0))
			return;
	}
	/* What the last try was refused for stays the reason. */
	l->verdict = VERDICT_TRIES;
}
