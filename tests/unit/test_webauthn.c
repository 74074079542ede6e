/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions of passkeys: each thing that section 7.2 of Web Authentication
 * asks for is asked for, with everything else right and the signature good.
 */
#include <stdio.h>

#include "../suite.h"
#include "base64url.h"
#include "crypto.h"
#include "device_world.h"

#define rows(a) ((int)(sizeof(a) / sizeof((a)[0])))

static unsigned char challenge[STATEMENT_DIGEST_LEN];

static void
make(void)
{
	world_make();
	ck_assert_int_eq(statement_digest(&world_statement, challenge), MFA_OK);
}

/* Signed by the right key whatever it says, so that nothing but the named
 * check can refuse it. */
static void
judge(enum device_kind kind, const struct world_assertion *a, enum refusal wanted)
{
	enum refusal why = REFUSAL_NONE;
	struct evidence e;
	uint32_t count = 7;
	int r;

	world_sign_assertion(kind, a, &e);
	r = webauthn_verify(&world_certificates[kind].device, challenge, &e.assertion,
	    &e.signature, &count, &why);
	ck_assert_msg(why == wanted, "%s, not %s", refusal_text(why), refusal_text(wanted));
	ck_assert_int_eq(r, wanted == REFUSAL_NONE ? MFA_OK : MFA_E_REFUSED);
	ck_assert_uint_eq(count, wanted == REFUSAL_NONE ? 9 : 0);
}

static void
good(struct world_assertion *a)
{
	world_assert(WORLD_RP, WORLD_CLIENT_DATA, WORLD_ORIGIN, 0x05, challenge, a);
}

/* ---- client data ---- */

#define TYPE	"{\"type\":\"webauthn.get\","
#define REST	"\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false"

static const struct { const char *format; enum refusal wanted; } client_data[] = {
	{ WORLD_CLIENT_DATA, REFUSAL_NONE },
	{ TYPE REST ",\"other_keys_can_be_added_here\":\"do not compare\"}", REFUSAL_NONE },
	{ TYPE REST ",}", REFUSAL_NONE },			/* not looked at */
	{ TYPE REST, REFUSAL_CLIENT_DATA },
	{ TYPE REST "}}", REFUSAL_CLIENT_DATA },
	{ TYPE REST "} ", REFUSAL_CLIENT_DATA },
	{ TYPE REST "}\n", REFUSAL_CLIENT_DATA },
	{ TYPE REST " }", REFUSAL_CLIENT_DATA },
	{ TYPE REST ",", REFUSAL_CLIENT_DATA },
	{ TYPE REST "x}", REFUSAL_CLIENT_DATA },
	{ TYPE REST "},{}", REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":true}", REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":falsey}",
	    REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":null}", REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\":\"%s\",\"origin\":\"%s\"}", REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\":\"%s=\",\"origin\":\"%s\",\"crossOrigin\":false}",
	    REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\":\"%s\",\"origin\":\"%s/\",\"crossOrigin\":false}",
	    REFUSAL_CLIENT_DATA },
	{ TYPE "\"challenge\": \"%s\",\"origin\":\"%s\",\"crossOrigin\":false}",
	    REFUSAL_CLIENT_DATA },
	{ "{\"type\":\"webauthn.create\"," REST "}", REFUSAL_CLIENT_DATA },
	{ "{\"type\":\"webauthn.get \"," REST "}", REFUSAL_CLIENT_DATA },
	{ "{\"type\":\"payment.get\"," REST "}", REFUSAL_CLIENT_DATA },
	{ " " TYPE REST "}", REFUSAL_CLIENT_DATA },
	{ "\xef\xbb\xbf" TYPE REST "}", REFUSAL_CLIENT_DATA },
	{ "{" REST ",\"type\":\"webauthn.get\"}", REFUSAL_CLIENT_DATA },
	{ "[" TYPE REST "}", REFUSAL_CLIENT_DATA },
	{ "{}", REFUSAL_CLIENT_DATA },
};

START_TEST(client_data_are_what_a_client_must_write)
{
	struct world_assertion a;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	world_assert(WORLD_RP, client_data[_i].format, WORLD_ORIGIN, 0x05, challenge, &a);
#pragma GCC diagnostic pop
	judge(DEVICE_WEBAUTHN_ES256, &a, client_data[_i].wanted);
	judge(DEVICE_WEBAUTHN_EDDSA, &a, client_data[_i].wanted);
}
END_TEST

static const char *const origins[] = {
	"https://mfa.example.org:8443", "https://mfa.example.com", "http://mfa.example.org",
	"https://evil.mfa.example.org", "https://example.org", "https://mfa.example.orgx",
	"https://mfa.example.or", "https://MFA.example.org", "",
};

START_TEST(another_origin_is_refused)
{
	struct world_assertion a;

	world_assert(WORLD_RP, WORLD_CLIENT_DATA, origins[_i], 0x05, challenge, &a);
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_CLIENT_DATA);
}
END_TEST

START_TEST(another_challenge_is_refused)
{
	struct statement s = world_statement;
	struct world_assertion a;
	size_t i;

	s.nonce[0] ^= 1;
	ck_assert_int_eq(statement_digest(&s, challenge), MFA_OK);
	good(&a);
	ck_assert_int_eq(statement_digest(&world_statement, challenge), MFA_OK);
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_CLIENT_DATA);
	for (i = 0; i < 8 * sizeof(challenge); i++) {
		challenge[i / 8] ^= (unsigned char)(1 << i % 8);
		good(&a);
		challenge[i / 8] ^= (unsigned char)(1 << i % 8);
		judge(DEVICE_WEBAUTHN_EDDSA, &a, REFUSAL_CLIENT_DATA);
	}
}
END_TEST

START_TEST(client_data_have_a_limit)
{
	struct world_assertion a;

	good(&a);
	a.client[a.client_len - 1] = ',';
	memset(a.client + a.client_len, 'x', sizeof(a.client) - a.client_len);
	a.client_len = WEBAUTHN_CLIENT_DATA_MAX;
	a.client[a.client_len - 1] = '}';
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_NONE);
	a.client[a.client_len++] = '}';
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_CLIENT_DATA);
}
END_TEST

/* ---- authenticator data ---- */

/* Of all 256, those with UP and UV, without a credential, without a backup of
 * what may have none, and, since nothing follows, without extensions. */
static enum refusal
wanted_of(unsigned int flags)
{
	if ((flags & 0xc0) != 0 || (flags & 0x18) == 0x10)
		return REFUSAL_DATA;
	if ((flags & 0x01) == 0)
		return REFUSAL_PRESENCE;
	return (flags & 0x04) == 0 ? REFUSAL_VERIFICATION : REFUSAL_NONE;
}

START_TEST(both_presence_and_verification_are_required)
{
	struct world_assertion a;

	world_assert(WORLD_RP, WORLD_CLIENT_DATA, WORLD_ORIGIN, (unsigned int)_i, challenge, &a);
	judge(DEVICE_WEBAUTHN_ES256, &a, wanted_of((unsigned int)_i));
	judge(DEVICE_WEBAUTHN_EDDSA, &a, wanted_of((unsigned int)_i));
}
END_TEST

static const char *const parties[] = {
	"example.org", "evil.mfa.example.org", "mfa.example.org.", "MFA.example.org",
	WORLD_ORIGIN, "mfa.example.com", "",
};

START_TEST(another_relying_party_is_refused)
{
	struct world_assertion a;

	world_assert(parties[_i], WORLD_CLIENT_DATA, WORLD_ORIGIN, 0x05, challenge, &a);
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_RP);
}
END_TEST

START_TEST(authenticator_data_have_their_length)
{
	struct world_assertion a;
	size_t len;

	good(&a);
	for (len = 0; len < WEBAUTHN_AUTHENTICATOR_DATA_MIN; len++) {
		a.data_len = len;
		judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_DATA);
	}
	a.data_len = WEBAUTHN_AUTHENTICATOR_DATA_MIN + 1;	/* and no extension */
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_DATA);
	a.data[32] |= 0x80;
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_NONE);
	a.data_len = WEBAUTHN_AUTHENTICATOR_DATA_MAX;
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_NONE);
	a.data_len = WEBAUTHN_AUTHENTICATOR_DATA_MAX + 1;
	judge(DEVICE_WEBAUTHN_ES256, &a, REFUSAL_DATA);
}
END_TEST

START_TEST(the_counter_is_big_endian)
{
	struct world_assertion a;
	struct evidence e;
	enum refusal why;
	uint32_t count;

	good(&a);
	memcpy(a.data + 33, "\x81\x02\x03\x04", 4);
	world_sign_assertion(DEVICE_WEBAUTHN_ES256, &a, &e);
	ck_assert_int_eq(webauthn_verify(&world_certificates[DEVICE_WEBAUTHN_ES256].device,
	    challenge, &e.assertion, &e.signature, &count, &why), MFA_OK);
	ck_assert_uint_eq(count, 0x81020304);
}
END_TEST

/* ---- the signature is over all of it ---- */

static void
spoilt(enum device_kind kind, struct evidence *e)
{
	enum refusal why = REFUSAL_NONE;
	uint32_t count;

	ck_assert_int_eq(webauthn_verify(&world_certificates[kind].device, challenge,
	    &e->assertion, &e->signature, &count, &why), MFA_E_REFUSED);
	ck_assert_int_ne(why, REFUSAL_NONE);
	ck_assert_uint_eq(count, 0);
}

static void
flip(enum device_kind kind, struct evidence *e, unsigned char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < 8 * len; i++) {
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		spoilt(kind, e);
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
	}
}

START_TEST(every_changed_bit_is_refused)
{
	enum device_kind kind = (enum device_kind)_i;
	struct world_assertion a;
	struct evidence e;

	good(&a);
	a.client[a.client_len - 1] = ',';	/* and what is not looked at */
	a.client_len += (size_t)snprintf(a.client + a.client_len, sizeof(a.client) - a.client_len,
	    "\"x\":1}");
	world_sign_assertion(kind, &a, &e);
	flip(kind, &e, a.data, a.data_len);
	flip(kind, &e, (unsigned char *)a.client, a.client_len);
	flip(kind, &e, e.signature.data, e.signature.len);
}
END_TEST

START_TEST(other_lengths_are_refused)
{
	enum device_kind kind = (enum device_kind)_i;
	struct world_assertion a;
	struct evidence e;
	size_t i;

	good(&a);
	world_sign_assertion(kind, &a, &e);
	for (i = 0; i < a.client_len; i++) {
		e.assertion.client_data_len = i;
		spoilt(kind, &e);
	}
	e.assertion.client_data_len = a.client_len + 1;
	spoilt(kind, &e);
}
END_TEST

START_TEST(what_is_no_passkey_makes_no_assertion)
{
	struct world_assertion a;
	struct evidence e;
	enum refusal why;
	uint32_t count;

	good(&a);
	world_sign_assertion((enum device_kind)_i, &a, &e);
	ck_assert_int_eq(webauthn_verify(&world_certificates[_i].device, challenge, &e.assertion,
	    &e.signature, &count, &why), MFA_E_INVALID);
	ck_assert_int_eq(why, REFUSAL_KIND);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("webauthn");
	TCase *t = tcase_create("webauthn");

	tcase_add_checked_fixture(t, make, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, client_data_are_what_a_client_must_write, 0, rows(client_data));
	tcase_add_loop_test(t, another_origin_is_refused, 0, rows(origins));
	tcase_add_test(t, another_challenge_is_refused);
	tcase_add_test(t, client_data_have_a_limit);
	tcase_add_loop_test(t, both_presence_and_verification_are_required, 0, 256);
	tcase_add_loop_test(t, another_relying_party_is_refused, 0, rows(parties));
	tcase_add_test(t, authenticator_data_have_their_length);
	tcase_add_test(t, the_counter_is_big_endian);
	tcase_add_loop_test(t, every_changed_bit_is_refused, DEVICE_WEBAUTHN_ES256, WORLD_KINDS);
	tcase_add_loop_test(t, other_lengths_are_refused, DEVICE_WEBAUTHN_ES256, WORLD_KINDS);
	tcase_add_loop_test(t, what_is_no_passkey_makes_no_assertion, DEVICE_P256,
	    DEVICE_WEBAUTHN_ES256);
	suite_add_tcase(s, t);
	return suite_run(s);
}
