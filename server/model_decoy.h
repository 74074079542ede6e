/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_DECOY_H
#define MFAD_MODEL_DECOY_H

#include "model_login.h"

/*
 * Logins whose host asks as if: of users who cannot pass there, so that what is
 * seen at their prompts is what is seen at others'.  They meet the limits of
 * others and end as others do, no phone hears of them, no administrator sees
 * them wait, and nothing can answer them: they are kept in a table of their own.
 */

/* As model_login_open, for a host that is known; out->to is nobody's number.  A user's locks
 * and real logins count against decoys, and not the other way round.  Writes. */
int model_decoy_open(struct db *db, const char *host, const struct model_login_asked *in,
    int64_t now, struct model_login_opened *out, int64_t *retry);

/* As model_login and model_login_close.  The latter writes. */
int model_decoy(struct db *db, const char *host, const char *login, int64_t now,
    struct model_login *out);
int model_decoy_close(struct db *db, const char *host, const char *login,
    enum login_state outcome);

/* As model_dial_undo.  Writes. */
int model_decoy_undo(struct db *db, const char *login);

/* As model_logins_waiting, for mfad alone: id, host_id, push and dial. */
int model_decoys_waiting(struct db *db, int64_t now,
    bool (*fn)(void *arg, const struct model_pending *p), void *arg);

#endif
