/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms of what comes and goes.
 */
#include <openssl/evp.h>
#include <string.h>

#include "base64url.h"
#include "crypto.h"
#include "error.h"
#include "model_private.h"
#include "text.h"

#define ID_BYTES	16
#define SECRET_BYTES	32

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int
make_id(char letter, const unsigned char *head, size_t len, char id[MODEL_ID_MAX])
{
	unsigned char bytes[ID_BYTES];
	int r = crypto_random(bytes, sizeof(bytes));

	memset(id, 0, MODEL_ID_MAX);
	if (r != MFA_OK)
		return r;
	memcpy(bytes, head, len);
	id[0] = letter;
	id[1] = '_';
	return base64url_encode(bytes, sizeof(bytes), id + 2, MODEL_ID_MAX - 2);
}

int
model_id_new(char letter, char id[MODEL_ID_MAX])
{
	return make_id(letter, (const unsigned char *)"", 0, id);
}

int
model_id_timed(char letter, int64_t now, char id[MODEL_ID_MAX])
{
	const unsigned char head[] = { (unsigned char)(now >> 24), (unsigned char)(now >> 16),
	    (unsigned char)(now >> 8), (unsigned char)now };

	return make_id(letter, head, sizeof(head), id);
}

int
model_digits_new(unsigned int count, char digits[MODEL_PROOF_MAX])
{
	uint32_t n, end = 1;
	unsigned int i;
	int r;

	if (count == 0 || count >= MODEL_PROOF_MAX)
		return MFA_E_INTERNAL;
	for (i = 0; i < count; i++)
		end *= 10;
	do {
		if ((r = crypto_random(&n, sizeof(n))) != MFA_OK)
			return r;
	} while (n >= UINT32_MAX - UINT32_MAX % end);
	for (i = count, digits[count] = '\0'; i-- > 0; n /= 10)
		digits[i] = (char)('0' + n % 10);
	return MFA_OK;
}

bool
model_id_is(char letter, const char *id)
{
	return id[0] == letter && id[1] == '_' && strspn(id + 2, base64) == MODEL_ID_MAX - 3 &&
	    id[MODEL_ID_MAX - 1] == '\0';
}

int
model_hash(const void *data, size_t len, unsigned char hash[MODEL_HASH_LEN])
{
	unsigned int n = 0;

	if (EVP_Digest(data, len, hash, &n, EVP_sha256(), NULL) == 1 && n == MODEL_HASH_LEN)
		return MFA_OK;
	memset(hash, 0, MODEL_HASH_LEN);
	return MFA_E_CRYPTO;
}

int
model_secret_new(char text[MODEL_SECRET_MAX], unsigned char hash[MODEL_HASH_LEN])
{
	unsigned char random[SECRET_BYTES];
	int r = crypto_random(random, sizeof(random));

	if (r == MFA_OK)
		r = base64url_encode(random, sizeof(random), text, MODEL_SECRET_MAX);
	explicit_bzero(random, sizeof(random));
	return r != MFA_OK ? r : model_hash(text, MODEL_SECRET_MAX - 1, hash);
}

int
model_credential(char letter, const char *text, char id[MODEL_ID_MAX],
    unsigned char hash[MODEL_HASH_LEN])
{
	const char *secret = text + MODEL_ID_MAX;

	memset(id, 0, MODEL_ID_MAX);
	if (strnlen(text, MODEL_CREDENTIAL_MAX) != MODEL_CREDENTIAL_MAX - 1 ||
	    text[MODEL_ID_MAX - 1] != '.' || strspn(secret, base64) != MODEL_SECRET_MAX - 1)
		return PROBLEM_UNAUTHENTICATED;
	memcpy(id, text, MODEL_ID_MAX - 1);
	if (!model_id_is(letter, id))
		return PROBLEM_UNAUTHENTICATED;
	return model_hash(secret, MODEL_SECRET_MAX - 1, hash);
}

/* ---- judging ---- */

static int
blame(struct db *db, const char *field)
{
	db_blame(db, field);
	return PROBLEM_INVALID;
}

int
model_check_text(struct db *db, const char *field, const char *s, size_t size)
{
	size_t len = s == NULL ? 0 : strnlen(s, size);

	return len == 0 || len == size || !text_printable(s, len) ? blame(db, field) : MFA_OK;
}

int
model_check_base64(struct db *db, const char *field, const char *s, size_t size)
{
	size_t len = s == NULL ? 0 : strnlen(s, size);

	return len == 0 || len == size || strspn(s, base64) != len ? blame(db, field) : MFA_OK;
}

int
model_check_range(struct db *db, const char *field, int64_t n, int64_t min, int64_t max)
{
	return n < min || n > max ? blame(db, field) : MFA_OK;
}
