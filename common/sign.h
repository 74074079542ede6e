/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SIGN_H
#define MFA_SIGN_H

#include "signature.h"

/*
 * The side that signs: authorities and reference devices.  Nothing that a
 * login host runs for a login needs it.
 */
#define SIGN_KEY_LEN 32

struct sign_key {
	enum signature_algorithm algorithm;
	unsigned char secret[SIGN_KEY_LEN];	/* Ed25519: the seed; P-256: the scalar,
						 * big-endian */
	struct blob public;
};

/* A new random key.  MFA_E_CRYPTO, MFA_E_SYSTEM, and then it is wiped. */
int sign_key_new(enum signature_algorithm a, struct sign_key *out);

/* The Ed25519 key of a seed; the same. */
int sign_key_ed25519(const unsigned char seed[SIGN_KEY_LEN], struct sign_key *out);

/* A P-256 key that was kept; MFA_E_INVALID when the public key is none.  That
 * the two belong together shows when a signature is verified. */
int sign_key_p256(const unsigned char scalar[SIGN_KEY_LEN], const struct blob *public,
    struct sign_key *out);

/* Signs.  MFA_E_CRYPTO, MFA_E_MEMORY, and then sig is zeros. */
int sign(const struct sign_key *key, const void *data, size_t len, struct blob *sig);

void sign_key_wipe(struct sign_key *key);

#endif
