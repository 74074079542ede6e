/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_AUTHORITY_H
#define MFA_AUTHORITY_H

#include <stddef.h>
#include <stdint.h>

#include "signature.h"

/*
 * The Ed25519 keys that vouch for devices, as those who believe them have
 * them.  authority_key.h is the other half.
 */

/* ---- all limits ---- */
#define AUTHORITY_KEY_LEN	SIGNATURE_ED25519_KEY
#define AUTHORITY_ID_LEN	16
#define AUTHORITY_ID_MAX	23	/* as text, with the terminator */
#define AUTHORITY_LINE_MAX	52	/* "ed25519 ", 43 characters, the terminator */
#define AUTHORITIES_MAX		16	/* in one file */
#define AUTHORITY_FILE_MAX	16384

/*
 * The id is the first half of SHA-256 of the key: it only says which of the
 * keys that are believed is meant, and that whole key then verifies.  Another
 * key with the same id would have to be in that list to matter; 128 bits keep
 * ids apart, and short enough to be compared by people.
 */
struct authority {
	unsigned char key[AUTHORITY_KEY_LEN];
	unsigned char id[AUTHORITY_ID_LEN];
};

/* From a public key.  MFA_E_INVALID (a zeroed *out) for one that may not be
 * used: signature_key_check.  MFA_E_CRYPTO. */
int authority_set(struct authority *out, const unsigned char key[AUTHORITY_KEY_LEN]);

/* One line, "ed25519 " and the key in base64url, without its end. */
void authority_format(const struct authority *a, char line[AUTHORITY_LINE_MAX]);
int authority_parse(const char *line, struct authority *out);	/* as authority_set */

/* The id as it stands in certificates; returns dst. */
const char *authority_id(const struct authority *a, char dst[AUTHORITY_ID_MAX]);

/*
 * Reads a file of such lines; empty lines and lines that begin with "#" are
 * passed over.  A regular file, no symbolic link, owned by root or `owner`,
 * writable by its owner only; checked on the open descriptor.  At least one
 * key, at most max (AUTHORITIES_MAX), none twice.  On error *count is 0 and *why
 * says in words that follow the path what is wrong (static), *line where (0:
 * the file as a whole).  MFA_E_ABSENT, MFA_E_CONFIG, MFA_E_SYSTEM (errno),
 * MFA_E_CRYPTO.
 */
int authorities_read(const char *path, uint32_t owner, struct authority *out, size_t max,
    size_t *count, unsigned int *line, const char **why);

#endif
