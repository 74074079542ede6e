/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CTL_SERVICE_REACH_H
#define MFA_CTL_SERVICE_REACH_H

#include <stddef.h>

/*
 * Asks the approval service what a user has, through mfa-http, as a login does;
 * as user pam_mfa, of that user, for SERVICE_REACH_MS at most.  MFA_OK, or an error
 * with words (size bytes) that say where it ended.
 */
#define SERVICE_REACH_MS 5000
int service_reach(char *words, size_t size);

#endif
