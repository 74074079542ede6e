/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BASE64URL_H
#define MFA_BASE64URL_H

#include <stddef.h>

/* RFC 4648 section 5 without padding, as keys and signatures are written. */

/* Characters for len bytes, without the terminator. */
#define BASE64URL_CHARS(len) (((len) * 4 + 2) / 3)

/* MFA_E_INVALID (and an empty out) when out (size bytes, 1 or more) cannot
 * hold it with its terminator. */
int base64url_encode(const unsigned char *data, size_t len, char *out, size_t size);

/* Exactly `chars` characters of the alphabet.  MFA_E_INVALID for anything
 * else, padding, a length that no bytes encode to, spare bits that are not
 * zero, and more bytes than out (size bytes) holds: what decodes is written in
 * one way only.  *len is set; on error it is 0 and out is wiped. */
int base64url_decode(const char *text, size_t chars, unsigned char *out, size_t size, size_t *len);

#endif
