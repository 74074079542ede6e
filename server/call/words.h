/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_WORDS_H
#define MFA_CALL_WORDS_H

#include "conversation.h"
#include "dial.h"

/*
 * The words of a call, in pieces that are rendered, cached and recorded each for
 * itself: what differs from one login to the next is one of them.
 */
#define WORDS_PIECES	4	/* of a prompt, at most */
#define WORDS_MAX	320	/* bytes of one piece */

struct words {
	const char *name;	/* of the organisation's recording of it, or NULL */
	char text[WORDS_MAX];	/* UTF-8, nothing that a synthesizer takes for markup */
};

/* The pieces of a prompt, in order; their number.  asked: as call_asked_well let it pass. */
unsigned int words_of(const struct dial *asked, enum conversation_prompt prompt,
    struct words words[WORDS_PIECES]);

#endif
