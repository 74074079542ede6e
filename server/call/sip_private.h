/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_SIP_PRIVATE_H
#define MFA_CALL_SIP_PRIVATE_H

#include <stdbool.h>

#include "call.h"
#include "conversation.h"
#include "sip_line.h"
#include "stack.h"

/*
 * A call over SIP: libre's transactions, dialogs and SDP, in this process, which
 * has no control port that somebody else could find.  Events of the stack and of
 * mfad go into the conversation; what it decides is done here.
 */
struct line {
	struct call *call;
	struct conversation talk;
	struct sip *sip;
	struct sipsess_sock *calls;
	struct sipsess *session;
	struct sipreg *registration;
	struct media *media;
	struct tmr wake, reach, leave;
	char route[SIP_URI_MAX];	/* to the line; "": as the stack finds it */
	char branch[32];		/* of the INVITE that has no final answer yet */
	int words;			/* pipe of prompts_start, or -1 */
	enum conversation_prompt pending;	/* to be played once it has ended */
	bool answered, ended;
};

/* What happened, to the conversation; and what that decides is done. */
void line_hear(struct line *l, struct heard heard);

/* mfad said something, or left: libre's handler. */
void line_hear_mfad(int flags, void *line);

/* Plays what is pending, if the words are made. */
void line_play(struct line *l);

/* The time to wake has come, or changed: libre's handler. */
void line_wake(void *line);

/* The sound's handlers. */
void line_hear_key(char key, void *line);
void line_hear_prompt_end(void *line);

/* Says how the call ended and hangs up, from the loop.  The first end counts. */
void line_end(struct line *l, enum dial_outcome outcome, const char *words);

/* The same, of an answer that is none, or of an errno; after what was being done ("",
 * or "register: "). */
void line_end_with(struct line *l, int err, const struct sip_msg *msg, const char *doing);

#endif
