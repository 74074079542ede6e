/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/vectors, which another implementation made: what we read of them is
 * what we would write, and every signature of theirs is one to us.
 */
#include <stdio.h>

#include "../suite.h"
#include "crypto.h"
#include "device_world.h"
#include "enrol.h"

#define NOW 1790000000

static const char *const decisions[] = { "approve", "deny", "report" };

static struct authority authority;
static struct trust trust;

static void
make(void)
{
	char line[256];
	size_t len = vector_read("authority.pub", line, sizeof(line));

	line[len - 1] = '\0';
	ck_assert_int_eq(authority_parse(line, &authority), MFA_OK);
	trust = (struct trust){ .authorities = &authority, .authority_count = 1 };
}

static const char *
name_of(const char *first, enum device_kind kind, const char *last)
{
	static char name[128];

	snprintf(name, sizeof(name), "%s-%s%s%s", first, record_word(device_kinds, kind),
	    last[0] != '\0' ? "-" : "", last);
	return name;
}

static void
read_statement(const char *decision, char *text, size_t size, struct statement *s)
{
	char name[64];
	size_t len;

	snprintf(name, sizeof(name), "statement-%s", decision);
	len = vector_read(name, text, size);
	ck_assert_int_eq(statement_parse(text, len, s, NULL), MFA_OK);
}

static struct sign_key
device_key(enum device_kind kind)
{
	unsigned char secret[SIGN_KEY_LEN];
	struct blob public;
	struct sign_key key;

	ck_assert_uint_eq(vector_bytes(name_of("key", kind, ""), "secret", secret,
	    sizeof(secret)), SIGN_KEY_LEN);
	public.len = vector_bytes(name_of("key", kind, ""), "public", public.data,
	    sizeof(public.data));
	if (device_algorithm(kind) == SIGNATURE_P256)
		ck_assert_int_eq(sign_key_p256(secret, &public, &key), MFA_OK);
	else
		ck_assert_int_eq(sign_key_ed25519(secret, &key), MFA_OK);
	ck_assert_uint_eq(key.public.len, public.len);
	ck_assert_mem_eq(key.public.data, public.data, public.len);
	return key;
}

START_TEST(statements_and_their_digests)
{
	char text[RECORD_MAX + 1], again[RECORD_MAX + 1], name[64], hex[128], wanted[128];
	unsigned char digest[STATEMENT_DIGEST_LEN];
	struct statement s;
	size_t i, len;

	read_statement(decisions[_i], text, sizeof(text), &s);
	ck_assert_int_eq(statement_format(&s, again, sizeof(again), &len), MFA_OK);
	ck_assert_str_eq(again, text);
	ck_assert_int_eq(statement_digest(&s, digest), MFA_OK);
	for (i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 4, "%02x", digest[i]);
	snprintf(name, sizeof(name), "statement-%s.sha256", decisions[_i]);
	len = vector_read(name, wanted, sizeof(wanted));
	wanted[len - 1] = '\0';
	ck_assert_str_eq(hex, wanted);
}
END_TEST

static struct sign_key
authority_secret(void)
{
	unsigned char seed[SIGN_KEY_LEN];
	struct sign_key key;

	vector_bytes("authority", "ed25519-private", seed, sizeof(seed));
	ck_assert_int_eq(sign_key_ed25519(seed, &key), MFA_OK);
	ck_assert_mem_eq(key.public.data, authority.key, sizeof(authority.key));
	return key;
}

/* Ed25519 signs alike each time. */
START_TEST(certificates)
{
	struct sign_key key = authority_secret();
	char text[SIGNED_MAX + 1], again[SIGNED_MAX + 1];
	struct certificate c;
	enum refusal why;
	size_t len = vector_read(name_of("certificate", (enum device_kind)_i, ""), text,
	    sizeof(text));

	ck_assert_int_eq(certificate_verify(text, len, &trust, "zo\xc3\xab", NOW, &c, &why),
	    MFA_OK);
	ck_assert_int_eq(c.device.kind, _i);
	memset(c.authority, 0, sizeof(c.authority));
	ck_assert_int_eq(certificate_issue(&key, &c, again, sizeof(again), &len), MFA_OK);
	ck_assert_str_eq(again, text);
}
END_TEST

START_TEST(revocations)
{
	struct sign_key key = authority_secret();
	char text[SIGNED_MAX + 1], again[SIGNED_MAX + 1];
	struct revocation v;
	struct certificate c;
	enum refusal why;
	size_t len = vector_read("revocation", text, sizeof(text));

	ck_assert_int_eq(revocation_verify(text, len, &trust, &v, &why), MFA_OK);
	ck_assert_int_eq(v.at, 1789995000);
	ck_assert_int_eq(revocation_issue(&key, &v, again, sizeof(again), &len), MFA_OK);
	ck_assert_str_eq(again, text);
	trust.revocations = &v;
	trust.revocation_count = 1;
	len = vector_read("certificate-p256", text, sizeof(text));
	ck_assert_int_eq(certificate_verify(text, len, &trust, v.user, NOW, &c, &why),
	    MFA_E_REFUSED);
	ck_assert_int_eq(why, REFUSAL_REVOKED);
}
END_TEST

static void
read_evidence(enum device_kind kind, const char *decision, struct world_assertion *a,
    struct evidence *e)
{
	const char *name = name_of("evidence", kind, decision);

	memset(e, 0, sizeof(*e));
	e->signature.len = vector_bytes(name, "signature", e->signature.data,
	    sizeof(e->signature.data));
	if (!device_is_passkey(kind))
		return;
	a->data_len = vector_bytes(name, "authenticator_data", a->data, sizeof(a->data));
	a->client_len = vector_bytes(name, "client_data", (unsigned char *)a->client,
	    sizeof(a->client));
	e->assertion = (struct webauthn_assertion){ a->data, a->data_len,
	    (const unsigned char *)a->client, a->client_len };
}

static void
judge(enum device_kind kind, const struct statement *s, const struct evidence *e)
{
	char text[SIGNED_MAX + 1];
	size_t len = vector_read(name_of("certificate", kind, ""), text, sizeof(text));
	struct approval out;

	if (s->decision == DECISION_APPROVE)
		ck_assert_int_eq(approval_verify(s, text, len, &trust, e, NOW, &out), MFA_OK);
	else
		ck_assert_int_eq(denial_verify(s, text, len, &trust, e, NOW, &out), MFA_OK);
	ck_assert_uint_eq(out.sign_count, device_is_passkey(kind) ? 7 : 0);
}

/* What the device's key signs in this evidence. */
static size_t
signed_bytes(const char *text, const struct evidence *e, unsigned char *to)
{
	size_t len = e->assertion.authenticator_data_len;

	if (len == 0) {
		memcpy(to, text, strlen(text));
		return strlen(text);
	}
	memcpy(to, e->assertion.authenticator_data, len);
	ck_assert_int_eq(crypto_sha256(e->assertion.client_data, e->assertion.client_data_len,
	    to + len), MFA_OK);
	return len + CRYPTO_SHA256_LEN;
}

START_TEST(evidence_of_every_device)
{
	enum device_kind kind = (enum device_kind)_i;
	struct sign_key key = device_key(kind);
	unsigned char data[SIGNED_MAX];
	char text[RECORD_MAX + 1];
	struct world_assertion a;
	struct evidence e;
	struct statement s;
	struct blob sig;
	size_t i, len;

	for (i = 0; i < 3; i++) {
		read_statement(decisions[i], text, sizeof(text), &s);
		read_evidence(kind, decisions[i], &a, &e);
		judge(kind, &s, &e);
		len = signed_bytes(text, &e, data);
		ck_assert_int_eq(sign(&key, data, len, &sig), MFA_OK);
		if (device_algorithm(kind) == SIGNATURE_ED25519)
			ck_assert(sig.len == e.signature.len &&
			    memcmp(sig.data, e.signature.data, sig.len) == 0);
		e.signature = sig;
		judge(kind, &s, &e);
	}
}
END_TEST

START_TEST(an_enrolment)
{
	unsigned char secret[ENROL_SECRET_LEN], mac[ENROL_MAC_LEN], computed[ENROL_MAC_LEN];
	char text[RECORD_MAX + 1], again[RECORD_MAX + 1];
	size_t len = vector_read("enrolment", text, sizeof(text));
	enum refusal why;
	struct device d;

	vector_bytes("enrolment.mac", "secret", secret, sizeof(secret));
	vector_bytes("enrolment.mac", "mac", mac, sizeof(mac));
	ck_assert_int_eq(enrol_verify(secret, text, len, mac, sizeof(mac), "zo\xc3\xab", &d, &why),
	    MFA_OK);
	ck_assert_int_eq(enrol_mac(secret, text, len, computed), MFA_OK);
	ck_assert_mem_eq(computed, mac, sizeof(mac));
	ck_assert_int_eq(enrol_format(&d, again, sizeof(again), &len), MFA_OK);
	ck_assert_str_eq(again, text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vectors");
	TCase *t = tcase_create("vectors");

	tcase_add_checked_fixture(t, make, NULL);
	tcase_add_loop_test(t, statements_and_their_digests, 0, 3);
	tcase_add_loop_test(t, certificates, 1, WORLD_KINDS);
	tcase_add_test(t, revocations);
	tcase_add_loop_test(t, evidence_of_every_device, 1, WORLD_KINDS);
	tcase_add_test(t, an_enrolment);
	suite_add_tcase(s, t);
	return suite_run(s);
}
