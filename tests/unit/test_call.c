/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number keyed in on the telephone, as the login host judges it: the service says what
 * was keyed in, and never what that is worth.
# needs the world
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "http_login.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login_world w;

/* One login of alice's over ssh, who presses Enter at the first prompt. */
static struct login_result
take_call(const struct http_act *act)
{
	struct login_script s = http_login_script("");
	struct login_result r;

	http_start(act);
	r = login_run(&w, &s);
	http_stop();
	return r;
}

static const struct http_act honest = { .name = "honest", HTTP_CALLS, .keys = { RIGHT_KEYS } };

/* ---- honest ---- */

START_TEST(the_number_lets_its_user_in)
{
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	r = take_call(&honest);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_ptr_eq(strstr(r.prompt, "Your telephone rings: key in number "), r.prompt);
	ck_assert_ptr_nonnull(strstr(r.prompt, " and #. Press Enter when done, or type a code: "));
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
	ck_assert_uint_eq(http_seen->push.method, QUERY_BY_CALL);
	ck_assert_uint_eq(http_seen->push.form, QUERY_FORM_NUMBER);
	ck_assert_uint_eq(http_seen->push.decoy, 0);
	ck_assert_uint_eq(http_seen->outcome, QUERY_GRANTED);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);
}
END_TEST

/* Of 8 digits, half of all numbers would have one. */
START_TEST(the_number_has_no_digit_twice_in_a_row)
{
	static const char words[] = "Your telephone rings: key in number ";
	char number[sizeof("8765 4321")];
	int i;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\nnumber_digits = 8\n");
	for (i = 0; i < 12; i++) {
		struct login_result r = take_call(&honest);

		ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
		ck_assert_ptr_eq(strstr(r.prompt, words), r.prompt);
		snprintf(number, sizeof(number), "%.9s", r.prompt + strlen(words));
		ck_assert_int_eq(number[4], ' ');
		memmove(number + 4, number + 5, 5);
		ck_assert_uint_eq(strspn(number, "0123456789"), 8);
		ck_assert_msg(!text_repeats(number), "%s", number);
	}
}
END_TEST

START_TEST(one_wrong_number_is_counted_and_asked_again)
{
	static const struct http_act act = { .name = "second", HTTP_CALLS,
	    .keys = { "000", RIGHT_KEYS } };

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	ck_assert_uint_eq(take_call(&act).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->wrongs, 1);
	ck_assert_uint_eq(login_records(&w, "try", "wrong_number"), 1);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
	ck_assert_uint_eq(http_seen->outcome, QUERY_GRANTED);
}
END_TEST

START_TEST(where_the_policy_says_so_hash_alone_will_do)
{
	static const struct http_act hash = { .name = "hash", HTTP_CALLS, .keys = { "" } };
	const struct http_act *act = _i == 0 ? &hash : &honest;
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\ncall_form = hash\n");
	r = take_call(act);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->push.form, QUERY_FORM_HASH);
	ck_assert_ptr_nonnull(strstr(r.prompt, "key in # there, or number "));
}
END_TEST

/* ---- what does not let anybody in ---- */

static void
floods(int fd)
{
	char keys[8];
	int i;

	for (i = 0; i < 2000; i++) {
		snprintf(keys, sizeof(keys), "%06d", i);
		http_key_in(fd, keys);
	}
	http_key_in(fd, RIGHT_KEYS);
}

static void
twice(int fd)
{
	http_key_in(fd, "000");
	http_key_in(fd, RIGHT_KEYS);
}

static void
answers(int fd)
{
	struct query q = { .type = QUERY_ANSWERED, .decision = DECISION_APPROVE };

	http_say(fd, &q);
}

static void
says_again_unasked(int fd)
{
	struct query q = { .type = QUERY_AGAIN, .again = 1 };

	http_say(fd, &q);
	http_key_in(fd, RIGHT_KEYS);
}

/* One digit less or more than the number, or one that is another. */
static void
nearly(int fd, int what)
{
	char keys[16];
	size_t len = strlen(http_seen->number);

	memcpy(keys, http_seen->number, len + 1);
	if (what == 0)
		keys[len - 1] = '\0';
	else if (what == 1)
		memcpy(keys + len, "0", 2);
	else
		keys[len - 1] ^= 1;
	http_key_in(fd, keys);
}
static void shorter(int fd) { nearly(fd, 0); }
static void longer(int fd) { nearly(fd, 1); }
static void other(int fd) { nearly(fd, 2); }

static const struct {
	struct http_act act;
	const char *event, *reason;
	uint32_t outcome, wrongs, failures;
} refused[] = {
	{ { .name = "wrong, and no more", HTTP_CALLS, .keys = { "000" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "wrong twice", HTTP_CALLS, .keys = { "000", "1" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 2, 2 },
	/* The third is not heard, though the service would ask for ever. */
	{ { .name = "right at last", HTTP_CALLS, .keys = { "0", "1", RIGHT_KEYS } }, "login",
	    "no_approval", QUERY_CANCELLED, 2, 2 },
	{ { .name = "hash", HTTP_CALLS, .keys = { "" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "no digits", HTTP_CALLS, .keys = { "*A" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "shorter", HTTP_CALLS, .call = shorter }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "longer", HTTP_CALLS, .call = longer }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "another", HTTP_CALLS, .call = other }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "an approval, and no call", HTTP_CALLS, .call = answers }, "login",
	    "no_approval", 0, 0, 0 },
	{ { .name = "again, unasked", HTTP_CALLS, .call = says_again_unasked }, "login",
	    "no_approval", 0, 0, 0 },
	{ { .name = "not picked up", HTTP_CALLS, .ends = true, .why = QUERY_WHY_NO_ANSWER },
	    "login", "not_picked_up", 0, 0, 0 },
};

START_TEST(nothing_else_lets_anybody_in)
{
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	r = take_call(&refused[_i].act);
	ck_assert_msg(r.verdict == VERDICT_TRIES, "%s: verdict %x", refused[_i].act.name,
	    r.verdict);
	ck_assert_msg(login_records(&w, refused[_i].event, refused[_i].reason) == 1, "%s: not %s",
	    refused[_i].act.name, refused[_i].reason);
	ck_assert_msg(http_login_state(&w).failures == refused[_i].failures, "%s: %u failures",
	    refused[_i].act.name, http_login_state(&w).failures);
	ck_assert_uint_eq(http_seen->wrongs, refused[_i].wrongs);
	if (refused[_i].outcome == QUERY_WRONG_NUMBER)
		ck_assert_uint_eq(http_seen->outcome, refused[_i].outcome);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 0);
}
END_TEST

/* A service that tries numbers against a host that waits has two. */
START_TEST(numbers_cannot_be_tried)
{
	struct http_act act = { .name = "floods", HTTP_CALLS, .call = _i == 0 ? floods : twice };
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	r = take_call(&act);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_login_state(&w).failures, 1);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 0);
}
END_TEST

static void
unasked(int fd, uint32_t type)
{
	struct query q = { .type = type, .methods = QUERY_CAN_CALL };

	http_key_in(fd, RIGHT_KEYS);
	http_say(fd, &q);
}
static void keys_and_code(int fd, struct query *c) { http_key_in(fd, "1"); http_say(fd, c); }
static void keys_first(int fd) { unasked(fd, QUERY_PUSHED); }

/* For a push, or a text message, or before anything was asked. */
START_TEST(keys_without_a_call_are_none)
{
	static const struct http_act acts[] = {
		{ .name = "push", .methods = QUERY_CAN_PUSH, .call = keys_first },
		{ .name = "text", .methods = QUERY_CAN_TEXT, .preferred = QUERY_BY_TEXT,
		    .call = keys_first },
		{ .name = "code", .methods = QUERY_CAN_CODE, .code = keys_and_code,
		    .coded = QUERY_CODE_ACCEPTED },
	};
	struct login_script s = http_login_script("");

	http_login_world(&w, HTTP_CONFIGURATION, "tries = 2\nattested = call, sms, server_code\n");
	if (_i == 2)
		s.answers[0] = s.answers[1] = "123456";
	http_start(&acts[_i]);
	ck_assert_uint_ne(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);
}
END_TEST

START_TEST(where_it_is_not_attested_nobody_is_called)
{
	static const char *const configurations[] = { "", "attested = server_code, sms\n" };
	static const struct http_act act = { .name = "not attested",
	    .methods = QUERY_CAN_CALL | QUERY_CAN_PUSH, .preferred = QUERY_BY_CALL,
	    .keys = { RIGHT_KEYS }, .silent = true };
	struct login_script s = http_login_script("c");
	struct login_result r;

	http_login_world(&w, HTTP_CONFIGURATION, configurations[_i]);
	http_start(&act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_ptr_null(strstr(r.prompt, "call"));
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_eq(http_seen->push.method, QUERY_BY_PUSH);
}
END_TEST

/* Somebody who has nothing but a telephone is not enrolled by it where it does not count. */
START_TEST(nor_is_anybody_enrolled_by_it)
{
	http_login_world(&w, HTTP_CONFIGURATION, "grace_logins = 1\n");
	ck_assert_uint_eq(take_call(&honest).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 0);
	ck_assert_uint_eq(login_records(&w, "grace", NULL), 1);
}
END_TEST

static void
late(int fd)
{
	usleep(1500 * 1000);
	http_key_in(fd, RIGHT_KEYS);
}

START_TEST(what_comes_after_the_deadline_is_too_late)
{
	static const struct http_act act = { .name = "late", HTTP_CALLS, .call = late };
	struct login_script s = http_login_script("");

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	s.begin.ms_left = 1000;
	http_start(&act);
	ck_assert_uint_ne(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 0);
}
END_TEST

/* The number of one login is nothing in the next. */
static char kept[STATEMENT_DIGITS_MAX + 1];
static void replay(int fd) { http_key_in(fd, kept); }

START_TEST(a_number_counts_once)
{
	static const struct http_act again = { .name = "again", HTTP_CALLS, .call = replay };

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\nnumber_digits = 8\n");
	ck_assert_uint_eq(take_call(&honest).verdict, VERDICT_GRANT);
	memcpy(kept, http_seen->number, sizeof(kept));
	ck_assert_uint_ne(take_call(&again).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
}
END_TEST

START_TEST(its_request_is_spent_in_the_state)
{
	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	ck_assert_uint_eq(take_call(&honest).verdict, VERDICT_GRANT);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_approval_spend(w.store, http_seen->push.nonce,
	    sizeof(http_seen->push.nonce), WORLD_USER, "d", 1), MFA_E_REFUSED);
	store_rollback(w.store);
}
END_TEST

START_TEST(wrong_numbers_lock_like_wrong_codes)
{
	static const struct http_act act = { .name = "wrong", HTTP_CALLS, .keys = { "0" } };
	int i;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\ndelay_after = 5\nmax_failures = 5\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	for (i = 0; i < 5; i++)
		(void)take_call(&act);
	ck_assert_uint_eq(http_login_state(&w).failures, 5);
	ck_assert(http_login_state(&w).locked);
	/* As for everybody else, and for nothing. */
	ck_assert_uint_ne(take_call(&honest).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->decoys, 1);
	ck_assert_uint_eq(http_seen->push.method, QUERY_BY_CALL);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 0);
}
END_TEST

/* Nobody was called, whatever the service says was keyed in. */
START_TEST(a_decoys_number_is_not_looked_at)
{
	struct login_script s = http_login_script("");
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_lock(w.store, WORLD_USER, time(NULL), "test"), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	s.answers[1] = NULL;
	http_start(&honest);
	r = login_run(&w, &s);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_ptr_eq(strstr(r.prompt, "Nothing came back from your telephone. "), r.prompt);
	ck_assert_uint_eq(login_records(&w, "try", NULL), 0);
	ck_assert_uint_eq(login_records(&w, "call", "locked"), 1);
}
END_TEST

START_TEST(a_right_number_too_soon_is_not_called_wrong)
{
	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\ndelay_after = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_failed(w.store, WORLD_USER, time(NULL)), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	ck_assert_uint_ne(take_call(&honest).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "try", "too_soon"), 1);
	ck_assert_uint_eq(http_seen->wrongs, 0);
	ck_assert_uint_eq(http_seen->outcome, QUERY_REFUSED);
}
END_TEST

/* ---- what it leaves behind ---- */

START_TEST(the_number_is_in_nothing_that_leaves_the_host)
{
	static const struct http_act act = { .name = "wrong", HTTP_CALLS,
	    .keys = { "0", RIGHT_KEYS } };

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\nnumber_digits = 8\n");
	ck_assert_uint_eq(take_call(&act).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(strlen(http_seen->number), 8);
	ck_assert_ptr_null(memmem(http_seen->bytes, http_seen->len, http_seen->number, 8));
}
END_TEST

START_TEST(a_user_who_has_called_has_no_grace_whatever_the_service_says)
{
	static const struct http_act forgetful = { .name = "forgetful", .methods = QUERY_PUSH_LOCKED };

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\ngrace_logins = 5\n");
	ck_assert_uint_eq(take_call(&honest).verdict, VERDICT_GRANT);
	ck_assert_uint_ne(take_call(&forgetful).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "grace", NULL), 0);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, the_number_lets_its_user_in);
	tcase_add_test(t, the_number_has_no_digit_twice_in_a_row);
	tcase_add_test(t, one_wrong_number_is_counted_and_asked_again);
	tcase_add_loop_test(t, where_the_policy_says_so_hash_alone_will_do, 0, 2);
	tcase_add_loop_test(t, nothing_else_lets_anybody_in, 0, COUNT(refused));
	tcase_add_loop_test(t, numbers_cannot_be_tried, 0, 2);
	tcase_add_loop_test(t, keys_without_a_call_are_none, 0, 3);
	tcase_add_loop_test(t, where_it_is_not_attested_nobody_is_called, 0, 2);
	tcase_add_test(t, nor_is_anybody_enrolled_by_it);
	tcase_add_test(t, what_comes_after_the_deadline_is_too_late);
	tcase_add_test(t, a_number_counts_once);
	tcase_add_test(t, its_request_is_spent_in_the_state);
	tcase_add_test(t, wrong_numbers_lock_like_wrong_codes);
	tcase_add_test(t, a_decoys_number_is_not_looked_at);
	tcase_add_test(t, a_right_number_too_soon_is_not_called_wrong);
	tcase_add_test(t, the_number_is_in_nothing_that_leaves_the_host);
	tcase_add_test(t, a_user_who_has_called_has_no_grace_whatever_the_service_says);
}

int
main(void)
{
	return http_login_main(&w, "call", add);
}
