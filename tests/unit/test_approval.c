/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evidence for a statement: it counts for exactly what was asked, from a device
 * of that user, and for nothing else.
 */
#include <openssl/err.h>

#include "../suite.h"
#include "device_world.h"

#define rows(a) ((int)(sizeof(a) / sizeof((a)[0])))

static int
verify(enum device_kind kind, const struct statement *s, const struct evidence *e, int64_t now,
    struct approval *out)
{
	int r = approval_verify(s, world_signed[kind].text, world_signed[kind].len, &world_trust, e,
	    now, out);

	ck_assert((r == MFA_OK) == (out->why == REFUSAL_NONE));
	return r;
}

static void
refuses(enum device_kind kind, const struct statement *s, const struct evidence *e,
    enum refusal wanted)
{
	struct approval out;

	ck_assert_int_ne(verify(kind, s, e, WORLD_NOW, &out), MFA_OK);
	ck_assert_msg(out.why == wanted, "%s, not %s", refusal_text(out.why),
	    refusal_text(wanted));
	ck_assert_uint_eq(out.sign_count, 0);
}

/* The reason when another challenge was signed. */
static enum refusal
other_statement(enum device_kind kind)
{
	return device_is_passkey(kind) ? REFUSAL_CLIENT_DATA : REFUSAL_PROOF;
}

START_TEST(the_users_device_approves)
{
	struct world_assertion a;
	struct approval out;
	struct evidence e;

	world_answer((enum device_kind)_i, &world_statement, &a, &e);
	ck_assert_int_eq(verify((enum device_kind)_i, &world_statement, &e, WORLD_NOW, &out),
	    MFA_OK);
	ck_assert_int_eq(out.why, REFUSAL_NONE);
	ck_assert(memcmp(&out.certificate, &world_certificates[_i], sizeof(out.certificate)) == 0);
	ck_assert_uint_eq(out.sign_count, device_is_passkey((enum device_kind)_i) ? 9 : 0);
}
END_TEST

/* Each field of the statement that the host asks about, in another way than
 * the one that was signed. */
START_TEST(an_approval_is_for_one_statement)
{
	enum device_kind kind = (enum device_kind)_i;
	struct statement s = world_statement, other[8];
	struct world_assertion a;
	struct evidence e;
	size_t i;

	world_answer(kind, &s, &a, &e);
	for (i = 0; i < 8; i++)
		other[i] = s;
	snprintf(other[0].host, sizeof(other[0].host), "%s", "gate2.example.org");
	snprintf(other[1].service, sizeof(other[1].service), "%s", "sudo");
	snprintf(other[2].origin, sizeof(other[2].origin), "%s", "203.0.113.8");
	snprintf(other[3].origin, sizeof(other[3].origin), "%s", "unknown");
	other[4].expires++;
	other[5].number[0] = other[5].number[0] == '9' ? '0' : (char)(other[5].number[0] + 1);
	other[6].number[5] = '\0';
	other[7].nonce[15] ^= 1;
	for (i = 0; i < 8; i++)
		refuses(kind, &other[i], &e, other_statement(kind));
	for (i = 0; i < 8 * sizeof(s.nonce); i++) {
		other[0] = s;
		other[0].nonce[i / 8] ^= (unsigned char)(1 << i % 8);
		refuses(kind, &other[0], &e, other_statement(kind));
	}
	other[0] = s;
	snprintf(other[0].user, sizeof(other[0].user), "%s", "bob");
	refuses(kind, &other[0], &e, REFUSAL_USER);
}
END_TEST

START_TEST(every_changed_bit_of_the_signature_is_refused)
{
	enum device_kind kind = (enum device_kind)_i;
	struct world_assertion a;
	struct evidence e;
	size_t i;

	world_answer(kind, &world_statement, &a, &e);
	for (i = 0; i < 8 * e.signature.len; i++) {
		e.signature.data[i / 8] ^= (unsigned char)(1 << i % 8);
		refuses(kind, &world_statement, &e, REFUSAL_PROOF);
		e.signature.data[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	for (i = 0; i < sizeof(e.signature.data); i++) {
		size_t kept = e.signature.len;

		e.signature.len = i;
		if (i != kept)
			refuses(kind, &world_statement, &e, REFUSAL_PROOF);
		e.signature.len = kept;
	}
	e.signature.len = sizeof(e.signature.data) + 1;
	refuses(kind, &world_statement, &e, REFUSAL_KIND);
}
END_TEST

START_TEST(a_denial_approves_nothing_and_an_approval_denies_nothing)
{
	static const enum phone_decision denials[] = { DECISION_DENY, DECISION_REPORT };
	enum device_kind kind = (enum device_kind)_i;
	const struct signed_record *c = &world_signed[kind];
	struct statement s = world_statement;
	struct world_assertion a;
	struct approval out;
	struct evidence e;
	size_t i;

	world_answer(kind, &s, &a, &e);
	ck_assert_int_eq(denial_verify(&s, c->text, c->len, &world_trust, &e, WORLD_NOW, &out),
	    MFA_E_REFUSED);
	ck_assert_int_eq(out.why, REFUSAL_STATEMENT);
	for (i = 0; i < 2; i++) {
		s = world_statement;
		s.decision = denials[i];
		snprintf(s.number, sizeof(s.number), "%s", "-");
		world_answer(kind, &s, &a, &e);
		ck_assert_int_eq(denial_verify(&s, c->text, c->len, &world_trust, &e, WORLD_NOW,
		    &out), MFA_OK);
		refuses(kind, &s, &e, REFUSAL_STATEMENT);
		refuses(kind, &world_statement, &e, other_statement(kind));
		s.decision = denials[!i];
		ck_assert_int_eq(denial_verify(&s, c->text, c->len, &world_trust, &e, WORLD_NOW,
		    &out), MFA_E_REFUSED);
	}
	/* Made up of both: a number that a denial cannot have. */
	s = world_statement;
	s.decision = DECISION_DENY;
	ck_assert_int_eq(denial_verify(&s, c->text, c->len, &world_trust, &e, WORLD_NOW, &out),
	    MFA_E_INVALID);
	ck_assert_int_eq(out.why, REFUSAL_STATEMENT);
	s.decision = 0;
	refuses(kind, &s, &e, REFUSAL_STATEMENT);
}
END_TEST

static const struct { int64_t after; enum refusal wanted; } times[] = {
	{ 0, REFUSAL_NONE }, { 89, REFUSAL_NONE }, { 90, REFUSAL_LATE }, { 91, REFUSAL_LATE },
	{ 1000000, REFUSAL_LATE }, { -510, REFUSAL_NONE }, { -511, REFUSAL_AHEAD },
	{ -WORLD_NOW, REFUSAL_AHEAD },
};

START_TEST(a_statement_counts_in_its_time_only)
{
	struct world_assertion a;
	struct approval out;
	struct evidence e;

	world_answer(DEVICE_ED25519, &world_statement, &a, &e);
	(void)verify(DEVICE_ED25519, &world_statement, &e, WORLD_NOW + times[_i].after, &out);
	ck_assert_int_eq(out.why, times[_i].wanted);
}
END_TEST

/* The expiry of the certificate, within the statement's. */
START_TEST(an_expired_certificate_is_refused)
{
	struct statement s = world_statement;
	struct world_assertion a;
	struct approval out;
	struct evidence e;

	s.expires = WORLD_NOW + 86400 + 60;
	world_answer((enum device_kind)_i, &s, &a, &e);
	ck_assert_int_eq(verify((enum device_kind)_i, &s, &e, WORLD_NOW + 86399, &out), MFA_OK);
	ck_assert_int_eq(verify((enum device_kind)_i, &s, &e, WORLD_NOW + 86400, &out),
	    MFA_E_REFUSED);
	ck_assert_int_eq(out.why, REFUSAL_EXPIRED);
	ck_assert_uint_eq(out.certificate.device.key.len, 0);
}
END_TEST

START_TEST(another_devices_certificate_is_refused)
{
	enum device_kind kind = (enum device_kind)_i, other;
	struct world_assertion a;
	struct evidence e;

	world_answer(kind, &world_statement, &a, &e);
	for (other = DEVICE_P256; other <= DEVICE_WEBAUTHN_EDDSA; other++) {
		if (other == kind)
			continue;
		refuses(other, &world_statement, &e, device_is_passkey(other) ==
		    device_is_passkey(kind) ? REFUSAL_PROOF : REFUSAL_KIND);
	}
	world_trust.authority_count = 0;
	refuses(kind, &world_statement, &e, REFUSAL_AUTHORITY);
}
END_TEST

START_TEST(a_revoked_device_does_not_approve)
{
	struct revocation v = { .user = WORLD_USER, .device = "phone" };
	struct world_assertion a;
	struct evidence e;

	world_trust.revocations = &v;
	world_trust.revocation_count = 1;
	world_answer((enum device_kind)_i, &world_statement, &a, &e);
	refuses((enum device_kind)_i, &world_statement, &e, REFUSAL_REVOKED);
}
END_TEST

START_TEST(nothing_is_no_evidence)
{
	static const struct evidence none;
	enum device_kind kind = (enum device_kind)_i;
	struct approval out;

	refuses(kind, &world_statement, &none, device_is_passkey(kind) ? REFUSAL_KIND :
	    REFUSAL_PROOF);
	ck_assert_int_eq(approval_verify(&world_statement, "", 0, &world_trust, &none, WORLD_NOW,
	    &out), MFA_E_INVALID);
	ck_assert_int_eq(out.why, REFUSAL_FORM);
}
END_TEST

/* What mfad would find there on a later connection, for instance. */
START_TEST(nothing_is_left_in_openssls_queue)
{
	struct world_assertion a;
	struct evidence e;

	world_answer((enum device_kind)_i, &world_statement, &a, &e);
	e.signature.data[e.signature.len - 1] ^= 1;
	ERR_clear_error();
	refuses((enum device_kind)_i, &world_statement, &e, REFUSAL_PROOF);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

START_TEST(every_refusal_has_its_words)
{
	int i, j;

	ck_assert_str_eq(refusal_text(REFUSAL_PROOF), "bad signature of the device");
	ck_assert_str_eq(refusal_text((enum refusal)(REFUSAL_PROOF + 1)), "unknown reason");
	ck_assert_str_eq(refusal_text((enum refusal)-1), "unknown reason");
	for (i = REFUSAL_NONE; i <= REFUSAL_PROOF; i++) {
		ck_assert_str_ne(refusal_text((enum refusal)i), "unknown reason");
		for (j = REFUSAL_NONE; j < i; j++)
			ck_assert_str_ne(refusal_text((enum refusal)i),
			    refusal_text((enum refusal)j));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("approval");
	TCase *t = tcase_create("approval");

	tcase_add_checked_fixture(t, world_make, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, the_users_device_approves, 1, WORLD_KINDS);
	tcase_add_loop_test(t, an_approval_is_for_one_statement, 1, WORLD_KINDS);
	tcase_add_loop_test(t, every_changed_bit_of_the_signature_is_refused, 1, WORLD_KINDS);
	tcase_add_loop_test(t, a_denial_approves_nothing_and_an_approval_denies_nothing, 1,
	    WORLD_KINDS);
	tcase_add_loop_test(t, a_statement_counts_in_its_time_only, 0, rows(times));
	tcase_add_loop_test(t, an_expired_certificate_is_refused, 1, WORLD_KINDS);
	tcase_add_loop_test(t, another_devices_certificate_is_refused, 1, WORLD_KINDS);
	tcase_add_loop_test(t, a_revoked_device_does_not_approve, 1, WORLD_KINDS);
	tcase_add_loop_test(t, nothing_is_no_evidence, 1, WORLD_KINDS);
	tcase_add_loop_test(t, nothing_is_left_in_openssls_queue, 1, WORLD_KINDS);
	tcase_add_test(t, every_refusal_has_its_words);
	suite_add_tcase(s, t);
	return suite_run(s);
}
