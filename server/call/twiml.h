/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TWIML_H
#define MFA_CALL_TWIML_H

#include "dial.h"
#include "words.h"

/*
 * What a call over Twilio is told to do: XML that says words and gathers keys.
 */
struct twiml {
	char text[DIAL_BODY_MAX];
	size_t len;
	bool full;		/* it did not fit: there is nothing to send */
};

/* Says a prompt and then hangs up. */
void twiml_farewell(struct twiml *x, const struct dial *asked, enum conversation_prompt prompt);

/* Asks for a moment, and then `next` what to do. */
void twiml_moment(struct twiml *x, const struct dial *asked, const char *next);

/*
 * Says a prompt and gathers what is keyed in, which is posted to `action`, also when
 * it is nothing.  Of a number up to "#", the keys may come while the words are said; "#"
 * alone, which as an end of keys would send nothing, is a key like others and counts
 * only behind the words.
 */
void twiml_gather(struct twiml *x, const struct dial *asked, enum conversation_prompt prompt,
    const char *action);

#endif
