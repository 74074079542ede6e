/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_DIALLER_H
#define MFAD_DIALLER_H

#include "api.h"
#include "dial.h"

/*
 * The way to mfa-call (common/dial.h): one connection for each call or text, none
 * of which is ever waited for.  All of it in the loop's thread.
 */
struct dialling;

/* ---- all limits ---- */
#define DIALLER_MOST	200	/* at once; more are refused */
#define DIALLER_WORD_MS	1000	/* for one message: of a processor that has much to do, since
				 * there is room for it, or it is there */
#define DIALLER_LATE_MS	2000	/* of its time, a quarter at most, in which mfa-call is late */

struct dialler_hears {
	/* Each may be NULL.  None is called from within a function below. */
	void (*keys)(void *arg, const char *keys);	/* answered by dialler_say */
	void (*answered)(void *arg);			/* somebody picked up */
	/* Once, at the end, after which the dialling is gone.  words are mfa-call's own. */
	void (*ended)(void *arg, enum dial_outcome outcome, const char *words);
};

/* Who may serve its socket besides root; once, before the sandbox. */
void dialler_look_up(void);

/* Sends `order` (DIAL_CALL or DIAL_TEXT; version and ms_left are set here) on its
 * way.  ms is how long it may take, of which mfa-call is given less.  NULL: too many are
 * under way, no memory, or mfa-call is not there, which is logged. */
struct dialling *dialler_start(struct api *api, struct dial *order, unsigned int ms,
    const struct dialler_hears *hears, void *arg);

/* What became of the keys. */
void dialler_say(struct dialling *d, enum dial_say say);

/* The call or text of this id, which is under way; NULL. */
struct dialling *dialler_find(const char *id);

/* A gateway that asks us by HTTP: it goes on to mfa-call, which alone can tell whether
 * it is the gateway.  url is the path that was asked for.  `reply` is called once,
 * soon, with what it says; with status 0 when the dialling ends before.  MFA_E_BUSY:
 * too many of them wait. */
struct dialler_callback {
	STAILQ_ENTRY(dialler_callback) next;
	void (*reply)(struct dialler_callback *c, unsigned int status, const unsigned char *body,
	    size_t len);
};
int dialler_ask(struct dialling *d, struct dialler_callback *c, const char *url,
    const char *signature, const void *body, size_t len);

/* Hangs up; `ended` is not called any more, and the dialling is gone. */
void dialler_drop(struct dialling **d);

/* All of them, when the loop has ended. */
void dialler_drop_all(void);

unsigned int dialler_count(void);

#endif
