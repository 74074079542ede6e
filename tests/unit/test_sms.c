/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code of a text message: the service alone compares it, for the login that asked, and
 * this host believes it only where that is written down.
# needs the world
 */
#include <check.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "http_login.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define ATTESTED HTTP_CONFIGURATION "attested = sms\n"
#define TEXTS .methods = QUERY_CAN_TEXT, .preferred = QUERY_BY_TEXT

static struct login_world w;

static void
make(const char *before, const char *more)
{
	http_login_world(&w, before, more);
}

/* One login of alice's, who types that again and again. */
static struct login_result
type(const struct http_act *act, const char *code)
{
	struct login_script s = login_script(WORLD_USER, code);
	struct login_result r;

	s.pause_ms = 150;
	http_start(act);
	r = login_run(&w, &s);
	http_stop();
	return r;
}

static const struct http_act accepting = { .name = "accepting", TEXTS, .silent = true,
    .coded = QUERY_CODE_ACCEPTED, .by_text = true };
static const struct http_act refusing = { .name = "refusing", TEXTS, .silent = true,
    .coded = QUERY_CODE_REFUSED };

START_TEST(its_code_lets_its_user_in)
{
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
	r = type(&accepting, "482 913");
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_str_eq(r.prompt, "Type the code from the text message: ");
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_str_eq(http_seen->code, "482913");
	ck_assert_uint_eq(http_seen->codes, 1);
	ck_assert_uint_eq(http_seen->begins, 1);
	ck_assert_uint_eq(http_seen->push.method, QUERY_BY_TEXT);
	ck_assert_uint_eq(http_seen->outcome, QUERY_BY_CODE);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
}
END_TEST

START_TEST(it_is_asked_for_by_a_letter)
{
	static const struct http_act act = { .name = "letter", .methods = QUERY_CAN_TEXT,
	    .silent = true, .coded = QUERY_CODE_ACCEPTED, .by_text = true };
	struct login_script s = login_script(WORLD_USER, "482913");

	make(ATTESTED, "");
	s.answers[0] = "s";
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
}
END_TEST

/* A code is judged in one place. */
START_TEST(what_could_be_its_code_is_compared_nowhere_else)
{
	struct login_result r;

	make(ATTESTED, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	r = type(&refusing, login_code(0));
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_ptr_eq(strstr(r.prompt, "Not accepted. Type the code from the text message"),
	    r.prompt);
	ck_assert_uint_eq(http_seen->codes, 3);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);	/* counted there */
}
END_TEST

START_TEST(what_could_not_be_is_this_hosts)
{
	static const char *const typed[] = { "12345", "123456789", "abcdefgh", "12345a", "c" };

	make(ATTESTED, "tries = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_uint_ne(type(&accepting, typed[_i]).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->codes, 0);
}
END_TEST

/* A token of this host's own takes nothing away from a message. */
START_TEST(whoever_has_a_token_here_may_use_it)
{
	make(ATTESTED, "tries = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_uint_eq(type(&accepting, "482913").verdict, VERDICT_GRANT);
}
END_TEST

/* A message may be slow, so it is waited for longer than a phone is. */
static int64_t
life_of(const struct http_act *act, const char *answer, const char *more)
{
	struct login_script s = login_script(WORLD_USER, answer);
	int64_t now = time(NULL);

	make(ATTESTED, more);
	s.begin.ms_left = 600000;
	s.seen = http_person_reads;
	s.pause_ms = 150;
	http_start(act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	now = http_seen->push.expires - now;
	http_login_drop(&w);
	return now;
}

START_TEST(it_is_waited_for_as_long_as_its_code_can_live)
{
	static const struct http_act phone = { .name = "phone" };
	int64_t life = life_of(&accepting, "482913", "deadline = 600\n");

	ck_assert(life >= 290 && life <= 295);
	life = life_of(&accepting, "482913", "deadline = 200\n");
	ck_assert(life >= 195 && life <= 205);
	life = life_of(&phone, "", "deadline = 600\n");
	ck_assert(life >= 110 && life <= 115);
}
END_TEST

/* ---- what does not let anybody in ---- */

static const struct http_act refused[] = {
	{ .name = "refused", TEXTS, .silent = true, .coded = QUERY_CODE_REFUSED, .by_text = true },
	{ .name = "replayed", TEXTS, .silent = true, .coded = QUERY_CODE_REPLAYED, .by_text = true },
	{ .name = "too soon", TEXTS, .silent = true, .coded = QUERY_CODE_TOO_SOON, .by_text = true },
	{ .name = "locked", TEXTS, .silent = true, .coded = QUERY_CODE_LOCKED, .by_text = true },
	{ .name = "nearly", TEXTS, .silent = true, .coded = QUERY_CODE_ACCEPTED ^ 0x80000000u,
	    .by_text = true },
	{ .name = "one", TEXTS, .silent = true, .coded = 1, .by_text = true },
	/* A code of the service's that is no message's: server_code, which is not listed. */
	{ .name = "another code", TEXTS, .silent = true, .coded = QUERY_CODE_ACCEPTED },
	{ .name = "ended", TEXTS, .ends = true, .coded = QUERY_CODE_ACCEPTED, .by_text = true },
	{ .name = "not sent", TEXTS, .push_failure = QUERY_TOO_MANY_CALLS,
	    .coded = QUERY_CODE_ACCEPTED, .by_text = true },
};

START_TEST(nothing_else_lets_anybody_in)
{
	make(ATTESTED, "tries = 1\n");
	ck_assert_msg(type(&refused[_i], "482913").verdict == VERDICT_TRIES, "%s",
	    refused[_i].name);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 0);
}
END_TEST

START_TEST(where_it_is_not_attested_none_is_sent)
{
	static const char *const configurations[] = { "", "attested = server_code, call\n" };
	static const struct http_act act = { .name = "not attested", .silent = true,
	    .methods = QUERY_CAN_TEXT | QUERY_CAN_CODE, .preferred = QUERY_BY_TEXT,
	    .coded = QUERY_CODE_ACCEPTED, .by_text = true };
	struct login_result r;

	make(HTTP_CONFIGURATION, configurations[_i]);
	r = type(&act, "482913");
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_ptr_null(strstr(r.prompt, "text message"));
	ck_assert_uint_eq(http_seen->push.method, _i == 0 ? QUERY_BY_PUSH : 0);
}
END_TEST

/* Where both are listed, a code of the service's counts as what it is. */
START_TEST(another_code_of_the_services_counts_as_that)
{
	static const struct http_act act = { .name = "another", .silent = true,
	    .methods = QUERY_CAN_TEXT | QUERY_CAN_CODE, .preferred = QUERY_BY_TEXT,
	    .coded = QUERY_CODE_ACCEPTED };

	make(HTTP_CONFIGURATION, "attested = sms, server_code\ntries = 1\n");
	ck_assert_uint_eq(type(&act, "482913").verdict, VERDICT_GRANT);
	http_login_drop(&w);
	make(HTTP_CONFIGURATION, "attested = sms, server_code\ntries = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_uint_ne(type(&act, "482913").verdict, VERDICT_GRANT);
}
END_TEST

START_TEST(a_user_who_is_locked_here_spends_nothing_there)
{
	make(ATTESTED, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_lock(w.store, WORLD_USER, time(NULL), "test"), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	ck_assert_uint_ne(type(&accepting, "482913").verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->decoys, 1);
	ck_assert_uint_ge(http_seen->codes, 1);
	ck_assert_str_eq(http_seen->code, "-");
}
END_TEST

/* ---- how it ends otherwise ---- */

static const struct {
	uint32_t why;
	const char *reason, *words;
} whys[] = {
	{ QUERY_WHY_GATEWAY, "gateway", "The text message could not be sent." },
	{ QUERY_WHY_NOT_ALLOWED, "number_not_allowed", "No text message may be sent" },
	{ QUERY_WHY_REPORTED, "reported", "Denied on the telephone." },
	{ QUERY_WHY_UNKNOWN, "no_message", "The code of the text message is too old." },
	{ QUERY_WHY_BUSY, "busy", "The code of the text message is too old." },
};

/* Whether the person presses Enter or types something. */
START_TEST(each_end_has_its_sentence_and_takes_a_code)
{
	struct http_act act = { .name = "ends", TEXTS, .ends = true, .why = whys[_i / 2].why };
	struct login_script s = login_script(WORLD_USER, _i % 2 == 0 ? "" : "482913");
	struct login_result r;

	make(ATTESTED, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[1] = login_code(0);
	s.pause_ms = 150;
	http_start(&act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, whys[_i / 2].words) == r.prompt, "%s", r.prompt);
	ck_assert_ptr_nonnull(strstr(r.prompt, "Type a code, or s for a text message: "));
	ck_assert_uint_eq(login_records(&w, "text", whys[_i / 2].reason), 1);
	ck_assert_uint_eq(http_seen->codes, 0);
}
END_TEST

START_TEST(enter_says_nothing_about_a_message_that_is_under_way)
{
	struct login_script s = login_script(WORLD_USER, "482913");
	struct login_result r;

	make(ATTESTED, "");
	s.answers[0] = "";
	s.pause_ms = 150;
	http_start(&accepting);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_str_eq(r.prompt, "Type the code from the text message: ");
}
END_TEST

START_TEST(too_many_messages_are_not_sent)
{
	struct login_result r;
	struct login_script s = login_script(WORLD_USER, NULL);

	make(ATTESTED, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&refused[COUNT(refused) - 1]);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_ptr_eq(strstr(r.prompt, "Too many text messages were sent. "), r.prompt);
	ck_assert_uint_eq(login_records(&w, "text", "too_many_calls"), 1);
}
END_TEST

static void
gone(int fd, struct query *c)
{
	(void)c;
	close(fd);
}

START_TEST(a_service_that_does_not_answer_accepts_nothing)
{
	static const struct http_act act = { .name = "gone", TEXTS, .silent = true, .code = gone };
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	make(ATTESTED, "");
	s.answers[0] = "482913";
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 2);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 0);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, its_code_lets_its_user_in);
	tcase_add_test(t, it_is_asked_for_by_a_letter);
	tcase_add_test(t, what_could_be_its_code_is_compared_nowhere_else);
	tcase_add_loop_test(t, what_could_not_be_is_this_hosts, 0, 5);
	tcase_add_test(t, whoever_has_a_token_here_may_use_it);
	tcase_add_loop_test(t, nothing_else_lets_anybody_in, 0, COUNT(refused));
	tcase_add_loop_test(t, where_it_is_not_attested_none_is_sent, 0, 2);
	tcase_add_test(t, another_code_of_the_services_counts_as_that);
	tcase_add_test(t, a_user_who_is_locked_here_spends_nothing_there);
	tcase_add_loop_test(t, each_end_has_its_sentence_and_takes_a_code, 0, 2 * COUNT(whys));
	tcase_add_test(t, enter_says_nothing_about_a_message_that_is_under_way);
	tcase_add_test(t, too_many_messages_are_not_sent);
	tcase_add_test(t, it_is_waited_for_as_long_as_its_code_can_live);
	tcase_add_test(t, a_service_that_does_not_answer_accepts_nothing);
}

int
main(void)
{
	return http_login_main(&w, "sms", add);
}
