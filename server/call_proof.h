/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_CALL_PROOF_H
#define MFAD_CALL_PROOF_H

#include "api.h"
#include "model_telephone.h"

/*
 * Calls and texts that prove a telephone, and those that tell of one, in the
 * loop's thread.
 */

/* ---- all limits ---- */
#define CALL_PROOF_MS	90000	/* of one call or text */

/* Calls for the keys, or sends the text. */
void call_proof_start(struct api *api, const char *user, const struct model_telephone_made *t,
    enum model_dial by);

/* The telephone was removed: nothing can prove it any more. */
void call_proof_gone(int64_t telephone);

/* How the last one that is known ended, if nothing was proved; NULL: it goes on, or
 * is unknown.  "wrong": something else was keyed in. */
const char *call_proof_why(int64_t telephone);

/* Sends the texts that tell of a change; what is not sent is logged. */
void call_proof_notice(struct api *api, const char *user, const struct model_notice *n);

/* All of them, when the loop has ended. */
void call_proof_drop_all(void);

#endif
