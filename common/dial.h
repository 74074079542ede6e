/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_DIAL_H
#define MFA_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "statement.h"
#include "wire.h"

/*
 * The messages between mfad, which decides who is called, and mfa-call, which
 * places one call or sends one text over a line of the organisation's, in the
 * wire form of wire.h.  One connection is one call or text.  mfa-call knows
 * neither the number on the login screen nor what the keys are compared with.
 */

/* ---- all limits ---- */
#define DIAL_VERSION		2
#define DIAL_NUMBER_MAX		17	/* E.164: "+" and 15 digits */
#define DIAL_NAME_MAX		64	/* what is spoken of organisation, host, service */
#define DIAL_TEXT_MAX		481	/* bytes of a text message */
#define DIAL_KEYS_MAX		17	/* what a person keys in before "#" */
#define DIAL_WORDS_MAX		200	/* for the log */
#define DIAL_CALLBACKS_MAX	4	/* that wait for their replies */
#define DIAL_BODY_MAX		6000	/* of a callback, and of the answer to it */

enum dial_type {
	DIAL_CALL = 1,		/* mfad: place a call */
	DIAL_TEXT = 2,		/* mfad: send a text message */
	DIAL_PROGRESS = 3,	/* call: ringing, then answered */
	DIAL_KEYS = 4,		/* call: what the person keyed in, ended by "#" */
	DIAL_SAY = 5,		/* mfad: what became of the keys */
	DIAL_CALLBACK = 6,	/* mfad: the gateway asks mfad's server */
	DIAL_REPLY = 7,		/* call: what it is told */
	DIAL_CANCEL = 8,	/* mfad: hang up now */
	DIAL_ENDED = 9,		/* call: how it ended; the last message */
};

/* What is asked for. */
enum dial_form {
	DIAL_WANTS_NUMBER = 1,	/* the number on the screen, then "#" */
	DIAL_WANTS_HASH = 2,	/* "#" alone, once the greeting has been heard */
	DIAL_WANTS_CODE = 3,	/* a number on a screen, to prove the telephone is the person's */
	DIAL_WANTS_CONSENT = 4,	/* the same, to have another telephone called as well */
};

enum dial_progress { DIAL_RINGING = 1, DIAL_ANSWERED = 2 };

/* What is said before hanging up, or before the keys are asked for once more. */
enum dial_say { DIAL_THANKS = 1, DIAL_ONCE_MORE = 2, DIAL_WRONG = 3, DIAL_REPORTED = 4,
	DIAL_OVER = 5,
	DIAL_TWICE = 6,		/* a key came through twice: once more */
};

/* Does the person key in something else then? */
#define DIAL_ASKS_AGAIN(say) ((say) == DIAL_ONCE_MORE || (say) == DIAL_TWICE)

enum dial_outcome {
	DIAL_DONE = 1,		/* a call that mfad ended with DIAL_SAY, a text that was taken */
	DIAL_NO_ANSWER = 2,	/* nobody picked up */
	DIAL_BUSY = 3,
	DIAL_DECLINED = 4,
	DIAL_HUNG_UP = 5,	/* before anything was keyed in to the end */
	DIAL_NO_KEYS = 6,	/* answered, and nothing keyed in: perhaps a machine */
	DIAL_CANCELLED = 7,	/* by mfad, or its time is over */
	DIAL_GATEWAY = 8,	/* the line does not work, or does not take this */
	DIAL_REFUSED = 9,	/* mfa-call's own rules do not let this number be called */
	DIAL_MISCONFIGURED = 10,	/* no gateway for this, a setting that is wrong */
};

struct dial {
	unsigned int type;		/* enum dial_type */

	/* DIAL_CALL; version, ms_left, to, id also of DIAL_TEXT */
	uint32_t version;
	uint32_t ms_left;		/* until mfad wants to hear how it ended; of DIAL_ENDED,
					 * of a call to nobody: until it ends so */
	char to[DIAL_NUMBER_MAX];	/* "": nobody's, of a decoy, which goes like one of a
					 * telephone that rings and is not picked up */
	char id[32];			/* of the login, for the log */
	uint32_t form;			/* enum dial_form */
	uint32_t digits;		/* of the number, 2 to 8 */
	char language[8];		/* "en", "nl" */
	char organisation[DIAL_NAME_MAX], host[DIAL_NAME_MAX], service[DIAL_NAME_MAX];

	/* DIAL_TEXT: UTF-8, printable, and "\n" is written as U+000A: bytes */
	uint32_t text_len;
	unsigned char text[DIAL_TEXT_MAX];

	/* DIAL_PROGRESS */
	uint32_t progress;		/* enum dial_progress */

	/* DIAL_KEYS: digits, without "#"; "" is "#" alone, which mfa-call says only
	 * after the greeting */
	char keys[DIAL_KEYS_MAX];

	/* DIAL_SAY */
	uint32_t say;			/* enum dial_say */

	/* DIAL_CALLBACK: url, signature and body as they came; DIAL_REPLY: body */
	char url[512], signature[64];
	uint32_t body_len;
	unsigned char body[DIAL_BODY_MAX];
	uint32_t status;		/* of the reply: 200, 403 … */

	/* DIAL_ENDED */
	uint32_t outcome;		/* enum dial_outcome */
	uint32_t units;			/* of cost, as the configuration counts them */
	char words[DIAL_WORDS_MAX];	/* the gateway's own, or "" */
};

enum dial_side { DIAL_MFAD, DIAL_MFA_CALL };

/* What has been said, as each side keeps it. */
struct dial_dialogue {
	bool begun, calls, asked, over;	/* asked: KEYS wait for SAY */
	unsigned int callbacks;		/* that wait for a REPLY */
};

/* May `from` send `type` now?  0 and the dialogue moves on, or MFA_E_PROTOCOL and
 * it is over. */
int dial_permit(struct dial_dialogue *d, enum dial_side from, unsigned int type);

/* As in wire.h. */
int dial_pack(const struct dial *d, unsigned char *buf, size_t *len);
int dial_unpack(const unsigned char *buf, size_t len, struct dial *d);
int dial_send(int fd, const struct dial *d, struct deadline deadline);
int dial_recv(int fd, struct dial *d, struct deadline deadline);

#endif
