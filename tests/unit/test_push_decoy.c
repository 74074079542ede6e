/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whoever cannot pass is asked as whoever can, and is let in by nothing.
# needs the world
 */
#include <check.h>
#include <string.h>

#include "error.h"
#include "http_login.h"


static struct login_world w;

static void
make(const char *more)
{
	http_login_world(&w, HTTP_CONFIGURATION, more);
}

START_TEST(a_user_without_a_phone_looks_like_one_with)
{
	static const struct http_act none = { .name = "none", .methods = QUERY_PUSH_LOCKED };
	struct login_script s = login_script("nobody", "123456");
	struct login_result r;

	make("");
	http_start(&none);
	r = login_run(&w, &s);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->begins, 1);
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_eq(http_seen->decoys, 1);
	s.seen = http_person_reads;
	http_start(&none);
	(void)login_run(&w, &s);
	ck_assert_uint_eq(strlen(http_seen->number), 6);
}
END_TEST

/* Nobody was asked, so it is nobody's phone. */
START_TEST(an_answer_to_a_decoy_lets_nobody_in)
{
	static const struct http_act forges = { .name = "answers" };
	struct login_script s = http_login_script("");
	struct login_result r;

	make("");
	s.answers[1] = NULL;
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_lock(w.store, WORLD_USER, 1, "test"), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	http_start(&forges);
	r = login_run(&w, &s);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, "No answer from your phone.") != NULL, "%s", r.prompt);
	http_stop();
	ck_assert_uint_eq(http_seen->answer.type, QUERY_ANSWERED);
	ck_assert_uint_eq(http_seen->decoys, http_seen->pushes);
	ck_assert_uint_eq(http_seen->pushes, 1);
}
END_TEST

/* What the outside sees of a user with an app and no phone is the same before
 * and after a lock. */
START_TEST(a_locked_user_is_asked_as_before)
{
	static const struct http_act none = { .name = "none", .methods = QUERY_PUSH_LOCKED };
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result before, after;

	make("");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	http_start(&none);
	before = login_run(&w, &s);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_lock(w.store, WORLD_USER, 1, "test"), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	after = login_run(&w, &s);
	ck_assert_str_eq(before.prompt, after.prompt);
}
END_TEST

/* Neither does a request that nobody answers tell a decoy from a user. */
START_TEST(a_decoy_is_not_answered_as_a_user_is_not)
{
	static const struct http_act none = { .name = "none", .methods = QUERY_PUSH_LOCKED,
	    .ends = true };
	struct login_script s = login_script("nobody", "");
	struct login_result r;

	make("");
	s.seen = http_person_reads;
	s.answers[1] = _i == 0 ? NULL : "p";
	s.answers[2] = NULL;
	s.pause_ms = PATIENCE_MS;
	http_start(&none);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 2 + (unsigned int)_i);
	ck_assert_msg(strstr(r.prompt, _i == 0 ? "No answer from your phone. Type a code, or p to "
	    "ask it again: " : "Approve on your phone: number ") != NULL, "%s", r.prompt);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 1 + (unsigned int)_i);
	ck_assert_uint_eq(http_seen->decoys, http_seen->pushes);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, a_user_without_a_phone_looks_like_one_with);
	tcase_add_test(t, an_answer_to_a_decoy_lets_nobody_in);
	tcase_add_test(t, a_locked_user_is_asked_as_before);
	tcase_add_loop_test(t, a_decoy_is_not_answered_as_a_user_is_not, 0, 2);
}

int
main(void)
{
	return http_login_main(&w, "push_decoy", add);
}
