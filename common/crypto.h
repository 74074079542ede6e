/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CRYPTO_H
#define MFA_CRYPTO_H

#include <stddef.h>

/*
 * libcrypto, started with nothing that we do not use: a helper that is spawned
 * for one login pays for every part of it.  No configuration file is read, so
 * nothing is opened after this, and nothing that it could name is loaded.
 */
int crypto_start(void);

/* The same for a program that speaks TLS, too, before anything else of OpenSSL
 * is used: libssl finds digests by their names, and what a first start left out
 * no later one brings. */
int crypto_start_for_tls(void);

/* Random bytes from the kernel. MFA_E_SYSTEM, with the buffer zeroed. */
int crypto_random(void *buf, size_t len);

#define CRYPTO_SHA256_LEN 32

/* MFA_E_CRYPTO, with the digest zeroed. */
int crypto_sha256(const void *data, size_t len, unsigned char digest[CRYPTO_SHA256_LEN]);

/* HMAC-SHA-256 (RFC 2104); the same. */
int crypto_hmac_sha256(const unsigned char *key, size_t key_len, const void *data, size_t len,
    unsigned char mac[CRYPTO_SHA256_LEN]);

#endif
