/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SALT_H
#define MFA_SALT_H

#include "state.h"

/*
 * A slow hash is computed between two transactions: the first sees to it that
 * the user has a salt, the second finds that it is still the same.
 */
int salt_make(struct state *st, const char *user, unsigned char salt[ONETIME_SALT_LEN]);

/* Inside a transaction; MFA_E_BUSY when it is another one by now. */
int salt_same(struct state *st, const char *user, const unsigned char salt[ONETIME_SALT_LEN]);

#endif
