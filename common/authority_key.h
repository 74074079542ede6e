/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_AUTHORITY_KEY_H
#define MFA_AUTHORITY_KEY_H

#include "authority.h"
#include "sign.h"

/*
 * The private half of an authority, in a file of one line: "ed25519-private ",
 * the seed in base64url, LF.  Whoever reads it can vouch for any device.
 */
#define AUTHORITY_KEY_SUFFIX ".pub"	/* of the file with the public key */

/* Reads it: a regular file, no symbolic link, owned by the effective user, with
 * no mode beyond 0600, checked on the open descriptor.  On error *key is wiped
 * and *why says in words that follow the path what is wrong (static).
 * MFA_E_ABSENT, MFA_E_CONFIG, MFA_E_SYSTEM (errno), MFA_E_CRYPTO. */
int authority_key_read(const char *path, struct sign_key *key, const char **why);

/* Makes a new pair: the private key in path, mode 0600, and the public one in
 * path.pub, mode 0644, each complete or not at all.  *out is the public half.
 * MFA_E_EXISTS when there is either of them, and then nothing is made;
 * MFA_E_INVALID for a path that is too long; MFA_E_SYSTEM (errno), MFA_E_CRYPTO. */
int authority_key_create(const char *path, struct authority *out);

#endif
