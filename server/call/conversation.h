/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_CONVERSATION_H
#define MFA_CALL_CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>

#include "dial.h"

/*
 * What is said and heard in a call, without a telephone and without a clock:
 * events go in, each with the time, and what is to be done comes out.
 *
 *  1. "#" alone is reported only of a call that wants it, and only once a
 *     greeting was heard to its end: a machine that answers may send a tone.  Asked
 *     again, once that was as well: the "#" before may have come through twice.
 *  2. What is reported is what was keyed in, whole: keys beyond DIAL_KEYS_MAX
 *     make it wrong and are never dropped so that the rest is right.
 *  3. While mfad has not said what became of the keys, further ones are not heard.  A
 *     login may wait for Enter: that is said then, again and again.
 *  4. Whoever hangs up after the "#" has answered: what mfad says still counts.
 */

/* ---- limits ---- */
#define CONVERSATION_ROUNDS	5	/* that the greeting is said without an answer */
#define CONVERSATION_PAUSE_MS	5000	/* after it, for an answer */
#define CONVERSATION_KEY_MS	8000	/* from one key to the next */
#define CONVERSATION_SAY_MS	15000	/* from keys to what became of them, hung up */
#define CONVERSATION_MOMENT_MS	2500	/* and until whoever did not is told what it may wait for */
#define CONVERSATION_MOMENTS	5	/* that this is said */

enum conversation_event {
	HEARD_RINGING,
	HEARD_ANSWERED,
	HEARD_KEY,		/* .key: '0' to '9', '*', '#' */
	HEARD_PROMPT_END,	/* of the one that was to be played */
	HEARD_SAY,		/* .say: of mfad */
	HEARD_CANCEL,		/* of mfad, or it left */
	HEARD_HANG_UP,		/* by the person, after HEARD_ANSWERED */
	HEARD_TIME,		/* .wake_ms has come, or the deadline */
};

struct heard {
	enum conversation_event event;
	int64_t now_ms;		/* CLOCK_MONOTONIC */
	char key;
	uint32_t say;		/* enum dial_say */
};

enum conversation_prompt {
	PROMPT_NONE,
	PROMPT_GREETING,	/* who asks, and what to key in */
	PROMPT_ONCE_MORE,
	PROMPT_TWICE,		/* the line repeated a key: once more, slowly */
	PROMPT_MOMENT,		/* the keys are not judged yet */
	PROMPT_THANKS,
	PROMPT_WRONG,
	PROMPT_REPORTED,
	PROMPT_OVER,
};

/* What to do, in this order. */
struct conversation_act {
	uint32_t progress;	/* enum dial_progress: say it to mfad; 0: nothing */
	bool report;		/* keys to mfad */
	char keys[DIAL_KEYS_MAX];
	bool hush;		/* stop what is being played */
	enum conversation_prompt play;	/* instead of what is being played */
	bool ended;		/* hang up, and outcome to mfad */
	enum dial_outcome outcome;
};

struct conversation {
	enum dial_form form;
	int64_t deadline_ms, wake_ms;	/* when HEARD_TIME is due */
	unsigned int state;
	unsigned int rounds, keyed;	/* keyed: beyond DIAL_KEYS_MAX as well */
	unsigned int moments;
	bool rang, hung_up, pressed;
	bool greeted, asked;		/* to the end of the greeting, and of what was said last */
	enum conversation_prompt playing;
	char keys[DIAL_KEYS_MAX];
};

/* ring_ms: from now until somebody should have picked up. */
void conversation_start(struct conversation *c, enum dial_form form, int64_t now_ms,
    int64_t ring_ms, int64_t deadline_ms);

/* After it has ended, nothing is to be done. */
void conversation_hear(struct conversation *c, const struct heard *heard,
    struct conversation_act *act);

#endif
