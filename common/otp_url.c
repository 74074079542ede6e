/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The otpauth:// URL, as github.com/google/google-authenticator/wiki/
 * Key-Uri-Format describes it and authenticator apps read it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "otp.h"
#include "text.h"

static bool
append(struct secret *out, const char *s)
{
	size_t len = strlen(s);

	if (len > SECRET_MAX - out->len)
		return false;
	memcpy(out->data + out->len, s, len + 1);
	out->len += len;
	return true;
}

/* RFC 3986 section 2: everything but the unreserved characters. */
static bool
append_encoded(struct secret *out, const char *s)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";
	char piece[4];

	for (; *s != '\0'; s++) {
		if (strchr(unreserved, *s) != NULL)
			(void)snprintf(piece, sizeof(piece), "%c", *s);
		else
			(void)snprintf(piece, sizeof(piece), "%%%02X", (unsigned char)*s);
		if (!append(out, piece))
			return false;
	}
	return true;
}

/* A colon, even an encoded one, would part the label elsewhere. */
static bool
is_name(const char *s)
{
	size_t len = strlen(s);

	return text_printable(s, len) && strchr(s, ':') == NULL;
}

static bool
append_label(struct secret *out, const struct otp_params *p, const char *issuer,
    const char *user)
{
	return append(out, "otpauth://") && append(out, otp_kind_name(p->kind)) &&
	    append(out, "/") && (*issuer == '\0' ||
	    (append_encoded(out, issuer) && append(out, ":"))) && append_encoded(out, user);
}

static bool
append_parameters(struct secret *out, const struct otp_params *p, const char *base32,
    const char *issuer, uint64_t counter)
{
	char rest[96];

	if (p->kind == OTP_TOTP)
		(void)snprintf(rest, sizeof(rest), "&algorithm=%s&digits=%u&period=%u",
		    otp_algorithm_name(p->algorithm), p->digits, p->period);
	else
		(void)snprintf(rest, sizeof(rest), "&algorithm=%s&digits=%u&counter=%llu",
		    otp_algorithm_name(p->algorithm), p->digits, (unsigned long long)counter);
	return append(out, "?secret=") && append(out, base32) && (*issuer == '\0' ||
	    (append(out, "&issuer=") && append_encoded(out, issuer))) && append(out, rest);
}

int
otp_url(const struct otp_params *p, const struct secret *key, const char *issuer,
    const char *user, uint64_t counter, struct secret *out)
{
	char base32[OTP_BASE32_MAX];
	int r = MFA_E_INVALID;

	secret_wipe(out);
	if (otp_check(p) == MFA_OK && *user != '\0' && is_name(issuer) && is_name(user) &&
	    otp_key_export(key, base32) == MFA_OK && append_label(out, p, issuer, user) &&
	    append_parameters(out, p, base32, issuer, counter))
		r = MFA_OK;
	explicit_bzero(base32, sizeof(base32));
	if (r != MFA_OK)
		secret_wipe(out);
	return r;
}
