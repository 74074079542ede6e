/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_CALL_TEXT_H
#define MFAD_CALL_TEXT_H

#include "dial.h"

/* What is said and written to people over a telephone, and of it. */

/* Who calls, about which host and service, cut to what can be spoken. */
void call_text_names(struct dial *d, const char *host, const char *service);
void call_text_organisation(struct dial *d, const char *organisation);

/* The text of a code, in that language: who, for which host, and the line that
 * browsers and phones offer to fill in (the WICG's "Origin-bound one-time codes
 * delivered via SMS"). */
void call_text_code(struct dial *d, const char *organisation, const char *host,
    const char *code, const char *language);

/* A code that says yes to another telephone. */
void call_text_consent(struct dial *d, const char *organisation, const char *code,
    const char *language);

/* That a number was added or removed. */
void call_text_notice(struct dial *d, const char *organisation, const char *user,
    bool added, const char *language);

/* How a call or text ended, as the API has it. */
const char *call_text_outcome(enum dial_outcome outcome);

#endif
