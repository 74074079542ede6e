/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TWILIO_API_H
#define MFA_CALL_TWILIO_API_H

#include "call.h"

/* What is asked of Twilio: the two requests that a call needs. */

/* ---- all limits ---- */
#define TWILIO_SID_MAX	64
#define TWILIO_URL_MAX	384	/* of ours: twilio_callback, an id, and what for */

/* Places the call; `voice` and `status` are the addresses that are asked what to do, and
 * told how it goes.  MFA_OK and its sid, or MFA_E_REFUSED and why in words. */
int twilio_place(const struct call *c, const char *voice, const char *status,
    char sid[TWILIO_SID_MAX], char words[DIAL_WORDS_MAX]);

/* Ends it, as well as may be. */
void twilio_hang_up(const struct call *c, const char *sid);

#endif
