/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of one-time passwords, as people and authenticator apps exchange them. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "error.h"
#include "otp.h"

#define KEY_OLD_MIN 10	/* google-authenticator's first keys had 80 bits */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int
otp_key_new(enum otp_algorithm algorithm, struct secret *key)
{
	size_t len = algorithm == OTP_SHA512 ? 64 : algorithm == OTP_SHA256 ? 32 : 20;

	secret_wipe(key);
	if (getrandom(key->data, len, 0) != (ssize_t)len) {
		secret_wipe(key);
		return MFA_E_CRYPTO;
	}
	key->len = len;
	return MFA_OK;
}

int
otp_key_export(const struct secret *key, char out[OTP_BASE32_MAX])
{
	unsigned int bits = 0, buffer = 0;
	size_t i, n = 0;

	out[0] = '\0';
	if (key->len == 0 || key->len > OTP_KEY_MAX)
		return MFA_E_INVALID;
	for (i = 0; i < key->len; i++) {
		buffer = (buffer << 8 | key->data[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[n++] = alphabet[buffer >> (bits - 5) & 31];
	}
	if (bits > 0)
		out[n++] = alphabet[buffer << (5 - bits) & 31];
	out[n] = '\0';
	return MFA_OK;
}

static int
base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

int
otp_key_import(const char *base32, struct secret *key)
{
	unsigned int bits = 0, buffer = 0;
	bool padding = false;
	int value;

	secret_wipe(key);
	for (; *base32 != '\0'; base32++) {
		if (*base32 == ' ' || *base32 == '-')
			continue;
		if (*base32 == '=') {
			padding = true;
			continue;
		}
		if (padding || (value = base32_value(*base32)) == -1 || key->len >= OTP_KEY_MAX)
			goto invalid;
		buffer = (buffer << 5 | (unsigned int)value) & 0xfff;
		if ((bits += 5) >= 8) {
			bits -= 8;
			key->data[key->len++] = (unsigned char)(buffer >> bits);
		}
	}
	/* What is left over must be less than a character, and zero. */
	if (bits >= 5 || (buffer & ((1u << bits) - 1)) != 0 || key->len < KEY_OLD_MIN)
		goto invalid;
	return MFA_OK;
invalid:
	secret_wipe(key);
	return MFA_E_INVALID;
}

/* RFC 3986 section 2.3: unreserved characters stay. */
static bool
put_escaped(struct secret *out, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (out->len + 3 > SECRET_MAX)
			return false;
		if (strchr(plain, c) != NULL) {
			out->data[out->len++] = c;
		} else {
			out->data[out->len++] = '%';
			out->data[out->len++] = (unsigned char)hex[c >> 4];
			out->data[out->len++] = (unsigned char)hex[c & 15];
		}
	}
	out->data[out->len] = '\0';
	return true;
}

static bool
put_plain(struct secret *out, const char *s)
{
	size_t len = strlen(s);

	if (out->len + len > SECRET_MAX)
		return false;
	memcpy(out->data + out->len, s, len + 1);
	out->len += len;
	return true;
}

int
otp_url(const struct otp_params *p, const struct secret *key, const char *issuer,
    const char *user, uint64_t counter, struct secret *out)
{
	char base32[OTP_BASE32_MAX], rest[96];
	bool fits;
	int n, r;

	secret_wipe(out);
	if ((r = otp_check(p)) != MFA_OK || (r = otp_key_export(key, base32)) != MFA_OK)
		return r;
	n = p->kind == OTP_TOTP ?
	    snprintf(rest, sizeof(rest), "&algorithm=%s&digits=%u&period=%u",
	    otp_algorithm_name(p->algorithm), p->digits, p->period) :
	    snprintf(rest, sizeof(rest), "&algorithm=%s&digits=%u&counter=%llu",
	    otp_algorithm_name(p->algorithm), p->digits, (unsigned long long)counter);
	fits = n > 0 && (size_t)n < sizeof(rest) && put_plain(out, "otpauth://") &&
	    put_plain(out, otp_kind_name(p->kind)) && put_plain(out, "/") &&
	    put_escaped(out, issuer) && put_plain(out, ":") && put_escaped(out, user) &&
	    put_plain(out, "?secret=") && put_plain(out, base32) &&
	    put_plain(out, "&issuer=") && put_escaped(out, issuer) && put_plain(out, rest);
	explicit_bzero(base32, sizeof(base32));
	if (fits)
		return MFA_OK;
	secret_wipe(out);
	return MFA_E_INVALID;
}
