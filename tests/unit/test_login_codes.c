/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes of an authenticator app, recovery codes and passes: what each is good for, and
 * how often.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../suite.h"
#include "error.h"
#include "login_world.h"

static struct login_world w;

/* A fresh code is not asked for within a second of the step's end, so that
 * no test straddles it. */
static void
settle(void)
{
	time_t left = 30 - time(NULL) % 30;
	struct timespec until = { .tv_sec = time(NULL) + left };

	if (left <= 2)
		clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
}

/* ---- codes ---- */

START_TEST(right_code_is_granted_once)
{
	struct login_result r;

	login_world_make(&w, "");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	r = login_try(&w, "alice", login_code(0));
	login_granted(&r);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_str_eq(r.prompt, "Authentication code: ");
	r = login_try(&w, "alice", login_code(0));
	login_denied(&r);
	ck_assert_uint_eq(login_records(&w, "try", "code_replayed"), 3);
	login_world_drop(&w);
}
END_TEST

START_TEST(older_step_is_refused_after_a_newer_one)
{
	struct login_result r;

	login_world_make(&w, "");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	r = login_try(&w, "alice", login_code(1));
	login_granted(&r);
	r = login_try(&w, "alice", login_code(0));
	login_denied(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(window_is_one_step_by_default)
{
	struct login_result r;

	login_world_make(&w, "delay = 0\n");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	r = login_try(&w, "alice", login_code(-2));
	login_denied(&r);
	r = login_try(&w, "alice", login_code(2));
	login_denied(&r);
	r = login_try(&w, "alice", login_code(-1));
	login_granted(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(clock_set_back_refuses_and_says_so)
{
	struct token t[TOKENS_MAX];
	struct login_result r;
	size_t n;

	login_world_make(&w, "");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), 0);
	ck_assert_int_eq(store_tokens(w.store, "alice", t, &n), 0);
	ck_assert_int_eq(store_token_spend(w.store, t[0].id, time(NULL) / 30 + 120, time(NULL)), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
	r = login_try(&w, "alice", login_code(0));
	login_denied(&r);
	ck_assert_uint_ge(login_records(&w, "try", "clock_behind"), 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(spaces_in_a_code_are_fine)
{
	char spaced[16];
	struct login_result r;

	login_world_make(&w, "");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	snprintf(spaced, sizeof(spaced), " %.3s %.3s ", login_code(0), login_code(0) + 3);
	r = login_try(&w, "alice", spaced);
	login_granted(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(hotp_looks_ahead_and_never_back)
{
	struct login_result r;

	login_world_make(&w, "delay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", login_hotp(7));
	login_granted(&r);
	r = login_try(&w, "alice", login_hotp(7));
	login_denied(&r);
	r = login_try(&w, "alice", login_hotp(6));
	login_denied(&r);
	r = login_try(&w, "alice", login_hotp(8));
	login_granted(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(hotp_far_ahead_takes_two_codes_in_a_row)
{
	struct login_script s;
	struct login_result r;
	char first[OTP_CODE_MAX], second[OTP_CODE_MAX];

	login_world_make(&w, "delay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	snprintf(first, sizeof(first), "%s", login_hotp(60));
	snprintf(second, sizeof(second), "%s", login_hotp(61));
	r = login_try(&w, "alice", first);
	login_denied(&r);
	/* the same one again is not "the next" */
	r = login_try(&w, "alice", first);
	login_denied(&r);
	s = login_script("alice", second);
	r = login_run(&w, &s);
	login_granted(&r);
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(hotp_beyond_the_resynchronisation_window_is_refused)
{
	struct login_result r;

	login_world_make(&w, "delay = 0\nmax_failures = 99\n");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", login_hotp(150));
	login_denied(&r);
	r = login_try(&w, "alice", login_hotp(151));
	login_denied(&r);
	login_world_drop(&w);
}
END_TEST

/* ---- recovery codes and passes ---- */

static void
hash_of(const char *user, const char *text, unsigned char hash[ONETIME_HASH_LEN])
{
	unsigned char salt[ONETIME_SALT_LEN];
	struct secret typed, normal;

	ck_assert_int_eq(store_salt_make(w.store, user, salt), 0);
	ck_assert_int_eq(secret_set(&typed, text, strlen(text)), 0);
	ck_assert_int_eq(onetime_normalise(&typed, &normal), 0);
	ck_assert_int_eq(onetime_hash(&normal, salt, hash), 0);
}

START_TEST(recovery_code_works_once_and_says_how_many_are_left)
{
	unsigned char hashes[2][ONETIME_HASH_LEN];
	struct login_result r;

	login_world_make(&w, "delay = 0\n");
	login_enrol(&w, "alice", OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), 0);
	hash_of("alice", "aaaa-bbbb-cccc-dddd", hashes[0]);
	hash_of("alice", "aaaa-bbbb-cccc-eeee", hashes[1]);
	ck_assert_int_eq(store_recovery_set(w.store, "alice", hashes, 2, time(NULL)), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
	r = login_try(&w, "alice", "AAAA BBBB CCCC DDDD");
	login_granted(&r);
	ck_assert_ptr_nonnull(strstr(r.said, "1 left"));
	r = login_try(&w, "alice", "aaaa-bbbb-cccc-dddd");
	login_denied(&r);
	/* another's code is not one's own */
	login_enrol(&w, "bob", OTP_TOTP);
	r = login_try(&w, "bob", "aaaa-bbbb-cccc-eeee");
	login_denied(&r);
	login_world_drop(&w);
}
END_TEST

static void
give_pass(const char *user, const char *text, unsigned int uses, int64_t expires)
{
	struct pass p = { .uses = uses, .created = time(NULL), .expires = expires, .by = "test" };
	unsigned char hash[ONETIME_HASH_LEN];

	ck_assert_int_eq(store_begin(w.store, 1000), 0);
	hash_of(user, text, hash);
	ck_assert_int_eq(store_pass_add(w.store, user, hash, &p), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
}

START_TEST(pass_works_as_often_as_issued)
{
	struct login_result r;

	login_world_make(&w, "delay = 0\n");
	give_pass("carol", "abcd-efgh-2345", 2, time(NULL) + 600);
	r = login_try(&w, "carol", "abcd-efgh-2345");
	login_granted(&r);
	r = login_try(&w, "carol", "abcd-efgh-2345");
	login_granted(&r);
	r = login_try(&w, "carol", "abcd-efgh-2345");
	login_denied(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(expired_pass_is_refused)
{
	struct login_result r;

	login_world_make(&w, "");
	give_pass("carol", "abcd-efgh-2345", 1, time(NULL) - 1);
	r = login_try(&w, "carol", "abcd-efgh-2345");
	login_denied(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(pass_enrols_only_where_the_policy_says_so_and_never_without_root)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "unenrolled = enrol\n");
	give_pass("carol", "abcd-efgh-2345", 3, time(NULL) + 600);
	/* hangs up at the second prompt, where the new app's code is asked */
	s = login_script("carol", NULL);
	s.answers[0] = "abcd-efgh-2345";
	r = login_run(&w, &s);
	ck_assert_ptr_nonnull(strstr(r.said, "otpauth://totp/"));
	s.caller = (struct caller){ .uid = 1000, .name = "carol" };
	s.answers[1] = NULL;
	r = login_run(&w, &s);
	login_granted(&r);
	ck_assert_ptr_null(strstr(r.said, "otpauth"));
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("login_codes");
	TCase *t = tcase_create("login_codes");

	if (otp_warm_up() != MFA_OK)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_test(t, right_code_is_granted_once);
	tcase_add_test(t, older_step_is_refused_after_a_newer_one);
	tcase_add_test(t, window_is_one_step_by_default);
	tcase_add_test(t, clock_set_back_refuses_and_says_so);
	tcase_add_test(t, spaces_in_a_code_are_fine);
	tcase_add_test(t, hotp_looks_ahead_and_never_back);
	tcase_add_test(t, hotp_far_ahead_takes_two_codes_in_a_row);
	tcase_add_test(t, hotp_beyond_the_resynchronisation_window_is_refused);
	tcase_add_test(t, recovery_code_works_once_and_says_how_many_are_left);
	tcase_add_test(t, pass_works_as_often_as_issued);
	tcase_add_test(t, expired_pass_is_refused);
	tcase_add_test(t, pass_enrols_only_where_the_policy_says_so_and_never_without_root);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
