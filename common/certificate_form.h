/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CERTIFICATE_FORM_H
#define MFA_CERTIFICATE_FORM_H

#include <stdbool.h>

#include "certificate.h"

/* What certificate.c and certificate_issue.c share. */

#define SIGNED_WORD "signature "

extern const struct record_type certificate_type, revocation_type;

/* The times are in order and not too far apart, and the device is sound. */
bool certificate_is_sound(const struct certificate *c, struct record_error *error);

#endif
