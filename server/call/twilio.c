/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls over Twilio's API, or one like it.  The call is placed by a request; what it
 * says and gathers is asked of mfad's server, which passes that on.
 *
 *  1. What is asked is answered only where the signature is right, over the address as
 *     we gave it out, and the call is this one.
 *  2. Each step has an address of its own, which counts once: what is repeated later,
 *     or was for another call, is not there.
 *  3. "#" alone counts only behind the greeting (twiml.h).
 *  4. Answers leave in the order in which they were asked for; one is held while mfad
 *     looks at the keys, but not until whoever asked gives up: a moment is asked for.
 */
#include "call.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/seclude.h"
#include "error.h"
#include "twilio_api.h"
#include "twilio_form.h"
#include "twiml.h"

/* ---- all limits ---- */
#define HELD_MAX	8	/* answers that wait; dial_permit lets fewer */
#define ROUNDS		CONVERSATION_ROUNDS	/* that the greeting is said */
#define MOMENT_MS	CONVERSATION_MOMENT_MS	/* mfad holds a question for 5 seconds */
#define MOMENTS		12	/* each some 5 seconds long */

struct twilio {
	struct call *call;
	char sid[TWILIO_SID_MAX];
	unsigned int step;		/* that is awaited: 0, how to begin */
	unsigned int rounds;
	bool over;			/* DIAL_ENDED was said, or mfad has left */
	bool judging;			/* mfad looks at the keys */
	bool hung_up;			/* by the person, meanwhile */
	uint32_t word;			/* what mfad said, until it is asked for; 0: nothing */
	unsigned int moments;
	struct deadline moment;		/* for what is held */
	uint32_t held[HELD_MAX];	/* statuses of answers in their order; 0: not known yet */
	unsigned int held_count;
	struct dial said;
	struct twilio_form form;
	struct twiml twiml;
};

/* ---- addresses ---- */

#define STATUS	UINT_MAX	/* instead of a step */

static int
address(const struct twilio *t, unsigned int step, char url[TWILIO_URL_MAX])
{
	char event[24] = "status";
	int n;

	if (step != STATUS)
		(void)snprintf(event, sizeof(event), "step-%u", step);
	n = snprintf(url, TWILIO_URL_MAX, "%s/%s/%s", t->call->settings->twilio_callback,
	    t->call->asked->id, event);
	return n > 0 && n < TWILIO_URL_MAX ? MFA_OK : MFA_E_INVALID;
}

/* As mfad's server got it: the path, or its end where a proxy leaves out the rest. */
static bool
is_address(const char *got, const char *url)
{
	size_t len = strlen(got), whole = strlen(url);

	return got[0] == '/' && len < whole && strcmp(got, url + whole - len) == 0;
}

/* ---- answers ---- */

static void
end(struct twilio *t, enum dial_outcome outcome, const char *words)
{
	call_ended(t->call, outcome, words);
	t->over = true;
}

/* Those at the front that are known; only the one that was held has words. */
static void
answer(struct twilio *t, uint32_t status, const struct twiml *x)
{
	unsigned int i;

	if (t->held_count > 0 && x == NULL) {
		if (t->held_count < HELD_MAX)
			t->held[t->held_count++] = status;
		return;
	}
	(void)call_reply(t->call, x != NULL && x->full ? 500 : status,
	    x != NULL ? x->text : "", x != NULL && !x->full ? x->len : 0);
	for (i = 1; i < t->held_count; i++)
		(void)call_reply(t->call, t->held[i], "", 0);
	t->held_count = 0;
}

static void
gather(struct twilio *t, enum conversation_prompt prompt)
{
	char action[TWILIO_URL_MAX];

	t->step++;
	if (address(t, t->step, action) != MFA_OK)
		return;
	twiml_gather(&t->twiml, t->call->asked, prompt, action);
	answer(t, 200, &t->twiml);
}

static void
farewell(struct twilio *t, enum conversation_prompt prompt, enum dial_outcome outcome)
{
	t->step++;
	twiml_farewell(&t->twiml, t->call->asked, prompt);
	answer(t, 200, &t->twiml);
	end(t, outcome, "");
}

/* ---- keys ---- */

static void
greet(struct twilio *t)
{
	if (t->rounds++ < ROUNDS)
		gather(t, PROMPT_GREETING);
	else
		farewell(t, PROMPT_OVER, DIAL_NO_KEYS);
}

/* What is told to mfad: "*" begins anew, and too many keys stay too many.  false:
 * nothing. */
static bool
keys_of(const struct twilio *t, const char *digits, char keys[DIAL_KEYS_MAX])
{
	const char *star = strrchr(digits, '*');

	digits = star != NULL ? star + 1 : digits;
	keys[0] = '\0';
	if (t->call->asked->form == DIAL_WANTS_HASH && strcmp(digits, "#") == 0)
		return true;
	if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0' ||
	    (t->call->asked->form == DIAL_WANTS_HASH && strcmp(digits, "0") != 0))
		return false;
	(void)snprintf(keys, DIAL_KEYS_MAX, "%.*s", DIAL_KEYS_MAX - 1, digits);
	return true;
}

/* Nothing is awaited until mfad has spoken, or a moment is over. */
static void
hold(struct twilio *t)
{
	t->held[0] = 0;
	t->held_count = 1;
	t->step++;
	t->moment = deadline_in(MOMENT_MS);
}

static void
ask_for_a_moment(struct twilio *t)
{
	char next[TWILIO_URL_MAX];

	if (t->moments++ >= MOMENTS || address(t, t->step, next) != MFA_OK) {
		farewell(t, PROMPT_OVER, DIAL_CANCELLED);
		return;
	}
	twiml_moment(&t->twiml, t->call->asked, next);
	answer(t, 200, &t->twiml);
}

static void
say_word(struct twilio *t)
{
	static const enum conversation_prompt prompts[] = {
		[DIAL_THANKS] = PROMPT_THANKS, [DIAL_WRONG] = PROMPT_WRONG,
		[DIAL_REPORTED] = PROMPT_REPORTED, [DIAL_OVER] = PROMPT_OVER,
	};
	uint32_t word = t->word;

	t->word = 0;
	t->judging = false;
	if (DIAL_ASKS_AGAIN(word))
		gather(t, word == DIAL_TWICE ? PROMPT_TWICE : PROMPT_ONCE_MORE);
	else
		farewell(t, prompts[word], DIAL_DONE);
}

static void
take_step(struct twilio *t)
{
	char keys[DIAL_KEYS_MAX];

	if (t->judging) {
		hold(t);
		if (t->word != 0)
			say_word(t);
		return;
	}
	if (t->step == 0) {
		(void)call_progress(t->call, DIAL_ANSWERED);
		greet(t);
		return;
	}
	if (!keys_of(t, twilio_form_value(&t->form, "Digits"), keys)) {
		greet(t);
		return;
	}
	hold(t);
	t->judging = true;
	t->moments = 0;
	(void)call_keys(t->call, keys);
	explicit_bzero(keys, sizeof(keys));
}

/* Whoever has hung up hears nothing of it. */
static void
take_say(struct twilio *t, uint32_t say)
{
	t->word = say;
	if (t->hung_up && t->held_count > 0)
		farewell(t, PROMPT_OVER, DIAL_ASKS_AGAIN(say) ? DIAL_HUNG_UP : DIAL_DONE);
	else if (t->hung_up)
		end(t, DIAL_ASKS_AGAIN(say) ? DIAL_HUNG_UP : DIAL_DONE, "");
	else if (t->held_count > 0)
		say_word(t);
}

/* ---- how it goes ---- */

static void
take_status(struct twilio *t)
{
	const char *status = twilio_form_value(&t->form, "CallStatus");
	bool answered = t->call->answered;

	answer(t, 204, NULL);
	if (strcmp(status, "ringing") == 0)
		(void)call_progress(t->call, DIAL_RINGING);
	else if (strcmp(status, "busy") == 0)
		end(t, DIAL_BUSY, status);
	else if (strcmp(status, "no-answer") == 0)
		end(t, DIAL_NO_ANSWER, status);
	else if (strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0)
		end(t, DIAL_GATEWAY, status);
	else if (strcmp(status, "completed") == 0 && t->judging)
		t->hung_up = true;
	else if (strcmp(status, "completed") == 0)
		end(t, answered ? DIAL_HUNG_UP : DIAL_NO_ANSWER, status);
}

/* Was it Twilio, about this call, at this address of ours? */
static bool
is_callback(struct twilio *t, const char *url)
{
	const struct dial *d = &t->said;

	return is_address(d->url, url) &&
	    twilio_form_read(d->body, d->body_len, &t->form) == MFA_OK &&
	    twilio_signed(t->call->settings->twilio_token, url, &t->form, d->signature) &&
	    strcmp(twilio_form_value(&t->form, "CallSid"), t->sid) == 0;
}

static void
take_callback(struct twilio *t)
{
	char url[TWILIO_URL_MAX];

	if (t->held_count == 0 && address(t, t->step, url) == MFA_OK && is_callback(t, url))
		take_step(t);
	else if (address(t, STATUS, url) == MFA_OK && is_callback(t, url))
		take_status(t);
	else
		answer(t, 403, NULL);
}

/* ---- the call ---- */

static void
hear(struct twilio *t)
{
	if (call_hear_any(t->call, &t->said) != MFA_OK) {
		twilio_hang_up(t->call, t->sid);
		t->over = true;
	} else if (t->said.type == DIAL_CALLBACK) {
		take_callback(t);
	} else if (t->said.type == DIAL_SAY) {
		take_say(t, t->said.say);
	} else {
		twilio_hang_up(t->call, t->sid);
		end(t, DIAL_CANCELLED, "");
	}
}

static void
attend(struct twilio *t)
{
	struct pollfd mfad = { .fd = t->call->fd, .events = POLLIN };

	while (!t->over) {
		bool waits = t->held_count > 0 && !t->hung_up;

		if (poll(&mfad, 1, deadline_left(waits ? deadline_min(t->moment,
		    t->call->deadline) : t->call->deadline)) > 0) {
			hear(t);
		} else if (waits && deadline_left(t->moment) == 0) {
			ask_for_a_moment(t);
		} else if (deadline_left(t->call->deadline) == 0) {
			twilio_hang_up(t->call, t->sid);
			end(t, t->call->answered ? DIAL_NO_KEYS : DIAL_NO_ANSWER, "");
		}
	}
}

static void
run(struct twilio *t)
{
	char voice[TWILIO_URL_MAX], status[TWILIO_URL_MAX], words[DIAL_WORDS_MAX] = "";

	if (address(t, 0, voice) != MFA_OK || address(t, STATUS, status) != MFA_OK ||
	    strpbrk(t->call->asked->id, "/?#%& ") != NULL)
		call_ended(t->call, DIAL_MISCONFIGURED, "an address that is too long");
	else if (twilio_place(t->call, voice, status, t->sid, words) != MFA_OK)
		call_ended(t->call, DIAL_GATEWAY, words);
	else
		attend(t);
}

static void
place(struct call *c)
{
	struct twilio *t = calloc(1, sizeof(*t));

	if (t == NULL || seclude("") != MFA_OK) {
		call_ended(c, DIAL_GATEWAY, "the sandbox cannot be entered");
		free(t);
		return;
	}
	t->call = c;
	run(t);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

const struct call_gateway call_gateway_twilio = { "twilio", place };
