/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tries: what is one, how many there are, and that they are counted where they come at
 * once.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "../suite.h"
#include "error.h"
#include "login_world.h"

static struct login_world w;

/* ---- limits ---- */

START_TEST(wrong_codes_end_after_the_tries)
{
	struct login_result r;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", "000000");
	ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
	ck_assert_uint_eq(r.prompts, 3);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 3);
	login_world_drop(&w);
}
END_TEST

START_TEST(delay_refuses_even_the_right_code_unseen)
{
	struct login_result r;

	login_world_make(&w, "delay_after = 3\ndelay = 600\n");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", "000000");
	login_denied(&r);
	r = login_try(&w, "alice", login_hotp(0));
	login_denied(&r);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 3);
	ck_assert_uint_eq(login_records(&w, "try", "too_soon"), 3);
	login_world_drop(&w);
}
END_TEST

START_TEST(success_forgets_the_failures)
{
	struct user_state u;
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	s.answers[0] = "000000";
	r = login_run(&w, &s);
	login_granted(&r);
	ck_assert_int_eq(store_user(w.store, "alice", time(NULL), &u), 0);
	ck_assert_uint_eq(u.failures, 0);
	login_world_drop(&w);
}
END_TEST

START_TEST(five_failures_lock_and_parallel_tries_are_compared_no_oftener)
{
	struct login_script s;
	struct login_result r;
	int i, status;

	login_world_make(&w, "max_failures = 5\ndelay = 0\ntries = 1\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", "000000");
	for (i = 0; i < 64; i++)
		(void)login_start(&w, &s);
	while (wait(&status) > 0)
		ck_assert_int_eq(WEXITSTATUS(status), 1);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 5);
	r = login_try(&w, "alice", login_hotp(0));
	login_denied(&r);
	WRITTEN(&w, store_user_unlock(w.store, "alice"));
	r = login_try(&w, "alice", login_hotp(0));
	login_granted(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(one_code_many_processes_one_success)
{
	struct login_script s;
	int round, i, status, granted_count;

	login_world_make(&w, "tries = 1\ndelay = 0\nmax_failures = 99\n");
	login_enrol(&w, "alice", OTP_HOTP);
	for (round = 0; round < 200; round++) {
		granted_count = 0;
		s = login_script("alice", login_hotp((uint64_t)round));
		WRITTEN(&w, store_user_unlock(w.store, "alice"));
		for (i = 0; i < 32; i++)
			(void)login_start(&w, &s);
		while (wait(&status) > 0)
			granted_count += WEXITSTATUS(status) == 0;
		ck_assert_int_eq(granted_count, 1);
	}
	login_world_drop(&w);
}
END_TEST

START_TEST(a_thousand_users_at_once_do_not_hinder_each_other)
{
	char user[16];
	struct login_script s;
	int i, status, granted_count = 0;

	login_world_make(&w, "");
	for (i = 0; i < 1000; i++) {
		snprintf(user, sizeof(user), "u%d", i);
		login_enrol(&w, user, OTP_HOTP);
	}
	for (i = 0; i < 1000; i++) {
		snprintf(user, sizeof(user), "u%d", i);
		s = login_script(user, login_hotp(0));
		s.begin.ms_left = 60000;
		(void)login_start(&w, &s);
	}
	while (wait(&status) > 0)
		granted_count += WEXITSTATUS(status) == 0;
	ck_assert_int_eq(granted_count, 1000);
	login_world_drop(&w);
}
END_TEST

/* ---- what is no try ---- */

START_TEST(what_has_the_form_of_no_code_counts_against_nobody)
{
	struct user_state u;
	struct login_result r;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", "correct horse battery staple, with more");
	login_denied(&r);
	ck_assert_int_eq(store_user(w.store, "alice", time(NULL), &u), 0);
	ck_assert_uint_eq(u.failures, 0);
	login_world_drop(&w);
}
END_TEST

START_TEST(client_without_a_terminal_is_asked_once)
{
	struct login_result r;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", "");
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_uint_eq(login_records(&w, "login", "no_terminal"), 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(empty_answers_of_a_person_are_failures_and_no_tries)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", "");
	s.pause_ms = HASTE_MS + 20;
	r = login_run(&w, &s);
	login_denied(&r);
	ck_assert_uint_eq(r.prompts, 3);
	ck_assert_uint_eq(login_records(&w, "try", NULL), 0);
	login_world_drop(&w);
}
END_TEST

START_TEST(hanging_up_is_recorded_and_no_verdict_is_a_grant)
{
	struct login_result r;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	r = login_try(&w, "alice", NULL);
	ck_assert_uint_eq(r.verdict, 0);
	ck_assert_uint_eq(login_records(&w, "login", "cancelled"), 1);
	login_world_drop(&w);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("login_tries");
	TCase *t = tcase_create("login_tries");

	if (otp_warm_up() != MFA_OK)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_test(t, wrong_codes_end_after_the_tries);
	tcase_add_test(t, delay_refuses_even_the_right_code_unseen);
	tcase_add_test(t, success_forgets_the_failures);
	tcase_add_test(t, five_failures_lock_and_parallel_tries_are_compared_no_oftener);
	tcase_add_test(t, one_code_many_processes_one_success);
	tcase_add_test(t, a_thousand_users_at_once_do_not_hinder_each_other);
	tcase_add_test(t, what_has_the_form_of_no_code_counts_against_nobody);
	tcase_add_test(t, client_without_a_terminal_is_asked_once);
	tcase_add_test(t, empty_answers_of_a_person_are_failures_and_no_tries);
	tcase_add_test(t, hanging_up_is_recorded_and_no_verdict_is_a_grant);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
