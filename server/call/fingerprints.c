/* SPDX-License-Identifier: BSD-2-Clause */
#include "fingerprints.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "stack.h"

struct fingerprint_hash {
	const char *prefix;	/* of the value */
	size_t size;
	const EVP_MD *(*md)(void);
};

/* The strongest first. */
static const struct fingerprint_hash hashes[] = {
	{ "sha-512 ", 64, EVP_sha512 }, { "sha-384 ", 48, EVP_sha384 },
	{ "sha-256 ", 32, EVP_sha256 },
};

static const struct fingerprint_hash *
find_hash(const char *value)
{
	size_t i;

	for (i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (strncasecmp(value, hashes[i].prefix, strlen(hashes[i].prefix)) == 0)
			return &hashes[i];
	return NULL;
}

/* "sha-256 4A:AD:…"; true, which ends the reading: it cannot be used. */
static bool
take_line(const char *name, const char *value, void *arg)
{
	const struct fingerprint_hash *hash = find_hash(value);
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	struct fingerprints *f = arg;
	size_t len = 0;

	(void)name;
	if (hash == NULL)
		return false;
	if (OPENSSL_hexstr2buf_ex(digest, sizeof(digest), &len, value + strlen(hash->prefix),
	    ':') != 1 || len != hash->size)
		return true;
	if (f->hash == NULL || hash < f->hash)
		*f = (struct fingerprints){ .hash = hash };
	if (hash > f->hash)
		return false;
	if (f->count == FINGERPRINTS_MAX)
		return true;
	memcpy(f->digests[f->count++], digest, sizeof(digest));
	return false;
}

int
fingerprints_read(struct fingerprints *f, const struct sdp_session *session,
    const struct sdp_media *media)
{
	static const char name[] = "fingerprint";
	const char *unread;

	*f = (struct fingerprints){ .hash = NULL };
	if (sdp_media_rattr(media, name) != NULL)
		unread = sdp_media_rattr_apply(media, name, take_line, f);
	else
		unread = sdp_session_rattr_apply(session, name, take_line, f);
	if (unread == NULL && f->hash != NULL)
		return 0;
	*f = (struct fingerprints){ .hash = NULL };
	return EPROTO;
}

bool
fingerprints_match(const struct fingerprints *f, const X509 *certificate)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	bool found = false;
	size_t i;

	if (f->hash == NULL || certificate == NULL ||
	    X509_digest(certificate, f->hash->md(), digest, &len) != 1 || len != f->hash->size)
		return false;
	for (i = 0; i < f->count; i++)
		found = CRYPTO_memcmp(digest, f->digests[i], len) == 0 || found;
	return found;
}

bool
fingerprints_same(const struct fingerprints *a, const struct fingerprints *b)
{
	return a->hash == b->hash && a->count == b->count &&
	    memcmp(a->digests, b->digests, sizeof(a->digests)) == 0;
}
