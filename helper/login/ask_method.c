/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways to ask a person elsewhere than at the prompt: the phone, a call, a text
 * message.  What each is called, and what the prompt says of it.
 */
#include <stdio.h>
#include <string.h>

#include "ask_private.h"
#include "error.h"
#include "text.h"
#include "words.h"

#define OFFERS_MAX 96	/* of the words for all of them */

static const struct method {
	enum factor factor;
	char letter;
	const char *offer, *word;
} methods[] = {
	{ FACTOR_PUSH, 'p', N_("p for your phone"), "push" },
	{ FACTOR_CALL, 'c', N_("c for a call"), "call" },
	{ FACTOR_SMS, 's', N_("s for a text message"), "text" },
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

const char *
method_word(enum factor f)
{
	size_t i;

	for (i = 0; i < METHODS; i++)
		if (methods[i].factor == f)
			return methods[i].word;
	return "code";
}

/* ---- which ---- */

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

/* A decoy shows a number, too, where the service is there; whoever has another way to be
 * asked shows that. */
static bool
pretends_phone(const struct login *l, const struct decision *d)
{
	return d->outcome == OUTCOME_DECOY && !d->state.service_down && !has_code(l, d) &&
	    !d->state.kinds[FACTOR_CALL] && !d->state.kinds[FACTOR_SMS];
}

void
method_begin(const struct login *l, struct asking *a)
{
	bool pushes = l->settings->factors[0] == FACTOR_PUSH && l->settings->server != NULL;
	enum factor preferred = a->d->state.preferred;
	size_t i;

	for (i = 0; i < METHODS; i++)
		a->has[methods[i].factor] = a->d->state.kinds[methods[i].factor];
	if (l->settings->combined)
		return;		/* its one answer is a code */
	if (preferred != FACTOR_NONE && preferred != FACTOR_PUSH)
		a->wants = preferred;
	else if (pushes && (a->has[FACTOR_PUSH] || pretends_phone(l, a->d)))
		a->wants = FACTOR_PUSH;
	a->has[a->wants] = a->wants != FACTOR_NONE;
}

static bool
is_offered(const struct asking *a, enum factor f)
{
	return a->has[f] && f != a->out && a->sent < PUSHES_MAX;
}

enum factor
method_of(const struct asking *a, const struct secret *typed)
{
	size_t i;

	for (i = 0; typed->len == 1 && i < METHODS; i++)
		if ((typed->data[0] | 0x20) == methods[i].letter &&
		    is_offered(a, methods[i].factor))
			return methods[i].factor;
	return FACTOR_NONE;
}

/* What a decoy waits for, though a code would be asked for first at a prompt. */
static void
pretend(const struct login *l, struct asking *a)
{
	const struct settings *s = l->settings;

	if (s->server == NULL || !pretends_phone(l, a->d))
		return;
	a->wants = factor_is_in(FACTOR_PUSH, s->factors) ? FACTOR_PUSH :
	    factor_is_in(FACTOR_CALL, s->attested) ? FACTOR_CALL : FACTOR_NONE;
	a->has[a->wants] = a->wants != FACTOR_NONE;
}

bool
method_unprompted(const struct login *l, struct asking *a)
{
	static const enum factor in_turn[] = { FACTOR_PUSH, FACTOR_CALL };
	size_t i;

	if (a->sent == 0)
		pretend(l, a);
	a->has[FACTOR_SMS] = false;
	a->has[a->about] = false;
	for (i = 0; !a->has[a->wants] && i < sizeof(in_turn) / sizeof(in_turn[0]); i++)
		a->wants = in_turn[i];
	return a->has[a->wants];
}

bool
method_takes_enter(const struct asking *a)
{
	return a->out != FACTOR_NONE;
}

/* ---- asking ---- */

static enum reason
unsent_reason(const struct login *l)
{
	return l->courier.failure == QUERY_TOO_MANY_CALLS ? REASON_TOO_MANY_CALLS :
	    REASON_NO_APPROVAL;
}

void
method_send(struct login *l, struct asking *a)
{
	bool decoy = a->d->outcome != OUTCOME_ASK, out;
	enum factor f = a->wants;

	a->wants = FACTOR_NONE;
	a->out = FACTOR_NONE;
	a->refused = false;
	a->heard = (struct call_heard){ .over = false };
	a->about = f;
	a->sent++;
	out = push_send(l, f, decoy, a->number, &a->sentence);
	if (out)
		a->out = f;
	if (out || decoy)
		return;
	login_deny(l, unsent_reason(l), NULL);
	l->factor = f;
	report_asked(l, method_word(f), l->courier.words, false);
}

/* Enter alone says nothing about a text message but that the person waits for it. */
static int
look_at_text(struct login *l, struct asking *a, struct judgement *out)
{
	bool asked = a->d->outcome == OUTCOME_ASK;

	*out = (struct judgement){ .reason = REASON_NO_ANSWER };
	if (!sms_is_out(l, &out->reason, &a->sentence))
		a->out = FACTOR_NONE;
	if (!asked)
		out->reason = a->d->reason;
	return MFA_OK;
}

int
method_finish(struct login *l, struct asking *a, struct judgement *out)
{
	int r;

	a->about = a->out;
	a->sentence = NULL;
	if (a->out == FACTOR_SMS)
		return look_at_text(l, a, out);
	if (a->out == FACTOR_CALL && a->heard.over) {
		*out = a->heard.judgement;
		a->sentence = a->heard.sentence;
		r = MFA_OK;
	} else {
		r = a->out == FACTOR_CALL ? call_finish(l, a->d, out, &a->sentence) :
		    push_finish(l, a->d, out, &a->sentence);
	}
	a->out = FACTOR_NONE;
	return r;
}

/* ---- what is said ---- */

/* ", or p for your phone, c for a call" without that one. */
static const char *
offers(const struct login *l, const struct asking *a, enum factor without, char out[OFFERS_MAX])
{
	size_t i, at = 0;
	int n;

	out[0] = '\0';
	for (i = 0; i < METHODS; i++) {
		if (!is_offered(a, methods[i].factor) || methods[i].factor == without)
			continue;
		n = snprintf(out + at, OFFERS_MAX - at, "%s%s", at == 0 ?
		    talk_words(l, N_(", or ")) : ", ", talk_words(l, methods[i].offer));
		if (n < 0 || (size_t)n >= OFFERS_MAX - at)
			break;
		at += (size_t)n;
	}
	return out;
}

/* What is to be keyed in. */
static void
call_words(const struct login *l, const struct asking *a, char *text, size_t size)
{
	(void)snprintf(text, size, talk_words(l, l->settings->call_form == CALL_HASH ?
	    N_("Your telephone rings: key in # there, or number %s and #.") :
	    N_("Your telephone rings: key in number %s and #.")), a->number);
}

static void
out_prompt(const struct login *l, const struct asking *a, const char *others, char *text,
    size_t size)
{
	char said[MSG_TEXT_MAX / 2];

	if (a->out == FACTOR_PUSH) {
		(void)snprintf(text, size, talk_words(l, N_("Approve on your phone: number %s. "
		    "Press Enter when done, or type a code%s: ")), a->number, others);
	} else if (a->out == FACTOR_CALL) {
		call_words(l, a, said, sizeof(said));
		(void)snprintf(text, size, talk_words(l, N_("%s Press Enter when done, or type a "
		    "code%s: ")), said, others);
	} else {
		(void)snprintf(text, size, talk_words(l, a->refused ?
		    N_("Not accepted. Type the code from the text message%s: ") :
		    N_("Type the code from the text message%s: ")), others);
	}
}

/* Its last words are ": "; about the phone it has said itself what can be done. */
static void
sentence_prompt(const struct login *l, const struct asking *a, char *text, size_t size)
{
	const char *sentence = talk_words(l, a->sentence);
	char others[OFFERS_MAX];
	size_t len = strlen(sentence);

	offers(l, a, a->about == FACTOR_PUSH || a->about == FACTOR_NONE ? FACTOR_PUSH : FACTOR_NONE,
	    others);
	(void)snprintf(text, size, "%.*s%s: ", (int)(len > 2 ? len - 2 : len), sentence, others);
}

void
method_prompt(const struct login *l, const struct asking *a, bool first, char *text, size_t size)
{
	char others[OFFERS_MAX];

	offers(l, a, FACTOR_NONE, others);
	if (a->out != FACTOR_NONE)
		out_prompt(l, a, others, text, size);
	else if (a->sentence != NULL)
		sentence_prompt(l, a, text, size);
	else
		(void)snprintf(text, size, talk_words(l, first ? N_("Authentication code%s: ") :
		    N_("Not accepted. Wait for a new code, then type it%s: ")), others);
}

void
method_line(const struct login *l, const struct asking *a, char *text, size_t size)
{
	char said[MSG_TEXT_MAX / 2];

	if (a->out == FACTOR_CALL) {
		call_words(l, a, said, sizeof(said));
		(void)snprintf(text, size, talk_words(l, N_("%s Waiting for it.")), said);
	} else {
		(void)snprintf(text, size, talk_words(l, N_("Approve on your phone: number %s. "
		    "Waiting for it.")), a->number);
	}
}
