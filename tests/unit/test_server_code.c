/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that the approval service compares: what the login host believes of its
 * answers, and what it never sends there.
# needs the world
 */
#include <check.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "http_login.h"
#include "onetime.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define ATTESTED HTTP_CONFIGURATION "attested = server_code\n"

static struct login_world w;

static void
make(const char *before, const char *more)
{
	http_login_world(&w, before, more);
}

/* One login of alice's, who types `code` once (NULL: again and again). */
static struct login_result
type(const struct http_act *act, const char *code)
{
	struct login_script s = login_script(WORLD_USER, code != NULL ? code : "123456");
	struct login_result r;

	http_start(act);
	r = login_run(&w, &s);
	http_stop();
	return r;
}

/* A recovery code of this host's. */
static void
give_recovery(const char *text)
{
	unsigned char salt[ONETIME_SALT_LEN], hash[1][ONETIME_HASH_LEN];
	struct secret typed, normalised;

	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_salt_make(w.store, WORLD_USER, salt), MFA_OK);
	ck_assert_int_eq(secret_set(&typed, text, strlen(text)), MFA_OK);
	ck_assert_int_eq(onetime_normalise(&typed, &normalised), MFA_OK);
	ck_assert_int_eq(onetime_hash(&normalised, salt, hash[0]), MFA_OK);
	ck_assert_int_eq(store_recovery_set(w.store, WORLD_USER, hash, 1, time(NULL)), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
}

/* ---- honest ---- */

static const struct http_act accepting = { .name = "accepting", .methods = QUERY_CAN_CODE,
    .coded = QUERY_CODE_ACCEPTED };

START_TEST(a_code_that_the_service_has_accepted_lets_in)
{
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
	r = type(&accepting, " 123 456");
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_str_eq(http_seen->code, "123456");
	ck_assert_uint_eq(http_seen->codes, 1);
	ck_assert_uint_eq(http_seen->outcome, QUERY_BY_CODE);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
}
END_TEST

START_TEST(so_does_a_recovery_code_that_this_host_has_none_of)
{
	make(ATTESTED, "tries = 1\n");
	ck_assert_uint_eq(type(&accepting, "ABCD-efgh-ijkl-mnop").verdict, VERDICT_GRANT);
	ck_assert_str_eq(http_seen->code, "abcdefghijklmnop");
}
END_TEST

START_TEST(whoever_logged_in_so_has_no_grace_whatever_the_service_says)
{
	static const struct http_act forgetful = { .name = "forgetful", .methods = QUERY_PUSH_LOCKED };

	make(ATTESTED, "tries = 1\ngrace_logins = 5\n");
	ck_assert_uint_eq(type(&accepting, NULL).verdict, VERDICT_GRANT);
	ck_assert_uint_ne(type(&forgetful, NULL).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "grace", NULL), 0);
}
END_TEST

static void
phone_first(int fd, struct query *coded)
{
	struct query ended = { .type = QUERY_ENDED };

	http_say(fd, &ended);
	http_say(fd, coded);
}

START_TEST(a_phone_that_speaks_first_is_not_taken_for_the_answer)
{
	static const struct http_act act = { .name = "phone", .code = phone_first, .silent = true,
	    .methods = QUERY_CAN_CODE | QUERY_CAN_PUSH, .coded = QUERY_CODE_ACCEPTED };

	make(ATTESTED, "tries = 1\n");
	ck_assert_uint_eq(type(&act, NULL).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 1);
}
END_TEST

START_TEST(what_the_phone_said_meanwhile_is_heard_later)
{
	static const struct http_act act = { .name = "phone", .code = phone_first, .silent = true,
	    .methods = QUERY_CAN_CODE | QUERY_CAN_PUSH, .coded = QUERY_CODE_REFUSED };
	struct login_script s = login_script(WORLD_USER, "");
	struct login_result r;

	make(ATTESTED, "");
	s.answers[0] = "123456";
	s.answers[2] = NULL;
	s.pause_ms = 150;
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_ptr_nonnull(strstr(r.prompt, "No answer from your phone"));
}
END_TEST

/* Where a module has to make each way to the service, there is one for a code that comes
 * after all requests to the phone. */
START_TEST(a_code_is_asked_about_after_the_last_request_to_the_phone)
{
	static const struct http_act act = { .name = "no answer", .ends = true,
	    .methods = QUERY_CAN_CODE | QUERY_CAN_PUSH, .coded = QUERY_CODE_ACCEPTED };
	struct login_script s = login_script(WORLD_USER, "");
	struct login_result r;

	make(ATTESTED, "tries = 10\n");
	s.answers[1] = s.answers[3] = "p";
	s.answers[5] = "123456";
	s.pause_ms = 150;
	s.seen = http_person_reads;
	s.reach = http_way;
	http_start(&act);
	http_hide();
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 3);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.reaches, MSG_REACHES_MAX);
}
END_TEST

/* ---- whatever is not the service's yes to this code ---- */

static void other_question(int fd, struct query *c) { c->nonce[0] ^= 1; http_say(fd, c); }
static void no_question(int fd, struct query *c) { c->nonce_len = 0; http_say(fd, c); }
static void half_a_question(int fd, struct query *c) { c->nonce_len = 8; http_say(fd, c); }
static void one(int fd, struct query *c) { c->result = 1; http_say(fd, c); }
static void nothing(int fd, struct query *c) { c->result = 0; http_say(fd, c); }
static void nearly(int fd, struct query *c) { c->result ^= 0x80000000u; http_say(fd, c); }
static void as_pushed(int fd, struct query *c) { c->type = QUERY_PUSHED; http_say(fd, c); }
static void as_methods(int fd, struct query *c) { c->type = QUERY_METHODS; http_say(fd, c); }
static void as_failed(int fd, struct query *c) { c->type = QUERY_FAILED; http_say(fd, c); }

static void
as_answered(int fd, struct query *c)
{
	c->type = QUERY_ANSWERED;
	c->decision = DECISION_APPROVE;
	http_say(fd, c);
}

/* Behind the deadline of the login. */
static void
late(int fd, struct query *c)
{
	usleep(1500 * 1000);
	http_say(fd, c);
}

static void
gone(int fd, struct query *c)
{
	(void)fd;
	(void)c;
}

/* The first is the answer. */
static void
no_and_then_yes(int fd, struct query *c)
{
	c->result = QUERY_CODE_REFUSED;
	http_say(fd, c);
	c->result = QUERY_CODE_ACCEPTED;
	http_say(fd, c);
}

static const struct {
	const char *name;
	uint32_t result;
	void (*code)(int fd, struct query *coded);
	const char *reason;
} refused[] = {
	{ "refused", QUERY_CODE_REFUSED, NULL, "code_refused" },
	{ "replayed", QUERY_CODE_REPLAYED, NULL, "code_replayed" },
	{ "too soon", QUERY_CODE_TOO_SOON, NULL, "too_soon" },
	{ "locked", QUERY_CODE_LOCKED, NULL, "locked" },
	{ "a word that is none", 99, NULL, "code_refused" },
	{ "true", QUERY_CODE_ACCEPTED, one, "code_refused" },
	{ "empty", QUERY_CODE_ACCEPTED, nothing, "code_refused" },
	{ "one bit off", QUERY_CODE_ACCEPTED, nearly, "code_refused" },
	{ "of another login", QUERY_CODE_ACCEPTED, other_question, "not_checked" },
	{ "of no login", QUERY_CODE_ACCEPTED, no_question, "not_checked" },
	{ "of half a login", QUERY_CODE_ACCEPTED, half_a_question, "not_checked" },
	{ "as a push", QUERY_CODE_ACCEPTED, as_pushed, "not_checked" },
	{ "as methods", QUERY_CODE_ACCEPTED, as_methods, "not_checked" },
	{ "as a failure", QUERY_CODE_ACCEPTED, as_failed, "not_checked" },
	{ "as an approval that nobody asked for", QUERY_CODE_ACCEPTED, as_answered, "not_checked" },
	{ "twice", QUERY_CODE_ACCEPTED, no_and_then_yes, "code_refused" },
	{ "late", QUERY_CODE_ACCEPTED, late, "not_checked" },
	{ "never", QUERY_CODE_ACCEPTED, gone, "not_checked" },
};

START_TEST(nothing_else_lets_anybody_in)
{
	struct http_act act = { .name = refused[_i].name, .methods = QUERY_CAN_CODE,
	    .coded = refused[_i].result, .code = refused[_i].code };
	struct login_script s = login_script(WORLD_USER, "123456");
	struct login_result r;

	make(ATTESTED, "tries = 2\n");
	s.begin.ms_left = 1000;
	http_start(&act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_msg(r.verdict == VERDICT_TRIES || r.verdict == VERDICT_DENY, "%s: verdict %x",
	    act.name, r.verdict);
	ck_assert_msg(login_records(&w, "login", refused[_i].reason) +
	    login_records(&w, "try", refused[_i].reason) +
	    login_records(&w, "code", refused[_i].reason) > 0, "%s: not %s", act.name,
	    refused[_i].reason);
}
END_TEST

/* The second is never taken for the answer to a question that was asked later. */
START_TEST(an_answer_that_is_left_over_answers_nothing)
{
	static const struct http_act act = { .name = "twice", .methods = QUERY_CAN_CODE,
	    .code = no_and_then_yes };
	struct login_script s = login_script(WORLD_USER, "123456");

	make(ATTESTED, "tries = 10\n");
	s.pause_ms = 50;
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_TRIES);
	ck_assert_uint_eq(http_seen->codes, 10);
}
END_TEST

START_TEST(a_wrong_code_counts_in_the_service_alone)
{
	static const struct http_act act = { .name = "refusing", .methods = QUERY_CAN_CODE,
	    .coded = QUERY_CODE_REFUSED };

	make(ATTESTED, "tries = 3\n");
	ck_assert_uint_eq(type(&accepting, NULL).verdict, VERDICT_GRANT);	/* is known here */
	(void)type(&act, NULL);
	ck_assert_uint_eq(http_seen->codes, 3);
	ck_assert_uint_eq(http_login_state(&w).failures, 0);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 3);
}
END_TEST

/* ---- what is never sent ---- */

START_TEST(without_the_setting_the_service_is_not_believed)
{
	struct login_result r;

	make(HTTP_CONFIGURATION, "tries = 1\n");
	r = type(&accepting, NULL);
	ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
	ck_assert_uint_eq(http_seen->codes, 0);
	ck_assert_uint_eq(login_records(&w, "try", "not_enrolled"), 1);
}
END_TEST

START_TEST(whoever_has_a_token_here_is_judged_here_alone)
{
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	r = type(&accepting, _i == 0 ? "123456" : "abcd-efgh-ijkl-mnop");
	ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
	ck_assert_uint_eq(http_seen->codes, 0);
	ck_assert_uint_eq(http_login_state(&w).failures, 1);
	ck_assert_uint_eq(type(&accepting, login_code(0)).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->codes, 0);
}
END_TEST

static void
gets_a_token(const char *text)
{
	if (strstr(text, "code") != NULL && http_seen->codes == 0)
		login_enrol(&w, WORLD_USER, OTP_TOTP);
}

START_TEST(a_token_that_comes_while_a_code_is_asked_for_counts_already)
{
	struct login_script s = login_script(WORLD_USER, "123456");

	make(ATTESTED, "tries = 1\n");
	s.seen = gets_a_token;
	http_start(&accepting);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_TRIES);
	http_stop();
	ck_assert_uint_eq(login_records(&w, "login", "code_accepted"), 0);
}
END_TEST

START_TEST(a_recovery_code_of_this_host_stays_here)
{
	make(ATTESTED, "tries = 1\n");
	give_recovery("abcd-efgh-ijkl-mnop");
	ck_assert_uint_eq(type(&accepting, "bbcd-efgh-ijkl-mnop").verdict, VERDICT_TRIES);
	ck_assert_uint_eq(http_login_state(&w).failures, 1);
	ck_assert_uint_eq(type(&accepting, "abcd-efgh-ijkl-mnop").verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->codes, 0);
	ck_assert_uint_eq(type(&accepting, "123456").verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->codes, 1);
}
END_TEST

START_TEST(what_is_no_code_is_not_sent)
{
	make(ATTESTED, "tries = 1\n");
	ck_assert_uint_eq(type(&accepting, "hello, world!").verdict, VERDICT_TRIES);
	ck_assert_uint_eq(http_seen->codes, 0);
}
END_TEST

START_TEST(whoever_has_to_wait_here_spends_nothing_there)
{
	make(ATTESTED, "tries = 1\ndelay_after = 1\n");
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_make(w.store, WORLD_USER), MFA_OK);
	ck_assert_int_eq(store_user_failed(w.store, WORLD_USER, time(NULL)), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	ck_assert_uint_eq(type(&accepting, NULL).verdict, VERDICT_TRIES);
	ck_assert_str_eq(http_seen->code, "-");
	ck_assert_uint_eq(login_records(&w, "try", "too_soon"), 1);
}
END_TEST

START_TEST(the_phone_is_not_asked_where_it_is_no_factor)
{
	static const struct http_act both = { .name = "both", .coded = QUERY_CODE_ACCEPTED,
	    .methods = QUERY_CAN_CODE | QUERY_CAN_PUSH };
	struct login_script s = login_script(WORLD_USER, "p");
	struct login_result r;

	make(ATTESTED, "factors = totp\ntries = 2\n");
	s.answers[1] = NULL;
	http_start(&both);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 0);
	ck_assert_ptr_null(strstr(r.prompt, "phone"));
}
END_TEST

/* ---- decoys, and a service that is not there ---- */

/* Nobody's code, so that nothing is counted or spent there; and in the same way,
 * so that it takes as long and can fail as well. */
START_TEST(a_decoy_asks_as_others_do)
{
	static const struct {
		struct http_act act;
		bool locked;
	} decoys[] = {
		{ { .name = "unknown", .methods = QUERY_PUSH_LOCKED, .coded = QUERY_CODE_ACCEPTED },
		    false },
		{ { .name = "locked", .methods = QUERY_CAN_CODE, .coded = QUERY_CODE_ACCEPTED },
		    true },
		{ { .name = "phone", .methods = QUERY_CAN_PUSH, .coded = QUERY_CODE_ACCEPTED,
		    .silent = true }, false },
	};
	struct login_result r;

	make(ATTESTED, "tries = 1\n");
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_make(w.store, WORLD_USER), MFA_OK);
	if (decoys[_i].locked)
		ck_assert_int_eq(store_user_lock(w.store, WORLD_USER, 1, "test"), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	r = type(&decoys[_i].act, NULL);
	ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
	ck_assert_uint_eq(http_seen->codes, 1);
	ck_assert_str_eq(http_seen->code, "-");
}
END_TEST

START_TEST(a_service_that_does_not_answer_looks_the_same_for_everybody)
{
	static const struct http_act acts[] = {
		{ .name = "enrolled", .methods = QUERY_CAN_CODE, .code = as_failed },
		{ .name = "unknown", .methods = QUERY_PUSH_LOCKED, .code = as_failed },
	};
	struct login_result r;

	make(ATTESTED, "tries = 2\nfactors = totp, recovery\n");
	r = type(&acts[_i], NULL);
	ck_assert_str_eq(r.prompt, "The approval service cannot check your code now. Try again, or "
	    "type a recovery code of this computer: ");
	ck_assert_uint_eq(login_records(&w, "code", "not_checked"), 2);
	ck_assert_uint_eq(login_records(&w, "login", "not_checked"), 1);
}
END_TEST

/* Nobody can answer the request that went with the service. */
START_TEST(a_request_that_was_lost_is_not_waited_for)
{
	static const struct http_act act = { .name = "other", .code = other_question,
	    .methods = QUERY_CAN_CODE | QUERY_CAN_PUSH, .coded = QUERY_CODE_ACCEPTED,
	    .silent = true };
	struct login_script s = login_script(WORLD_USER, "123456");
	struct login_result r;

	make(ATTESTED, "tries = 2\n");
	s.answers[1] = NULL;
	http_start(&act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_eq(r.prompts, 2);
	ck_assert_str_eq(r.prompt, "The approval service cannot check your code now. Try again, or "
	    "type a recovery code of this computer: ");
}
END_TEST

START_TEST(without_the_service_what_offline_names_is_left)
{
	static const struct http_act down = { .name = "down", .begin_failure = QUERY_UNREACHABLE };
	static const struct http_act failing = { .name = "failing", .methods = QUERY_CAN_CODE,
	    .code = as_failed };
	struct login_script s = login_script(WORLD_USER, "123456");

	make(ATTESTED, _i % 2 == 0 ? "" : "offline = totp\n");
	give_recovery("abcd-efgh-ijkl-mnop");
	s.answers[1] = "abcd-efgh-ijkl-mnop";
	http_start(_i < 2 ? &down : &failing);
	ck_assert_int_eq(login_run(&w, &s).verdict == VERDICT_GRANT, _i != 1);
	http_stop();
	ck_assert_uint_eq(http_seen->codes, _i < 2 ? 0 : 1);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_test(t, a_code_that_the_service_has_accepted_lets_in);
	tcase_add_test(t, so_does_a_recovery_code_that_this_host_has_none_of);
	tcase_add_test(t, whoever_logged_in_so_has_no_grace_whatever_the_service_says);
	tcase_add_test(t, a_phone_that_speaks_first_is_not_taken_for_the_answer);
	tcase_add_test(t, what_the_phone_said_meanwhile_is_heard_later);
	tcase_add_test(t, a_code_is_asked_about_after_the_last_request_to_the_phone);
	tcase_add_loop_test(t, nothing_else_lets_anybody_in, 0, COUNT(refused));
	tcase_add_test(t, an_answer_that_is_left_over_answers_nothing);
	tcase_add_test(t, a_wrong_code_counts_in_the_service_alone);
	tcase_add_test(t, without_the_setting_the_service_is_not_believed);
	tcase_add_loop_test(t, whoever_has_a_token_here_is_judged_here_alone, 0, 2);
	tcase_add_test(t, a_token_that_comes_while_a_code_is_asked_for_counts_already);
	tcase_add_test(t, a_recovery_code_of_this_host_stays_here);
	tcase_add_test(t, what_is_no_code_is_not_sent);
	tcase_add_test(t, whoever_has_to_wait_here_spends_nothing_there);
	tcase_add_test(t, the_phone_is_not_asked_where_it_is_no_factor);
	tcase_add_loop_test(t, a_decoy_asks_as_others_do, 0, 3);
	tcase_add_loop_test(t, a_service_that_does_not_answer_looks_the_same_for_everybody, 0, 2);
	tcase_add_test(t, a_request_that_was_lost_is_not_waited_for);
	tcase_add_loop_test(t, without_the_service_what_offline_names_is_left, 0, 4);
}

int
main(void)
{
	return http_login_main(&w, "server_code", add);
}
