/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_DEVICE_H
#define MFA_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"
#include "signature.h"
#include "statement.h"

/*
 * A phone as its certificate and its enrolment describe it: whose it is, and
 * what it signs with.
 */

/* ---- all limits ---- */
#define DEVICE_ID_MAX		65	/* with the terminator */
#define DEVICE_ORIGIN_MAX	268	/* https://, a name of 253, :65535, terminator */
#define DEVICE_RP_MAX		254

/* From 1, so that zeroed memory is none. */
enum device_kind {
	DEVICE_P256 = 1,		/* signs the statement itself */
	DEVICE_ED25519 = 2,		/* the same */
	DEVICE_WEBAUTHN_ES256 = 3,	/* a passkey; COSE algorithm -7 */
	DEVICE_WEBAUTHN_EDDSA = 4,	/* a passkey; COSE algorithm -8 */
};

struct device {
	char user[STATEMENT_USER_MAX];
	char id[DEVICE_ID_MAX];
	uint32_t kind;			/* enum device_kind */
	struct blob key;		/* 65 or 32 bytes: signature.h */
	char origin[DEVICE_ORIGIN_MAX];	/* of the page, for a passkey; else "-" */
};

/* The lines of a device that is member `member` of the struct. */
#define DEVICE_FIELD(type, member, part) \
	offsetof(type, member.part), sizeof(((type *)NULL)->member.part)
#define DEVICE_FIELDS(type, member) \
	{ "user", RECORD_TEXT, DEVICE_FIELD(type, member, user), NULL, NULL }, \
	{ "device", RECORD_NAME, DEVICE_FIELD(type, member, id), NULL, NULL }, \
	{ "kind", RECORD_WORD, DEVICE_FIELD(type, member, kind), NULL, device_kinds }, \
	{ "key", RECORD_BLOB, DEVICE_FIELD(type, member, key), NULL, NULL }, \
	{ "origin", RECORD_TEXT, DEVICE_FIELD(type, member, origin), NULL, NULL }

extern const struct record_word device_kinds[];

/* What the table does not say: the key is a sound one of its kind, and the
 * origin fits the kind.  The device's first line is line `first` of the record
 * that *error is about.  MFA_E_INVALID. */
int device_check(const struct device *d, unsigned int first, struct record_error *error);

bool device_is_passkey(enum device_kind kind);
enum signature_algorithm device_algorithm(enum device_kind kind);

/* The relying party of a passkey: the host in its origin.  MFA_E_INVALID (rp
 * empty) when the origin is not "https://", a host name in lower case that is
 * no address, and perhaps ":" and a port other than 443. */
int device_rp(const char *origin, char rp[DEVICE_RP_MAX]);

#endif
