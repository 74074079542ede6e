/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TEXTING_H
#define MFA_CALL_TEXTING_H

#include "deadline.h"
#include "dial.h"
#include "line.h"

/*
 * One text message, and the ways to send it: a file each.
 */
struct text {
	const struct line *line;
	const char *to;		/* E.164, allowed */
	const char *id;		/* of the login */
	const char *bytes;	/* UTF-8 in lines; what lies behind is zero */
	size_t len;
	struct deadline deadline;
	int mfad;		/* whatever can be read from it: mfad gives the text up */
};

/*
 * send enters its own sandbox before anything from outside is read, and ends by the
 * deadline.  DIAL_DONE: the gateway took it, *units is what that cost; words are the
 * gateway's own, printable, or "".
 */
struct text_gateway {
	const char *name;
	enum dial_outcome (*send)(const struct text *t, uint32_t *units,
	    char words[DIAL_WORDS_MAX]);
};

extern const struct text_gateway text_gateway_http, text_gateway_smstools, text_gateway_exec;

/* Is it something to send: lines of printable UTF-8, not empty? */
bool text_sendable(const unsigned char *bytes, size_t len);

/* A gateway's words go to a log: what is not printable in them is escaped, and when
 * they repeat a number of four digits or more out of the text, which may be the code,
 * they are not passed on at all. */
void text_words(const struct text *t, const char *from, char words[DIAL_WORDS_MAX]);

#endif
