/* SPDX-License-Identifier: BSD-2-Clause */
/* Logins through the shipped mfad, as host and phone see them. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "api_world.h"

#define KEY	"aaaaaaaaaaaaaaaaaaaaaa"
#define AT_ONCE	1000	/* ms, far below every wait here */

static struct api_host web;
static struct api_phone anna;
static char login[32];

static void
setup(void)
{
	api_start("");
	web = api_host("web1.example.org");
	anna = api_phone(&web, "anna");
}

static void
teardown(void)
{
	api_stop();
}

static void
ask_host_poll(struct asked *a, const char *id)
{
	api_world_ask(a, web.credential, "GET", api_path("/v1/logins/%s?wait=50", id), NULL);
	ck_assert(api_waits(a, 200));
}

static int64_t
seq(void)
{
	ck_assert_int_eq(api_get(anna.credential, "/v1/device/logins"), 200);
	return api_world_number("seq");
}

static void
ask_phone_poll(struct asked *a)
{
	api_world_ask(a, anna.credential, "GET", api_path("/v1/device/logins?wait=50&after=%lld",
	    (long long)seq()), NULL);
	ck_assert(api_waits(a, 200));
}

static size_t
pending(void)
{
	struct json_object *list = NULL;

	ck_assert(json_object_object_get_ex(api_json(), "logins", &list));
	return json_object_array_length(list);
}

START_TEST(an_approval_reaches_the_host_at_once)
{
	struct asked phone, host;
	struct json_object *answer = NULL;
	int64_t began;

	ask_phone_poll(&phone);
	began = now_ms();
	api_login(&web, "anna", login);
	ck_assert_int_eq(api_answer(&phone), 200);
	ck_assert_uint_eq(pending(), 1);
	ck_assert_int_lt(now_ms() - began, AT_ONCE);
	ask_host_poll(&host, login);
	began = now_ms();
	ck_assert_int_eq(api_reply(&anna, login, "approve"), 204);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_int_lt(now_ms() - began, AT_ONCE);
	ck_assert_str_eq(api_world_text("state"), "answered");
	ck_assert(json_object_object_get_ex(api_json(), "answer", &answer));
	ck_assert(api_has("\"decision\":\"approve\"") && api_has("\"signature\":\"c2ln\"") &&
	    api_has("pam_mfa device 1\\nuser anna\\n"));
	ck_assert_str_eq(api_state(&anna, login), "answered");
	ck_assert_int_eq(api_world_close(&web, login, "granted"), 204);
	ck_assert_str_eq(api_state(&anna, login), "granted");
	ck_assert_int_eq(api_world_close(&web, login, "refused"), 204);
	ck_assert_str_eq(api_state(&anna, login), "granted");
	API_PROBLEM(409, "already-answered", NULL, api_reply(&anna, login, "deny"));
	ck_assert_int_eq(metric(&api, "mfad_logins_ended_total{outcome=\"granted\"}"), 1);
	ck_assert_int_eq(metric(&api, "mfad_logins_ended_total{outcome=\"refused\"}"), 0);
	ck_assert_int_eq(metric(&api, "mfad_logins_answered_total{decision=\"approve\"}"), 1);
}
END_TEST

static const char *const outcomes[] = { "granted", "code", "wrong_number", "refused",
    "cancelled" };

START_TEST(a_close_wakes_the_phone_and_the_host)
{
	struct asked phone, host;

	api_login(&web, "anna", login);
	ask_phone_poll(&phone);
	ask_host_poll(&host, login);
	ck_assert_int_eq(api_world_close(&web, login, outcomes[_i]), 204);
	ck_assert_int_eq(api_answer(&phone), 200);
	ck_assert_uint_eq(pending(), 0);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_state(&anna, login), strcmp(outcomes[_i], "code") == 0 ?
	    "cancelled" : outcomes[_i]);
	API_PROBLEM(410, "gone", NULL, api_reply(&anna, login, "approve"));
}
END_TEST

START_TEST(a_host_that_leaves_has_cancelled)
{
	struct asked phone, host;
	int64_t began;

	api_login(&web, "anna", login);
	ask_host_poll(&host, login);
	ask_phone_poll(&phone);
	began = now_ms();
	client_reset(&host.client);
	ck_assert_int_eq(api_answer(&phone), 200);
	ck_assert_uint_eq(pending(), 0);
	ck_assert_int_ge(now_ms() - began, 900);
	ck_assert_int_lt(now_ms() - began, 2000);
	ck_assert_str_eq(api_state(&anna, login), "cancelled");
	ck_assert_int_eq(metric(&api, "mfad_logins_ended_total{outcome=\"cancelled\"}"), 1);
}
END_TEST

START_TEST(one_that_comes_back_has_not)
{
	struct asked host;
	int i;

	api_login(&web, "anna", login);
	for (i = 0; i < 5; i++) {
		ask_host_poll(&host, login);
		client_close(&host.client);
		usleep(300000);
	}
	ask_host_poll(&host, login);
	ck_assert(api_waits(&host, 1500));
	ck_assert_int_eq(api_reply(&anna, login, "approve"), 204);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "answered");
}
END_TEST

START_TEST(one_of_two_polls_may_end)
{
	struct asked host, other;

	api_login(&web, "anna", login);
	ask_host_poll(&host, login);
	ask_host_poll(&other, login);
	client_close(&host.client);
	ck_assert(api_waits(&other, 1500));
	client_close(&other.client);
	ck_assert(api_state_becomes(&anna, login, "cancelled", 2000));
}
END_TEST

START_TEST(another_host_does_not_keep_it)
{
	struct api_host db = api_host("db1");
	struct asked host;

	api_login(&web, "anna", login);
	ask_host_poll(&host, login);
	client_close(&host.client);
	API_PROBLEM(404, "not-found", NULL, api_get(db.credential, "/v1/logins/%s", login));
	ck_assert(api_state_becomes(&anna, login, "cancelled", 2000));
}
END_TEST

/* The phone of a user whose answer the host has not fetched. */
START_TEST(a_host_that_leaves_after_the_answer)
{
	struct asked host;

	api_login(&web, "anna", login);
	ask_host_poll(&host, login);
	ck_assert_int_eq(api_reply(&anna, login, "approve"), 204);
	ck_assert_int_eq(api_answer(&host), 200);
	usleep(1500000);
	ck_assert_str_eq(api_state(&anna, login), "answered");
}
END_TEST

START_TEST(time_ends_both_polls)
{
	struct asked phone, host;
	int64_t after;

	ck_assert_int_eq(api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", 2)), 201);
	snprintf(login, sizeof(login), "%s", api_world_text("login"));
	after = seq();
	api_world_ask(&phone, anna.credential, "GET",
	    api_path("/v1/device/logins?wait=50&after=%lld", (long long)after), NULL);
	api_world_ask(&host, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "expired");
	ck_assert_int_eq(api_answer(&phone), 200);
	ck_assert_uint_eq(pending(), 0);
	ck_assert_str_eq(api_state(&anna, login), "expired");
	API_PROBLEM(410, "gone", NULL, api_reply(&anna, login, "approve"));
	ck_assert_int_eq(metric(&api, "mfad_logins_ended_total{outcome=\"expired\"}"), 1);
}
END_TEST

START_TEST(a_wait_that_is_over_says_what_is)
{
	int64_t began = now_ms();

	ck_assert_int_eq(api_get(anna.credential, "/v1/device/logins?wait=1"), 200);
	ck_assert_uint_eq(pending(), 0);
	ck_assert_int_ge(now_ms() - began, 900);
	api_login(&web, "anna", login);
	began = now_ms();
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s?wait=1", login), 200);
	ck_assert_str_eq(api_world_text("state"), "waiting");
	ck_assert_int_ge(now_ms() - began, 900);
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", login), 200);
	ck_assert_str_eq(api_world_text("state"), "waiting");
}
END_TEST

START_TEST(a_repeated_login_is_one)
{
	const char *body = api_login_body("anna", 60);
	char first[512], other[32];

	ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/logins", body, KEY), 201);
	snprintf(first, sizeof(first), "%s", api_body());
	ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/logins", body, KEY), 201);
	ck_assert_str_eq(api_body(), first);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(web.credential, "POST",
	    "/v1/logins", api_login_body("anna", 59), KEY));
	ck_assert_int_eq(api_get(ADMIN, "/v1/logins"), 200);
	ck_assert_uint_eq(pending(), 1);
	API_PROBLEM(409, "already-waiting", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", 60)));
	API_PROBLEM(400, "invalid", "Idempotency-Key", api_call_once(web.credential, "POST",
	    "/v1/logins", api_login_body("anna", 60), "short"));
	ck_assert_int_eq(metric(&api, "mfad_logins_opened_total"), 1);
	/* Another host's key is another key. */
	struct api_host db = api_host("db1");
	struct api_phone bert = api_phone(&web, "bert");

	(void)bert;
	ck_assert_int_eq(api_call_once(db.credential, "POST", "/v1/logins",
	    api_login_body("bert", 60), KEY), 201);
	snprintf(other, sizeof(other), "%s", api_world_text("login"));
	ck_assert_ptr_null(strstr(first, other));
}
END_TEST

START_TEST(a_repeated_answer_is_one)
{
	static const char body[] = "{\"decision\":\"report\",\"signature\":\"c2ln\"}";
	const char *path;
	int i;

	api_login(&web, "anna", login);
	path = api_path("/v1/device/logins/%s/answer", login);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(api_call_once(anna.credential, "POST", path, body, KEY), 204);
	ck_assert_int_eq(metric(&api, "mfad_logins_answered_total{decision=\"report\"}"), 1);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(anna.credential, "POST", path,
	    "{\"decision\":\"deny\",\"signature\":\"c2ln\"}", KEY));
	API_PROBLEM(409, "already-answered", NULL, api_call(anna.credential, "POST", path, body));
}
END_TEST

START_TEST(a_report_locks_the_phones_and_alerts)
{
	struct asked host;

	api_login(&web, "anna", login);
	ask_host_poll(&host, login);
	ck_assert_int_eq(api_reply(&anna, login, "report"), 204);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert(api_has("\"decision\":\"report\""));
	ck_assert_int_eq(api_world_close(&web, login, "refused"), 204);
	API_PROBLEM(423, "push-locked", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", 60)));
	ck_assert(mfad_logged(&api, "reported user=anna host=web1.example.org service=sshd "
	    "origin=192.0.2.1 "));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"push_locked\":true"));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/lock?what=push", NULL), 204);
	api_login(&web, "anna", login);
}
END_TEST

START_TEST(who_has_no_phone_cannot_be_asked)
{
	static const char *const users[] = { "nobody", "%C3%A9" };

	API_PROBLEM(404, "no-device", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_login_body(users[0], 60)));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/%s", users[1]), 200);
	ck_assert_str_eq(api_world_text("user"), "\xc3\xa9");
	ck_assert(api_has("\"methods\":[]"));
}
END_TEST

START_TEST(three_unanswered_are_enough)
{
	int i;

	for (i = 0; i < 3; i++) {
		api_login(&web, "anna", login);
		ck_assert_int_eq(api_world_close(&web, login, "cancelled"), 204);
	}
	API_PROBLEM(429, "too-many-unanswered", NULL, api_call(web.credential, "POST",
	    "/v1/logins", api_login_body("anna", 60)));
	ck_assert(api_has("\r\nRetry-After: "));
}
END_TEST

START_TEST(a_login_must_have_its_form)
{
	static const struct {
		const char *from, *to, *field;
	} bad[] = {
		{ "\"anna\"", "\"\"", "user" }, { "\"anna\"", "\"a\\u0007\"", "user" },
		{ "\"anna\"", "\"a\\u0000b\"", "user" }, { "\"sshd\"", "\"\"", "service" },
		{ "AAAAAAAAAAAAAAAAAAAAAA", "AAAA", "nonce" },
		{ "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA!", "nonce" },
		{ ":6}", ":9}", "digits" }, { ":6}", ":-4294967290}", "digits" },
		{ ":6}", ":6.0}", "digits" }, { ":6}", ":1e1}", "digits" },
		{ ":6}", ":6,\"push\":1}", "push" },
		{ ":6}", ":6,\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", NULL },
		{ ":6}", ":6,\"n\\u006fnce\":\"AAAAAAAAAAAAAAAAAAAAAA\"}", NULL },
		{ ":6}", ":6}{", NULL }, { ":6}", ":6,}", NULL }, { ":6}", ":[6]}", NULL },
	};
	const char *good = api_login_body("anna", 60), *at;
	char body[1024];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_ptr_nonnull(at = strstr(good, bad[i].from));
		snprintf(body, sizeof(body), "%.*s%s%s", (int)(at - good), good, bad[i].to,
		    at + strlen(bad[i].from));
		API_PROBLEM(400, "invalid", bad[i].field, api_call(web.credential, "POST",
		    "/v1/logins", body));
	}
	API_PROBLEM(400, "invalid", "expires", api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", 200)));
	API_PROBLEM(400, "invalid", "expires", api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", -1)));
	api_login(&web, "anna", login);
	API_PROBLEM(400, "invalid", "outcome", api_world_close(&web, login, "won"));
	API_PROBLEM(400, "invalid", "decision", api_reply(&anna, login, "yes"));
	API_PROBLEM(400, "invalid", "client_data", api_call(anna.credential, "POST",
	    api_path("/v1/device/logins/%s/answer", login),
	    "{\"decision\":\"deny\",\"signature\":\"aaaa\",\"client_data\":\"aaaa\"}"));
	API_PROBLEM(400, "invalid", "wait", api_get(web.credential, "/v1/logins/%s?wait=56", login));
	API_PROBLEM(400, "invalid", "wait", api_get(anna.credential, "/v1/device/logins?wait=x"));
	API_PROBLEM(400, "invalid", "after", api_get(anna.credential,
	    "/v1/device/logins?after=-1"));
}
END_TEST

START_TEST(another_user_s_login_is_not_there)
{
	struct api_phone bert = api_phone(&web, "bert");

	api_login(&web, "anna", login);
	API_PROBLEM(404, "not-found", NULL, api_reply(&bert, login, "approve"));
	API_PROBLEM(404, "not-found", NULL, api_get(bert.credential, "/v1/device/logins/%s",
	    login));
	ck_assert_int_eq(api_get(bert.credential, "/v1/device/logins"), 200);
	ck_assert_uint_eq(pending(), 0);
	API_PROBLEM(404, "not-found", NULL, api_reply(&anna, "l_AAAAAAAAAAAAAAAAAAAAAA", "deny"));
	API_PROBLEM(404, "not-found", NULL, api_world_close(&web, "l_AAAAAAAAAAAAAAAAAAAAAA", "code"));
	API_PROBLEM(404, "not-found", NULL, api_world_close(&web,
	    "l_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "code"));
	API_PROBLEM(404, "not-found", NULL, api_get(web.credential, "/v1/logins/x?wait=5"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_login");
	TCase *tc = tcase_create("login");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_approval_reaches_the_host_at_once);
	tcase_add_loop_test(tc, a_close_wakes_the_phone_and_the_host, 0, 5);
	tcase_add_test(tc, a_host_that_leaves_has_cancelled);
	tcase_add_test(tc, one_that_comes_back_has_not);
	tcase_add_test(tc, one_of_two_polls_may_end);
	tcase_add_test(tc, another_host_does_not_keep_it);
	tcase_add_test(tc, a_host_that_leaves_after_the_answer);
	tcase_add_test(tc, time_ends_both_polls);
	tcase_add_test(tc, a_wait_that_is_over_says_what_is);
	tcase_add_test(tc, a_repeated_login_is_one);
	tcase_add_test(tc, a_repeated_answer_is_one);
	tcase_add_test(tc, a_report_locks_the_phones_and_alerts);
	tcase_add_test(tc, who_has_no_phone_cannot_be_asked);
	tcase_add_test(tc, three_unanswered_are_enough);
	tcase_add_test(tc, a_login_must_have_its_form);
	tcase_add_test(tc, another_user_s_login_is_not_there);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
