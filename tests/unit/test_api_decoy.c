/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoys over the API: to their host they are logins, to everybody else nothing.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "call_world.h"

static struct api_host web;
static struct api_phone anna;

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

static int
open_decoy(const char *user, int64_t life, char id[32])
{
	const char *asked = api_login_body(user, life);
	char body[512];
	int status;

	snprintf(body, sizeof(body), "%.*s,\"decoy\":true}", (int)strlen(asked) - 1, asked);
	if ((status = api_call(web.credential, "POST", "/v1/logins", body)) == 201)
		snprintf(id, 32, "%s", api_world_text("login"));
	return status;
}

/* As one whose phone says nothing, to its end; and no login is counted. */
START_TEST(a_decoy_waits_and_is_counted_nowhere)
{
	struct asked phone, host;
	char id[32], other[32];

	ck_assert_int_eq(api_get(anna.credential, "/v1/device/logins"), 200);
	api_world_ask(&phone, anna.credential, "GET", api_path("/v1/device/logins?wait=50&after="
	    "%lld", (long long)api_world_number("seq")), NULL);
	ck_assert_int_eq(open_decoy("anna", 2, id), 201);
	ck_assert(api_has("\"state\":\"waiting\",\"methods\":[\"push\"]"));
	API_PROBLEM(409, "already-waiting", NULL, open_decoy("anna", 60, other));
	api_world_ask(&host, web.credential, "GET", api_path("/v1/logins/%s?wait=50", id), NULL);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "expired");
	ck_assert_int_eq(api_world_close(&web, id, "cancelled"), 204);
	ck_assert_int_eq(api_get(ADMIN, "/v1/logins"), 200);
	ck_assert(api_has("\"logins\":[]"));
	ck_assert_int_eq(api_get(ADMIN, "/metrics"), 200);
	ck_assert(api_has("\nmfad_logins_opened_total 0\n"));
	ck_assert(!api_has("outcome=\"expired\"} 1") && !api_has("outcome=\"cancelled\"} 1"));
	ck_assert(api_waits(&phone, 0));
	client_close(&phone.client);
}
END_TEST

START_TEST(a_host_that_leaves_a_decoy_has_cancelled_it)
{
	struct asked host;
	char id[32], other[32];
	int64_t end = now_ms() + PATIENCE_MS;

	ck_assert_int_eq(open_decoy("nobody", 60, id), 201);
	api_world_ask(&host, web.credential, "GET", api_path("/v1/logins/%s?wait=50", id), NULL);
	ck_assert(api_waits(&host, 200));
	client_close(&host.client);
	while (open_decoy("nobody", 60, other) == 409)
		ck_assert(now_ms() < end);
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", id), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
}
END_TEST

/* ---- of calls and texts ---- */

#define CALL	"\"method\":\"call\",\"decoy\":true"
#define TEXT	"\"method\":\"text\",\"decoy\":true"
#define LINES	200	/* of mfad's, DIALLER_MOST */

static void
call_setup(void)
{
	call_world_start("");
	web = api_host("web1.example.org");
}

static void
call_teardown(void)
{
	call_world_stop();
}

static void
ask_poll(struct asked *host, const char *id)
{
	api_world_ask(host, web.credential, "GET", api_path("/v1/logins/%s?wait=50", id), NULL);
}

static void
ends_so(struct asked *host, const char *why)
{
	ck_assert_int_eq(api_answer(host), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), why);
}

/* mfa-call, which knows how long that is, is told of a call to nobody. */
START_TEST(a_decoy_of_a_call_ends_like_one_that_is_not_picked_up)
{
	struct asked host;
	struct dial d;
	char id[32];
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, id);
	ck_assert(api_has("\"methods\":[\"call\"]"));
	fd = call_world_accept(&d);
	ck_assert_uint_eq(d.type, DIAL_CALL);
	ck_assert_str_eq(d.to, "");
	ck_assert_str_eq(d.id, id);
	ask_poll(&host, id);
	ck_assert(api_waits(&host, 100));
	call_world_end(fd, DIAL_NO_ANSWER);
	ends_so(&host, "no-answer");
	/* The telephone's own call counts. */
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"call\"}"), 1);
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"refused\"}"), 0);
	ck_assert_int_eq(metric(&api, "mfad_calls_ended_total{outcome=\"no-answer\"}"), 0);
	ck_assert_int_eq(metric(&api, "mfad_logins_opened_total"), 0);
	call_world_login(&web, "anna", CALL, id);
	fd = call_world_accept(&d);
	ck_assert_int_eq(api_world_close(&web, id, "code"), 204);
	ck_assert(call_world_hung_up(fd));
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"refused\"}"), 0);
}
END_TEST

/* As the call of a login does, so that no line is taken by nobody's. */
START_TEST(a_decoy_of_a_call_ends_with_its_host)
{
	struct asked host;
	struct dial d;
	char id[32];
	int fd;

	call_world_login(&web, "nobody", CALL, id);
	fd = call_world_accept(&d);
	ask_poll(&host, id);
	ck_assert(api_waits(&host, 100));
	client_close(&host.client);
	ck_assert(call_world_hung_up(fd));
}
END_TEST

/* Anybody can ask for as many as there are names. */
START_TEST(decoys_take_no_line_from_calls)
{
	char user[32], id[32];
	struct dial d;
	int i;

	call_world_telephone("anna", CALL_MOBILE);
	for (i = 0; i < LINES; i++) {
		snprintf(user, sizeof(user), "nobody%d", i);
		call_world_login(&web, user, CALL, id);
		call_world_nobody(call_world_accept(&d), 60000);
	}
	call_world_login(&web, "anna", "\"method\":\"call\"", id);
	(void)call_world_accept(&d);
	ck_assert_str_eq(d.to, CALL_MOBILE);
}
END_TEST

START_TEST(a_decoy_of_a_call_ends_when_mfa_call_says)
{
	struct asked host;
	struct dial d;
	char id[32];

	call_world_login(&web, "nobody", CALL, id);
	call_world_nobody(call_world_accept(&d), 400);
	ask_poll(&host, id);
	ck_assert(api_waits(&host, 300));
	ends_so(&host, "no-answer");
	call_world_login(&web, "nobody", CALL, id);
	call_world_nobody(call_world_accept(&d), 60000);
	ck_assert_int_eq(api_world_close(&web, id, "code"), 204);
}
END_TEST

START_TEST(a_decoy_of_a_text_waits_for_its_code)
{
	struct asked host;
	struct dial d;
	char id[32];
	int fd;

	call_world_login(&web, "nobody", TEXT, id);
	ck_assert(api_has("\"methods\":[\"text\"]"));
	fd = call_world_accept(&d);
	ck_assert_uint_eq(d.type, DIAL_TEXT);
	ck_assert_str_eq(d.to, "");
	call_world_end(fd, DIAL_DONE);
	ask_poll(&host, id);
	ck_assert(api_waits(&host, 200));
	client_close(&host.client);
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"text\"}"), 0);
}
END_TEST

/* Where nobody is called, whoever could not be is told the same. */
START_TEST(a_line_that_is_out_ends_decoys_as_well)
{
	struct asked host;
	struct dial d;
	char id[32];

	call_world_login(&web, "nobody", CALL, id);
	call_world_end(call_world_accept(&d), DIAL_MISCONFIGURED);
	ask_poll(&host, id);
	ends_so(&host, "gateway");
	call_world_deaf();
	call_world_login(&web, "nobody", CALL, id);
	ask_poll(&host, id);
	ends_so(&host, "gateway");
}
END_TEST

START_TEST(a_decoy_of_a_call_that_was_lost_is_over)
{
	struct asked host;
	struct dial d;
	char id[32];

	call_world_login(&web, "nobody", CALL, id);
	(void)call_world_accept(&d);
	ck_assert_int_eq(kill(api.pid, SIGKILL), 0);
	ck_assert_int_eq(mfad_wait(&api), -SIGKILL);
	mfad_start(&api, "mfad");
	ask_poll(&host, id);
	ends_so(&host, "gateway");
}
END_TEST

START_TEST(a_decoy_that_is_repeated_is_one)
{
	const char *asked = api_login_body("nobody", 60);
	struct dial d;
	char body[512];
	int i;

	snprintf(body, sizeof(body), "%.*s," CALL "}", (int)strlen(asked) - 1, asked);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/logins", body,
		    "0123456789abcdef012345"), 201);
	call_world_end(call_world_accept(&d), DIAL_NO_ANSWER);
	ck_assert(call_world_quiet(200));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_decoy");
	TCase *t = tcase_create("api_decoy");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_decoy_waits_and_is_counted_nowhere);
	tcase_add_test(t, a_host_that_leaves_a_decoy_has_cancelled_it);
	suite_add_tcase(suite, t);
	t = tcase_create("dialled");
	tcase_add_checked_fixture(t, call_setup, call_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_decoy_of_a_call_ends_like_one_that_is_not_picked_up);
	tcase_add_test(t, a_decoy_of_a_call_ends_with_its_host);
	tcase_add_test(t, decoys_take_no_line_from_calls);
	tcase_add_test(t, a_decoy_of_a_call_ends_when_mfa_call_says);
	tcase_add_test(t, a_decoy_of_a_text_waits_for_its_code);
	tcase_add_test(t, a_line_that_is_out_ends_decoys_as_well);
	tcase_add_test(t, a_decoy_of_a_call_that_was_lost_is_over);
	tcase_add_test(t, a_decoy_that_is_repeated_is_one);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
