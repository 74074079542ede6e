/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "error.h"

/* The tables of legacy names cost 0.4 ms and serve only lookups by name
 * without a fetch; what the clean-up at exit frees, the kernel frees faster;
 * nobody reads the error strings. */
#define START (OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | \
	OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | \
	OPENSSL_INIT_NO_ATEXIT)

int
crypto_start(void)
{
	return OPENSSL_init_crypto((uint64_t)START, NULL) == 1 ? MFA_OK : MFA_E_CRYPTO;
}

int
crypto_start_for_tls(void)
{
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_CIPHERS |
	    OPENSSL_INIT_ADD_ALL_DIGESTS, NULL) == 1 ? MFA_OK : MFA_E_CRYPTO;
}

/* Not RAND_bytes: that sets up a generator of its own (0.5 ms, and state to
 * keep apart after a fork), and seeds it from this same call. */
int
crypto_random(void *buf, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = getrandom((unsigned char *)buf + have, len - have, 0);
		if (n > 0) {
			have += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			explicit_bzero(buf, len);
			return MFA_E_SYSTEM;
		}
	}
	return MFA_OK;
}

/* Fetched once and kept, as in otp.c. */
static EVP_MD *sha256;

int
crypto_sha256(const void *data, size_t len, unsigned char digest[CRYPTO_SHA256_LEN])
{
	int r;

	explicit_bzero(digest, CRYPTO_SHA256_LEN);
	if (sha256 == NULL) {
		if ((r = crypto_start()) != MFA_OK)
			return r;
		if ((sha256 = EVP_MD_fetch(NULL, "SHA256", NULL)) == NULL)
			return MFA_E_CRYPTO;
	}
	if (EVP_Digest(data, len, digest, NULL, sha256, NULL) == 1)
		return MFA_OK;
	explicit_bzero(digest, CRYPTO_SHA256_LEN);
	return MFA_E_CRYPTO;
}

int
crypto_hmac_sha256(const unsigned char *key, size_t key_len, const void *data, size_t len,
    unsigned char mac[CRYPTO_SHA256_LEN])
{
	size_t mac_len = 0;
	int r;

	explicit_bzero(mac, CRYPTO_SHA256_LEN);
	if ((r = crypto_start()) != MFA_OK)
		return r;
	if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_len, data, len, mac,
	    CRYPTO_SHA256_LEN, &mac_len) != NULL && mac_len == CRYPTO_SHA256_LEN)
		return MFA_OK;
	explicit_bzero(mac, CRYPTO_SHA256_LEN);
	return MFA_E_CRYPTO;
}
