/* SPDX-License-Identifier: BSD-2-Clause */
#include "onetime.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

#include "crypto.h"
#include "error.h"

/* ---- all limits ---- */
#define SCRYPT_N	(UINT64_C(1) << 14)
#define SCRYPT_R	8
#define SCRYPT_P	1
#define SCRYPT_MEMORY	(UINT64_C(32) << 20)	/* it takes a little over 16 MiB */
#define GROUP		4	/* characters between hyphens */

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/* One random byte makes one character: 256 is a multiple of 32, so all are
 * equally likely. */
static int
make(unsigned int chars, char *text, size_t size)
{
	unsigned char random[PASS_CHARS_MAX];
	size_t i, at = 0;
	int r = MFA_E_INVALID;

	explicit_bzero(text, size);
	if (chars > sizeof(random) || size < chars + (chars - 1) / GROUP + 1)
		return MFA_E_INVALID;
	if ((r = crypto_random(random, chars)) != MFA_OK)
		return r;
	for (i = 0; i < chars; i++) {
		if (i > 0 && i % GROUP == 0)
			text[at++] = '-';
		text[at++] = alphabet[random[i] % (sizeof(alphabet) - 1)];
	}
	explicit_bzero(random, sizeof(random));
	return MFA_OK;
}

int
recovery_new(char text[RECOVERY_TEXT_MAX])
{
	return make(RECOVERY_CHARS, text, RECOVERY_TEXT_MAX);
}

int
pass_new(unsigned int chars, char *text, size_t size)
{
	if (chars < PASS_CHARS_MIN || chars > PASS_CHARS_MAX)
		return MFA_E_INVALID;
	return make(chars, text, size);
}

/* As it was printed; 0 for what is no character of ours. */
static char
meant(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (unsigned char)(c - 'A' + 'a');
	else if (c == '0')
		c = 'o';
	else if (c == '1')
		c = 'l';
	return c != '\0' && strchr(alphabet, c) != NULL ? (char)c : '\0';
}

int
onetime_normalise(const struct secret *typed, struct secret *out)
{
	size_t i;
	char c;

	secret_wipe(out);
	for (i = 0; i < typed->len; i++) {
		if (typed->data[i] == ' ' || typed->data[i] == '\t' || typed->data[i] == '-')
			continue;
		if ((c = meant(typed->data[i])) == '\0' || out->len == PASS_CHARS_MAX)
			goto refuse;
		out->data[out->len++] = (unsigned char)c;
	}
	if (out->len >= PASS_CHARS_MIN)
		return MFA_OK;
refuse:
	secret_wipe(out);
	return MFA_E_INVALID;
}

int
onetime_salt(unsigned char salt[ONETIME_SALT_LEN])
{
	return crypto_random(salt, ONETIME_SALT_LEN);
}

int
onetime_hash(const struct secret *normalised, const unsigned char salt[ONETIME_SALT_LEN],
    unsigned char hash[ONETIME_HASH_LEN])
{
	int r;

	explicit_bzero(hash, ONETIME_HASH_LEN);
	if (normalised->len < PASS_CHARS_MIN || normalised->len > PASS_CHARS_MAX)
		return MFA_E_INVALID;
	if ((r = crypto_start()) != MFA_OK)
		return r;
	if (EVP_PBE_scrypt((const char *)normalised->data, normalised->len, salt,
	    ONETIME_SALT_LEN, SCRYPT_N, SCRYPT_R, SCRYPT_P, SCRYPT_MEMORY, hash,
	    ONETIME_HASH_LEN) == 1)
		return MFA_OK;
	explicit_bzero(hash, ONETIME_HASH_LEN);
	return MFA_E_CRYPTO;
}

int
onetime_hash_text(const char *text, const unsigned char salt[ONETIME_SALT_LEN],
    unsigned char hash[ONETIME_HASH_LEN])
{
	struct secret typed, normalised = { .len = 0 };
	int r;

	if ((r = secret_set(&typed, text, strlen(text))) == MFA_OK &&
	    (r = onetime_normalise(&typed, &normalised)) == MFA_OK)
		r = onetime_hash(&normalised, salt, hash);
	secret_wipe(&typed);
	secret_wipe(&normalised);
	return r;
}
