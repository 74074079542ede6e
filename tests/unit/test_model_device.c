/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Phones: enrolled once, certified for what they are, revoked for good.
 */
#include <stdio.h>
#include <string.h>

#include "model_world.h"

static struct model_world w;
static struct model_joined web, db;

static void
setup(void)
{
	model_world_make(&w);
	web = model_world_host(&w, "web");
	db = model_world_host(&w, "db");
}

static void
teardown(void)
{
	model_world_drop(&w);
}

static int
offer(const char *enrolment, int64_t now, struct model_offered *out)
{
	return WRITE(&w, model_enrol_offer(w.db, NULL, enrolment, &model_world_offer, now, out));
}

static struct model_enrolled
look(const char *enrolment, int64_t now)
{
	struct model_enrolled e;

	ck_assert_int_eq(model_enrolment(w.db, web.host, enrolment, now, &e), MFA_OK);
	return e;
}

static int
certify(const char *enrolment, const char *text, int64_t now)
{
	return WRITE(&w, model_enrol_certify(w.db, web.host, enrolment, text, now));
}

START_TEST(a_phone_offers_itself_and_is_certified)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_enrolled seen;
	struct model_offered d;
	struct model_caller c;
	struct model_device device;
	char expected[MODEL_ID_MAX], credential[MODEL_CREDENTIAL_MAX];

	ck_assert_int_eq(e.expires, NOW + 600);
	ck_assert_int_eq(look(e.id, NOW).state, MODEL_ENROL_OPEN);
	ck_assert_int_eq(offer(e.id, NOW, &d), MFA_OK);
	model_enrol_device(e.id, expected);
	ck_assert_str_eq(d.device, expected);
	seen = look(e.id, NOW);
	ck_assert_int_eq(seen.state, MODEL_ENROL_OFFERED);
	ck_assert_str_eq(seen.device, d.device);
	ck_assert_str_eq(seen.key, model_world_offer.key);
	ck_assert_str_eq(seen.proof, model_world_offer.proof);
	ck_assert_str_eq(seen.name, "Anna's phone");
	(void)snprintf(credential, sizeof(credential), "%s.%s", d.device, d.secret);
	ck_assert_int_eq(model_device_authenticate(w.db, credential, NOW, &c), MFA_OK);
	ck_assert(!c.certified);
	ck_assert_int_eq(certify(e.id, model_world_certificate(&seen, NOW + 1000), NOW), MFA_OK);
	ck_assert_int_eq(look(e.id, NOW + 9999).state, MODEL_ENROL_DONE);
	ck_assert_int_eq(model_device_authenticate(w.db, credential, NOW, &c), MFA_OK);
	ck_assert(c.certified);
	ck_assert_str_eq(c.name, "anna");
	ck_assert_int_eq(model_device_authenticate(w.db, credential, NOW + 1000, &c), MFA_OK);
	ck_assert(!c.certified);
	ck_assert_int_eq(model_device(w.db, d.device, NOW, &device), MFA_OK);
	ck_assert_str_eq(device.user, "anna");
	ck_assert_int_eq(device.expires, NOW + 1000);
}
END_TEST

START_TEST(an_enrolment_takes_one_phone_in_its_time)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_enrolment late = model_world_enrolment(&w, web.host, "anna");
	struct model_offered d;

	ck_assert_int_eq(offer(e.id, NOW, &d), MFA_OK);
	ck_assert_int_eq(offer(e.id, NOW, &d), PROBLEM_ALREADY_USED);
	ck_assert_str_eq(d.secret, "");
	ck_assert_int_eq(offer(e.id, NOW + 600, &d), PROBLEM_ALREADY_USED);
	ck_assert_int_eq(offer(late.id, NOW + 600, &d), PROBLEM_GONE);
	ck_assert_int_eq(look(late.id, NOW + 600).state, MODEL_ENROL_EXPIRED);
	ck_assert_int_eq(offer("e_AAAAAAAAAAAAAAAAAAAAAA", NOW, &d), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(offer("e_' OR 1=1 --", NOW, &d), PROBLEM_NOT_FOUND);
	/* A certificate comes in time as well. */
	ck_assert_int_eq(certify(e.id, "x", NOW + 600), PROBLEM_GONE);
}
END_TEST

START_TEST(a_phone_whose_answer_was_lost_asks_again)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_once once = model_world_once(NULL, "0123456789abcdef012345", 1);
	struct model_offered a, b;

	DONE(&w, model_enrol_offer(w.db, &once, e.id, &model_world_offer, NOW, &a));
	DONE(&w, model_enrol_offer(w.db, &once, e.id, &model_world_offer, NOW, &b));
	ck_assert_mem_eq(&a, &b, sizeof(a));
}
END_TEST

START_TEST(every_member_of_an_offer_has_a_form)
{
#define K "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define P "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	static const struct { const char *field; struct model_offer in; } bad[] = {
		{ "name", { "", "p256", K, "-", P } },
		{ "name", { "a\033[1m", "p256", K, "-", P } },
		{ "kind", { "phone", "rsa", K, "-", P } },
		{ "kind", { "phone", "", K, "-", P } },
		{ "key", { "phone", "p256", P, "-", P } },
		{ "key", { "phone", "ed25519", K, "-", P } },
		{ "key", { "phone", "p256", "!", "-", P } },
		{ "origin", { "phone", "p256", K, "https://a.example", P } },
		{ "origin", { "phone", "webauthn-es256", K, "-", P } },
		{ "origin", { "phone", "webauthn-es256", K, "http://a.example", P } },
		{ "proof", { "phone", "p256", K, "-", "AAAA" } },
		{ "proof", { "phone", "p256", K, "-", NULL } },
	};
	static const struct model_offer good[] = {
		{ "phone", "ed25519", P, "-", P },
		{ "phone", "webauthn-es256", K, "https://a.example", P },
	};
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_offered d;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(WRITE(&w, model_enrol_offer(w.db, NULL, e.id, &bad[i].in, NOW, &d)),
		    PROBLEM_INVALID);
		ck_assert_str_eq(db_blamed(w.db), bad[i].field);
	}
	for (i = 0; i < 2; i++) {
		e = model_world_enrolment(&w, web.host, "anna");
		DONE(&w, model_enrol_offer(w.db, NULL, e.id, &good[i], NOW, &d));
	}
}
END_TEST

START_TEST(a_certificate_is_of_this_very_device)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_enrolled seen, other;
	struct model_offered d;
	char text[MODEL_CERTIFICATE_MAX];
	size_t i, len;

	ck_assert_int_eq(certify(e.id, "x", NOW), PROBLEM_NOT_OFFERED);
	ck_assert_int_eq(offer(e.id, NOW, &d), MFA_OK);
	seen = look(e.id, NOW);
	for (i = 0; i < 5; i++) {
		other = seen;
		switch (i) {
		case 0: other.user[0] = 'b'; break;
		case 1: other.device[3] = other.device[3] == 'A' ? 'B' : 'A'; break;
		case 2: other.kind[1] = '3'; break;
		case 3: other.key[5] = 'B'; break;
		default: other.origin[0] = '+'; break;
		}
		ck_assert_int_eq(certify(e.id, model_world_certificate(&other, NOW + 9), NOW),
		    PROBLEM_BAD_CERTIFICATE);
	}
	ck_assert_int_eq(certify(e.id, model_world_certificate(&seen, NOW), NOW),
	    PROBLEM_BAD_CERTIFICATE);
	ck_assert_int_eq(certify(e.id, model_world_certificate(&seen, NOW + 367 * DAY), NOW),
	    PROBLEM_BAD_CERTIFICATE);
	/* Cut short anywhere before its signature. */
	(void)snprintf(text, sizeof(text), "%s", model_world_certificate(&seen, NOW + 9));
	len = (size_t)(strstr(text, "authority ") + 9 - text);
	for (i = 0; i < len; i++) {
		char kept = text[i];

		text[i] = '\0';
		ck_assert_int_eq(certify(e.id, text, NOW), PROBLEM_BAD_CERTIFICATE);
		text[i] = kept;
	}
	ck_assert_int_eq(certify(e.id, text, NOW), MFA_OK);
	/* The same again is no harm, another is. */
	ck_assert_int_eq(certify(e.id, text, NOW), MFA_OK);
	ck_assert_int_eq(certify(e.id, model_world_certificate(&seen, NOW + 10), NOW),
	    PROBLEM_ALREADY_USED);
}
END_TEST

START_TEST(an_enrolment_is_its_hosts_alone)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_enrolled seen;
	struct model_offered d;

	ck_assert_int_eq(offer(e.id, NOW, &d), MFA_OK);
	ck_assert_int_eq(model_enrolment(w.db, db.host, e.id, NOW, &seen), PROBLEM_NOT_FOUND);
	ck_assert_str_eq(seen.proof, "");
	seen = look(e.id, NOW);
	ck_assert_int_eq(WRITE(&w, model_enrol_certify(w.db, db.host, e.id,
	    model_world_certificate(&seen, NOW + 9), NOW)), PROBLEM_NOT_FOUND);
}
END_TEST

START_TEST(a_user_has_so_many_phones_and_no_more)
{
	struct model_enrolment e;
	struct model_enrolled seen;
	struct model_offered d;
	int i;

	for (i = 0; i < MODEL_DEVICES_MAX; i++)
		d = model_world_device(&w, web.host, "anna");
	e = model_world_enrolment(&w, web.host, "anna");
	ck_assert_int_eq(offer(e.id, NOW, &(struct model_offered){ { 0 }, { 0 } }), MFA_OK);
	seen = look(e.id, NOW);
	ck_assert_int_eq(certify(e.id, model_world_certificate(&seen, NOW + 9), NOW),
	    PROBLEM_TOO_MANY);
	DONE(&w, model_device_revoke(w.db, d.device, NULL, "root", NOW));
	ck_assert_int_eq(certify(e.id, model_world_certificate(&seen, NOW + 9), NOW), MFA_OK);
}
END_TEST

/* ---- revoking ---- */

static const char *
revocation(const char *user, const char *device)
{
	static char text[256];

	(void)snprintf(text, sizeof(text), "pam_mfa revocation 1\nuser %s\ndevice %s\nat %d\n"
	    "authority AAAAAAAAAAAAAAAAAAAAAA\nsignature BBBB\n", user, device, NOW);
	return text;
}

static bool
collect(void *arg, const char *text)
{
	(void)strncat(arg, text, 4000);
	return true;
}

static bool
count_devices(void *arg, const struct model_device *d)
{
	(void)d;
	++*(int *)arg;
	return true;
}

START_TEST(a_revoked_phone_is_nobodys_and_hosts_hear_of_it)
{
	struct model_offered a = model_world_device(&w, web.host, "anna");
	struct model_offered b = model_world_device(&w, web.host, "anna");
	struct model_caller c;
	char credential[MODEL_CREDENTIAL_MAX], texts[8192] = "";
	int64_t next = 0;
	int n = 0;

	(void)snprintf(credential, sizeof(credential), "%s.%s", a.device, a.secret);
	ck_assert_int_eq(WRITE(&w, model_device_revoke(w.db, a.device,
	    revocation("bert", a.device), "root", NOW)), PROBLEM_INVALID);
	ck_assert_int_eq(WRITE(&w, model_device_revoke(w.db, a.device,
	    revocation("anna", b.device), "root", NOW)), PROBLEM_INVALID);
	DONE(&w, model_device_revoke(w.db, a.device, revocation("anna", a.device), "root", NOW));
	ck_assert_int_eq(WRITE(&w, model_device_revoke(w.db, a.device, NULL, "root", NOW)),
	    PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_device_authenticate(w.db, credential, NOW, &c),
	    PROBLEM_UNAUTHENTICATED);
	MUST(model_certificates(w.db, "anna", NOW, collect, texts));
	ck_assert_ptr_null(strstr(texts, a.device));
	ck_assert_ptr_nonnull(strstr(texts, b.device));
	texts[0] = '\0';
	MUST(model_user_revocations(w.db, "anna", collect, texts));
	ck_assert_str_eq(texts, revocation("anna", a.device));
	texts[0] = '\0';
	MUST(model_revocations(w.db, 0, 100, collect, texts, &next));
	ck_assert_str_eq(texts, revocation("anna", a.device));
	ck_assert_int_gt(next, 0);
	texts[0] = '\0';
	MUST(model_revocations(w.db, next, 100, collect, texts, &next));
	ck_assert_str_eq(texts, "");
	MUST(model_devices(w.db, "anna", NOW, count_devices, &n));
	ck_assert_int_eq(n, 1);
}
END_TEST

static int64_t
used(void)
{
	return model_world_sql(&w, "SELECT used FROM device");
}

START_TEST(the_day_of_its_last_use_is_known)
{
	struct model_offered d = model_world_device(&w, web.host, "anna");
	const int64_t at[] = { NOW, NOW + 60, NOW + DAY, NOW + DAY + 60 };
	struct model_answered out;
	size_t i;

	for (i = 0; i < 4; i++) {
		struct model_login_opened l = model_world_login(&w, web.host, "anna", at[i]);

		DONE(&w, model_device_answer(w.db, NULL, d.device, l.login,
		    &model_world_approval, at[i], &out));
		ck_assert_int_eq(used(), at[i / 2 * 2]);
		DONE(&w, model_login_close(w.db, web.host, l.login, MODEL_GRANTED, at[i]));
	}
}
END_TEST

START_TEST(secrets_are_in_no_byte_of_the_database)
{
	struct model_offered d = model_world_device(&w, web.host, "anna");
	struct model_once once = model_world_once("admin", "0123456789abcdef012345", 1);
	struct model_join_token t;
	const char *const secrets[] = { d.secret, web.key, t.token + MODEL_ID_MAX };
	static char bytes[1 << 22];
	size_t i, len;
	FILE *f;

	DONE(&w, model_join_token_new(w.db, &once, NULL, 60, "root", NOW, &t));
	db_close(&w.db);	/* all of it is in the one file now */
	ck_assert_ptr_nonnull(f = fopen(w.path, "r"));
	len = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	ck_assert_ptr_nonnull(memmem(bytes, len, d.device, strlen(d.device)));
	for (i = 0; i < 3; i++)
		ck_assert_ptr_null(memmem(bytes, len, secrets[i], strlen(secrets[i])));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_phone_offers_itself_and_is_certified,
		an_enrolment_takes_one_phone_in_its_time,
		a_phone_whose_answer_was_lost_asks_again,
		every_member_of_an_offer_has_a_form,
		a_certificate_is_of_this_very_device,
		an_enrolment_is_its_hosts_alone,
		a_user_has_so_many_phones_and_no_more,
		a_revoked_phone_is_nobodys_and_hosts_hear_of_it,
		the_day_of_its_last_use_is_known,
		secrets_are_in_no_byte_of_the_database, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_device", setup, teardown, 30, tests);
}
