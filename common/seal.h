/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SEAL_H
#define MFA_SEAL_H

#include <stddef.h>

#include "secret.h"

/*
 * Secrets at rest: AES-256-GCM with a random 96-bit nonce under a key that is
 * kept outside the database.  The "bound" text (table, user, row's own
 * parameters) is authenticated with it, so that a sealed value moved to
 * another row, or a row changed around it, does not open.
 */
#define SEAL_KEY_LEN	32
#define SEAL_OVERHEAD	(1 + 12 + 16)	/* version, nonce, tag */

struct seal_key {
	unsigned char bytes[SEAL_KEY_LEN];
};

/* Reads the key file: a regular file, owned by root, readable by no other
 * than its owner and group and writable by its owner only, of exactly
 * SEAL_KEY_LEN bytes; checked on the open descriptor.  On error *why says in
 * words that follow the path what is wrong (static).  MFA_E_ABSENT,
 * MFA_E_CONFIG, MFA_E_SYSTEM (errno). */
int seal_key_read(const char *path, struct seal_key *key, const char **why);

/* Makes a new random key file, complete or not at all (written beside it and
 * linked into place), mode 0640, owner root, the given group.  MFA_E_EXISTS
 * when there is one, which stays as it is; MFA_E_SYSTEM (errno). */
int seal_key_create(const char *path, unsigned int gid);

/* Loads what OpenSSL loads on first use; nothing here opens a file after it. */
int seal_warm_up(void);

/* out holds size bytes, plain->len + SEAL_OVERHEAD at least (MFA_E_INVALID);
 * *out_len is set.  bound is at most 4096 bytes.  MFA_E_CRYPTO, MFA_E_SYSTEM,
 * MFA_E_MEMORY, and then out is wiped. */
int seal(const struct seal_key *key, const char *bound, const struct secret *plain,
    unsigned char *out, size_t size, size_t *out_len);

/* MFA_E_CRYPTO when it was not sealed with this key and this bound text, and
 * then plain is empty. */
int unseal(const struct seal_key *key, const char *bound, const unsigned char *sealed,
    size_t len, struct secret *plain);

void seal_key_wipe(struct seal_key *key);

#endif
