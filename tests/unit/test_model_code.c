/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes of the fleet: each works once, for all hosts together, and tries are
 * counted.
 */
#include <stdio.h>
#include <string.h>

#include "../../server/model_token.h"
#include "model_world.h"

static struct model_world w;
static struct model_joined web, db;
static struct secret key;
static int64_t token;

static void
setup(void)
{
	model_world_make(&w);
	web = model_world_host(&w, "web");
	db = model_world_host(&w, "db");
	MUST(secret_set(&key, "12345678901234567890", 20));
	DONE(&w, model_token_add(w.db, "anna", "phone", &otp_default, &key, -1, "root", NOW,
	    &token));
}

static void
teardown(void)
{
	model_world_drop(&w);
}

/* A login for a code alone. */
static struct model_login_opened
open_on(const struct model_joined *h, const char *user, int64_t now)
{
	struct model_login_asked in = model_world_asked(user, now);
	struct model_login_opened l;
	int64_t retry;

	in.push = false;
	DONE(&w, model_login_open(w.db, NULL, h->host, &in, now, &l, &retry));
	return l;
}

static const char *
code_at(int64_t t)
{
	static char code[OTP_CODE_MAX];

	MUST(otp_code(&otp_default, &key, otp_step(&otp_default, t), code));
	return code;
}

static const char *
wrong_at(int64_t t)
{
	static char code[OTP_CODE_MAX];

	(void)snprintf(code, sizeof(code), "%s", code_at(t));
	code[0] = code[0] == '0' ? '1' : '0';
	return code;
}

static struct model_code_tried
type_on(const struct model_joined *h, const char *user, const char *typed, int64_t now)
{
	struct model_login_opened l = open_on(h, user, now);
	struct model_code_tried out;
	struct model_code code;

	ck_assert_int_eq(model_code_read(w.db, h->host, l.login, typed, &code), MFA_OK);
	DONE(&w, model_code_try(w.db, NULL, h->host, l.login, &code, &model_code_default, now, &out));
	return out;
}

static enum model_code_result
type(const char *typed, int64_t now)
{
	return type_on(&web, "anna", typed, now).result;
}

START_TEST(a_code_works_once_for_all_hosts)
{
	ck_assert_int_eq(type(code_at(NOW), NOW), MODEL_CODE_ACCEPTED);
	ck_assert_int_eq(type_on(&db, "anna", code_at(NOW), NOW).result, MODEL_CODE_REPLAYED);
	ck_assert_int_eq(type(code_at(NOW - 30), NOW), MODEL_CODE_REPLAYED);
	ck_assert_int_eq(type(code_at(NOW + 30), NOW), MODEL_CODE_ACCEPTED);
	ck_assert_int_eq(type(code_at(NOW + 90), NOW), MODEL_CODE_REFUSED);
	/* A clock that is set back brings nothing back. */
	ck_assert_int_eq(type(code_at(NOW - 3000), NOW - 3000), MODEL_CODE_REPLAYED);
}
END_TEST

/* Whatever was compared before. */
START_TEST(a_token_is_spent_forwards_only)
{
	static const struct {
		int64_t counter;
		int result;
	} table[] = {
		{ -1, MFA_E_REFUSED }, { 0, MFA_OK }, { 0, MFA_E_REFUSED }, { 7, MFA_OK },
		{ 7, MFA_E_REFUSED }, { 6, MFA_E_REFUSED }, { 8, MFA_OK }, { INT64_MAX, MFA_OK },
		{ INT64_MAX, MFA_E_REFUSED }, { INT64_MIN, MFA_E_REFUSED },
	};
	size_t i;

	MUST(db_begin(w.db));
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_int_eq(model_token_spend(w.db, token, table[i].counter, NOW),
		    table[i].result);
	ck_assert_int_eq(model_token_spend(w.db, token + 1, 1, NOW), MFA_E_REFUSED);
	MUST(db_commit(w.db));
}
END_TEST

START_TEST(an_accepted_code_ends_the_login_so_that_no_phone_can_answer)
{
	struct model_offered d = model_world_device(&w, web.host, "anna");
	struct model_login_opened l = model_world_login(&w, web.host, "anna", NOW);
	struct model_code_tried out;
	struct model_answered answered;
	struct model_code code;

	ck_assert(l.methods.push && l.methods.totp && !l.methods.recovery);
	MUST(model_code_read(w.db, web.host, l.login, code_at(NOW), &code));
	DONE(&w, model_code_try(w.db, NULL, web.host, l.login, &code, &model_code_default, NOW, &out));
	ck_assert_int_eq(out.result, MODEL_CODE_ACCEPTED);
	ck_assert_str_eq(out.factor, "totp");
	ck_assert_int_eq(WRITE(&w, model_device_answer(w.db, NULL, d.device, l.login,
	    &model_world_approval, NOW, &answered)), PROBLEM_GONE);
	ck_assert_int_eq(WRITE(&w, model_code_try(w.db, NULL, web.host, l.login, &code,
	    &model_code_default, NOW, &out)), PROBLEM_GONE);
	DONE(&w, model_login_close(w.db, web.host, l.login, MODEL_CODE, NOW));
}
END_TEST

START_TEST(a_login_for_a_code_is_no_business_of_phones)
{
	struct model_offered d = model_world_device(&w, web.host, "anna");
	struct model_login_opened a = model_world_login(&w, web.host, "anna", NOW);
	struct model_login_opened b = open_on(&web, "anna", NOW);
	struct model_pending p;
	struct model_answered out;
	int64_t seq;
	bool waits;

	ck_assert(!b.methods.push && b.methods.totp);
	MUST(model_device_pending(w.db, d.device, NOW, &waits, &p, &seq));
	ck_assert_str_eq(p.login, a.login);
	ck_assert_int_eq(WRITE(&w, model_device_answer(w.db, NULL, d.device, b.login,
	    &model_world_approval, NOW, &out)), PROBLEM_NOT_FOUND);
}
END_TEST

START_TEST(a_login_is_its_hosts_and_has_a_time)
{
	struct model_login_opened l = open_on(&web, "anna", NOW);
	struct model_code_tried out;
	struct model_code code;

	ck_assert_int_eq(model_code_read(w.db, db.host, l.login, "123456", &code),
	    PROBLEM_NOT_FOUND);
	MUST(model_code_read(w.db, web.host, l.login, code_at(NOW), &code));
	ck_assert_int_eq(WRITE(&w, model_code_try(w.db, NULL, db.host, l.login, &code,
	    &model_code_default, NOW, &out)), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(WRITE(&w, model_code_try(w.db, NULL, web.host, l.login, &code,
	    &model_code_default, NOW + 90, &out)), PROBLEM_GONE);
}
END_TEST

START_TEST(who_has_no_code_opens_no_login_for_one)
{
	struct model_login_asked in = model_world_asked("nobody", NOW);
	struct model_login_opened l;
	int64_t retry;

	in.push = false;
	ck_assert_int_eq(WRITE(&w, model_login_open(w.db, NULL, web.host, &in, NOW, &l, &retry)),
	    PROBLEM_NO_DEVICE);
}
END_TEST

START_TEST(wrong_codes_are_counted_and_slow_down_and_lock)
{
	struct model_user u;
	int64_t now = NOW;
	int i;

	for (i = 0; i < 5; i++)
		ck_assert_int_eq(type(wrong_at(now), now), MODEL_CODE_REFUSED);
	/* What is too soon is neither compared nor counted. */
	ck_assert_int_eq(type(code_at(now), now), MODEL_CODE_TOO_SOON);
	ck_assert_int_eq(type(code_at(now), now + 29), MODEL_CODE_TOO_SOON);
	MUST(model_user(w.db, "anna", now, &u));
	ck_assert_uint_eq(u.failures, 5);
	for (now += 30; i < 50; i++, now += 901)
		ck_assert_int_eq(type(wrong_at(now), now), MODEL_CODE_REFUSED);
	MUST(model_user(w.db, "anna", now, &u));
	ck_assert(u.locked);
	ck_assert_str_eq(u.lock_reason, "too many failures in a row");
	DONE(&w, model_user_unlock(w.db, "anna", MODEL_LOCK_ALL, "root", now));
	ck_assert_int_eq(type(code_at(now), now), MODEL_CODE_ACCEPTED);
}
END_TEST

START_TEST(a_success_forgets_failures_and_no_code_is_no_guess)
{
	struct model_user u;
	int i;

	for (i = 0; i < 4; i++)
		(void)type(wrong_at(NOW), NOW);
	ck_assert_int_eq(type("hello!", NOW), MODEL_CODE_REFUSED);
	MUST(model_user(w.db, "anna", NOW, &u));
	ck_assert_uint_eq(u.failures, 4);
	ck_assert_int_eq(type(code_at(NOW), NOW), MODEL_CODE_ACCEPTED);
	MUST(model_user(w.db, "anna", NOW, &u));
	ck_assert_uint_eq(u.failures, 0);
}
END_TEST

START_TEST(a_locked_user_is_told_so_in_the_middle_of_a_login)
{
	struct model_login_opened l = open_on(&web, "anna", NOW);
	struct model_code_tried out;
	struct model_code code;

	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	MUST(model_code_read(w.db, web.host, l.login, code_at(NOW), &code));
	DONE(&w, model_code_try(w.db, NULL, web.host, l.login, &code, &model_code_default, NOW, &out));
	ck_assert_int_eq(out.result, MODEL_CODE_LOCKED);
}
END_TEST

START_TEST(one_key_under_two_names_is_one_code)
{
	int64_t id;

	DONE(&w, model_token_add(w.db, "anna", "tablet", &otp_default, &key, -1, "root", NOW, &id));
	ck_assert_int_eq(type(code_at(NOW), NOW), MODEL_CODE_ACCEPTED);
	ck_assert_int_eq(type(code_at(NOW), NOW), MODEL_CODE_REPLAYED);
}
END_TEST

static const char *
hotp(uint64_t counter)
{
	static const struct otp_params p = { OTP_HOTP, OTP_SHA1, 6, 30 };
	static char code[OTP_CODE_MAX];

	MUST(otp_code(&p, &key, counter, code));
	return code;
}

START_TEST(counters_go_forward_and_are_found_again)
{
	static const struct otp_params p = { OTP_HOTP, OTP_SHA1, 6, 30 };
	int64_t id;

	DONE(&w, model_token_remove(w.db, "anna", token, "root", NOW));
	DONE(&w, model_token_add(w.db, "anna", "key", &p, &key, -1, "root", NOW, &id));
	ck_assert_int_eq(type(hotp(0), NOW), MODEL_CODE_ACCEPTED);
	ck_assert_int_eq(type(hotp(0), NOW), MODEL_CODE_REFUSED);
	ck_assert_int_eq(type(hotp(7), NOW), MODEL_CODE_ACCEPTED);
	ck_assert_int_eq(type(hotp(5), NOW), MODEL_CODE_REFUSED);
	ck_assert_int_eq(type(hotp(60), NOW), MODEL_CODE_REFUSED);
	ck_assert_str_eq(type_on(&web, "anna", hotp(61), NOW).factor, "hotp");
	ck_assert_int_eq(type(hotp(61), NOW), MODEL_CODE_REFUSED);
}
END_TEST

START_TEST(a_token_has_a_form_a_name_and_a_limit)
{
	struct otp_params p = otp_default;
	int64_t id;
	char name[16];
	int i;

	ck_assert_int_eq(WRITE(&w, model_token_add(w.db, "anna", "phone", &p, &key, -1, "root",
	    NOW, &id)), PROBLEM_NAME_TAKEN);
	p.digits = 5;
	ck_assert_int_eq(WRITE(&w, model_token_add(w.db, "anna", "x", &p, &key, -1, "root", NOW,
	    &id)), PROBLEM_INVALID);
	ck_assert_int_eq(WRITE(&w, model_token_add(w.db, "anna", "", &otp_default, &key, -1, "root",
	    NOW, &id)), PROBLEM_INVALID);
	for (i = 1; i < MODEL_TOKENS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "t%d", i);
		DONE(&w, model_token_add(w.db, "anna", name, &otp_default, &key, -1, "root", NOW,
		    &id));
	}
	ck_assert_int_eq(WRITE(&w, model_token_add(w.db, "anna", "more", &otp_default, &key, -1,
	    "root", NOW, &id)), PROBLEM_TOO_MANY);
	ck_assert_int_eq(WRITE(&w, model_token_remove(w.db, "anna", id + 100, "root", NOW)),
	    PROBLEM_NOT_FOUND);
	ck_assert_int_eq(WRITE(&w, model_token_remove(w.db, "bert", token, "root", NOW)),
	    PROBLEM_NOT_FOUND);
}
END_TEST

START_TEST(a_key_moved_to_another_row_does_not_open)
{
	struct model_login_opened l;
	struct model_code_tried out;
	struct model_code code;
	int64_t id;

	DONE(&w, model_token_add(w.db, "bert", "phone", &otp_default, &key, -1, "root", NOW, &id));
	(void)model_world_sql(&w, "UPDATE token SET sealed ="
	    " (SELECT sealed FROM token WHERE user = 'anna') WHERE user = 'bert'");
	l = open_on(&web, "bert", NOW);
	MUST(model_code_read(w.db, web.host, l.login, code_at(NOW), &code));
	MUST(db_begin(w.db));
	ck_assert_int_eq(model_code_try(w.db, NULL, web.host, l.login, &code, &model_code_default, NOW,
	    &out), MFA_E_CRYPTO);
	ck_assert_ptr_nonnull(strstr(db_message(w.db), "another state.key"));
	db_rollback(w.db);
}
END_TEST

/* ---- recovery codes and passes ---- */

static void
hash_of(const char *user, const char *text, unsigned char hash[ONETIME_HASH_LEN])
{
	unsigned char salt[ONETIME_SALT_LEN];
	struct secret typed, normalised;

	DONE(&w, model_salt(w.db, user, salt));
	MUST(secret_set(&typed, text, strlen(text)));
	MUST(onetime_normalise(&typed, &normalised));
	MUST(onetime_hash(&normalised, salt, hash));
}

START_TEST(a_recovery_code_works_once)
{
	unsigned char hashes[2][ONETIME_HASH_LEN];
	struct model_code_tried t;

	hash_of("anna", "abcd-efgh-ijkl-mnop", hashes[0]);
	hash_of("anna", "qrst-uvwx-yz23-4567", hashes[1]);
	DONE(&w, model_recovery_set(w.db, "anna", hashes, 2, "root", NOW));
	ck_assert(model_code_is_slow("abcd-efgh-ijkl-mnop"));
	ck_assert(!model_code_is_slow("123456") && !model_code_is_slow("") &&
	    !model_code_is_slow("hello!"));
	t = type_on(&web, "anna", "ABCD EFGH IJKL MNOP", NOW);
	ck_assert_int_eq(t.result, MODEL_CODE_ACCEPTED);
	ck_assert_str_eq(t.factor, "recovery");
	ck_assert_uint_eq(t.left, 1);
	t = type_on(&db, "anna", "abcd-efgh-ijkl-mnop", NOW);
	ck_assert_int_eq(t.result, MODEL_CODE_REFUSED);
	ck_assert_str_eq(t.factor, "");
	DONE(&w, model_recovery_set(w.db, "anna", hashes, 1, "root", NOW));
	ck_assert_int_eq(type("qrst-uvwx-yz23-4567", NOW), MODEL_CODE_REFUSED);
}
END_TEST

START_TEST(a_pass_has_uses_and_a_time)
{
	struct model_once once = model_world_once("admin", "0123456789abcdef012345", 1);
	unsigned char hash[ONETIME_HASH_LEN];
	struct model_code_tried t;
	struct model_pass a, b;

	hash_of("anna", "abcd-efgh-ijkl", hash);
	DONE(&w, model_pass_add(w.db, &once, "anna", "abcd-efgh-ijkl", hash, 60, 2, "root", NOW,
	    &a));
	ck_assert_int_eq(a.expires, NOW + 60);
	/* Asked again, it is the first one, whatever was made for the second. */
	DONE(&w, model_pass_add(w.db, &once, "anna", "zzzz-zzzz-zzzz", hash, 60, 2, "root", NOW,
	    &b));
	ck_assert_str_eq(b.text, "abcd-efgh-ijkl");
	t = type_on(&web, "anna", "abcdefghijkl", NOW);
	ck_assert_int_eq(t.result, MODEL_CODE_ACCEPTED);
	ck_assert_str_eq(t.factor, "pass");
	ck_assert_uint_eq(t.left, 1);
	ck_assert_int_eq(type("abcdefghijkl", NOW + 60), MODEL_CODE_REFUSED);
	ck_assert_int_eq(type("abcdefghijkl", NOW + 59), MODEL_CODE_ACCEPTED);
	ck_assert_int_eq(type("abcdefghijkl", NOW + 59), MODEL_CODE_REFUSED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_code_works_once_for_all_hosts, a_token_is_spent_forwards_only,
		an_accepted_code_ends_the_login_so_that_no_phone_can_answer,
		a_login_for_a_code_is_no_business_of_phones,
		a_login_is_its_hosts_and_has_a_time,
		who_has_no_code_opens_no_login_for_one,
		wrong_codes_are_counted_and_slow_down_and_lock,
		a_success_forgets_failures_and_no_code_is_no_guess,
		a_locked_user_is_told_so_in_the_middle_of_a_login,
		one_key_under_two_names_is_one_code,
		counters_go_forward_and_are_found_again,
		a_token_has_a_form_a_name_and_a_limit,
		a_key_moved_to_another_row_does_not_open,
		a_recovery_code_works_once,
		a_pass_has_uses_and_a_time, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_code", setup, teardown, 60, tests);
}
