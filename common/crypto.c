/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto.h"

#include <errno.h>
#include <openssl/crypto.h>
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
