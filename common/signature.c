/* SPDX-License-Identifier: BSD-2-Clause */
#include "signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

#include "crypto.h"
#include "error.h"

/* ---- keys ---- */

/* The y of the points whose order is 1, 4, 8, 8 and 2, little-endian; x is
 * zero or has either sign. */
static const unsigned char small_order[][SIGNATURE_ED25519_KEY] = {
	{ 0x01 },
	{ 0x00 },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
	  0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
	  0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
	  0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
	  0x03, 0x7a },
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0x7f },
};

/* y is less than p = 2^255 - 19 (RFC 8032 section 5.1.3, step 1). */
static bool
is_reduced(const unsigned char y[SIGNATURE_ED25519_KEY])
{
	size_t i;

	if (y[31] != 0x7f || y[0] < 0xed)
		return true;
	for (i = 1; i < 31; i++)
		if (y[i] != 0xff)
			return true;
	return false;
}

static bool
ed25519_is_sound(const unsigned char key[SIGNATURE_ED25519_KEY])
{
	unsigned char y[SIGNATURE_ED25519_KEY];
	size_t i;

	memcpy(y, key, sizeof(y));
	y[31] &= 0x7f;		/* the sign of x */
	if (!is_reduced(y))
		return false;
	for (i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++)
		if (memcmp(y, small_order[i], sizeof(y)) == 0)
			return false;
	return true;
}

/* OpenSSL refuses a point that is not on the curve; the form with 0x04 has
 * none for the one at infinity. */
static EVP_PKEY *
p256_key(const struct blob *key)
{
	struct blob copy = *key;
	char group[] = "P-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data, copy.len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *out = NULL;

	if (key->len != SIGNATURE_P256_KEY || key->data[0] != 0x04)
		return NULL;
	if ((ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL)) != NULL &&
	    EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_PUBLIC_KEY, params) != 1)
		out = NULL;
	EVP_PKEY_CTX_free(ctx);
	return out;
}

static EVP_PKEY *
open_key(enum signature_algorithm a, const struct blob *key)
{
	switch (a) {
	case SIGNATURE_P256:
		return p256_key(key);
	case SIGNATURE_ED25519:
		if (key->len != SIGNATURE_ED25519_KEY || !ed25519_is_sound(key->data))
			return NULL;
		return EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key->data, key->len);
	}
	return NULL;
}

int
signature_key_check(enum signature_algorithm a, const struct blob *key)
{
	EVP_PKEY *pkey;
	int r;

	if ((r = crypto_start()) != MFA_OK)
		return r;
	(void)ERR_set_mark();
	pkey = open_key(a, key);
	EVP_PKEY_free(pkey);
	(void)ERR_pop_to_mark();
	return pkey != NULL ? MFA_OK : MFA_E_INVALID;
}

/* ---- signatures ---- */

/* OpenSSL decodes and encodes again, and compares; this keeps what cannot be
 * one away from it. */
static bool
could_be_signature(enum signature_algorithm a, const unsigned char *sig, size_t len)
{
	switch (a) {
	case SIGNATURE_P256:
		return len >= 8 && len <= SIGNATURE_P256_MAX && sig[0] == 0x30 && sig[1] == len - 2;
	case SIGNATURE_ED25519:
		return len == SIGNATURE_ED25519_LEN;
	}
	return false;
}

static int
verify(enum signature_algorithm a, EVP_PKEY *pkey, const void *data, size_t len,
    const unsigned char *sig, size_t sig_len)
{
	const char *digest = a == SIGNATURE_P256 ? "SHA256" : NULL;	/* Ed25519 has its own */
	EVP_MD_CTX *ctx;
	int r = MFA_E_REFUSED;

	if (!could_be_signature(a, sig, sig_len))
		return MFA_E_REFUSED;
	if ((ctx = EVP_MD_CTX_new()) == NULL)
		return MFA_E_MEMORY;
	if (EVP_DigestVerifyInit_ex(ctx, NULL, digest, NULL, NULL, pkey, NULL) != 1)
		r = MFA_E_CRYPTO;
	else if (EVP_DigestVerify(ctx, sig, sig_len, data, len) == 1)
		r = MFA_OK;
	EVP_MD_CTX_free(ctx);
	return r;
}

int
signature_verify(enum signature_algorithm a, const struct blob *key, const void *data,
    size_t len, const unsigned char *sig, size_t sig_len)
{
	EVP_PKEY *pkey;
	int r;

	if ((r = crypto_start()) != MFA_OK)
		return r;
	(void)ERR_set_mark();
	r = MFA_E_INVALID;
	if ((pkey = open_key(a, key)) != NULL)
		r = verify(a, pkey, data, len, sig, sig_len);
	EVP_PKEY_free(pkey);
	(void)ERR_pop_to_mark();
	return r;
}

/* The base points of both curves. */
static const struct blob p256_base = { SIGNATURE_P256_KEY, { 0x04,
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5
} };
static const struct blob ed25519_base = { SIGNATURE_ED25519_KEY, {
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66
} };

/* With signatures of their form that are refused. */
int
signature_warm_up(void)
{
	static const unsigned char der[] = { 0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01 };
	static const unsigned char raw[SIGNATURE_ED25519_LEN] = { 0x01 };
	int r = signature_verify(SIGNATURE_P256, &p256_base, "", 0, der, sizeof(der));

	if (r == MFA_E_REFUSED)
		r = signature_verify(SIGNATURE_ED25519, &ed25519_base, "", 0, raw, sizeof(raw));
	return r == MFA_E_REFUSED ? MFA_OK : MFA_E_CRYPTO;
}
