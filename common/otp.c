/* SPDX-License-Identifier: BSD-2-Clause */
#include "otp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "text.h"

#define FIND_MAX 200	/* counters in one search */

const struct otp_params otp_default = {
	.kind = OTP_TOTP, .algorithm = OTP_SHA1, .digits = 6, .period = 30,
};

static const struct {
	const char *name;
	const EVP_MD *(*md)(void);
	size_t key_len;		/* RFC 4226 section 4 R6, RFC 6238 section 5.1 */
} algorithms[] = {
	[OTP_SHA1] = { "SHA1", EVP_sha1, 20 },
	[OTP_SHA256] = { "SHA256", EVP_sha256, 32 },
	[OTP_SHA512] = { "SHA512", EVP_sha512, 64 },
};

static bool
known(enum otp_algorithm a)
{
	return a >= OTP_SHA1 && a <= OTP_SHA512;
}

int
otp_check(const struct otp_params *p)
{
	bool totp = p->kind == OTP_TOTP && (p->period == 30 || p->period == 60);
	bool hotp = p->kind == OTP_HOTP && p->period == 0;

	return known(p->algorithm) && p->digits >= 6 && p->digits <= 8 && (totp || hotp) ?
	    MFA_OK : MFA_E_INVALID;
}

int
otp_warm_up(void)
{
	struct secret key = { .len = 20 };
	char code[OTP_CODE_MAX];

	/* openssl.cnf has nothing for us, and reading it takes longer than a login. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1)
		return MFA_E_CRYPTO;
	return otp_code(&otp_default, &key, 0, code);
}

/* RFC 4226 section 5.3, dynamic truncation, and section 5.4 for the digits. */
static void
truncate_mac(const unsigned char *mac, size_t len, unsigned int digits, char code[OTP_CODE_MAX])
{
	size_t at = mac[len - 1] & 0x0f;
	uint32_t n = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
	    (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	unsigned int i;

	for (i = digits; i > 0; i--, n /= 10)
		code[i - 1] = (char)('0' + n % 10);
	code[digits] = '\0';
}

int
otp_code(const struct otp_params *p, const struct secret *key, uint64_t counter,
    char code[OTP_CODE_MAX])
{
	unsigned char text[8], mac[EVP_MAX_MD_SIZE];
	unsigned int len = 0, i;
	int r = MFA_E_CRYPTO;

	code[0] = '\0';
	if (otp_check(p) != MFA_OK || key->len == 0 || key->len > SECRET_MAX)
		return MFA_E_INVALID;
	for (i = 0; i < 8; i++)
		text[i] = (unsigned char)(counter >> (56 - 8 * i));
	if (HMAC(algorithms[p->algorithm].md(), key->data, (int)key->len, text, sizeof(text), mac,
	    &len) != NULL && len >= 20) {
		truncate_mac(mac, len, p->digits, code);
		r = MFA_OK;
	}
	OPENSSL_cleanse(mac, sizeof(mac));
	return r;
}

uint64_t
otp_step(const struct otp_params *p, int64_t t)
{
	return t < 0 || p->period == 0 ? 0 : (uint64_t)t / p->period;
}

int
otp_find(const struct otp_params *p, const struct secret *key, const char *code, uint64_t first,
    uint64_t last, uint64_t *match)
{
	char candidate[OTP_CODE_MAX];
	uint64_t at = last, found = 0;
	bool hit = false;
	int r = MFA_OK;

	if (strnlen(code, OTP_CODE_MAX) != p->digits || strspn(code, "0123456789") != p->digits ||
	    last < first || last - first > FIND_MAX)
		return MFA_E_INVALID;
	/* Every candidate is compared, from the last to the first. */
	for (;; at--) {
		if ((r = otp_code(p, key, at, candidate)) != MFA_OK)
			break;
		if (secret_equal(candidate, code, p->digits)) {
			found = at;
			hit = true;
		}
		if (at == first)
			break;
	}
	OPENSSL_cleanse(candidate, sizeof(candidate));
	if (r != MFA_OK)
		return r;
	if (!hit)
		return MFA_E_REFUSED;
	*match = found;
	return MFA_OK;
}

int
otp_normalise(const struct secret *typed, char *out, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < typed->len; i++) {
		char c = (char)typed->data[i];

		if (c == ' ' || c == '-' || c == '\t')
			continue;
		if (c == '\0' || n + 1 >= size)
			goto invalid;
		out[n++] = c;
	}
	if (n == 0)
		goto invalid;
	out[n] = '\0';
	return MFA_OK;
invalid:
	OPENSSL_cleanse(out, size);
	return MFA_E_INVALID;
}

const char *
otp_kind_name(enum otp_kind kind)
{
	return kind == OTP_TOTP ? "totp" : kind == OTP_HOTP ? "hotp" : "unknown";
}

const char *
otp_algorithm_name(enum otp_algorithm a)
{
	return known(a) ? algorithms[a].name : "unknown";
}

int
otp_kind_parse(const char *s, enum otp_kind *out)
{
	if (strcmp(s, "totp") == 0)
		*out = OTP_TOTP;
	else if (strcmp(s, "hotp") == 0)
		*out = OTP_HOTP;
	else
		return MFA_E_INVALID;
	return MFA_OK;
}

int
otp_algorithm_parse(const char *s, enum otp_algorithm *out)
{
	int a;

	for (a = OTP_SHA1; a <= OTP_SHA512; a++)
		if (strcmp(s, algorithms[a].name) == 0) {
			*out = (enum otp_algorithm)a;
			return MFA_OK;
		}
	return MFA_E_INVALID;
}
