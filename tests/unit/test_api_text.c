/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes of texts: of so many digits, for one login, once, for a while.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../suite.h"
#include "call_world.h"

#define TEXT	"\"method\":\"text\""

static struct api_host web;

static void
teardown(void)
{
	call_world_stop();
}

static int
open_for(const char *user, int64_t life, const char *members)
{
	const char *body = api_login_body(user, life);

	return api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s,%s}", (int)strlen(body) - 1, body, members));
}

/* A login of that life, and what its text says. */
static void
send_text(const char *user, int64_t life, char login[32], char code[CALL_CODE_MAX])
{
	struct dial d;

	ck_assert_int_eq(open_for(user, life, TEXT), 201);
	snprintf(login, 32, "%s", api_world_text("login"));
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert_uint_eq(d.type, DIAL_TEXT);
	call_world_code(&d, code);
}

static int
post_code(const char *login, const char *code)
{
	return api_call(web.credential, "POST", api_path("/v1/logins/%s/code", login),
	    api_path("{\"code\":\"%s\"}", code));
}

static void
is_judged(const char *login, const char *code, const char *result)
{
	ck_assert_int_eq(post_code(login, code), 200);
	ck_assert_str_eq(api_world_text("result"), result);
}

static void
with_digits(int digits)
{
	call_world_steer(api_path("text_digits = %d\n", digits));
	web = api_host("web1.example.org");
	call_world_telephone("anna", CALL_MOBILE);
	call_world_telephone("bert", "+31687654321");
}

START_TEST(a_code_has_its_digits_and_is_its_logins_once)
{
	char code[CALL_CODE_MAX], other[CALL_CODE_MAX], longer[CALL_CODE_MAX + 1];
	char login[32], berts[32];

	with_digits(_i);
	send_text("anna", 60, login, code);
	send_text("bert", 60, berts, other);
	ck_assert_int_eq((int)strlen(code), _i);
	if (strcmp(code, other) != 0)
		is_judged(login, other, "refused");
	snprintf(longer, sizeof(longer), "%s0", code);
	is_judged(login, longer, "refused");
	snprintf(longer, sizeof(longer), "0%s", code);
	is_judged(login, longer, "refused");
	longer[_i] = '\0';
	is_judged(login, longer + 1, "refused");
	is_judged(login, code, "accepted");
	ck_assert_str_eq(api_world_text("factor"), "sms");
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
	/* Nor is it of the login that comes after. */
	send_text("anna", 60, login, other);
	if (strcmp(code, other) != 0)
		is_judged(login, code, "refused");
	is_judged(login, other, "accepted");
}
END_TEST

START_TEST(so_has_the_proof_of_a_number)
{
	char code[CALL_CODE_MAX], shorter[CALL_CODE_MAX];
	struct dial d;

	with_digits(_i);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"+31611111111\",\"by\":\"text\",\"vouched\":true}"), 201);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	call_world_code(&d, code);
	ck_assert_int_eq((int)strlen(code), _i);
	snprintf(shorter, sizeof(shorter), "%.*s", _i - 1, code);
	API_PROBLEM(409, "wrong-code", "code", api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones/3/proof", api_path("{\"code\":\"%s\"}", shorter)));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones/3/proof",
	    api_path("{\"code\":\"%s\"}", code)), 204);
}
END_TEST

/* A digit that is always the same would be one less to guess. */
START_TEST(every_digit_varies)
{
	char code[CALL_CODE_MAX], first[CALL_CODE_MAX], login[32];
	unsigned int varied = 0;
	int i, k;

	call_world_start("text_digits = 8\ncalls_per_user = 1000\ncalls_per_number = 1000\n");
	web = api_host("web1.example.org");
	call_world_telephone("anna", CALL_MOBILE);
	send_text("anna", 60, login, first);
	for (i = 0; i < 30 && varied != 0xff; i++) {
		ck_assert_int_eq(api_world_close(&web, login, "cancelled"), 204);
		send_text("anna", 60, login, code);
		for (k = 0; k < 8; k++)
			varied |= (unsigned int)(code[k] != first[k]) << k;
	}
	ck_assert_uint_eq(varied, 0xff);
}
END_TEST

START_TEST(it_lives_five_minutes_and_no_longer)
{
	char code[CALL_CODE_MAX], login[32];
	struct asked a;

	with_digits(6);
	API_PROBLEM(400, "invalid", "expires", open_for("anna", 305, TEXT));
	API_PROBLEM(400, "invalid", "expires", open_for("anna", 305, TEXT ",\"decoy\":true"));
	API_PROBLEM(400, "invalid", "expires", open_for("anna", 130, "\"method\":\"call\""));
	API_PROBLEM(400, "invalid", "expires", open_for("anna", 130, "\"push\":false"));
	send_text("anna", 300, login, code);
	mfad_clock(&api, 290);
	is_judged(login, code, "accepted");
	send_text("anna", 290 + 300, login, code);
	mfad_clock(&api, 290 + 301);
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
	api_world_ask(&a, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "expired");
	/* And does not keep the next one off. */
	send_text("anna", 290 + 301 + 20, login, code);
	is_judged(login, code, "accepted");
}
END_TEST

/* As long as its host asked for. */
START_TEST(it_ends_with_its_login)
{
	char code[CALL_CODE_MAX], login[32];

	with_digits(7);
	send_text("anna", 90, login, code);
	mfad_clock(&api, 91);
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
	send_text("anna", 91 + 90, login, code);
	ck_assert_int_eq(api_world_close(&web, login, "cancelled"), 204);
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
}
END_TEST

/* By a clock that nobody sets. */
START_TEST(a_clock_that_is_set_back_prolongs_nothing)
{
	char code[CALL_CODE_MAX], login[32];
	struct asked a;

	with_digits(6);
	send_text("anna", 2, login, code);
	mfad_clock(&api, -3600);
	api_world_ask(&a, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
}
END_TEST

/* Whether it has left already or not. */
START_TEST(it_is_dead_when_its_number_is_removed)
{
	char code[CALL_CODE_MAX], login[32];
	struct dial d;
	int fd;

	with_digits(6);
	ck_assert_int_eq(open_for("anna", 60, TEXT), 201);
	snprintf(login, sizeof(login), "%s", api_world_text("login"));
	fd = call_world_accept(&d);
	call_world_code(&d, code);
	if (_i == 0)
		call_world_end(fd, DIAL_DONE);
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/1", NULL), 204);
	if (_i == 1)
		ck_assert(call_world_hung_up(fd));
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", login), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
}
END_TEST

START_TEST(a_decoy_of_one_waits_as_long)
{
	with_digits(6);
	ck_assert_int_eq(open_for("anna", 300, TEXT ",\"decoy\":true"), 201);
	mfad_clock(&api, 200);
	API_PROBLEM(409, "already-waiting", NULL, open_for("anna", 500, TEXT ",\"decoy\":true"));
	mfad_clock(&api, 301);
	ck_assert_int_eq(open_for("anna", 600, TEXT ",\"decoy\":true"), 201);
}
END_TEST

static void
die(void)
{
	ck_assert_int_eq(kill(api.pid, SIGKILL), 0);
	ck_assert_int_eq(mfad_wait(&api), -SIGKILL);
	mfad_start(&api, "mfad");
}

/* The message is out, and its code in the state. */
START_TEST(it_outlives_mfad)
{
	char code[CALL_CODE_MAX], login[32];
	struct asked a;

	with_digits(6);
	send_text("anna", 60, login, code);
	die();
	api_world_ask(&a, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert(api_waits(&a, 200));
	is_judged(login, code, "accepted");
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
}
END_TEST

/* Else it would keep the next one off until it expires. */
START_TEST(its_host_has_to_come_back)
{
	char code[CALL_CODE_MAX], login[32];
	int64_t end;
	int status;

	with_digits(6);
	send_text("anna", 300, login, code);
	die();
	end = now_ms() + 20000;
	while ((status = open_for("anna", 60, TEXT)) == 409 && now_ms() < end)
		mfad_pause();
	ck_assert_int_eq(status, 201);
	API_PROBLEM(410, "gone", NULL, post_code(login, code));
}
END_TEST

START_TEST(it_is_nowhere_in_the_state)
{
	char code[CALL_CODE_MAX], login[32];

	with_digits(8);
	send_text("anna", 60, login, code);
	ck_assert(mfad_keeps(&api, "anna"));
	ck_assert(!mfad_keeps(&api, code));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_text");
	TCase *t = tcase_create("api_text");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_code_has_its_digits_and_is_its_logins_once, 6, 9);
	tcase_add_loop_test(t, so_has_the_proof_of_a_number, 6, 9);
	tcase_add_test(t, every_digit_varies);
	tcase_add_test(t, it_lives_five_minutes_and_no_longer);
	tcase_add_test(t, it_ends_with_its_login);
	tcase_add_test(t, a_clock_that_is_set_back_prolongs_nothing);
	tcase_add_loop_test(t, it_is_dead_when_its_number_is_removed, 0, 2);
	tcase_add_test(t, a_decoy_of_one_waits_as_long);
	tcase_add_test(t, it_outlives_mfad);
	tcase_add_test(t, its_host_has_to_come_back);
	tcase_add_test(t, it_is_nowhere_in_the_state);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
