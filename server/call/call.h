/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_H
#define MFA_CALL_H

#include <stdbool.h>

#include "call_settings.h"
#include "deadline.h"
#include "dial.h"

/*
 * One call, from DIAL_CALL until DIAL_ENDED.  The process that places it is
 * this call's alone and ends after it.
 */
struct call {
	int fd;				/* connection to mfad */
	struct dial_dialogue dialogue;
	struct deadline deadline;	/* of the whole call: asked->ms_left */
	const struct dial *asked;	/* DIAL_CALL, as call_asked_well let it pass */
	const struct call_settings *settings;
	bool rang, answered;		/* said in PROGRESS; answered costs call_units */
	bool mfad_left;
	uint32_t ends_in;		/* milliseconds after DIAL_ENDED; 0: it has ended */
	uint32_t outcome, units;	/* as call_ended said it, and its words: for the log */
	char words[DIAL_WORDS_MAX];
};

/*
 * A way to place calls.  place returns when the call is over, and has said so to
 * mfad (DIAL_ENDED, the last message) unless mfad has left; before, it says
 * DIAL_PROGRESS and DIAL_KEYS and does as DIAL_SAY and DIAL_CANCEL say.  It takes
 * no longer than c->deadline and two seconds, to hang up.
 */
struct call_gateway {
	const char *name;
	void (*place)(struct call *c);
};

extern const struct call_gateway call_gateway_sip, call_gateway_twilio, call_gateway_exec;

/* For those to nobody, whatever is configured. */
extern const struct call_gateway call_gateway_decoy;

/* Is DIAL_CALL of its form: a number in E.164 or nobody's, a form, digits, a language that
 * there are words for?  MFA_E_INVALID. */
int call_asked_well(const struct dial *asked);

/* ---- for gateways: what is said to mfad ---- */

/* Once for each of the two, in their order; what was said already is left out. */
int call_progress(struct call *c, enum dial_progress progress);

int call_keys(struct call *c, const char *keys);

/* The last message.  words: the gateway's, shortened and made printable; or NULL. */
void call_ended(struct call *c, enum dial_outcome outcome, const char *words);

/* What mfad says: DIAL_SAY or DIAL_CANCEL, in their turn; or DIAL_CALLBACK, which
 * anybody can ask of its server, and which is answered here: there is no such thing.
 * Anything else, and a connection that is gone, is an error, and mfad has left:
 * MFA_E_CLOSED, MFA_E_PROTOCOL … */
int call_hear(struct call *c, struct dial *said);

/* For a gateway that mfad's server is asked by: DIAL_CALLBACK as well, of which each is
 * answered, in their order. */
int call_hear_any(struct call *c, struct dial *said);
int call_reply(struct call *c, uint32_t status, const char *body, size_t len);

#endif
