/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CODES_H
#define MFA_CODES_H

#include <stdbool.h>

#include "onetime.h"

/* Shows new recovery codes, once.  CTL_DONE, or CTL_STATE after a complaint. */
int codes_show(const char *user, char codes[RECOVERY_CODES][RECOVERY_TEXT_MAX], bool json);

#endif
