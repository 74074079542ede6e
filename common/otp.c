/* SPDX-License-Identifier: BSD-2-Clause */
#include "otp.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base32.h"
#include "crypto.h"
#include "error.h"

/* ---- all limits ---- */
#define FIND_MAX	200	/* last - first in one otp_find */
#define KEY_TEXT_MAX	512	/* characters of a typed key, blanks and all */

const struct otp_params otp_default = { OTP_TOTP, OTP_SHA1, 6, 30 };

static const struct {
	enum otp_algorithm algorithm;
	char digest[8];		/* OpenSSL's name */
	size_t key_len;		/* RFC 4226 R6, RFC 2104: the length of its output */
} algorithms[] = {
	{ OTP_SHA1, "SHA1", 20 },
	{ OTP_SHA256, "SHA256", 32 },
	{ OTP_SHA512, "SHA512", 64 },
};

#define N_ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

/* Fetched once and kept: a fetch costs a hundred times what an HMAC does. */
static EVP_MAC *hmac;

/* The row in algorithms[]; N_ALGORITHMS when there is none. */
static size_t
find_algorithm(enum otp_algorithm a)
{
	size_t i;

	for (i = 0; i < N_ALGORITHMS && algorithms[i].algorithm != a; i++)
		;
	return i;
}

int
otp_check(const struct otp_params *p)
{
	if (find_algorithm(p->algorithm) == N_ALGORITHMS || p->digits < 6 || p->digits > 8)
		return MFA_E_INVALID;
	switch (p->kind) {
	case OTP_TOTP:
		return p->period == 30 || p->period == 60 ? MFA_OK : MFA_E_INVALID;
	case OTP_HOTP:
		return MFA_OK;
	}
	return MFA_E_INVALID;
}

int
otp_key_check(const struct secret *key)
{
	if (key->len == OTP_KEY_OLD || (key->len >= OTP_KEY_MIN && key->len <= OTP_KEY_MAX))
		return MFA_OK;
	return MFA_E_INVALID;
}

static int
fetch(void)
{
	int r;

	if (hmac != NULL)
		return MFA_OK;
	if ((r = crypto_start()) != MFA_OK)
		return r;
	hmac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	return hmac != NULL ? MFA_OK : MFA_E_CRYPTO;
}

/* One keyed context serves all counters of a search. */
static int
open_mac(const struct otp_params *p, const struct secret *key, EVP_MAC_CTX **out)
{
	char digest[sizeof(algorithms[0].digest)];
	OSSL_PARAM params[2] = { OSSL_PARAM_END, OSSL_PARAM_END };
	int r;

	*out = NULL;
	if (otp_check(p) != MFA_OK || otp_key_check(key) != MFA_OK)
		return MFA_E_INVALID;
	if ((r = fetch()) != MFA_OK)
		return r;
	memcpy(digest, algorithms[find_algorithm(p->algorithm)].digest, sizeof(digest));
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
	if ((*out = EVP_MAC_CTX_new(hmac)) == NULL)
		return MFA_E_MEMORY;
	if (EVP_MAC_init(*out, key->data, key->len, params) == 1)
		return MFA_OK;
	EVP_MAC_CTX_free(*out);
	*out = NULL;
	return MFA_E_CRYPTO;
}

/* RFC 4226 section 5.3: the dynamic truncation, and its last digits. */
static void
truncate_to_digits(const unsigned char *mac, size_t len, unsigned int digits, char *code)
{
	const unsigned char *at = mac + (mac[len - 1] & 0x0f);
	uint32_t bin = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];

	code[digits] = '\0';
	while (digits-- > 0) {
		code[digits] = (char)('0' + bin % 10);
		bin /= 10;
	}
}

static int
compute(EVP_MAC_CTX *ctx, uint64_t counter, unsigned int digits, char code[OTP_CODE_MAX])
{
	unsigned char moving[8], mac[EVP_MAX_MD_SIZE];
	size_t i, len = 0;
	int r = MFA_E_CRYPTO;

	for (i = 0; i < sizeof(moving); i++)
		moving[i] = (unsigned char)(counter >> (56 - 8 * i));
	if (EVP_MAC_init(ctx, NULL, 0, NULL) == 1 &&	/* the key again */
	    EVP_MAC_update(ctx, moving, sizeof(moving)) == 1 &&
	    EVP_MAC_final(ctx, mac, &len, sizeof(mac)) == 1 && len >= 20) {
		truncate_to_digits(mac, len, digits, code);
		r = MFA_OK;
	}
	explicit_bzero(mac, sizeof(mac));
	return r;
}

int
otp_warm_up(void)
{
	const struct secret key = { .len = OTP_KEY_MAX };
	char code[OTP_CODE_MAX];

	return otp_code(&otp_default, &key, 0, code);
}

int
otp_code(const struct otp_params *p, const struct secret *key, uint64_t counter,
    char code[OTP_CODE_MAX])
{
	EVP_MAC_CTX *ctx = NULL;
	int r;

	explicit_bzero(code, OTP_CODE_MAX);
	if ((r = open_mac(p, key, &ctx)) == MFA_OK)
		r = compute(ctx, counter, p->digits, code);
	EVP_MAC_CTX_free(ctx);
	return r;
}

uint64_t
otp_step(const struct otp_params *p, int64_t t)
{
	return t < 0 || p->period == 0 ? 0 : (uint64_t)t / p->period;
}

static bool
is_code(const char *s, unsigned int digits)
{
	return strnlen(s, OTP_CODE_MAX) == digits && strspn(s, "0123456789") == digits;
}

int
otp_find(const struct otp_params *p, const struct secret *key, const char *code,
    uint64_t first, uint64_t last, uint64_t *match)
{
	uint64_t n, found = 0, lowest = 0, same;
	char computed[OTP_CODE_MAX];
	EVP_MAC_CTX *ctx = NULL;
	int r;

	*match = 0;
	if (last < first || last - first > FIND_MAX)
		return MFA_E_INVALID;
	if ((r = open_mac(p, key, &ctx)) != MFA_OK)
		return r;
	if (!is_code(code, p->digits))
		r = MFA_E_INVALID;
	/* Downwards, so that the lowest match is the one that stays; selected
	 * by mask, so that a match takes the time of a miss. */
	for (n = last - first + 1; r == MFA_OK && n-- > 0;) {
		r = compute(ctx, first + n, p->digits, computed);
		same = -(uint64_t)(r == MFA_OK && secret_equal(computed, code, p->digits));
		found |= same;
		lowest = (lowest & ~same) | ((first + n) & same);
	}
	explicit_bzero(computed, sizeof(computed));
	EVP_MAC_CTX_free(ctx);
	if (r != MFA_OK)
		return r;
	*match = lowest;
	return found != 0 ? MFA_OK : MFA_E_REFUSED;
}

int
otp_normalise(const struct secret *typed, char *out, size_t size)
{
	size_t i, at = 0;

	explicit_bzero(out, size);
	for (i = 0; i < typed->len; i++) {
		unsigned char c = typed->data[i];

		if (c == ' ' || c == '\t' || c == '-')
			continue;
		if (c < '0' || c > '9' || at + 1 >= size) {
			explicit_bzero(out, size);
			return MFA_E_INVALID;
		}
		out[at++] = (char)c;
	}
	return at > 0 ? MFA_OK : MFA_E_INVALID;
}

/* ---- keys ---- */

int
otp_key_new(enum otp_algorithm algorithm, struct secret *key)
{
	size_t i = find_algorithm(algorithm);
	int r;

	secret_wipe(key);
	if (i == N_ALGORITHMS)
		return MFA_E_INVALID;
	if ((r = crypto_random(key->data, algorithms[i].key_len)) == MFA_OK)
		key->len = algorithms[i].key_len;
	return r;
}

int
otp_key_export(const struct secret *key, char out[OTP_BASE32_MAX])
{
	explicit_bzero(out, OTP_BASE32_MAX);
	if (otp_key_check(key) != MFA_OK)
		return MFA_E_INVALID;
	return base32_encode(key->data, key->len, out, OTP_BASE32_MAX);
}

int
otp_key_import(const char *base32, struct secret *key)
{
	secret_wipe(key);
	if (strnlen(base32, KEY_TEXT_MAX + 1) > KEY_TEXT_MAX)
		return MFA_E_INVALID;
	if (base32_decode(base32, key) == MFA_OK && otp_key_check(key) == MFA_OK)
		return MFA_OK;
	secret_wipe(key);
	return MFA_E_INVALID;
}

/* ---- names ---- */

const char *
otp_kind_name(enum otp_kind kind)
{
	switch (kind) {
	case OTP_TOTP: return "totp";
	case OTP_HOTP: return "hotp";
	}
	return "?";
}

const char *
otp_algorithm_name(enum otp_algorithm a)
{
	size_t i = find_algorithm(a);

	return i < N_ALGORITHMS ? algorithms[i].digest : "?";
}

int
otp_kind_parse(const char *s, enum otp_kind *out)
{
	enum otp_kind k;

	for (k = OTP_TOTP; k <= OTP_HOTP; k++) {
		if (strcasecmp(s, otp_kind_name(k)) == 0) {
			*out = k;
			return MFA_OK;
		}
	}
	return MFA_E_INVALID;
}

int
otp_algorithm_parse(const char *s, enum otp_algorithm *out)
{
	size_t i;

	for (i = 0; i < N_ALGORITHMS; i++) {
		if (strcasecmp(s, algorithms[i].digest) == 0) {
			*out = algorithms[i].algorithm;
			return MFA_OK;
		}
	}
	return MFA_E_INVALID;
}
