/* SPDX-License-Identifier: BSD-2-Clause */
#include "sign.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "crypto.h"
#include "error.h"

void
sign_key_wipe(struct sign_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

int
sign_key_ed25519(const unsigned char seed[SIGN_KEY_LEN], struct sign_key *out)
{
	EVP_PKEY *pkey;
	size_t len = sizeof(out->public.data);
	int r;

	sign_key_wipe(out);
	if ((r = crypto_start()) != MFA_OK)
		return r;
	pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed, SIGN_KEY_LEN);
	r = MFA_E_CRYPTO;
	if (pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, out->public.data, &len) == 1 &&
	    len == SIGNATURE_ED25519_KEY) {
		out->algorithm = SIGNATURE_ED25519;
		memcpy(out->secret, seed, SIGN_KEY_LEN);
		out->public.len = len;
		r = MFA_OK;
	}
	EVP_PKEY_free(pkey);
	return r;
}

int
sign_key_p256(const unsigned char scalar[SIGN_KEY_LEN], const struct blob *public,
    struct sign_key *out)
{
	int r;

	sign_key_wipe(out);
	if ((r = signature_key_check(SIGNATURE_P256, public)) != MFA_OK)
		return r;
	out->algorithm = SIGNATURE_P256;
	memcpy(out->secret, scalar, SIGN_KEY_LEN);
	out->public = *public;
	return MFA_OK;
}

/* ---- new keys ---- */

static int
new_ed25519(struct sign_key *out)
{
	unsigned char seed[SIGN_KEY_LEN];
	int r;

	if ((r = crypto_random(seed, sizeof(seed))) == MFA_OK)
		r = sign_key_ed25519(seed, out);
	explicit_bzero(seed, sizeof(seed));
	return r;
}

static int
new_p256(struct sign_key *out)
{
	EVP_PKEY *pkey;
	BIGNUM *scalar = NULL;
	int r;

	if ((r = crypto_start()) != MFA_OK)
		return r;
	r = MFA_E_CRYPTO;
	if ((pkey = EVP_EC_gen("P-256")) != NULL &&
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1 &&
	    BN_bn2binpad(scalar, out->secret, SIGN_KEY_LEN) == SIGN_KEY_LEN &&
	    EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, out->public.data,
	    sizeof(out->public.data), &out->public.len) == 1 &&
	    out->public.len == SIGNATURE_P256_KEY && out->public.data[0] == 0x04) {
		out->algorithm = SIGNATURE_P256;
		r = MFA_OK;
	}
	BN_clear_free(scalar);
	EVP_PKEY_free(pkey);
	if (r != MFA_OK)
		sign_key_wipe(out);
	return r;
}

int
sign_key_new(enum signature_algorithm a, struct sign_key *out)
{
	sign_key_wipe(out);
	switch (a) {
	case SIGNATURE_P256:
		return new_p256(out);
	case SIGNATURE_ED25519:
		return new_ed25519(out);
	}
	return MFA_E_INVALID;
}

/* ---- signatures ---- */

static OSSL_PARAM *
p256_params(const struct sign_key *key, const BIGNUM *scalar)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *out = NULL;

	if (b != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, key->public.data,
	    key->public.len) == 1)
		out = OSSL_PARAM_BLD_to_param(b);
	OSSL_PARAM_BLD_free(b);
	return out;
}

static EVP_PKEY *
open_p256(const struct sign_key *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	BIGNUM *scalar = BN_secure_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *out = NULL;

	if (ctx != NULL && scalar != NULL &&
	    BN_bin2bn(key->secret, SIGN_KEY_LEN, scalar) != NULL &&
	    (params = p256_params(key, scalar)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_KEYPAIR, params) != 1)
		out = NULL;
	OSSL_PARAM_free(params);
	BN_clear_free(scalar);
	EVP_PKEY_CTX_free(ctx);
	return out;
}

static EVP_PKEY *
open_key(const struct sign_key *key)
{
	switch (key->algorithm) {
	case SIGNATURE_P256:
		return open_p256(key);
	case SIGNATURE_ED25519:
		return EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, key->secret,
		    SIGN_KEY_LEN);
	}
	return NULL;
}

int
sign(const struct sign_key *key, const void *data, size_t len, struct blob *sig)
{
	const char *digest = key->algorithm == SIGNATURE_P256 ? "SHA256" : NULL;
	EVP_MD_CTX *ctx = NULL;
	EVP_PKEY *pkey;
	int r;

	memset(sig, 0, sizeof(*sig));
	if ((r = crypto_start()) != MFA_OK)
		return r;
	r = MFA_E_CRYPTO;
	sig->len = sizeof(sig->data);
	if ((pkey = open_key(key)) != NULL && (ctx = EVP_MD_CTX_new()) != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, pkey, NULL) == 1 &&
	    EVP_DigestSign(ctx, sig->data, &sig->len, data, len) == 1)
		r = MFA_OK;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	if (r != MFA_OK)
		memset(sig, 0, sizeof(*sig));
	return r;
}
