/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_CALL_LOGIN_H
#define MFAD_CALL_LOGIN_H

#include "call_order.h"
#include "dialler.h"

/*
 * Calls and texts for logins, in the loop's thread.  What a person keys in goes to
 * the login host and is never stored; the login itself is in the state, so a call
 * that is lost with mfad leaves one that expires.
 */

/* ---- all limits ---- */
#define CALL_TRIES	2	/* keyings of one call */
#define CALL_TEXT_MS	90000	/* for a text to be sent; its code lives on */
#define CALL_TOLD_MS	500	/* before a login expires, for its host to hear why */
#define CALL_AFTER_MS	15000	/* how it ended is told for so long */
#define CALL_AGAIN_MS	1000	/* until what could not be written is tried again */
#define CALL_ATTEMPTS	60	/* to write it */

/* When mfad starts: calls that went with the last one are cancelled. */
int call_login_begin(struct api *api);

/* On its way; where it cannot be, the login is cancelled soon, and says so. */
void call_login_start(struct api *api, const struct call_order *order);

/* What was keyed in and not judged yet; NULL: nothing. */
const char *call_login_keys(const char *login);

/* How the call or text ended, as the API has it; NULL: it goes on, or is unknown. */
const char *call_login_why(const char *login);

/* The host says that the keys are not the number.  Does the telephone ask again?
 * PROBLEM_GONE when nothing was keyed in. */
int call_login_wrong(const char *login, bool *again);

/* Its host closes it, or could not; and then has closed it: thanks, or hangs up. */
void call_login_closing(const char *host, const char *login, bool closing);
void call_login_closed(const char *login, enum login_state outcome);

/* All of them, when the loop has ended. */
void call_login_drop_all(void);

#endif
