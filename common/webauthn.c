/* SPDX-License-Identifier: BSD-2-Clause */
#include "webauthn.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "crypto.h"
#include "error.h"
#include "secret.h"

/* Section 6.1: where things are in authenticator data, and its flags. */
#define AT_FLAGS	32
#define AT_COUNT	33
#define FLAG_UP		0x01u	/* user present */
#define FLAG_UV		0x04u	/* user verified */
#define FLAG_BE		0x08u	/* may be backed up (Level 3) */
#define FLAG_BS		0x10u	/* is backed up */
#define FLAG_AT		0x40u	/* a credential: only where one is made */
#define FLAG_ED		0x80u	/* outputs of extensions follow */

#define EXPECTED_MAX	(128 + BASE64URL_CHARS(WEBAUTHN_CHALLENGE_LEN) + DEVICE_ORIGIN_MAX)

/* ---- client data ---- */

/* All of it is ASCII without quotes and backslashes, which CCDToString leaves
 * as it is. */
static int
expected_client_data(const unsigned char challenge[WEBAUTHN_CHALLENGE_LEN], const char *origin,
    char out[EXPECTED_MAX], size_t *len)
{
	char text[BASE64URL_CHARS(WEBAUTHN_CHALLENGE_LEN) + 1];
	int n;

	*len = 0;
	if (base64url_encode(challenge, WEBAUTHN_CHALLENGE_LEN, text, sizeof(text)) != MFA_OK)
		return MFA_E_INTERNAL;
	n = snprintf(out, EXPECTED_MAX, "{\"type\":\"webauthn.get\",\"challenge\":\"%s\","
	    "\"origin\":\"%s\",\"crossOrigin\":false", text, origin);
	if (n < 0 || n >= EXPECTED_MAX)
		return MFA_E_INTERNAL;
	*len = (size_t)n;
	return MFA_OK;
}

/* What a client adds comes after a comma, and is not looked at. */
static bool
ends_well(const unsigned char *rest, size_t len)
{
	return len >= 1 && rest[len - 1] == '}' && (len == 1 || rest[0] == ',');
}

static int
check_client_data(const struct device *d, const unsigned char challenge[WEBAUTHN_CHALLENGE_LEN],
    const struct webauthn_assertion *a, enum refusal *why)
{
	char expected[EXPECTED_MAX];
	size_t len;

	*why = REFUSAL_FAULT;
	if (expected_client_data(challenge, d->origin, expected, &len) != MFA_OK)
		return MFA_E_INTERNAL;
	*why = REFUSAL_CLIENT_DATA;
	if (a->client_data_len > WEBAUTHN_CLIENT_DATA_MAX || a->client_data_len <= len ||
	    !secret_equal(a->client_data, expected, len) ||
	    !ends_well(a->client_data + len, a->client_data_len - len))
		return MFA_E_REFUSED;
	return MFA_OK;
}

/* ---- authenticator data ---- */

/* Extensions and nothing else make it longer; a backup of what may not be
 * backed up is a lie (Level 3, section 6.1). */
static bool
is_well_formed(const struct webauthn_assertion *a)
{
	unsigned int flags;

	if (a->authenticator_data_len < WEBAUTHN_AUTHENTICATOR_DATA_MIN ||
	    a->authenticator_data_len > WEBAUTHN_AUTHENTICATOR_DATA_MAX)
		return false;
	flags = a->authenticator_data[AT_FLAGS];
	if ((flags & FLAG_AT) != 0 || (flags & (FLAG_BE | FLAG_BS)) == FLAG_BS)
		return false;
	return ((flags & FLAG_ED) != 0) ==
	    (a->authenticator_data_len > WEBAUTHN_AUTHENTICATOR_DATA_MIN);
}

static int
check_authenticator_data(const struct device *d, const struct webauthn_assertion *a,
    enum refusal *why)
{
	unsigned char rp_hash[CRYPTO_SHA256_LEN];
	char rp[DEVICE_RP_MAX];
	int r;

	*why = REFUSAL_DATA;
	if (!is_well_formed(a))
		return MFA_E_REFUSED;
	*why = REFUSAL_FAULT;
	if ((r = device_rp(d->origin, rp)) != MFA_OK ||
	    (r = crypto_sha256(rp, strlen(rp), rp_hash)) != MFA_OK)
		return r;
	*why = REFUSAL_NONE;
	if (!secret_equal(a->authenticator_data, rp_hash, sizeof(rp_hash)))
		*why = REFUSAL_RP;
	else if ((a->authenticator_data[AT_FLAGS] & FLAG_UP) == 0)
		*why = REFUSAL_PRESENCE;
	else if ((a->authenticator_data[AT_FLAGS] & FLAG_UV) == 0)
		*why = REFUSAL_VERIFICATION;
	return *why == REFUSAL_NONE ? MFA_OK : MFA_E_REFUSED;
}

/* ---- signature ---- */

static int
check_signature(const struct device *d, const struct webauthn_assertion *a,
    const struct blob *sig, enum refusal *why)
{
	unsigned char data[WEBAUTHN_AUTHENTICATOR_DATA_MAX + CRYPTO_SHA256_LEN];
	size_t len = a->authenticator_data_len;
	int r;

	*why = REFUSAL_FAULT;
	memcpy(data, a->authenticator_data, len);
	if ((r = crypto_sha256(a->client_data, a->client_data_len, data + len)) != MFA_OK)
		return r;
	r = signature_verify(device_algorithm((enum device_kind)d->kind), &d->key, data,
	    len + CRYPTO_SHA256_LEN, sig->data, sig->len);
	if (r == MFA_E_REFUSED)
		*why = REFUSAL_PROOF;
	return r;
}

static uint32_t
read_count(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

int
webauthn_verify(const struct device *d, const unsigned char challenge[WEBAUTHN_CHALLENGE_LEN],
    const struct webauthn_assertion *a, const struct blob *sig, uint32_t *sign_count,
    enum refusal *why)
{
	int r;

	*sign_count = 0;
	*why = REFUSAL_KIND;
	if (!device_is_passkey((enum device_kind)d->kind))
		return MFA_E_INVALID;
	if ((r = check_client_data(d, challenge, a, why)) != MFA_OK ||
	    (r = check_authenticator_data(d, a, why)) != MFA_OK ||
	    (r = check_signature(d, a, sig, why)) != MFA_OK)
		return r;
	*why = REFUSAL_NONE;
	*sign_count = read_count(a->authenticator_data + AT_COUNT);
	return MFA_OK;
}
