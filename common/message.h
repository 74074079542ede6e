/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_MESSAGE_H
#define MFA_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "deadline.h"
#include "secret.h"
#include "wire.h"

/*
 * The messages between module and helper, in the wire form of wire.h.  Whatever
 * is not exactly one of them is MFA_E_PROTOCOL, and the login is denied.
 */

/* ---- all limits ---- */
#define MSG_VERSION	3
#define MSG_MAX		WIRE_MAX
#define MSG_INFOS_MAX	8	/* info and error lines in one login; sshd before
				 * 9.x dies of many more without a prompt */
#define MSG_INFOS_KEPT	4	/* of them, for what is said after a success */
#define MSG_PROMPTS_MAX	16	/* prompts in one login */
#define MSG_TEXT_MAX	512	/* a prompt, info or error line: PAM_MAX_MSG_SIZE */
#define MSG_REACHES_MAX	4	/* ways to the approval service asked for in one login: one
				 * for each request to the phone, one for codes after them */
#define MSG_GROUPS_MAX	1024	/* supplementary groups of a user that are sent */

enum msg_type {
	MSG_BEGIN = 1,
	MSG_ANSWER = 2,
	MSG_CANCEL = 3,
	MSG_PROMPT = 4,
	MSG_INFO = 5,
	MSG_ERROR = 6,
	MSG_VERDICT = 7,
	MSG_LOOK_UP = 8,	/* who is the user to the name services? */
	MSG_IDS = 9,
	MSG_REACH = 10,		/* connect to mfa-http, or run it */
	MSG_REACHED = 11,	/* with its socket as a descriptor, or with none */
	MSG_WAITING = 12,	/* an info line; where it cannot be shown, nobody waits */
};

enum msg_phase {
	PHASE_AUTH = 1,		/* ask and judge */
	PHASE_ACCOUNT = 2,	/* the guard: was there a verdict? */
	PHASE_OPEN = 3,		/* record the origin of this audit session */
	PHASE_CLOSE = 4,	/* and forget it */
	PHASE_SPLIT = 5,	/* combined mode, before the password module */
};

/* Bits of msg.flags in MSG_BEGIN. */
#define BEGIN_SILENT	0x1u	/* PAM_SILENT: no info lines */
#define BEGIN_JUDGED	0x2u	/* account phase: this transaction holds a grant */
#define BEGIN_CODE_HELD	0x4u	/* combined mode: one answer is already there */

/* msg.verdict in MSG_VERDICT.  Words, so that no zeroed, truncated or
 * one-bit-wrong message is a grant. */
enum msg_verdict {
	VERDICT_GRANT = 0x6772616e,		/* "gran" */
	VERDICT_DENY = 0x64656e79,		/* "deny": wrong, or not allowed */
	VERDICT_UNAVAILABLE = 0x756e6176,	/* "unav": a fault of ours; denied */
	VERDICT_TRIES = 0x74726965,		/* "trie": tries used up; denied */
	VERDICT_SPLIT = 0x73706c74,		/* "splt": combined: take msg.digits */
	VERDICT_NO_SPLIT = 0x6e73706c,		/* "nspl": combined: take nothing */
};

#define UID_UNSET UINT32_MAX	/* no such user, no audit login, no audit session */

/* Every field of every type; which type carries which is in the table. */
struct msg {
	enum msg_type type;

	/* MSG_BEGIN */
	uint32_t version;
	uint32_t phase;			/* enum msg_phase */
	uint32_t flags;			/* BEGIN_* */
	uint32_t loginuid;		/* /proc/self/loginuid, or UID_UNSET */
	uint32_t sessionid;		/* /proc/self/sessionid, or UID_UNSET */
	uint32_t ms_left;		/* of the module's deadline */
	char service[65];		/* PAM_SERVICE */
	char user[257];			/* PAM_USER */
	char ruser[257];		/* PAM_RUSER */
	char rhost[257];		/* PAM_RHOST */
	char tty[129];			/* PAM_TTY */
	char xdisplay[129];		/* PAM_XDISPLAY */
	char ssh_connection[257];	/* SSH_CONNECTION of the PAM environment */
	/* MSG_ANSWER; MSG_PROMPT, MSG_INFO, MSG_ERROR, MSG_WAITING use text */
	struct secret answer;
	uint32_t echo;			/* MSG_PROMPT: 1 shows what is typed */
	char text[MSG_TEXT_MAX + 1];

	/* MSG_VERDICT */
	uint32_t verdict;		/* enum msg_verdict */
	uint32_t digits;		/* VERDICT_SPLIT: taken off the end */

	/* MSG_IDS */
	uint32_t uid;			/* of user as the caller's NSS has it, or UID_UNSET */
	uint32_t group_count;
	uint32_t groups[MSG_GROUPS_MAX];	/* of user, primary first */
};

enum msg_side { SIDE_MODULE, SIDE_HELPER };

/*
 * Whose turn it is.  Each side keeps one and gives it every message that it
 * sends or receives; the permit table in message.c is the whole grammar:
 * begin, then any number (within the limits) of info, error, waiting, prompt with its
 * answer, at most once look-up with its ids, and reach with what was reached,
 * then one verdict; the module may cancel instead of answering, and hangs up where
 * it cannot show that the login waits.  A verdict instead of waiting for an answer
 * says that time is up, and is a denial whatever its word.
 */
enum msg_turn { TURN_BEGIN, TURN_HELPER, TURN_MODULE, TURN_IDS, TURN_REACH, TURN_OVER };

struct msg_dialogue {
	enum msg_turn turn;
	unsigned int infos;
	unsigned int prompts;
	unsigned int look_ups;
	unsigned int reaches;
};

/* May `from` send `type` now?  0 and the dialogue moves on, or
 * MFA_E_PROTOCOL and it is over. */
int msg_permit(struct msg_dialogue *d, enum msg_side from, enum msg_type type);

/* As wire.h has them; buf holds MSG_MAX bytes. */
int msg_pack(const struct msg *m, unsigned char *buf, size_t *len);
int msg_unpack(const unsigned char *buf, size_t len, struct msg *m);
int msg_send(int fd, const struct msg *m, struct deadline deadline);
int msg_recv(int fd, struct msg *m, struct deadline deadline);

/* The same for MSG_REACHED and its descriptor (-1: none).  msg_recv_reached is
 * for where that is awaited: another message may come instead of it, but brings
 * nothing along. */
int msg_send_reached(int fd, int reached, struct deadline deadline);
int msg_recv_reached(int fd, struct msg *m, int *reached, struct deadline deadline);

/* Wipes every field. */
void msg_wipe(struct msg *m);

#endif
