/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What authorities sign: only a whole, untouched certificate of this user, by
 * an authority that is believed, in its time, counts.
 */
#include <stdio.h>

#include "../suite.h"
#include "base64url.h"
#include "device_world.h"

#define rows(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct certificate no_certificate;
static const struct revocation no_revocation;

static int
verify(const char *text, size_t len, int64_t now, enum refusal *why)
{
	struct certificate c;
	int r;

	memset(&c, 7, sizeof(c));
	r = certificate_verify(text, len, &world_trust, WORLD_USER, now, &c, why);
	ck_assert((r == MFA_OK) == (*why == REFUSAL_NONE));
	if (r != MFA_OK)
		ck_assert(memcmp(&c, &no_certificate, sizeof(c)) == 0);
	return r;
}

static void
refuses(const char *text, size_t len, int64_t now, enum refusal wanted)
{
	enum refusal why = REFUSAL_NONE;

	ck_assert_int_eq(verify(text, len, now, &why),
	    wanted == REFUSAL_FORM ? MFA_E_INVALID : MFA_E_REFUSED);
	ck_assert_msg(why == wanted, "%s, not %s", refusal_text(why), refusal_text(wanted));
}

START_TEST(a_certificate_says_what_was_signed)
{
	const struct signed_record *s = &world_signed[_i];
	struct certificate c, parsed;
	enum refusal why;

	ck_assert_int_eq(certificate_verify(s->text, s->len, &world_trust, WORLD_USER, WORLD_NOW,
	    &c, &why), MFA_OK);
	ck_assert(memcmp(&c, &world_certificates[_i], sizeof(c)) == 0);
	ck_assert_int_eq(certificate_parse(s->text, s->len, &parsed, NULL), MFA_OK);
	ck_assert(memcmp(&c, &parsed, sizeof(c)) == 0);
}
END_TEST

START_TEST(every_changed_bit_is_refused)
{
	struct signed_record s = world_signed[_i];
	enum refusal why;
	size_t i;

	for (i = 0; i < 8 * s.len; i++) {
		s.text[i / 8] = (char)(s.text[i / 8] ^ 1 << i % 8);
		ck_assert_msg(verify(s.text, s.len, WORLD_NOW, &why) != MFA_OK, "bit %zu", i);
		s.text[i / 8] = (char)(s.text[i / 8] ^ 1 << i % 8);
	}
	ck_assert_int_eq(verify(s.text, s.len, WORLD_NOW, &why), MFA_OK);
}
END_TEST

START_TEST(every_truncation_and_extension_is_refused)
{
	struct signed_record s = world_signed[DEVICE_P256];
	size_t len;
	int c;

	for (len = 0; len < s.len; len++)
		refuses(s.text, len, WORLD_NOW, REFUSAL_FORM);
	for (c = 0; c < 256; c++) {
		s.text[s.len] = (char)c;
		refuses(s.text, s.len + 1, WORLD_NOW, REFUSAL_FORM);
	}
	memmove(s.text + 1, s.text, s.len);
	s.text[0] = '\n';
	refuses(s.text, s.len + 1, WORLD_NOW, REFUSAL_FORM);
}
END_TEST

/* Signed rightly, and yet no certificate. */
static void
sign_text(const char *body, struct signed_record *out)
{
	struct blob sig;
	char text[100];

	ck_assert_int_eq(sign(&world_authority_key, body, strlen(body), &sig), MFA_OK);
	ck_assert_uint_eq(sig.len, 64);
	ck_assert_int_eq(base64url_encode(sig.data, sig.len, text, sizeof(text)), MFA_OK);
	out->len = (size_t)snprintf(out->text, sizeof(out->text), "%ssignature %s\n", body, text);
}

/* Changes the first `from` of the certificate's lines, and signs them anew. */
static void
changed(enum device_kind kind, const char *from, const char *to, struct signed_record *out)
{
	const struct signed_record *s = &world_signed[kind];
	char body[SIGNED_MAX + 1];
	const char *at = strstr(s->text, from), *rest;

	ck_assert_msg(at != NULL, "%s", from);
	rest = at + strlen(from);
	snprintf(body, sizeof(body), "%.*s%s%.*s", (int)(at - s->text), s->text, to,
	    (int)((size_t)(s->text + s->len - rest) - SIGNED_LINE_LEN), rest);
	sign_text(body, out);
}

static const struct { enum device_kind kind; const char *from, *to; } malformed[] = {
	{ DEVICE_P256, "pam_mfa device 1\n", "" },
	{ DEVICE_P256, "pam_mfa device 1\n", "pam_mfa device 2\n" },
	{ DEVICE_P256, "pam_mfa device 1\n", "pam_mfa enrolment 1\n" },
	{ DEVICE_P256, "pam_mfa device 1\n", "pam_mfa device 1\npam_mfa device 1\n" },
	{ DEVICE_P256, "user alice\n", "" },
	{ DEVICE_P256, "user alice\n", "user alice\nuser alice\n" },
	{ DEVICE_P256, "user alice\n", "user \n" },
	{ DEVICE_P256, "user alice\ndevice phone\n", "device phone\nuser alice\n" },
	{ DEVICE_P256, "user alice\n", "user alice\r\n" },
	{ DEVICE_P256, "device phone\n", "device my phone\n" },
	{ DEVICE_P256, "device phone\n", "device ph/one\n" },
	{ DEVICE_P256, "device phone\n", "device \n" },
	{ DEVICE_P256, "device phone\n", "device "
	    "0123456789012345678901234567890123456789012345678901234567890123x\n" },
	{ DEVICE_P256, "kind p256\n", "kind P256\n" },
	{ DEVICE_P256, "kind p256\n", "kind rsa\n" },
	{ DEVICE_P256, "kind p256\n", "kind ed25519\n" },
	{ DEVICE_ED25519, "kind ed25519\n", "kind p256\n" },
	{ DEVICE_P256, "kind p256\n", "kind webauthn-es256\n" },
	{ DEVICE_WEBAUTHN_ES256, "kind webauthn-es256\n", "kind p256\n" },
	{ DEVICE_P256, "origin -\n", "origin https://mfa.example.org\n" },
	{ DEVICE_WEBAUTHN_EDDSA, "origin " WORLD_ORIGIN "\n", "origin -\n" },
	{ DEVICE_P256, "created 1789999000\n", "created 01789999000\n" },
	{ DEVICE_P256, "created 1789999000\n", "created 0\n" },
	{ DEVICE_P256, "created 1789999000\n", "created 1790086400\n" },	/* not before */
	{ DEVICE_P256, "created 1789999000\n", "created 1790086401\n" },
	{ DEVICE_P256, "created 1789999000\n", "created 1758463999\n" },	/* 366 days, 1 s */
	{ DEVICE_P256, "expires 1790086400\n", "expires 1821621401\n" },
	{ DEVICE_P256, "expires 1790086400\n", "expires never\n" },
	{ DEVICE_P256, "expires 1790086400\n", "" },
	{ DEVICE_P256, "authority ", "authority A" },
	{ DEVICE_P256, "authority ", "note hello\nauthority " },
};

START_TEST(a_signature_makes_no_certificate_of_other_lines)
{
	struct signed_record s;

	changed(malformed[_i].kind, malformed[_i].from, malformed[_i].to, &s);
	refuses(s.text, s.len, WORLD_NOW, REFUSAL_FORM);
}
END_TEST

START_TEST(lines_signed_anew_are_accepted)
{
	struct signed_record s;
	enum refusal why;

	changed(DEVICE_P256, "device phone\n", "device other\n", &s);
	ck_assert_int_eq(verify(s.text, s.len, WORLD_NOW, &why), MFA_OK);
	changed(DEVICE_P256, "created 1789999000\n", "created 1758464000\n", &s);
	ck_assert_int_eq(verify(s.text, s.len, WORLD_NOW, &why), MFA_OK);	/* 366 days */
}
END_TEST

/* ---- time ---- */

static const struct { int64_t now; enum refusal wanted; } times[] = {
	{ WORLD_NOW - 1000, REFUSAL_NONE },
	{ WORLD_NOW - 1300, REFUSAL_NONE },
	{ WORLD_NOW - 1301, REFUSAL_EARLY },
	{ 0, REFUSAL_EARLY },
	{ -1, REFUSAL_EARLY },
	{ INT64_MIN, REFUSAL_EARLY },
	{ WORLD_NOW + 86399, REFUSAL_NONE },
	{ WORLD_NOW + 86400, REFUSAL_EXPIRED },
	{ INT64_MAX, REFUSAL_EXPIRED },
};

START_TEST(a_certificate_counts_in_its_time_only)
{
	const struct signed_record *s = &world_signed[DEVICE_ED25519];
	enum refusal why;

	if (times[_i].wanted == REFUSAL_NONE)
		ck_assert_int_eq(verify(s->text, s->len, times[_i].now, &why), MFA_OK);
	else
		refuses(s->text, s->len, times[_i].now, times[_i].wanted);
}
END_TEST

/* ---- authorities and users ---- */

START_TEST(another_authority_is_unknown)
{
	const struct signed_record *s = &world_signed[DEVICE_P256];
	struct sign_key key;
	struct authority two[2];

	ck_assert_int_eq(sign_key_new(SIGNATURE_ED25519, &key), MFA_OK);
	ck_assert_int_eq(authority_set(&two[0], key.public.data), MFA_OK);
	two[1] = world_authority;
	world_trust.authorities = two;
	refuses(s->text, s->len, WORLD_NOW, REFUSAL_AUTHORITY);
	world_trust.authority_count = 0;
	refuses(s->text, s->len, WORLD_NOW, REFUSAL_AUTHORITY);
	world_trust.authority_count = 2;
	ck_assert_int_eq(verify(s->text, s->len, WORLD_NOW, &(enum refusal){ 0 }), MFA_OK);
	/* The id of the one, the key of the other. */
	memcpy(two[1].key, two[0].key, sizeof(two[1].key));
	refuses(s->text, s->len, WORLD_NOW, REFUSAL_SIGNATURE);
}
END_TEST

START_TEST(a_signature_belongs_to_one_certificate)
{
	struct signed_record s = world_signed[DEVICE_P256];
	const struct signed_record *other = &world_signed[DEVICE_ED25519];

	memcpy(s.text + s.len - SIGNED_LINE_LEN, other->text + other->len - SIGNED_LINE_LEN,
	    SIGNED_LINE_LEN);
	refuses(s.text, s.len, WORLD_NOW, REFUSAL_SIGNATURE);
}
END_TEST

START_TEST(another_user_is_refused)
{
	static const char *const users[] = { "bob", "", "Alice", "alic", "alice ", "alice\n" };
	const struct signed_record *s = &world_signed[DEVICE_P256];
	struct certificate c;
	enum refusal why;
	size_t i;

	for (i = 0; i < (size_t)rows(users); i++) {
		ck_assert_int_eq(certificate_verify(s->text, s->len, &world_trust, users[i],
		    WORLD_NOW, &c, &why), MFA_E_REFUSED);
		ck_assert_int_eq(why, REFUSAL_USER);
	}
}
END_TEST

/* ---- revocations ---- */

static void
make_revocation(const char *user, const char *device, struct signed_record *out)
{
	struct revocation v = { .at = WORLD_NOW - 10 };

	snprintf(v.user, sizeof(v.user), "%s", user);
	snprintf(v.device, sizeof(v.device), "%s", device);
	ck_assert_int_eq(revocation_issue(&world_authority_key, &v, out->text, sizeof(out->text),
	    &out->len), MFA_OK);
}

START_TEST(a_revoked_device_is_refused_and_no_other)
{
	const struct signed_record *s = &world_signed[DEVICE_P256];
	struct signed_record text;
	struct revocation v[3];
	enum refusal why;

	make_revocation("bob", "phone", &text);
	ck_assert_int_eq(revocation_verify(text.text, text.len, &world_trust, &v[0], &why), MFA_OK);
	ck_assert_int_eq(why, REFUSAL_NONE);
	make_revocation(WORLD_USER, "telephone", &text);
	ck_assert_int_eq(revocation_verify(text.text, text.len, &world_trust, &v[1], &why), MFA_OK);
	make_revocation(WORLD_USER, "phone", &text);
	ck_assert_int_eq(revocation_verify(text.text, text.len, &world_trust, &v[2], &why), MFA_OK);
	ck_assert_int_eq(v[2].at, WORLD_NOW - 10);
	world_trust.revocations = v;
	world_trust.revocation_count = 2;
	ck_assert_int_eq(verify(s->text, s->len, WORLD_NOW, &why), MFA_OK);
	world_trust.revocation_count = 3;
	refuses(s->text, s->len, WORLD_NOW, REFUSAL_REVOKED);
}
END_TEST

START_TEST(every_changed_bit_of_a_revocation_is_refused)
{
	struct signed_record s;
	struct revocation v;
	enum refusal why;
	size_t i;

	make_revocation(WORLD_USER, "phone", &s);
	for (i = 0; i < 8 * s.len; i++) {
		s.text[i / 8] = (char)(s.text[i / 8] ^ 1 << i % 8);
		ck_assert_int_ne(revocation_verify(s.text, s.len, &world_trust, &v, &why), MFA_OK);
		ck_assert(memcmp(&v, &no_revocation, sizeof(v)) == 0);
		s.text[i / 8] = (char)(s.text[i / 8] ^ 1 << i % 8);
	}
	for (i = 0; i < s.len; i++)
		ck_assert_int_eq(revocation_verify(s.text, i, &world_trust, &v, &why), MFA_E_INVALID);
	world_trust.authority_count = 0;
	ck_assert_int_eq(revocation_verify(s.text, s.len, &world_trust, &v, &why), MFA_E_REFUSED);
	ck_assert_int_eq(why, REFUSAL_AUTHORITY);
}
END_TEST

START_TEST(neither_is_taken_for_the_other)
{
	const struct signed_record *c = &world_signed[DEVICE_P256];
	struct signed_record s;
	struct revocation v;
	enum refusal why;

	make_revocation(WORLD_USER, "phone", &s);
	refuses(s.text, s.len, WORLD_NOW, REFUSAL_FORM);
	ck_assert_int_eq(revocation_verify(c->text, c->len, &world_trust, &v, &why), MFA_E_INVALID);
}
END_TEST

/* ---- issuing ---- */

START_TEST(what_could_not_be_verified_is_not_signed)
{
	struct certificate good = world_certificates[DEVICE_WEBAUTHN_ES256], c[9];
	char text[SIGNED_MAX + 1];
	size_t i, len;

	for (i = 0; i < 9; i++)
		c[i] = good;
	c[0].expires = c[0].created;
	c[1].expires = c[1].created + CERTIFICATE_LIFE_MAX + 1;
	c[2].device.key.data[5] ^= 1;			/* not on the curve */
	snprintf(c[3].device.origin, sizeof(c[3].device.origin), "%s", "-");
	snprintf(c[4].device.user, sizeof(c[4].device.user), "%s", "a\nkind p256");
	c[5].device.kind = 0;
	c[6].device.id[0] = '\0';
	c[7].created = INT64_MIN;
	c[8].expires = INT64_MAX;
	for (i = 0; i < 9; i++) {
		ck_assert_int_eq(certificate_issue(&world_authority_key, &c[i], text, sizeof(text),
		    &len), MFA_E_INVALID);
		ck_assert(len == 0 && text[0] == '\0');
	}
	/* A key of another kind is no authority's. */
	ck_assert_int_eq(certificate_issue(&world_device_keys[DEVICE_P256], &good, text,
	    sizeof(text), &len), MFA_E_INVALID);
	ck_assert_int_eq(certificate_issue(&world_authority_key, &good, text, sizeof(text), &len),
	    MFA_OK);
	ck_assert_int_eq(certificate_issue(&world_authority_key, &good, text, len, &len),
	    MFA_E_INVALID);
}
END_TEST

START_TEST(the_largest_certificate_fits)
{
	struct certificate c = world_certificates[DEVICE_WEBAUTHN_ES256];
	char text[SIGNED_MAX + 1];
	size_t i, len;

	memset(c.device.user, 'u', sizeof(c.device.user) - 1);
	memset(c.device.id, 'd', sizeof(c.device.id) - 1);
	memset(c.device.origin, 0, sizeof(c.device.origin));
	snprintf(c.device.origin, sizeof(c.device.origin), "%s", "https://");
	for (i = 0; i < 253; i++)
		c.device.origin[8 + i] = i % 64 == 63 ? '.' : 'a';
	snprintf(c.device.origin + 8 + i, sizeof(c.device.origin) - 8 - i, ":65535");
	ck_assert_uint_eq(strlen(c.device.origin), DEVICE_ORIGIN_MAX - 1);
	ck_assert_int_eq(certificate_issue(&world_authority_key, &c, text, sizeof(text), &len),
	    MFA_OK);
	ck_assert_int_eq(certificate_parse(text, len, &c, NULL), MFA_OK);
}
END_TEST

/* ---- origins ---- */

static const struct { const char *origin, *rp; } origins[] = {
	{ "https://mfa.example.org", "mfa.example.org" },
	{ "https://mfa.example.org:8443", "mfa.example.org" },
	{ "https://localhost", "localhost" },
	{ "https://xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "https://1.2.3.4a", "1.2.3.4a" },
	{ "http://mfa.example.org", NULL }, { "https://", NULL }, { "https:///", NULL },
	{ "HTTPS://mfa.example.org", NULL }, { "https://MFA.example.org", NULL },
	{ "https://mfa.example.org/", NULL }, { "https://mfa.example.org:443", NULL },
	{ "https://mfa.example.org:", NULL }, { "https://mfa.example.org:0", NULL },
	{ "https://mfa.example.org:08443", NULL }, { "https://mfa.example.org:65536", NULL },
	{ "https://mfa.example.org:8443:1", NULL }, { "https://a@mfa.example.org", NULL },
	{ "https://mfa.example.org.", NULL }, { "https://.example.org", NULL },
	{ "https://mfa..example.org", NULL }, { "https://-mfa.example.org", NULL },
	{ "https://mfa-.example.org", NULL }, { "https://mfa_example.org", NULL },
	{ "https://203.0.113.7", NULL }, { "https://[2001:db8::7]", NULL },
	{ "https://mfa.example.org\"", NULL }, { "https://b\xc3\xbc" "cher.example", NULL },
	{ "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org", NULL },
	{ "-", NULL }, { "", NULL },
};

START_TEST(the_relying_party_is_the_origins_host)
{
	char rp[DEVICE_RP_MAX] = "stale";

	ck_assert_int_eq(device_rp(origins[_i].origin, rp),
	    origins[_i].rp != NULL ? MFA_OK : MFA_E_INVALID);
	ck_assert_str_eq(rp, origins[_i].rp != NULL ? origins[_i].rp : "");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("certificate");
	TCase *t = tcase_create("certificate");

	tcase_add_checked_fixture(t, world_make, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_certificate_says_what_was_signed, 1, WORLD_KINDS);
	tcase_add_loop_test(t, every_changed_bit_is_refused, 1, WORLD_KINDS);
	tcase_add_test(t, every_truncation_and_extension_is_refused);
	tcase_add_loop_test(t, a_signature_makes_no_certificate_of_other_lines, 0,
	    rows(malformed));
	tcase_add_test(t, lines_signed_anew_are_accepted);
	tcase_add_loop_test(t, a_certificate_counts_in_its_time_only, 0, rows(times));
	tcase_add_test(t, another_authority_is_unknown);
	tcase_add_test(t, a_signature_belongs_to_one_certificate);
	tcase_add_test(t, another_user_is_refused);
	tcase_add_test(t, a_revoked_device_is_refused_and_no_other);
	tcase_add_test(t, every_changed_bit_of_a_revocation_is_refused);
	tcase_add_test(t, neither_is_taken_for_the_other);
	tcase_add_test(t, what_could_not_be_verified_is_not_signed);
	tcase_add_test(t, the_largest_certificate_fits);
	tcase_add_loop_test(t, the_relying_party_is_the_origins_host, 0, rows(origins));
	suite_add_tcase(s, t);
	return suite_run(s);
}
