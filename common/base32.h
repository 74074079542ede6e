/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BASE32_H
#define MFA_BASE32_H

#include <stddef.h>

#include "secret.h"

/* RFC 4648 section 6, as keys are exchanged. */

/* Characters for len bytes, without padding and terminator. */
#define BASE32_CHARS(len) (((len) * 8 + 4) / 5)

/* Upper case, without padding; MFA_E_INVALID when out (size bytes) cannot hold
 * it with its terminator. */
int base32_encode(const unsigned char *data, size_t len, char *out, size_t size);

/* Takes lower case, blanks and hyphens anywhere, and padding at the end.
 * MFA_E_INVALID for anything else, for a length that no bytes encode to, and
 * for spare bits that are not zero: one key has one spelling, so that a lost
 * or mistyped last character is noticed. */
int base32_decode(const char *text, struct secret *out);

#endif
