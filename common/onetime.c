/* SPDX-License-Identifier: BSD-2-Clause */
#include "onetime.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

#include "error.h"

/* RFC 7914: about 30 ms and 16 MiB. */
#define SCRYPT_N	16384
#define SCRYPT_R	8
#define SCRYPT_P	1
#define SCRYPT_MEMORY	(32u * 1024 * 1024)

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/* 32 characters: 5 bits of each random byte, no bias. */
static int
random_text(char *text, size_t chars)
{
	unsigned char bytes[PASS_CHARS_MAX];
	size_t i, at = 0;

	if (getrandom(bytes, chars, 0) != (ssize_t)chars)
		return MFA_E_CRYPTO;
	for (i = 0; i < chars; i++) {
		if (i > 0 && i % 4 == 0)
			text[at++] = '-';
		text[at++] = alphabet[bytes[i] & 31];
	}
	text[at] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return MFA_OK;
}

int
recovery_new(char text[RECOVERY_TEXT_MAX])
{
	return random_text(text, RECOVERY_CHARS);
}

int
pass_new(unsigned int chars, char *text, size_t size)
{
	if (chars < PASS_CHARS_MIN || chars > PASS_CHARS_MAX || size < chars + chars / 4 + 1)
		return MFA_E_INVALID;
	return random_text(text, chars);
}

int
onetime_normalise(const struct secret *typed, struct secret *out)
{
	size_t i;

	secret_wipe(out);
	for (i = 0; i < typed->len; i++) {
		char c = (char)tolower(typed->data[i]);

		if (c == ' ' || c == '-' || c == '\t')
			continue;
		c = c == '0' ? 'o' : c == '1' ? 'l' : c;
		if (c == '\0' || strchr(alphabet, c) == NULL || out->len >= PASS_CHARS_MAX)
			goto invalid;
		out->data[out->len++] = (unsigned char)c;
	}
	if (out->len >= PASS_CHARS_MIN)
		return MFA_OK;
invalid:
	secret_wipe(out);
	return MFA_E_INVALID;
}

int
onetime_salt(unsigned char salt[ONETIME_SALT_LEN])
{
	return getrandom(salt, ONETIME_SALT_LEN, 0) == ONETIME_SALT_LEN ? MFA_OK : MFA_E_CRYPTO;
}

int
onetime_hash(const struct secret *normalised, const unsigned char salt[ONETIME_SALT_LEN],
    unsigned char hash[ONETIME_HASH_LEN])
{
	if (EVP_PBE_scrypt((const char *)normalised->data, normalised->len, salt, ONETIME_SALT_LEN,
	    SCRYPT_N, SCRYPT_R, SCRYPT_P, SCRYPT_MEMORY, hash, ONETIME_HASH_LEN) != 1)
		return MFA_E_CRYPTO;
	return MFA_OK;
}
