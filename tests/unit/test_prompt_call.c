/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prompt while somebody is called and after it: what it says, and what else it takes.
# needs the world
 */
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "http_login.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login_world w;

static const struct http_act silent = { .name = "silent", HTTP_CALLS, .silent = true };

/* ---- asking for it ---- */

START_TEST(a_line_that_is_seen_at_once_needs_no_enter)
{
	static const struct http_act honest = { .name = "honest", HTTP_CALLS,
	    .keys = { RIGHT_KEYS } };
	struct login_script s = http_login_script(NULL);
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	(void)text_copy(s.begin.service, sizeof(s.begin.service), "sudo");
	s.begin.ssh_connection[0] = '\0';
	http_start(&honest);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_ptr_eq(strstr(r.said, "Your telephone rings: key in number "), r.said);
}
END_TEST

START_TEST(a_call_is_asked_for_by_a_letter)
{
	static const struct http_act act = { .name = "letter", .methods = QUERY_CAN_CALL,
	    .keys = { RIGHT_KEYS } };
	struct login_script s = http_login_script("");
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	s.answers[0] = _i == 0 ? "c" : "C";
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 2);
}
END_TEST

/* ---- while the prompt is open ---- */

static uint32_t wrongs_awaited;

/* A person who answers the prompt only when the telephone has spoken. */
static void
person_listens(const char *text)
{
	int i;

	http_person_reads(text);
	for (i = 0; i < 1000 && http_seen->wrongs < wrongs_awaited; i++)
		usleep(5000);
	ck_assert_uint_ge(http_seen->wrongs, wrongs_awaited);
}

static struct login_script
listening(uint32_t wrongs)
{
	struct login_script s = http_login_script("");

	wrongs_awaited = wrongs;
	s.seen = person_listens;
	return s;
}

START_TEST(a_wrong_number_is_told_before_enter_is_pressed)
{
	static const struct http_act act = { .name = "second", HTTP_CALLS,
	    .keys = { "000", RIGHT_KEYS } };
	struct login_script s = listening(1);

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);
	ck_assert_uint_eq(login_records(&w, "try", "wrong_number"), 1);
}
END_TEST

START_TEST(two_wrong_numbers_are_counted_before_enter_is_pressed_and_once)
{
	static const struct http_act act = { .name = "wrong", HTTP_CALLS, .keys = { "0", "1" } };
	struct login_script s = listening(2);
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 2\n");
	s.answers[1] = NULL;
	http_start(&act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_ptr_eq(strstr(r.prompt, "The number keyed in on the telephone was wrong. Type a "
	    "code, or c for a call: "), r.prompt);
	ck_assert_uint_eq(http_login_state(&w).failures, 2);
	ck_assert_uint_eq(login_records(&w, "try", "wrong_number"), 2);
	ck_assert_uint_eq(http_seen->outcome, QUERY_WRONG_NUMBER);
}
END_TEST

START_TEST(after_two_wrong_numbers_the_same_prompt_takes_a_code)
{
	static const struct http_act act = { .name = "wrong", HTTP_CALLS, .keys = { "0", "1" } };
	struct login_script s = listening(2);

	http_login_world(&w, HTTP_ATTESTED_CALL, "tries = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
}
END_TEST

/* ---- how it ends otherwise ---- */

static const struct {
	uint32_t why;
	const char *reason, *words;
} whys[] = {
	{ QUERY_WHY_UNKNOWN, "no_approval", "Nothing came back" },
	{ QUERY_WHY_NO_ANSWER, "not_picked_up", "Nobody picked up" },
	{ QUERY_WHY_BUSY, "busy", "is busy" },
	{ QUERY_WHY_DECLINED, "declined", "was declined" },
	{ QUERY_WHY_HUNG_UP, "hung_up", "ended before" },
	{ QUERY_WHY_NO_KEYS, "no_keys", "Nothing was keyed in" },
	{ QUERY_WHY_TWICE, "keys_twice", "came through twice" },
	{ QUERY_WHY_GATEWAY, "gateway", "out of order" },
	{ QUERY_WHY_NOT_ALLOWED, "number_not_allowed", "may not be called" },
	{ QUERY_WHY_REPORTED, "reported", "Denied on the telephone" },
	{ 99, "no_approval", "Nothing came back" },
};

START_TEST(each_end_has_its_sentence_and_takes_a_code)
{
	struct http_act act = { .name = "ends", HTTP_CALLS, .ends = true, .why = whys[_i].why };
	struct login_script s = http_login_script("");
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[1] = login_code(0);
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, whys[_i].words) != NULL, "%s", r.prompt);
	ck_assert_ptr_nonnull(strstr(r.prompt, "Type a code, or c for a call: "));
	ck_assert_uint_eq(login_records(&w, "call", whys[_i].reason), 1);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
}
END_TEST

static const struct {
	uint32_t failure;
	const char *reason, *words;
} failures[] = {
	{ QUERY_UNREACHABLE, "no_approval", "cannot be reached" },
	{ QUERY_SERVICE, "no_approval", "cannot be reached" },
	{ QUERY_WAITING, "no_approval", "already waiting" },
	{ QUERY_TOO_MANY, "no_approval", "not answered" },
	{ QUERY_TOO_MANY_CALLS, "too_many_calls", "Too many calls" },
	{ QUERY_LOCKED, "no_approval", "locked" }, { QUERY_NO_DEVICE, "no_approval", "not known" },
	{ QUERY_CLOCKS, "no_approval", "clocks" }, { 99, "no_approval", "cannot be reached" },
};

START_TEST(a_call_that_is_not_made_says_why_and_takes_a_code)
{
	struct http_act act = { .name = "fails", HTTP_CALLS, .push_failure = failures[_i].failure };
	struct login_script s = http_login_script(NULL);
	struct login_result r;

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, failures[_i].words) != NULL, "%s", r.prompt);
	ck_assert_uint_eq(login_records(&w, "call", failures[_i].reason), 1);
}
END_TEST

static void
nobody_picks_up(int fd)
{
	struct query ended = { .type = QUERY_ENDED, .why = QUERY_WHY_NO_ANSWER };

	http_say(fd, &ended);
}

/* A code that was asked about meanwhile began another dialogue. */
START_TEST(how_a_call_ended_is_not_what_the_phone_says)
{
	static const struct http_act act = { .name = "phone later", .preferred = QUERY_BY_CALL,
	    .methods = QUERY_CAN_CALL | QUERY_CAN_PUSH | QUERY_CAN_CODE,
	    .call = nobody_picks_up, .answers = true, .coded = QUERY_CODE_REFUSED };
	struct login_script s = http_login_script("");

	http_login_world(&w, HTTP_CONFIGURATION "attested = call, server_code\n", "");
	s.answers[0] = "000000";
	s.answers[1] = "p";
	s.pause_ms = 400;
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->begins, 2);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
}
END_TEST

/* ---- beside others ---- */

START_TEST(a_code_at_the_same_prompt_ends_the_call)
{
	struct login_script s = http_login_script(NULL);

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&silent);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_eq(http_seen->outcome, QUERY_BY_CODE);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
}
END_TEST

START_TEST(whoever_goes_away_takes_the_call_along)
{
	struct login_script s = http_login_script(NULL);

	http_login_world(&w, HTTP_ATTESTED_CALL, "");
	http_start(&silent);
	ck_assert_uint_ne(login_run(&w, &s).verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->outcome, QUERY_CANCELLED);
}
END_TEST

/* What was out is taken back before the next is asked for, and a letter is no try. */
START_TEST(one_way_is_changed_for_another)
{
	static const struct http_act act = { .name = "all", .silent = true,
	    .methods = QUERY_CAN_PUSH | QUERY_CAN_CALL | QUERY_CAN_TEXT };
	struct login_script s = http_login_script(NULL);
	struct login_result r;

	http_login_world(&w, HTTP_CONFIGURATION, "tries = 1\nattested = call, sms\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = "c";
	s.answers[1] = "s";
	s.answers[2] = "p";
	http_start(&act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 3);
	ck_assert_uint_eq(http_seen->push.method, QUERY_BY_TEXT);
	ck_assert_uint_eq(http_seen->outcomes[0], QUERY_CANCELLED);
	ck_assert_uint_eq(http_seen->outcomes[1], QUERY_CANCELLED);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
}
END_TEST

START_TEST(the_prompt_offers_what_there_is)
{
	static const struct {
		uint32_t methods;
		const char *prompt;
	} prompts[] = {
		{ QUERY_CAN_CALL, "Authentication code, or c for a call: " },
		{ QUERY_CAN_TEXT, "Authentication code, or s for a text message: " },
		{ QUERY_CAN_PUSH, "Authentication code, or p for your phone: " },
		{ QUERY_CAN_PUSH | QUERY_CAN_CALL | QUERY_CAN_TEXT, "Authentication code, or p for "
		    "your phone, c for a call, s for a text message: " },
	};
	struct http_act act = { .name = "some", .methods = prompts[_i].methods };
	struct login_script s = http_login_script(NULL);

	http_login_world(&w, HTTP_CONFIGURATION, "factors = totp, push\nattested = call, sms\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	http_start(&act);
	ck_assert_str_eq(login_run(&w, &s).prompt, prompts[_i].prompt);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, a_line_that_is_seen_at_once_needs_no_enter);
	tcase_add_loop_test(t, a_call_is_asked_for_by_a_letter, 0, 2);
	tcase_add_test(t, a_wrong_number_is_told_before_enter_is_pressed);
	tcase_add_test(t, two_wrong_numbers_are_counted_before_enter_is_pressed_and_once);
	tcase_add_test(t, after_two_wrong_numbers_the_same_prompt_takes_a_code);
	tcase_add_loop_test(t, each_end_has_its_sentence_and_takes_a_code, 0, COUNT(whys));
	tcase_add_loop_test(t, a_call_that_is_not_made_says_why_and_takes_a_code, 0,
	    COUNT(failures));
	tcase_add_test(t, how_a_call_ended_is_not_what_the_phone_says);
	tcase_add_test(t, a_code_at_the_same_prompt_ends_the_call);
	tcase_add_test(t, whoever_goes_away_takes_the_call_along);
	tcase_add_test(t, one_way_is_changed_for_another);
	tcase_add_loop_test(t, the_prompt_offers_what_there_is, 0, 4);
}

int
main(void)
{
	return http_login_main(&w, "prompt_call", add);
}
