/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SIGNATURE_H
#define MFA_SIGNATURE_H

#include <stddef.h>

#include "record.h"

/*
 * Verifying the two kinds of signatures: ECDSA on P-256 with SHA-256 (FIPS
 * 186-5, RFC 3279 section 2.2.3), and Ed25519 (RFC 8032 section 5.1).  sign.h
 * is the other side.
 */
enum signature_algorithm { SIGNATURE_P256 = 1, SIGNATURE_ED25519 = 2 };

#define SIGNATURE_P256_KEY	65	/* SEC 1 section 2.3.3, uncompressed */
#define SIGNATURE_ED25519_KEY	32
#define SIGNATURE_ED25519_LEN	64
#define SIGNATURE_P256_MAX	72	/* in DER */

/* A public key that may be used: P-256, an uncompressed point on the curve,
 * which is never the one at infinity; Ed25519, the canonical form of a point
 * that is not of small order, for which anybody could sign.  MFA_E_INVALID. */
int signature_key_check(enum signature_algorithm a, const struct blob *key);

/*
 * MFA_OK only when sig is the key's signature over the data.  P-256: strict
 * DER; both of s and n - s are taken, as authenticators make either, so a
 * signature is no name for what was signed.  Ed25519: S below the group's order.
 * MFA_E_INVALID for a key that signature_key_check refuses, MFA_E_REFUSED for a
 * signature that is another, or none.  What OpenSSL left in its queue of errors
 * is as it was found.
 */
int signature_verify(enum signature_algorithm a, const struct blob *key, const void *data,
    size_t len, const unsigned char *sig, size_t sig_len);

/* Loads what OpenSSL loads on first use; nothing here opens a file after it. */
int signature_warm_up(void);

#endif
