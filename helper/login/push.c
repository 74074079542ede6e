/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An approval on the phone.  The statement is made here and rebuilt from what
 * was made here: nothing of it comes back from the network.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "approval.h"
#include "error.h"
#include "login.h"
#include "revoked.h"
#include "text.h"
#include "words.h"

/* Seconds, at most: mfad takes 120 and 300, by its own clock. */
#define PUSH_LIFE	110
#define TEXT_LIFE	290

static const char no_service[] = N_("The approval service cannot be reached. Type a code: ");
static const char no_answer[] = N_("No answer from your phone. Type a code, or p to ask it "
    "again: ");
static const char unknown[] = N_("This computer does not accept your phone. Type a code, or tell "
    "your administrator: ");
static const char clocks[] = N_("The clocks of this computer and the approval service are apart. "
    "Type a code, or tell your administrator: ");

/* What a person is told who could not be asked on the phone. */
static const char *
sentence_of(uint32_t failure)
{
	switch (failure) {
	case QUERY_WAITING:
		return N_("A request is already waiting on your phone. Type a code: ");
	case QUERY_TOO_MANY:
		return N_("Too many requests were not answered. Type a code, or wait some "
		    "minutes: ");
	case QUERY_LOCKED:
		return N_("Requests to your phone are locked. Type a code, or tell your "
		    "administrator: ");
	case QUERY_NO_DEVICE:
		return unknown;
	case QUERY_CLOCKS:
		return clocks;
	default:
		return no_service;
	}
}

static const uint32_t methods_by[FACTOR_COUNT] = { [FACTOR_PUSH] = QUERY_BY_PUSH,
    [FACTOR_CALL] = QUERY_BY_CALL, [FACTOR_SMS] = QUERY_BY_TEXT };

/* What the user has chosen; a word that is none of ours is no choice. */
static enum factor
preferred_by(uint32_t method)
{
	enum factor f;

	for (f = FACTOR_PUSH; f < FACTOR_COUNT; f++)
		if (methods_by[f] != QUERY_NO_METHOD && methods_by[f] == method)
			return f;
	return FACTOR_NONE;
}

void
push_look(struct login *l, struct policy_state *out)
{
	uint32_t methods = 0;

	if (courier_begin(l, &methods) != MFA_OK) {
		out->service_down = true;
		return;
	}
	out->kinds[FACTOR_PUSH] = (methods & QUERY_CAN_PUSH) != 0;
	out->kinds[FACTOR_CALL] = (methods & QUERY_CAN_CALL) != 0;
	out->kinds[FACTOR_SMS] = (methods & QUERY_CAN_TEXT) != 0;
	out->preferred = preferred_by(l->courier.preferred);
	if ((methods & QUERY_CAN_PUSH) == 0) {
		out->compulsory_from = l->courier.compulsory_from;
		out->compulsory_told = true;
	}
	/* Whoever has a token of this host's own is judged by that. */
	out->kinds[FACTOR_SERVER_CODE] = (methods & QUERY_CAN_CODE) != 0 && out->user.tokens == 0;
}

/* ---- sending ---- */

/* In groups that are easily read and typed. */
static void
show_number(const char *digits, char number[PUSH_NUMBER_MAX])
{
	size_t len = strlen(digits), half = len == 6 || len == 8 ? len / 2 : len;

	(void)snprintf(number, PUSH_NUMBER_MAX, "%.*s%s%s", (int)half, digits,
	    half < len ? " " : "", digits + half);
}

/* What is keyed in has no key twice in a row: see text_repeats. */
static int
challenge(struct statement *s, enum factor factor, unsigned int digits)
{
	int r;

	do
		r = statement_challenge(s, digits);
	while (r == MFA_OK && factor == FACTOR_CALL && text_repeats(s->number));
	return r;
}

/* It expires with the login, or when no service would keep it longer. */
static int
make_statement(struct login *l, enum factor factor)
{
	int life = factor == FACTOR_SMS ? TEXT_LIFE : PUSH_LIFE;
	struct statement *s = &l->courier.statement;
	int64_t now;
	int left, r;

	*s = (struct statement){ .decision = DECISION_APPROVE };
	if ((r = wall_clock(&now)) != MFA_OK ||
	    (r = text_copy(s->host, sizeof(s->host), l->settings->host_name)) != MFA_OK ||
	    (r = text_copy(s->user, sizeof(s->user), l->begin.user)) != MFA_OK ||
	    (r = text_copy(s->service, sizeof(s->service), l->begin.service)) != MFA_OK)
		return r;
	(void)origin_format(&l->origin, s->origin);
	left = deadline_left(l->deadline) / 1000;
	s->expires = now + (left < life ? left : life);
	return challenge(s, factor, l->settings->number_digits);
}

bool
push_send(struct login *l, enum factor factor, bool decoy, char number[PUSH_NUMBER_MAX],
    const char **sentence)
{
	number[0] = '\0';
	*sentence = no_service;
	if (make_statement(l, factor) != MFA_OK)
		return false;
	if (courier_push(l, methods_by[factor], decoy) != MFA_OK) {
		*sentence = factor == FACTOR_PUSH ? sentence_of(l->courier.failure) :
		    ended_unsent(factor, l->courier.failure);
		return false;
	}
	show_number(l->courier.statement.number, number);
	return true;
}

/* ---- what came back ---- */

/* MFA_OK only for what counts: the person approved, or denied. */
static int
verify(struct login *l, const struct query *q, struct approval *out)
{
	struct statement s = l->courier.statement;
	struct evidence e = { .assertion = { q->authenticator_data, q->authenticator_data_len,
	    q->client_data, q->client_data_len } };
	struct revoked *revoked = calloc(1, sizeof(*revoked));
	const char *certificate = (const char *)q->certificate;
	struct trust trust;
	int64_t now;
	int r = revoked == NULL ? MFA_E_MEMORY : MFA_OK;

	*out = (struct approval){ .why = REFUSAL_FAULT };
	if (r == MFA_OK && q->signature_len > sizeof(e.signature.data))
		r = MFA_E_INVALID;
	if (r != MFA_OK)
		goto out;
	memcpy(e.signature.data, q->signature, q->signature_len);
	e.signature.len = q->signature_len;
	if ((r = wall_clock(&now)) != MFA_OK || (r = l->w->store == NULL ? MFA_E_STATE :
	    revoked_read(l->w->store, l->begin.user, revoked)) != MFA_OK) {
		out->why = r == MFA_E_REFUSED ? REFUSAL_REVOKED : REFUSAL_FAULT;
		goto out;
	}
	trust = (struct trust){ l->w->authorities, l->w->authority_count, revoked->list,
	    revoked->count };
	s.decision = q->decision;
	if (s.decision != DECISION_APPROVE)
		(void)text_copy(s.number, sizeof(s.number), "-");
	r = s.decision == DECISION_APPROVE ?
	    approval_verify(&s, certificate, q->certificate_len, &trust, &e, now, out) :
	    denial_verify(&s, certificate, q->certificate_len, &trust, &e, now, out);
out:
	free(revoked);
	explicit_bzero(&s, sizeof(s));
	return r;
}

/* Another number makes another statement, which shows in the signature, or in
 * a passkey's challenge. */
static bool
is_wrong_number(enum refusal why)
{
	return why == REFUSAL_PROOF || why == REFUSAL_CLIENT_DATA;
}

static const char *
sentence_for(enum refusal why)
{
	if (is_wrong_number(why))
		return N_("The number typed on the phone was wrong. Type a code, or p for a new "
		    "request: ");
	if (why == REFUSAL_EARLY || why == REFUSAL_AHEAD)
		return clocks;
	return why == REFUSAL_LATE ? no_answer : unknown;
}

static void
refuse(struct judgement *out, enum reason reason)
{
	*out = (struct judgement){ .reason = reason };
}

/* A signature that does not fit is a wrong number or a forgery, and nobody can
 * tell which: it is counted. */
static int
judge_approval(struct login *l, const struct decision *d, const struct query *q,
    struct judgement *out, const char **sentence)
{
	struct approved approved = { .factor = FACTOR_PUSH };
	struct approval a;
	int r = verify(l, q, &a);

	l->detail = r == MFA_OK ? NULL : refusal_text(a.why);
	if (r != MFA_OK && !is_wrong_number(a.why)) {
		*sentence = sentence_for(a.why);
		refuse(out, a.why == REFUSAL_LATE ? REASON_NO_APPROVAL : REASON_BAD_APPROVAL);
		courier_close(l, QUERY_REFUSED);
		return r == MFA_E_REFUSED || r == MFA_E_INVALID ? MFA_OK : r;
	}
	if (r == MFA_OK) {
		approved.verified = true;
		memcpy(approved.nonce, l->courier.statement.nonce, sizeof(approved.nonce));
		(void)text_copy(approved.device, sizeof(approved.device), a.certificate.device.id);
	}
	r = judge_push(l, d, &approved, out);
	*sentence = out->reason == REASON_WRONG_NUMBER ? sentence_for(REFUSAL_PROOF) : NULL;
	if (r != MFA_OK || !out->accepted)
		courier_close(l, r == MFA_OK && out->reason == REASON_WRONG_NUMBER ?
		    QUERY_WRONG_NUMBER : QUERY_REFUSED);
	return r;
}

/* Anybody on the way can deny; only the phone can report. */
static void
judge_denial(struct login *l, const struct query *q, struct judgement *out,
    const char **sentence)
{
	struct approval a;
	bool reported = q->decision == DECISION_REPORT && verify(l, q, &a) == MFA_OK;

	refuse(out, reported ? REASON_REPORTED : REASON_DENIED_ON_PHONE);
	*sentence = N_("Denied on the phone. Type a code: ");
	courier_close(l, QUERY_REFUSED);
}

/* Nobody was asked about a decoy, so nobody answers. */
static int
judge_answer(struct login *l, const struct decision *d, const struct query *q,
    struct judgement *out, const char **sentence)
{
	bool asked = d->outcome == OUTCOME_ASK, answered = asked && q->type == QUERY_ANSWERED;

	if (answered && q->decision == DECISION_APPROVE)
		return judge_approval(l, d, q, out, sentence);
	if (answered) {
		judge_denial(l, q, out, sentence);
		return MFA_OK;
	}
	*sentence = q->type == QUERY_FAILED ? sentence_of(l->courier.failure) : no_answer;
	refuse(out, asked ? REASON_NO_APPROVAL : d->reason);
	return MFA_OK;
}

int
push_finish(struct login *l, const struct decision *d, struct judgement *out,
    const char **sentence)
{
	struct query *q = calloc(1, sizeof(*q));
	int r = MFA_E_MEMORY;

	refuse(out, d->outcome == OUTCOME_ASK ? REASON_FAULT : d->reason);
	*sentence = no_service;
	if (q != NULL && (r = courier_wait(l, q)) == MFA_OK)
		r = judge_answer(l, d, q, out, sentence);
	free(q);
	return r;
}
