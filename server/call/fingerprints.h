/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_FINGERPRINTS_H
#define MFA_CALL_FINGERPRINTS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

struct sdp_media;
struct sdp_session;

/*
 * The certificates that an offer or answer vouches for (RFC 8122, section 5): those of
 * its strongest hash that we know, which are SHA-512, SHA-384 and SHA-256, count.
 */
#define FINGERPRINTS_MAX	4

struct fingerprints {
	const struct fingerprint_hash *hash;
	size_t count;
	unsigned char digests[FINGERPRINTS_MAX][EVP_MAX_MD_SIZE];
};

/* Those of the sound, or, where it has none, of the session.  0, or EPROTO, with no
 * fingerprints: there is none of such a hash, one cannot be read, or there are too many. */
int fingerprints_read(struct fingerprints *f, const struct sdp_session *session,
    const struct sdp_media *media);

/* Is the certificate (or NULL) one of them? */
bool fingerprints_match(const struct fingerprints *f, const X509 *certificate);

bool fingerprints_same(const struct fingerprints *a, const struct fingerprints *b);

#endif
