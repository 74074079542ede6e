/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ONETIME_H
#define MFA_ONETIME_H

#include <stddef.h>

#include "secret.h"

/*
 * Recovery codes and temporary access passes: random text shown once, kept as
 * a salted slow hash (scrypt, RFC 7914: N 2^14, r 8, p 1).
 */
#define ONETIME_SALT_LEN	16
#define ONETIME_HASH_LEN	32
#define RECOVERY_CODES		10	/* in one printed list */
#define RECOVERY_CHARS		16	/* base32, 5 bits each: 80 bits */
#define RECOVERY_TEXT_MAX	20	/* "xxxx-xxxx-xxxx-xxxx" and the terminator */
#define PASS_CHARS_MIN		10	/* base32: 50 bits, and limited in time and tries */
#define PASS_CHARS_MAX		32
#define PASS_CHARS_DEFAULT	12

/* A new recovery code, in lower-case base32 (RFC 4648 alphabet), four groups
 * of four. */
int recovery_new(char text[RECOVERY_TEXT_MAX]);

/* A new pass of `chars` characters, in groups of four with hyphens; text
 * holds size bytes.  MFA_E_INVALID when chars is out of range or text too small
 * (chars + chars/4 + 1 always do), MFA_E_SYSTEM. */
int pass_new(unsigned int chars, char *text, size_t size);

/* What somebody typed, without blanks and hyphens and in lower case, if it
 * has the alphabet and length of a recovery code or a pass; MFA_E_INVALID
 * otherwise.  0 and 1 are read as o and l, as people mistake them. */
int onetime_normalise(const struct secret *typed, struct secret *out);

/* A random salt. */
int onetime_salt(unsigned char salt[ONETIME_SALT_LEN]);

/* The slow hash of a normalised text; about 30 to 60 ms and 16 MiB.  Never
 * called inside a transaction.  MFA_E_INVALID for a text that has not the length
 * of a normalised one, MFA_E_CRYPTO, and then hash is zeros. */
int onetime_hash(const struct secret *normalised, const unsigned char salt[ONETIME_SALT_LEN],
    unsigned char hash[ONETIME_HASH_LEN]);

/* The same of a text as it is shown. */
int onetime_hash_text(const char *text, const unsigned char salt[ONETIME_SALT_LEN],
    unsigned char hash[ONETIME_HASH_LEN]);

#endif
