/* SPDX-License-Identifier: BSD-2-Clause */
#include "call.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "text.h"

#define SEND_MS	2000	/* mfad reads at once, or is not there */

/* ---- what is asked ---- */

static bool
is_number(const char *to)
{
	size_t n = strspn(to + (to[0] == '+'), "0123456789");

	return to[0] == '+' && to[1] != '0' && n >= 7 && n <= 15 && to[n + 1] == '\0';
}

int
call_asked_well(const struct dial *asked)
{
	bool language = strcmp(asked->language, "en") == 0 || strcmp(asked->language, "nl") == 0;

	if (asked->type != DIAL_CALL || asked->version != DIAL_VERSION || !language ||
	    asked->form < DIAL_WANTS_NUMBER || asked->form > DIAL_WANTS_CONSENT)
		return MFA_E_INVALID;
	if (!is_number(asked->to) && (asked->to[0] != '\0' || asked->form >= DIAL_WANTS_CODE))
		return MFA_E_INVALID;
	if (asked->form == DIAL_WANTS_HASH ? asked->digits > 8 :
	    asked->digits < 2 || asked->digits > 8)
		return MFA_E_INVALID;
	return MFA_OK;
}

/* ---- messages ---- */

static int
say(struct call *c, const struct dial *message)
{
	int r;

	if (c->mfad_left)
		return MFA_E_CLOSED;
	r = dial_permit(&c->dialogue, DIAL_MFA_CALL, message->type);
	if (r == MFA_OK)
		r = dial_send(c->fd, message, deadline_in(SEND_MS));
	c->mfad_left = r != MFA_OK;
	return r;
}

int
call_progress(struct call *c, enum dial_progress progress)
{
	struct dial m = { .type = DIAL_PROGRESS, .progress = progress };

	if (c->answered || (c->rang && progress == DIAL_RINGING))
		return MFA_OK;
	c->rang = true;
	c->answered = progress == DIAL_ANSWERED;
	return say(c, &m);
}

int
call_keys(struct call *c, const char *keys)
{
	struct dial m = { .type = DIAL_KEYS };
	int r = text_copy(m.keys, sizeof(m.keys), keys);

	if (r == MFA_OK)
		r = say(c, &m);
	explicit_bzero(m.keys, sizeof(m.keys));
	return r;
}

/* A gateway's words come from anywhere. */
static void
take_words(char *dst, size_t size, const char *words)
{
	size_t n = 0;

	for (; words != NULL && *words != '\0' && n < size - 1; words++)
		dst[n++] = *words >= ' ' && *words <= '~' ? *words : '?';
	dst[n] = '\0';
}

void
call_ended(struct call *c, enum dial_outcome outcome, const char *words)
{
	struct dial m = { .type = DIAL_ENDED, .outcome = outcome, .ms_left = c->ends_in };

	m.units = c->answered ? c->settings->call_units : 0;
	take_words(m.words, sizeof(m.words), words);
	c->outcome = m.outcome;
	c->units = m.units;
	memcpy(c->words, m.words, sizeof(c->words));
	(void)say(c, &m);
}

int
call_reply(struct call *c, uint32_t status, const char *body, size_t len)
{
	struct dial m = { .type = DIAL_REPLY, .status = status, .body_len = (uint32_t)len };

	if (len > sizeof(m.body))
		return MFA_E_INVALID;
	memcpy(m.body, body, len);
	return say(c, &m);
}

int
call_hear_any(struct call *c, struct dial *said)
{
	int r = dial_recv(c->fd, said, deadline_in(SEND_MS));

	if (r == MFA_OK)
		r = dial_permit(&c->dialogue, DIAL_MFAD, said->type);
	if (r == MFA_OK && said->type == DIAL_SAY &&
	    (said->say < DIAL_THANKS || said->say > DIAL_TWICE))
		r = MFA_E_PROTOCOL;
	c->mfad_left = r != MFA_OK;
	return r;
}

int
call_hear(struct call *c, struct dial *said)
{
	int r = call_hear_any(c, said);

	return r == MFA_OK && said->type == DIAL_CALLBACK ? call_reply(c, 404, "", 0) : r;
}
