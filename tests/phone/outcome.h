/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PHONE_OUTCOME_H
#define MFA_PHONE_OUTCOME_H

#include "phone.h"

/* Asks what became of a login, again and again until that is known or the
 * deadline has passed, and tells it: PHONE_DONE when it went on, PHONE_NO when
 * it did not, PHONE_FAILED, PHONE_REFUSED. */
int outcome(struct api *a, const char *login, struct deadline deadline);

#endif
