/* SPDX-License-Identifier: BSD-2-Clause */
#include "seal.h"

#include <openssl/evp.h>
#include <string.h>

#include "crypto.h"
#include "error.h"

/* sealed: version (1), nonce, what was encrypted, tag.  The version and the
 * bound text are authenticated too. */
#define VERSION		1
#define NONCE_LEN	12
#define TAG_LEN		16
#define HEAD_LEN	(1 + NONCE_LEN)
#define BOUND_MAX	4096

/* Fetched once and kept, as in otp.c. */
static EVP_CIPHER *gcm;

static int
fetch(void)
{
	int r;

	if (gcm != NULL)
		return MFA_OK;
	if ((r = crypto_start()) != MFA_OK)
		return r;
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	return gcm != NULL ? MFA_OK : MFA_E_CRYPTO;
}

int
seal_warm_up(void)
{
	unsigned char sealed[SEAL_OVERHEAD];
	const struct seal_key key = { .bytes = { 0 } };
	const struct secret nothing = { .len = 0 };
	size_t len;

	return seal(&key, "", &nothing, sealed, sizeof(sealed), &len);
}

/* A context with key, nonce and everything that is only authenticated. */
static int
begin(const struct seal_key *key, const char *bound, const unsigned char *head, int encrypt,
    EVP_CIPHER_CTX **out)
{
	size_t bound_len = strnlen(bound, BOUND_MAX + 1);
	int r, n;

	*out = NULL;
	if (bound_len > BOUND_MAX)
		return MFA_E_INVALID;
	if ((r = fetch()) != MFA_OK)
		return r;
	if ((*out = EVP_CIPHER_CTX_new()) == NULL)
		return MFA_E_MEMORY;
	if (EVP_CipherInit_ex2(*out, gcm, key->bytes, head + 1, encrypt, NULL) == 1 &&
	    EVP_CipherUpdate(*out, NULL, &n, head, 1) == 1 &&
	    EVP_CipherUpdate(*out, NULL, &n, (const unsigned char *)bound, (int)bound_len) == 1)
		return MFA_OK;
	EVP_CIPHER_CTX_free(*out);
	*out = NULL;
	return MFA_E_CRYPTO;
}

int
seal(const struct seal_key *key, const char *bound, const struct secret *plain,
    unsigned char *out, size_t size, size_t *out_len)
{
	EVP_CIPHER_CTX *ctx = NULL;
	unsigned char *body = out + HEAD_LEN, *tag;
	int r, n = 0;

	*out_len = 0;
	if (plain->len > SECRET_MAX || size < plain->len + SEAL_OVERHEAD)
		return MFA_E_INVALID;
	tag = body + plain->len;
	out[0] = VERSION;
	if ((r = crypto_random(out + 1, NONCE_LEN)) != MFA_OK ||
	    (r = begin(key, bound, out, 1, &ctx)) != MFA_OK)
		goto out;
	r = MFA_E_CRYPTO;
	if (EVP_CipherUpdate(ctx, body, &n, plain->data, (int)plain->len) != 1 ||
	    n != (int)plain->len || EVP_CipherFinal_ex(ctx, tag, &n) != 1 || n != 0 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag) != 1)
		goto out;
	*out_len = plain->len + SEAL_OVERHEAD;
	r = MFA_OK;
out:
	if (r != MFA_OK)
		explicit_bzero(out, size);
	EVP_CIPHER_CTX_free(ctx);
	return r;
}

int
unseal(const struct seal_key *key, const char *bound, const unsigned char *sealed,
    size_t len, struct secret *plain)
{
	unsigned char tag[TAG_LEN], rest[EVP_MAX_BLOCK_LENGTH];
	EVP_CIPHER_CTX *ctx = NULL;
	size_t body_len;
	int r, n = 0;

	secret_wipe(plain);
	if (len < SEAL_OVERHEAD || len > SECRET_MAX + SEAL_OVERHEAD || sealed[0] != VERSION)
		return MFA_E_CRYPTO;
	body_len = len - SEAL_OVERHEAD;
	memcpy(tag, sealed + HEAD_LEN + body_len, TAG_LEN);
	if ((r = begin(key, bound, sealed, 0, &ctx)) != MFA_OK)
		goto out;
	r = MFA_E_CRYPTO;
	if (EVP_CipherUpdate(ctx, plain->data, &n, sealed + HEAD_LEN, (int)body_len) == 1 &&
	    n == (int)body_len &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) == 1 &&
	    EVP_CipherFinal_ex(ctx, rest, &n) == 1 && n == 0) {
		plain->len = body_len;
		r = MFA_OK;
	}
out:
	if (r != MFA_OK)
		secret_wipe(plain);
	EVP_CIPHER_CTX_free(ctx);
	return r;
}

void
seal_key_wipe(struct seal_key *key)
{
	explicit_bzero(key, sizeof(*key));
}
