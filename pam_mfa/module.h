/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_MODULE_H
#define MFA_MODULE_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stdint.h>

#include "deadline.h"
#include "message.h"
#include "secret.h"

/*
 * pam_mfa.so relays the conversation and decides nothing.  It runs inside
 * sshd, sudo, login, screen lockers, so it MUST:
 *  1. answer success only for a grant that the helper gave in turn, in a
 *     phase that may be granted, for the user that PAM_USER still names;
 *  2. leave the application as it found it: signals, descriptors,
 *     environment, umask, locale, no threads, no process-wide state;
 *  3. never exit, abort or print, and never wait for the helper beyond the
 *     deadline;
 *  4. wipe every secret that passes through it.
 */

/* ---- all limits ---- */
#define DEADLINE_S	90	/* of one phase, unless the argument says otherwise;
				 * sshd's LoginGraceTime is 120 */
#define DEADLINE_MIN_S	10
#define DEADLINE_MAX_S	600
#define UNASKED_MS	20000	/* of a phase in which nobody is asked anything */
#define CANCEL_MS	100	/* for a cancel to leave, when time may be up */
#define SPLIT_DIGITS_MIN 6	/* combined mode: what may be split off */
#define SPLIT_DIGITS_MAX 8
#define ROOM_DESCRIPTORS 16		/* for a name service: files, sockets, an epoll */
#define ROOM_BYTES	(32L << 20)	/* for it: the longest line of a group, twice */

struct args {
	bool split;
	bool debug;
	bool has_deadline;
	unsigned long deadline;		/* seconds */
};

/*
 * One call of one entry point.  It starts as a fault; only a verdict that
 * came in turn changes that.
 */
struct request {
	pam_handle_t *pamh;
	uint32_t phase;			/* enum msg_phase */
	bool silent;			/* PAM_SILENT */
	struct args args;
	struct deadline deadline;
	struct msg begin;
	const struct secret *held;	/* combined: answers the one prompt; else NULL */

	int error;			/* enum mfa_error */
	uint32_t verdict;		/* enum msg_verdict, when error is MFA_OK */
	uint32_t digits;		/* VERDICT_SPLIT */
	bool late;			/* MFA_E_DEADLINE: the person's time was up, not
					 * the helper's */

	/* For the log, static, when error alone does not say it; else NULL. */
	const char *what, *todo;
	char at[64];			/* escaped: the word that is wrong; "": none */
	int saved_errno;		/* MFA_E_SYSTEM */
};

/* ---- args.c ---- */

/* The module's arguments; MFA_E_CONFIG (rq->what, rq->at) for one that is
 * unknown, malformed, given twice, or has no meaning in this phase. */
int args_parse(struct request *rq, int argc, const char **argv);

/* ---- items.c ---- */

/* Fills rq->begin from the PAM items and the audit session.  MFA_E_INVALID: no
 * user or service, or one that is too long or unprintable; MFA_E_SYSTEM,
 * MFA_E_MEMORY, MFA_E_CONV (the user name could not be asked). */
int items_gather(struct request *rq);

/* Whom NSS knows under rq->begin.user, for a helper whose policy needs it (a
 * directory can be slow): *out becomes MSG_IDS.  MFA_E_SYSTEM, MFA_E_MEMORY:
 * it cannot be known; MFA_E_INVALID: more groups than a message holds. */
int items_look_up(struct request *rq, struct msg *out);

/* Is PAM_USER still whom rq->begin asked for? */
bool items_same_user(const struct request *rq);

/* ---- conv.c ---- */

/* One prompt.  The application's copy of the answer is wiped and freed; the
 * caller wipes *answer.  MFA_E_CONV: it could not be asked, or there was no
 * answer; MFA_E_INVALID: longer than SECRET_MAX. */
int conv_ask(pam_handle_t *pamh, bool echo, const char *text, struct secret *answer);

/* Shows a line, style PAM_TEXT_INFO or PAM_ERROR_MSG.  Nobody may rely on it
 * having been seen.  MFA_E_CONV: the application has nobody to show it to. */
int conv_tell(pam_handle_t *pamh, int style, const char *text);

/* ---- relay.c ---- */

/* The dialogue with the helper, from begin to verdict, within the permit
 * table and the deadline; sets rq->verdict, rq->digits, rq->late.  Returns
 * MFA_OK when there was exactly one verdict, of a known kind. */
int relay_run(struct request *rq);

/* ---- split.c ---- */

/* Combined mode, before the password module: takes the one answer, sets
 * PAM_AUTHTOK to it without the code and keeps the code. */
int split_run(struct request *rq);

/* ---- memory.c: what one phase of a PAM transaction leaves for the next ---- */

/* A grant for PAM_USER and PAM_SERVICE as rq->begin has them. */
int memory_set_granted(struct request *rq);
bool memory_granted(const struct request *rq);
void memory_forget_granted(pam_handle_t *pamh);

/* The code that a split took off, until it is judged.  memory_take_code
 * copies it and forgets it (the caller wipes *code in any case):
 * MFA_E_ABSENT when none is held.  What libpam frees is wiped first. */
int memory_hold_code(pam_handle_t *pamh, const void *code, size_t len);
int memory_take_code(pam_handle_t *pamh, struct secret *code);
void memory_forget_code(pam_handle_t *pamh);
bool memory_holds_code(pam_handle_t *pamh);

/* ---- result.c ---- */

/* The one map from what happened to a PAM code; what it does not know is a
 * denial.  error is looked at first, verdict only when that is MFA_OK. */
int result_pam(uint32_t phase, int error, uint32_t verdict);
int result_pam_setcred(int error);

/* ---- fault.c ---- */

/* When the request was denied by a fault, not by the helper's judgement: one
 * line to the log, one sentence to the person. */
void fault_report(struct request *rq);

/* With the argument debug: what the request came to. */
void fault_debug(const struct request *rq, int result);

/* ---- room.c ---- */

/* Whether there are descriptors and memory for looking up a user and groups.
 * su runs with the limits of whoever calls it, and getgrouplist(3) that lacks
 * either leaves groups out and says nothing. */
bool room_to_look_up(void);

/* ---- lowfds.c ---- */

/* Occupies those of the descriptors 0 to 2 that are closed, so that nothing
 * that libc opens and keeps (the log, a name service) becomes somebody's
 * standard output.  low_fds_release undoes exactly that. */
unsigned int low_fds_occupy(void);
void low_fds_release(unsigned int taken);

#endif
