/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LOGIN_ASK_PRIVATE_H
#define MFA_LOGIN_ASK_PRIVATE_H

#include "login.h"

/* What ask.c and ask_method.c share: the conversation of one login. */

struct asking {
	const struct decision *d;
	bool has[FACTOR_COUNT];	/* a request can be sent by it */
	enum factor wants;	/* by which one is sent before the next prompt; FACTOR_NONE */
	enum factor out;	/* what is out */
	enum factor about;	/* what `sentence` is about; FACTOR_NONE: what was typed */
	unsigned int sent;	/* requests */
	bool refused;		/* the last code of the message that is out was not right */
	char number[PUSH_NUMBER_MAX];	/* that is shown for what is out */
	const char *sentence;	/* of the next prompt; NULL: the usual one */
	struct call_heard heard;	/* of the call that is out, at the prompt */
};

/* What can be asked of the person, and what is asked first. */
void method_begin(const struct login *l, struct asking *a);

/* For a client that can answer no prompt: what is wanted first, or next when that could
 * not be sent.  A text message has to be typed.  False: there is no way (left). */
bool method_unprompted(const struct login *l, struct asking *a);

/* Sends the request that is wanted; what was out before is taken back. */
void method_send(struct login *l, struct asking *a);

/* Waits for what is out and judges it; MFA_OK with *out, as push_finish. */
int method_finish(struct login *l, struct asking *a, struct judgement *out);

/* Which other way is asked for by this letter?  FACTOR_NONE: by no letter. */
enum factor method_of(const struct asking *a, const struct secret *typed);

/* Is Enter the answer to what is out? */
bool method_takes_enter(const struct asking *a);

/* In the log: "push", "call", "text". */
const char *method_word(enum factor f);

/* The next prompt, and a line for where the person need not press Enter. */
void method_prompt(const struct login *l, const struct asking *a, bool first, char *text,
    size_t size);
void method_line(const struct login *l, const struct asking *a, char *text, size_t size);

#endif
