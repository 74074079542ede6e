/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHECK_CONTROL_H
#define MFA_CHECK_CONTROL_H

#include <stdbool.h>

/* Control values of pam.d(5): "required" and the like, or "value=action ..."
 * without its brackets.  actions has _PAM_RETURN_VALUES of them.  False, and
 * everything is ACTION_BAD, for what libpam does not understand. */
bool control_parse(const char *s, int *actions);

void control_set_all(int *actions, int action);

#endif
