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
#define PATIENCE_MS 150		/* a person's; HASTE_MS and some */
#define ATTESTED HTTP_CONFIGURATION "attested = call\n"
#define CALLS .methods = QUERY_CAN_CALL, .preferred = QUERY_BY_CALL

static struct login_world w;

static void
make(const char *before, const char *more)
{
	http_login_world(&w, before, more);
}

static struct login_script
script(const char *answer)
{
	struct login_script s = login_script(WORLD_USER, answer);

	s.pause_ms = PATIENCE_MS;
	s.seen = http_person_reads;
	return s;
}

/* One login of alice's over ssh, who presses Enter at the first prompt. */
static struct login_result
take_call(const struct http_act *act)
{
	struct login_script s = script("");
	struct login_result r;

	http_start(act);
	r = login_run(&w, &s);
	http_stop();
	return r;
}

static const struct http_act honest = { .name = "honest", CALLS, .keys = { RIGHT_KEYS } };
static const struct http_act silent = { .name = "silent", CALLS, .silent = true };

/* ---- honest ---- */

START_TEST(the_number_lets_its_user_in)
{
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
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

	make(ATTESTED, "tries = 1\nnumber_digits = 8\n");
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

START_TEST(a_line_that_is_seen_at_once_needs_no_enter)
{
	struct login_script s = script(NULL);
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
	(void)text_copy(s.begin.service, sizeof(s.begin.service), "sudo");
	s.begin.ssh_connection[0] = '\0';
	http_start(&honest);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_ptr_eq(strstr(r.said, "Your telephone rings: key in number "), r.said);
}
END_TEST

START_TEST(one_wrong_number_is_counted_and_asked_again)
{
	static const struct http_act act = { .name = "second", CALLS,
	    .keys = { "000", RIGHT_KEYS } };

	make(ATTESTED, "tries = 1\n");
	ck_assert_uint_eq(take_call(&act).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->wrongs, 1);
	ck_assert_uint_eq(login_records(&w, "try", "wrong_number"), 1);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
	ck_assert_uint_eq(http_seen->outcome, QUERY_GRANTED);
}
END_TEST

START_TEST(where_the_policy_says_so_hash_alone_will_do)
{
	static const struct http_act hash = { .name = "hash", CALLS, .keys = { "" } };
	const struct http_act *act = _i == 0 ? &hash : &honest;
	struct login_result r;

	make(ATTESTED, "tries = 1\ncall_form = hash\n");
	r = take_call(act);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->push.form, QUERY_FORM_HASH);
	ck_assert_ptr_nonnull(strstr(r.prompt, "key in # there, or number "));
}
END_TEST

START_TEST(a_call_is_asked_for_by_a_letter)
{
	static const struct http_act act = { .name = "letter", .methods = QUERY_CAN_CALL,
	    .keys = { RIGHT_KEYS } };
	struct login_script s = script("");
	struct login_result r;

	make(ATTESTED, "");
	s.answers[0] = _i == 0 ? "c" : "C";
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 2);
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
	struct login_script s = script("");

	make(HTTP_CONFIGURATION "attested = call, server_code\n", "");
	s.answers[0] = "000000";
	s.answers[1] = "p";
	s.pause_ms = 400;
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->begins, 2);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
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
	struct login_script s = script("");

	wrongs_awaited = wrongs;
	s.seen = person_listens;
	return s;
}

START_TEST(a_wrong_number_is_told_before_enter_is_pressed)
{
	static const struct http_act act = { .name = "second", CALLS,
	    .keys = { "000", RIGHT_KEYS } };
	struct login_script s = listening(1);

	make(ATTESTED, "tries = 1\n");
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);
	ck_assert_uint_eq(login_records(&w, "try", "wrong_number"), 1);
}
END_TEST

START_TEST(two_wrong_numbers_are_counted_before_enter_is_pressed_and_once)
{
	static const struct http_act act = { .name = "wrong", CALLS, .keys = { "0", "1" } };
	struct login_script s = listening(2);
	struct login_result r;

	make(ATTESTED, "tries = 2\n");
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
	static const struct http_act act = { .name = "wrong", CALLS, .keys = { "0", "1" } };
	struct login_script s = listening(2);

	make(ATTESTED, "tries = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
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
	{ { .name = "wrong, and no more", CALLS, .keys = { "000" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "wrong twice", CALLS, .keys = { "000", "1" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 2, 2 },
	/* The third is not heard, though the service would ask for ever. */
	{ { .name = "right at last", CALLS, .keys = { "0", "1", RIGHT_KEYS } }, "login",
	    "no_approval", QUERY_CANCELLED, 2, 2 },
	{ { .name = "hash", CALLS, .keys = { "" } }, "login", "wrong_number", QUERY_WRONG_NUMBER,
	    1, 1 },
	{ { .name = "no digits", CALLS, .keys = { "*A" } }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "shorter", CALLS, .call = shorter }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "longer", CALLS, .call = longer }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "another", CALLS, .call = other }, "login", "wrong_number",
	    QUERY_WRONG_NUMBER, 1, 1 },
	{ { .name = "an approval, and no call", CALLS, .call = answers }, "login", "no_approval",
	    0, 0, 0 },
	{ { .name = "again, unasked", CALLS, .call = says_again_unasked }, "login", "no_approval",
	    0, 0, 0 },
	{ { .name = "not picked up", CALLS, .ends = true, .why = QUERY_WHY_NO_ANSWER }, "login",
	    "not_picked_up", 0, 0, 0 },
};

START_TEST(nothing_else_lets_anybody_in)
{
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
	r = take_call(&refused[_i].act);
	ck_assert_msg(r.verdict == VERDICT_TRIES, "%s: verdict %x", refused[_i].act.name, r.verdict);
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
	struct http_act act = { .name = "floods", CALLS, .call = _i == 0 ? floods : twice };
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
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
	struct login_script s = script("");

	make(HTTP_CONFIGURATION, "tries = 2\nattested = call, sms, server_code\n");
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
	struct login_script s = script("c");
	struct login_result r;

	make(HTTP_CONFIGURATION, configurations[_i]);
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
	make(HTTP_CONFIGURATION, "grace_logins = 1\n");
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
	static const struct http_act act = { .name = "late", CALLS, .call = late };
	struct login_script s = script("");

	make(ATTESTED, "");
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
	static const struct http_act again = { .name = "again", CALLS, .call = replay };

	make(ATTESTED, "tries = 1\nnumber_digits = 8\n");
	ck_assert_uint_eq(take_call(&honest).verdict, VERDICT_GRANT);
	memcpy(kept, http_seen->number, sizeof(kept));
	ck_assert_uint_ne(take_call(&again).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
}
END_TEST

START_TEST(its_request_is_spent_in_the_state)
{
	make(ATTESTED, "tries = 1\n");
	ck_assert_uint_eq(take_call(&honest).verdict, VERDICT_GRANT);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_approval_spend(w.store, http_seen->push.nonce,
	    sizeof(http_seen->push.nonce), WORLD_USER, "d", 1), MFA_E_REFUSED);
	store_rollback(w.store);
}
END_TEST

START_TEST(wrong_numbers_lock_like_wrong_codes)
{
	static const struct http_act act = { .name = "wrong", CALLS, .keys = { "0" } };
	int i;

	make(ATTESTED, "tries = 1\ndelay_after = 5\nmax_failures = 5\n");
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
	struct login_script s = script("");
	struct login_result r;

	make(ATTESTED, "");
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
	make(ATTESTED, "tries = 1\ndelay_after = 1\n");
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
	struct http_act act = { .name = "ends", CALLS, .ends = true, .why = whys[_i].why };
	struct login_script s = script("");
	struct login_result r;

	make(ATTESTED, "");
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
	struct http_act act = { .name = "fails", CALLS, .push_failure = failures[_i].failure };
	struct login_script s = script(NULL);
	struct login_result r;

	make(ATTESTED, "");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, failures[_i].words) != NULL, "%s", r.prompt);
	ck_assert_uint_eq(login_records(&w, "call", failures[_i].reason), 1);
}
END_TEST

/* ---- beside others ---- */

START_TEST(a_code_at_the_same_prompt_ends_the_call)
{
	struct login_script s = script(NULL);

	make(ATTESTED, "");
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
	struct login_script s = script(NULL);

	make(ATTESTED, "");
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
	struct login_script s = script(NULL);
	struct login_result r;

	make(HTTP_CONFIGURATION, "tries = 1\nattested = call, sms\n");
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
	struct login_script s = script(NULL);

	make(HTTP_CONFIGURATION, "factors = totp, push\nattested = call, sms\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	http_start(&act);
	ck_assert_str_eq(login_run(&w, &s).prompt, prompts[_i].prompt);
}
END_TEST

START_TEST(the_number_is_in_nothing_that_leaves_the_host)
{
	static const struct http_act act = { .name = "wrong", CALLS, .keys = { "0", RIGHT_KEYS } };

	make(ATTESTED, "tries = 1\nnumber_digits = 8\n");
	ck_assert_uint_eq(take_call(&act).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(strlen(http_seen->number), 8);
	ck_assert_ptr_null(memmem(http_seen->bytes, http_seen->len, http_seen->number, 8));
}
END_TEST

START_TEST(a_user_who_has_called_has_no_grace_whatever_the_service_says)
{
	static const struct http_act forgetful = { .name = "forgetful", .methods = QUERY_PUSH_LOCKED };

	make(ATTESTED, "tries = 1\ngrace_logins = 5\n");
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
	tcase_add_test(t, a_line_that_is_seen_at_once_needs_no_enter);
	tcase_add_test(t, one_wrong_number_is_counted_and_asked_again);
	tcase_add_loop_test(t, where_the_policy_says_so_hash_alone_will_do, 0, 2);
	tcase_add_loop_test(t, a_call_is_asked_for_by_a_letter, 0, 2);
	tcase_add_test(t, how_a_call_ended_is_not_what_the_phone_says);
	tcase_add_test(t, a_wrong_number_is_told_before_enter_is_pressed);
	tcase_add_test(t, two_wrong_numbers_are_counted_before_enter_is_pressed_and_once);
	tcase_add_test(t, after_two_wrong_numbers_the_same_prompt_takes_a_code);
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
	tcase_add_loop_test(t, each_end_has_its_sentence_and_takes_a_code, 0, COUNT(whys));
	tcase_add_loop_test(t, a_call_that_is_not_made_says_why_and_takes_a_code, 0,
	    COUNT(failures));
	tcase_add_test(t, a_code_at_the_same_prompt_ends_the_call);
	tcase_add_test(t, whoever_goes_away_takes_the_call_along);
	tcase_add_test(t, one_way_is_changed_for_another);
	tcase_add_loop_test(t, the_prompt_offers_what_there_is, 0, 4);
	tcase_add_test(t, the_number_is_in_nothing_that_leaves_the_host);
	tcase_add_test(t, a_user_who_has_called_has_no_grace_whatever_the_service_says);
}

int
main(void)
{
	return http_login_main(&w, "call", add);
}
