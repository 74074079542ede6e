/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "onetime.h"
#include "otp.h"
#include "text.h"

/*
 * Whatever people type where a code, a recovery code, a pass or a key is
 * asked for.  A search finds only a code that is there, and finds that one.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WINDOW 10	/* counters that are searched */

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static bool
is_filler(char c)
{
	return c == ' ' || c == '\t' || c == '-';
}

/* Whether text is typed without blanks and hyphens, letter by letter. */
static bool
is_rest(const struct secret *typed, const char *text, int (*same)(int))
{
	size_t i;

	for (i = 0; i < typed->len; i++) {
		if (is_filler((char)typed->data[i]))
			continue;
		if (same(typed->data[i]) != same((unsigned char)*text))
			return false;
		text++;
	}
	return *text == '\0';
}

static int
itself(int c)
{
	return c;
}

static int
as_printed(int c)
{
	return c == '0' ? 'o' : c == '1' ? 'l' : tolower(c);
}

static void
find(const char *code, unsigned int digits)
{
	const struct otp_params p = { OTP_HOTP, OTP_SHA1, digits, 0 };
	struct secret key;
	char real[OTP_CODE_MAX];
	uint64_t i, match = 0;
	int r;

	check(secret_set(&key, "12345678901234567890", 20) == MFA_OK);
	r = otp_find(&p, &key, code, 0, WINDOW - 1, &match);
	check((r == MFA_E_INVALID) == (strlen(code) != digits));
	for (i = 0; i < WINDOW; i++) {
		check(otp_code(&p, &key, i, real) == MFA_OK && strlen(real) == digits);
		if (strcmp(real, code) == 0)
			break;
	}
	check((r == MFA_OK) == (i < WINDOW));
	check(match == (r == MFA_OK ? i : 0));
}

static void
try_code(const struct secret *typed)
{
	char code[OTP_CODE_MAX];
	unsigned int digits;

	if (otp_normalise(typed, code, sizeof(code)) != MFA_OK) {
		check(code[0] == '\0');
		return;
	}
	check(strlen(code) >= 1 && strspn(code, "0123456789") == strlen(code));
	check(is_rest(typed, code, itself));
	for (digits = 6; digits <= 8; digits++)
		find(code, digits);
}

static void
try_onetime(const struct secret *typed)
{
	struct secret out, again;
	const char *text = (const char *)out.data;

	if (onetime_normalise(typed, &out) != MFA_OK) {
		check(out.len == 0);
		return;
	}
	check(out.len >= PASS_CHARS_MIN && out.len <= PASS_CHARS_MAX && strlen(text) == out.len);
	check(strspn(text, "abcdefghijklmnopqrstuvwxyz234567") == out.len);
	check(is_rest(typed, text, as_printed));
	check(onetime_normalise(&out, &again) == MFA_OK && again.len == out.len &&
	    memcmp(again.data, out.data, out.len) == 0);
}

static void
try_key(const struct secret *typed)
{
	struct secret key, again, letters = *typed;
	char base32[OTP_BASE32_MAX];

	if (strlen((const char *)typed->data) != typed->len)
		return;
	if (otp_key_import((const char *)typed->data, &key) != MFA_OK) {
		check(key.len == 0);
		return;
	}
	check(otp_key_check(&key) == MFA_OK);
	check(otp_key_export(&key, base32) == MFA_OK);
	check(otp_key_import(base32, &again) == MFA_OK && again.len == key.len &&
	    memcmp(again.data, key.data, key.len) == 0);
	letters.len = strcspn((const char *)typed->data, "=");
	check(is_rest(&letters, base32, toupper));
}

/* As the user's name, and as the issuer. */
static void
try_url(const struct secret *typed)
{
	const char *name = (const char *)typed->data, *url;
	struct secret key, out;
	int i, r;

	check(secret_set(&key, "12345678901234567890", 20) == MFA_OK);
	for (i = 0; i < 2; i++) {
		r = otp_url(&otp_default, &key, i == 0 ? "x" : name, i == 0 ? name : "x", 0, &out);
		url = (const char *)out.data;
		check(r == MFA_OK || (r == MFA_E_INVALID && out.len == 0));
		if (r != MFA_OK)
			continue;
		check(strlen(url) == out.len && strncmp(url, "otpauth://totp/", 15) == 0);
		check(text_printable(name, strlen(name)));
		check(strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		    "-._~%:/?&=") == out.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret typed;

	if (secret_set(&typed, data, size) != MFA_OK)
		return -1;
	try_code(&typed);
	try_onetime(&typed);
	try_key(&typed);
	try_url(&typed);
	return 0;
}
