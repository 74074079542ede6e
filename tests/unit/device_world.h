/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TEST_DEVICE_WORLD_H
#define MFA_TEST_DEVICE_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "approval.h"
#include "error.h"

/*
 * An authority, devices of every kind with certificates, and what they sign.
 */
#define WORLD_NOW	1790000000
#define WORLD_USER	"alice"
#define WORLD_ORIGIN	"https://mfa.example.org"
#define WORLD_RP	"mfa.example.org"
#define WORLD_KINDS	5	/* one more than the last enum device_kind */

struct signed_record {
	char text[SIGNED_MAX + 1];
	size_t len;
};

extern struct sign_key world_authority_key, world_device_keys[WORLD_KINDS];
extern struct authority world_authority;
extern struct certificate world_certificates[WORLD_KINDS];
extern struct signed_record world_signed[WORLD_KINDS];
extern struct trust world_trust;
extern struct statement world_statement;	/* approves */

/* Makes all of it; a checked fixture. */
void world_make(void);

/* What a passkey signs, of parts that a test may spoil. */
struct world_assertion {
	unsigned char data[WEBAUTHN_AUTHENTICATOR_DATA_MAX + 8];
	size_t data_len;
	char client[WEBAUTHN_CLIENT_DATA_MAX + 8];
	size_t client_len;
};

void world_assert(const char *rp, const char *client_format, const char *origin,
    unsigned int flags, const unsigned char *challenge, struct world_assertion *out);

/* The client data that a browser writes; a format for challenge and origin. */
#define WORLD_CLIENT_DATA \
	"{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"

/* Signs the assertion with the device's key, and makes *e point at it. */
void world_sign_assertion(enum device_kind kind, const struct world_assertion *a,
    struct evidence *e);

/* What a device of this kind answers to a statement; a keeps what *e points at. */
void world_answer(enum device_kind kind, const struct statement *s, struct world_assertion *a,
    struct evidence *e);

/* A file of tests/vectors whole, or the value of its line "key value". */
size_t vector_read(const char *name, char *buf, size_t size);
void vector_value(const char *name, const char *key, char *buf, size_t size);
size_t vector_bytes(const char *name, const char *key, unsigned char *buf, size_t size);

#endif
