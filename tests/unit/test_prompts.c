/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that can answer no prompt and only waits: the phone is asked, or a call is made,
 * and never a text sent.
# needs the world
 */
#include <check.h>
#include <time.h>

#include "http_login.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define ALL (QUERY_CAN_PUSH | QUERY_CAN_CALL | QUERY_CAN_TEXT)
#define LONG_MS 20000
#define SHORT_MS 2000		/* where nobody answers */
#define NO_PROMPTS "prompts = no\nshow_at_once = yes\n"

static struct login_world w;

/* One login of alice's, who would hang up at a prompt. */
static struct login_result
wait_here(const struct http_act *act, uint32_t ms_left)
{
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	s.seen = http_person_reads;
	s.begin.ms_left = ms_left;
	http_start(act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(r.prompts, 0);
	return r;
}

static struct login_result
wait_with(const struct http_act *act, const char *more)
{
	http_login_world(&w, HTTP_CONFIGURATION "attested = call, sms\n", more);
	return wait_here(act, LONG_MS);
}

static const struct {
	const char *name;
	struct http_act act;
	uint32_t method;
} ways[] = {
	{ "a phone, for whoever chose none", { .name = "phone", .methods = ALL }, QUERY_BY_PUSH },
	{ "a phone that was chosen", { .name = "chosen", .methods = ALL,
	    .preferred = QUERY_BY_PUSH }, QUERY_BY_PUSH },
	{ "a call that was chosen", { .name = "call", .methods = ALL,
	    .preferred = QUERY_BY_CALL, .keys = { RIGHT_KEYS } }, QUERY_BY_CALL },
	{ "a phone instead of a text", { .name = "text", .methods = ALL,
	    .preferred = QUERY_BY_TEXT }, QUERY_BY_PUSH },
	{ "a call instead of a text", { .name = "text and call",
	    .methods = QUERY_CAN_CALL | QUERY_CAN_TEXT, .preferred = QUERY_BY_TEXT,
	    .keys = { RIGHT_KEYS } }, QUERY_BY_CALL },
	{ "a call, for whoever chose none", { .name = "a call alone", .methods = QUERY_CAN_CALL,
	    .keys = { RIGHT_KEYS } }, QUERY_BY_CALL },
};

START_TEST(it_is_asked_without_a_prompt)
{
	struct login_result r = wait_with(&ways[_i].act, NO_PROMPTS);

	ck_assert_msg(r.verdict == VERDICT_GRANT, "%s", ways[_i].name);
	ck_assert_uint_eq(http_seen->push.method, ways[_i].method);
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_ge(r.infos, 1);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
}
END_TEST

/* It is seen by nobody where lines are held back, and then said all the same. */
START_TEST(so_it_is_where_lines_may_be_held_back)
{
	struct login_result r = wait_with(&ways[0].act, "prompts = no\n");

	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_ge(r.infos, 1);
}
END_TEST

START_TEST(what_cannot_be_sent_is_followed_by_the_other_way)
{
	static const struct http_act act = { .name = "unsent", .methods = ALL,
	    .preferred = QUERY_BY_CALL, .push_failure = QUERY_TOO_MANY_CALLS };

	ck_assert_uint_eq(wait_with(&act, NO_PROMPTS).verdict, VERDICT_DENY);
	ck_assert_uint_eq(http_seen->pushes, 2);
	ck_assert_uint_eq(http_seen->push.method, QUERY_BY_PUSH);
	ck_assert_uint_eq(login_records(&w, "login", "too_many_calls"), 1);
}
END_TEST

START_TEST(what_was_answered_is_not)
{
	static const struct http_act act = { .name = "busy", .methods = ALL,
	    .preferred = QUERY_BY_CALL, .ends = true, .why = QUERY_WHY_BUSY };

	ck_assert_uint_eq(wait_with(&act, NO_PROMPTS).verdict, VERDICT_DENY);
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_eq(login_records(&w, "login", "busy"), 1);
}
END_TEST

START_TEST(a_wrong_number_is_counted)
{
	static const struct http_act act = { .name = "wrong", .methods = QUERY_CAN_CALL,
	    .keys = { "000", "001" } };
	ck_assert_uint_eq(wait_with(&act, NO_PROMPTS).verdict, VERDICT_DENY);
	ck_assert_uint_ge(http_login_state(&w).failures, 1);
	ck_assert_uint_eq(login_records(&w, "login", "wrong_number"), 1);
}
END_TEST

/* Nothing to wait for: a text alone, or no service. */
START_TEST(whoever_has_neither_is_denied)
{
	static const struct http_act acts[] = { { .name = "a text alone",
	    .methods = QUERY_CAN_TEXT, .preferred = QUERY_BY_TEXT },
	    { .name = "no service", .begin_failure = QUERY_UNREACHABLE } };

	http_login_world(&w, HTTP_CONFIGURATION "attested = call, sms\n", NO_PROMPTS);
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_uint_eq(wait_here(&acts[_i], LONG_MS).verdict, VERDICT_DENY);
	ck_assert_uint_eq(http_seen->pushes, 0);
	ck_assert_uint_eq(login_records(&w, "login", "no_terminal"), 1);
}
END_TEST

/* It is asked of the service as anybody, and lets nobody in. */
static void
decoy_waits(const struct http_act *act, const char *reason)
{
	struct login_result r = wait_here(act, SHORT_MS);

	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	ck_assert_uint_ge(r.infos, 1);
	ck_assert_uint_eq(http_seen->decoys, 1);
	ck_assert_uint_eq(login_records(&w, "login", reason), 1);
}

START_TEST(a_decoy_waits_as_well)
{
	static const struct http_act act = { .name = "decoy", .methods = QUERY_CAN_PUSH };

	http_login_world(&w, HTTP_CONFIGURATION, NO_PROMPTS);
	WRITTEN(&w, store_user_lock(w.store, WORLD_USER, time(NULL), "a test"));
	decoy_waits(&act, "locked");
}
END_TEST

static const struct {
	const char *policy;
	uint32_t method;
} unknown[] = {
	{ "", QUERY_BY_PUSH },
	{ "factors = totp, push\n", QUERY_BY_PUSH },
	{ "factors = totp\nattested = call\n", QUERY_BY_CALL },
};

/* Who could be asked by nothing that counts here, as somebody who is unknown: whatever
 * stands first. */
START_TEST(so_does_somebody_who_is_unknown)
{
	static const struct http_act act = { .name = "unknown", .methods = QUERY_CAN_TEXT,
	    .keys = { RIGHT_KEYS } };

	http_login_world(&w, HTTP_CONFIGURATION NO_PROMPTS, unknown[_i].policy);
	decoy_waits(&act, "not_enrolled");
	ck_assert_uint_eq(http_seen->push.method, unknown[_i].method);
}
END_TEST

/* Its one answer is a code, typed with the password. */
START_TEST(a_combined_service_is_asked_as_ever)
{
	static const struct http_act act = { .name = "combined", .methods = ALL };
	struct login_script s;

	http_login_world(&w, HTTP_CONFIGURATION, NO_PROMPTS "combined = yes\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s = login_script(WORLD_USER, login_code(0));
	s.begin.flags = BEGIN_CODE_HELD;
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 0);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, it_is_asked_without_a_prompt, 0, COUNT(ways));
	tcase_add_test(t, so_it_is_where_lines_may_be_held_back);
	tcase_add_test(t, what_cannot_be_sent_is_followed_by_the_other_way);
	tcase_add_test(t, what_was_answered_is_not);
	tcase_add_test(t, a_wrong_number_is_counted);
	tcase_add_loop_test(t, whoever_has_neither_is_denied, 0, 2);
	tcase_add_test(t, a_decoy_waits_as_well);
	tcase_add_loop_test(t, so_does_somebody_who_is_unknown, 0, COUNT(unknown));
	tcase_add_test(t, a_combined_service_is_asked_as_ever);
}

int
main(void)
{
	return http_login_main(&w, "prompts", add);
}
