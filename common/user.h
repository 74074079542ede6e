/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_USER_H
#define MFA_USER_H

#include <stdint.h>

/*
 * A user's ids as NSS has them, without getpwnam(3)'s static storage.
 * MFA_E_ABSENT only when NSS says that there is no such user; a lookup that
 * could not be made is MFA_E_SYSTEM (errno says why) or MFA_E_MEMORY, so that
 * "I do not know" is never taken for "nobody".  *uid and *gid are set on
 * success.
 */
int user_find(const char *name, uint32_t *uid, uint32_t *gid);

#endif
