/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls and texts: mfad between login hosts and mfa-call, which is played.  What is asked
 * for, and what is keyed in.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "call_world.h"

#define CALL	"\"method\":\"call\""
#define TEXT	"\"method\":\"text\""
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct api_host web, db;
static char login[32];

static void
setup(void)
{
	call_world_start("");
	web = api_host("web1.example.org");
	db = api_host("db1");
}

static void
teardown(void)
{
	call_world_stop();
}

/* ---- what is keyed in ---- */

START_TEST(what_is_keyed_in_reaches_the_host_and_nobody_else)
{
	struct asked a;
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	ck_assert_uint_eq(d.type, DIAL_CALL);
	ck_assert_str_eq(d.to, CALL_MOBILE);
	ck_assert_str_eq(d.id, login);
	ck_assert_uint_eq(d.form, DIAL_WANTS_NUMBER);
	ck_assert_uint_eq(d.digits, 6);
	ck_assert_str_eq(d.language, "nl");
	ck_assert_str_eq(d.organisation, "Acme");
	ck_assert_str_eq(d.host, "web1.example.org");
	ck_assert_str_eq(d.service, "sshd");
	ck_assert_uint_gt(d.ms_left, 50000);
	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 200));
	call_world_pick_up(fd);
	call_world_keys(fd, "482913");
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "keyed");
	ck_assert_str_eq(api_world_text("keys"), "482913");
	/* It stays until it is judged. */
	ck_assert_str_eq(call_world_state(&web, login), "keyed");
	ck_assert_int_eq(api_get(db.credential, "/v1/logins/%s", login), 404);
	ck_assert_int_eq(api_world_close(&web, login, "granted"), 204);
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_THANKS);
	call_world_end(fd, DIAL_DONE);
	ck_assert(metric_becomes(&api, "mfad_calls_total{event=\"approved\"}", 1));
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"call\"}"), 2);
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"answered\"}"), 1);
	ck_assert(metric_becomes(&api, "mfad_calls_ended_total{outcome=\"done\"}", 2));
	ck_assert_int_eq(metric(&api, "mfad_calls_units_total"), 6);
	ck_assert(mfad_keeps(&api, "anna"));
	ck_assert(!mfad_keeps(&api, "482913"));
}
END_TEST

/* It may ring for long, and then the person has to listen. */
START_TEST(a_call_lasts_as_long_as_its_login)
{
	const char *body;
	struct dial d;

	call_world_telephone("anna", CALL_MOBILE);
	body = api_login_body("anna", 115);
	ck_assert_int_eq(api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s," CALL "}", (int)strlen(body) - 1, body)), 201);
	call_world_end(call_world_accept(&d), DIAL_BUSY);
	ck_assert_uint_gt(d.ms_left, 100000);
	ck_assert_uint_le(d.ms_left, 115000);
}
END_TEST

/* The host has the keys, and waits for a person's Enter longer than for anything else. */
START_TEST(a_host_that_was_told_the_keys_may_take_its_time)
{
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_keys(fd, "482913");
	ck_assert_str_eq(call_world_state(&web, login), "keyed");
	ck_assert(call_world_goes_on(fd, 12000));
	ck_assert_int_eq(api_world_close(&web, login, "granted"), 204);
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_THANKS);
	call_world_end(fd, DIAL_DONE);
}
END_TEST

static int
judge_wrong(void)
{
	return api_call(web.credential, "POST", api_path("/v1/logins/%s/keys", login),
	    "{\"right\":false}");
}

START_TEST(wrong_keys_are_asked_for_once_more_and_no_more)
{
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	ck_assert_int_eq(judge_wrong(), 410);
	call_world_keys(fd, "121212");
	ck_assert_str_eq(call_world_state(&web, login), "keyed");
	ck_assert_int_eq(api_call(db.credential, "POST", api_path("/v1/logins/%s/keys", login),
	    "{\"right\":false}"), 404);
	ck_assert_int_eq(api_call(web.credential, "POST", api_path("/v1/logins/%s/keys", login),
	    "{\"right\":true}"), 400);
	ck_assert_int_eq(judge_wrong(), 200);
	ck_assert(api_has("{\"again\":true}"));
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_ONCE_MORE);
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", login), 200);
	ck_assert_str_eq(api_world_text("state"), "waiting");
	call_world_keys(fd, "343434");
	ck_assert_str_eq(call_world_state(&web, login), "keyed");
	ck_assert_str_eq(api_world_text("keys"), "343434");
	ck_assert_int_eq(judge_wrong(), 200);
	ck_assert(api_has("{\"again\":false}"));
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_WRONG);
	ck_assert_int_eq(api_world_close(&web, login, "wrong_number"), 204);
	call_world_end(fd, DIAL_DONE);
}
END_TEST

static void
hears(int fd, uint32_t say)
{
	struct dial d;

	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, say);
}

/* It is no number, so it is no wrong one: the host hears of it when it happens again. */
START_TEST(a_key_that_comes_through_twice_is_asked_for_once_more)
{
	struct asked a;
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_poll(&web, login, &a);
	call_world_pick_up(fd);
	call_world_keys(fd, "4882913");
	hears(fd, DIAL_TWICE);
	ck_assert(api_waits(&a, 100));
	if (_i == 0) {
		call_world_keys(fd, "482913");
		ck_assert_int_eq(api_answer(&a), 200);
		ck_assert_str_eq(api_world_text("keys"), "482913");
		ck_assert_int_eq(judge_wrong(), 200);
		ck_assert(api_has("{\"again\":true}"));
		hears(fd, DIAL_ONCE_MORE);
		call_world_poll(&web, login, &a);
	}
	call_world_keys(fd, "482933");
	hears(fd, DIAL_OVER);
	call_world_end(fd, DIAL_DONE);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "twice");
	ck_assert(metric_becomes(&api, "mfad_calls_total{event=\"refused\"}", 1));
}
END_TEST

START_TEST(zero_says_that_it_was_not_me)
{
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_keys(fd, "0");
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_REPORTED);
	ck_assert_str_eq(call_world_state(&web, login), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "reported");
	call_world_end(fd, DIAL_DONE);
	API_PROBLEM(423, "push-locked", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s," CALL "}", (int)strlen(api_login_body("anna", 60)) - 1,
	    api_login_body("anna", 60))));
	ck_assert(mfad_logged(&api, "user=anna"));
}
END_TEST

/* ---- how many ---- */

START_TEST(one_call_of_a_user_at_a_time)
{
	char other[32];
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	API_PROBLEM(409, "already-waiting", NULL, api_call(db.credential, "POST", "/v1/logins",
	    api_path("%.*s," CALL "}", (int)strlen(api_login_body("anna", 60)) - 1,
	    api_login_body("anna", 60))));
	ck_assert(call_world_quiet(100));
	(void)api_phone(&web, "anna");
	/* A phone is another line. */
	api_login(&web, "anna", other);
	call_world_end(fd, DIAL_BUSY);
}
END_TEST

/* A repeated request is one call: its answer was lost. */
START_TEST(repeated_it_rings_once)
{
	char body[512];
	struct dial d;
	int fd, i;

	call_world_telephone("anna", CALL_MOBILE);
	snprintf(body, sizeof(body), "%.*s," CALL "}", (int)strlen(api_login_body("anna", 60)) - 1,
	    api_login_body("anna", 60));
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/logins", body,
		    "0123456789abcdef012345"), 201);
	fd = call_world_accept(&d);
	ck_assert(call_world_quiet(200));
	call_world_end(fd, DIAL_BUSY);
}
END_TEST

START_TEST(an_hour_has_so_many)
{
	struct dial d;
	int i;

	call_world_stop();
	call_world_start("calls_per_user = 3\n");
	web = api_host("web1.example.org");
	call_world_telephone("anna", CALL_MOBILE);
	for (i = 0; i < 2; i++) {
		call_world_login(&web, "anna", i == 0 ? CALL : TEXT, login);
		call_world_end(call_world_accept(&d), DIAL_GATEWAY);
		ck_assert_str_eq(call_world_state(&web, login), "cancelled");
	}
	API_PROBLEM(429, "too-many-calls", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s," CALL "}", (int)strlen(api_login_body("anna", 60)) - 1,
	    api_login_body("anna", 60))));
	ck_assert(api_has("\r\nRetry-After: "));
	API_PROBLEM(429, "too-many-calls", NULL, api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones", "{\"number\":\"+31687654321\",\"vouched\":true}"));
}
END_TEST

/* ---- bad input ---- */

static const struct { const char *members, *field; } bad_logins[] = {
	{ "\"method\":\"fax\"", "method" }, { CALL ",\"form\":\"star\"", "form" },
	{ TEXT ",\"form\":\"hash\"", "form" }, { "\"form\":\"hash\"", "form" },
	{ CALL ",\"language\":\"xx\"", "language" },
};

START_TEST(a_login_must_have_its_form)
{
	const char *body = api_login_body("anna", 60);

	API_PROBLEM(400, "invalid", bad_logins[_i].field, api_call(web.credential, "POST",
	    "/v1/logins", api_path("%.*s,%s}", (int)strlen(body) - 1, body,
	    bad_logins[_i].members)));
}
END_TEST

/* ---- no line ---- */

START_TEST(what_there_is_no_line_for_is_not_asked)
{
	const char *body;

	call_world_stop();
	call_world_start("telephone = call\n");
	web = api_host("web1.example.org");
	call_world_telephone("anna", CALL_MOBILE);
	body = api_login_body("anna", 60);
	API_PROBLEM(409, "no-gateway", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s," TEXT "}", (int)strlen(body) - 1, body)));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"methods\":[\"call\"]"));
}
END_TEST

START_TEST(without_a_line_nobody_is_called)
{
	const char *body;

	call_world_stop();
	api_start("");
	web = api_host("web1.example.org");
	API_PROBLEM(409, "no-gateway", NULL, api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"));
	body = api_login_body("anna", 60);
	API_PROBLEM(404, "no-device", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s," CALL "}", (int)strlen(body) - 1, body)));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_call");
	TCase *t = tcase_create("api_call");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, what_is_keyed_in_reaches_the_host_and_nobody_else);
	tcase_add_test(t, a_call_lasts_as_long_as_its_login);
	tcase_add_test(t, a_host_that_was_told_the_keys_may_take_its_time);
	tcase_add_test(t, wrong_keys_are_asked_for_once_more_and_no_more);
	tcase_add_loop_test(t, a_key_that_comes_through_twice_is_asked_for_once_more, 0, 2);
	tcase_add_test(t, zero_says_that_it_was_not_me);
	tcase_add_test(t, one_call_of_a_user_at_a_time);
	tcase_add_test(t, repeated_it_rings_once);
	tcase_add_test(t, an_hour_has_so_many);
	tcase_add_loop_test(t, a_login_must_have_its_form, 0, COUNT(bad_logins));
	tcase_add_test(t, what_there_is_no_line_for_is_not_asked);
	tcase_add_test(t, without_a_line_nobody_is_called);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
