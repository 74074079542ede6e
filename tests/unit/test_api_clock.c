/* SPDX-License-Identifier: BSD-2-Clause */
/* The wall clock of the shipped mfad is set while it runs. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../common/otp.h"
#include "../suite.h"
#include "api_world.h"
#include "error.h"

#define HOUR	3600
#define CODE	"/v1/users/anna/code"
#define SECRET	"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"	/* of RFC 6238 */

static struct api_host web;
static struct api_phone anna, bert;
static int64_t off;

static void
set_clock(int64_t seconds)
{
	off = seconds;
	mfad_clock(&api, off);
}

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&api, "");
	api.steered = true;
	set_clock(0);
	mfad_start(&api, "mfad");
	web = api_host("web1.example.org");
	anna = api_phone(&web, "anna");
	bert = api_phone(&web, "bert");
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/tokens",
	    "{\"name\":\"phone\",\"secret\":\"" SECRET "\"}"), 201);
}

static void
teardown(void)
{
	api_stop();
}

/* Of so many seconds from what the clock of mfad shows. */
static const char *
code_at(int64_t from_now)
{
	static char code[OTP_CODE_MAX];
	struct secret key;

	ck_assert_int_eq(otp_key_import(SECRET, &key), MFA_OK);
	ck_assert_int_eq(otp_code(&otp_default, &key,
	    (uint64_t)((int64_t)time(NULL) + off + from_now) / 30, code), MFA_OK);
	return code;
}

static void
early_in_a_step(void)
{
	while (time(NULL) % 30 >= 20)
		mfad_pause();
}

static const char *
type(const char *code)
{
	ck_assert_int_eq(api_call(web.credential, "POST", CODE,
	    api_path("{\"code\":\"%s\"}", code)), 200);
	return api_world_text("result");
}

static void
is_not_accepted(const char *code)
{
	ck_assert_str_ne(type(code), "accepted");
}

static void
open_login(const char *user, int64_t life, char id[32])
{
	ck_assert_int_eq(api_call(web.credential, "POST", "/v1/logins",
	    api_login_body(user, off + life)), 201);
	snprintf(id, 32, "%s", api_world_text("login"));
}

static void
ask_poll(struct asked *a, const char *id, int wait)
{
	api_world_ask(a, web.credential, "GET", api_path("/v1/logins/%s?wait=%d", id, wait), NULL);
	ck_assert(api_waits(a, 200));
}

START_TEST(an_hour_ahead_what_waited_has_expired)
{
	char login[32], next[32];
	struct asked host;
	int64_t began;

	early_in_a_step();
	began = now_ms();
	open_login("anna", 5, login);
	ask_poll(&host, login, 50);
	set_clock(HOUR);
	API_PROBLEM(410, "gone", NULL, api_reply(&anna, login, "approve"));
	ck_assert_str_eq(api_state(&anna, login), "expired");
	ck_assert(mfad_logged(&api, "the clock was set forward by 3"));
	open_login("anna", 60, next);
	ck_assert_int_eq(api_reply(&anna, next, "approve"), 204);
	is_not_accepted(code_at(-HOUR));
	ck_assert_str_eq(type(code_at(0)), "accepted");
	/* Its poll ends no later than it would have. */
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "expired");
	ck_assert_int_lt(now_ms() - began, 7000);
}
END_TEST

/* What is spent, before the clock is set back. */
struct spent {
	char code[OTP_CODE_MAX], recovery[24], pass[64], token[80], login[32];
};

static void
spend(struct spent *s)
{
	struct json_object *list = NULL;

	early_in_a_step();
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/recovery", "{}"), 201);
	ck_assert(json_object_object_get_ex(api_json(), "codes", &list));
	snprintf(s->recovery, sizeof(s->recovery), "%s", json_object_get_string(
	    json_object_array_get_idx(list, 0)));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/passes",
	    "{\"life\":600,\"uses\":1}"), 201);
	snprintf(s->pass, sizeof(s->pass), "%s", api_world_text("pass"));
	snprintf(s->code, sizeof(s->code), "%s", code_at(0));
	ck_assert_str_eq(type(s->recovery), "accepted");
	ck_assert_str_eq(type(s->pass), "accepted");
	ck_assert_str_eq(type(s->code), "accepted");
	api_token("db1", s->token);
	ck_assert_int_eq(api_call(ANYBODY, "POST", "/v1/hosts",
	    api_path("{\"token\":\"%s\"}", s->token)), 201);
	open_login("anna", 60, s->login);
	ck_assert_int_eq(api_reply(&anna, s->login, "approve"), 204);
}

static void
stays_spent(const struct spent *s)
{
	is_not_accepted(s->code);
	is_not_accepted(s->recovery);
	is_not_accepted(s->pass);
	API_PROBLEM(403, "bad-token", NULL, api_call(ANYBODY, "POST", "/v1/hosts",
	    api_path("{\"token\":\"%s\"}", s->token)));
	API_PROBLEM(409, "already-answered", NULL, api_reply(&anna, s->login, "approve"));
	ck_assert_int_eq(api_world_close(&web, s->login, "granted"), 204);
	API_PROBLEM(409, "already-answered", NULL, api_reply(&anna, s->login, "approve"));
}

START_TEST(an_hour_back_what_was_spent_stays_so)
{
	struct spent s;

	spend(&s);
	set_clock(-HOUR);
	stays_spent(&s);
	ck_assert(mfad_logged(&api, "the clock was set back by 3"));
	/* A step below one that was used, though nobody has typed this one. */
	ck_assert_str_eq(type(code_at(0)), "replayed");
	set_clock(0);
	ck_assert_str_eq(type(code_at(30)), "accepted");
}
END_TEST

START_TEST(an_hour_back_logins_go_on_and_end)
{
	char login[32], old[32];
	struct asked host;
	int64_t began;

	open_login("bert", 60, old);
	set_clock(-HOUR);
	began = now_ms();
	ask_poll(&host, old, 3);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "waiting");
	ck_assert_int_lt(now_ms() - began, 5000);
	/* Its host ends it, by a clock that nobody sets. */
	ask_poll(&host, old, 50);
	client_close(&host.client);
	ck_assert(api_state_becomes(&bert, old, "cancelled", 3000));
	open_login("anna", 60, login);
	ask_poll(&host, login, 50);
	ck_assert_int_eq(api_reply(&anna, login, "approve"), 204);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "answered");
	open_login("bert", 3, login);
	ask_poll(&host, login, 50);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "expired");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_clock");
	TCase *tc = tcase_create("clock");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_hour_ahead_what_waited_has_expired);
	tcase_add_test(tc, an_hour_back_what_was_spent_stays_so);
	tcase_add_test(tc, an_hour_back_logins_go_on_and_end);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
