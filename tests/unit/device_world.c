/* SPDX-License-Identifier: BSD-2-Clause */
#include "device_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "base64url.h"
#include "crypto.h"

struct sign_key world_authority_key, world_device_keys[WORLD_KINDS];
struct authority world_authority;
struct certificate world_certificates[WORLD_KINDS];
struct signed_record world_signed[WORLD_KINDS];
struct trust world_trust;
struct statement world_statement;

static void
make_certificate(enum device_kind kind)
{
	struct certificate *c = &world_certificates[kind];
	struct signed_record *s = &world_signed[kind];

	*c = (struct certificate){ .device = { .user = WORLD_USER, .id = "phone", .kind = kind },
	    .created = WORLD_NOW - 1000, .expires = WORLD_NOW + 86400 };
	c->device.key = world_device_keys[kind].public;
	snprintf(c->device.origin, sizeof(c->device.origin), "%s",
	    device_is_passkey(kind) ? WORLD_ORIGIN : "-");
	ck_assert_int_eq(certificate_issue(&world_authority_key, c, s->text, sizeof(s->text),
	    &s->len), MFA_OK);
}

void
world_make(void)
{
	enum device_kind kind;

	ck_assert_int_eq(sign_key_new(SIGNATURE_ED25519, &world_authority_key), MFA_OK);
	ck_assert_int_eq(authority_set(&world_authority, world_authority_key.public.data), MFA_OK);
	for (kind = DEVICE_P256; kind <= DEVICE_WEBAUTHN_EDDSA; kind++) {
		ck_assert_int_eq(sign_key_new(device_algorithm(kind), &world_device_keys[kind]),
		    MFA_OK);
		make_certificate(kind);
	}
	world_trust = (struct trust){ .authorities = &world_authority, .authority_count = 1 };
	world_statement = (struct statement){ .host = "gate.example.org", .user = WORLD_USER,
	    .service = "sshd", .origin = "203.0.113.7", .expires = WORLD_NOW + 90,
	    .decision = DECISION_APPROVE };
	ck_assert_int_eq(statement_challenge(&world_statement, 6), MFA_OK);
}

void
world_assert(const char *rp, const char *client_format, const char *origin,
    unsigned int flags, const unsigned char *challenge, struct world_assertion *out)
{
	char text[BASE64URL_CHARS(STATEMENT_DIGEST_LEN) + 1];
	int n;

	memset(out, 0, sizeof(*out));
	ck_assert_int_eq(base64url_encode(challenge, STATEMENT_DIGEST_LEN, text, sizeof(text)),
	    MFA_OK);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = snprintf(out->client, sizeof(out->client), client_format, text, origin);
#pragma GCC diagnostic pop
	ck_assert(n > 0 && (size_t)n < sizeof(out->client));
	out->client_len = (size_t)n;
	ck_assert_int_eq(crypto_sha256(rp, strlen(rp), out->data), MFA_OK);
	out->data[32] = (unsigned char)flags;
	out->data[36] = 9;
	out->data_len = WEBAUTHN_AUTHENTICATOR_DATA_MIN;
}

void
world_sign_assertion(enum device_kind kind, const struct world_assertion *a, struct evidence *e)
{
	unsigned char data[sizeof(a->data) + CRYPTO_SHA256_LEN];

	memset(e, 0, sizeof(*e));
	memcpy(data, a->data, a->data_len);
	ck_assert_int_eq(crypto_sha256(a->client, a->client_len, data + a->data_len), MFA_OK);
	ck_assert_int_eq(sign(&world_device_keys[kind], data, a->data_len + CRYPTO_SHA256_LEN,
	    &e->signature), MFA_OK);
	e->assertion = (struct webauthn_assertion){ a->data, a->data_len,
	    (const unsigned char *)a->client, a->client_len };
}

void
world_answer(enum device_kind kind, const struct statement *s, struct world_assertion *a,
    struct evidence *e)
{
	unsigned char digest[STATEMENT_DIGEST_LEN];
	char text[RECORD_MAX + 1];
	size_t len;

	memset(e, 0, sizeof(*e));
	if (device_is_passkey(kind)) {
		ck_assert_int_eq(statement_digest(s, digest), MFA_OK);
		world_assert(WORLD_RP, WORLD_CLIENT_DATA, WORLD_ORIGIN, 0x05, digest, a);
		world_sign_assertion(kind, a, e);
		return;
	}
	ck_assert_int_eq(statement_format(s, text, sizeof(text), &len), MFA_OK);
	ck_assert_int_eq(sign(&world_device_keys[kind], text, len, &e->signature), MFA_OK);
}

/* ---- vectors ---- */

size_t
vector_read(const char *name, char *buf, size_t size)
{
	char path[4200];
	const char *top = getenv("TOP");
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/%s", top != NULL ? top : ".", name);
	ck_assert_msg((f = fopen(path, "r")) != NULL, "%s", path);
	len = fread(buf, 1, size - 1, f);
	ck_assert(len > 0 && len < size - 1);
	buf[len] = '\0';
	fclose(f);
	return len;
}

void
vector_value(const char *name, const char *key, char *buf, size_t size)
{
	char text[8192];
	const char *at, *end;
	size_t len = strlen(key);

	vector_read(name, text, sizeof(text));
	for (at = text; *at != '\0'; at = end + 1) {
		ck_assert((end = strchr(at, '\n')) != NULL);
		if (strncmp(at, key, len) != 0 || at[len] != ' ')
			continue;
		ck_assert((size_t)(end - at) - len - 1 < size);
		memcpy(buf, at + len + 1, (size_t)(end - at) - len - 1);
		buf[(size_t)(end - at) - len - 1] = '\0';
		return;
	}
	ck_abort_msg("%s: no line %s", name, key);
}

size_t
vector_bytes(const char *name, const char *key, unsigned char *buf, size_t size)
{
	char text[8192];
	size_t len;

	vector_value(name, key, text, sizeof(text));
	ck_assert_int_eq(base64url_decode(text, strlen(text), buf, size, &len), MFA_OK);
	return len;
}
