/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of what calls and texts may cost, with many at once.
 */
#include <check.h>
#include <stdio.h>

#include "../suite.h"
#include "call_world.h"

#define AT_ONCE	24
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct { const char *limit; bool one_user, one_number; } limits[] = {
	{ "calls_per_user = 2\n", true, false },
	{ "calls_per_number = 2\n", false, true },
	{ "calls_per_hour = 2\n", false, false },
};

static void
teardown(void)
{
	call_world_stop();
}

/* Each would be let through by a look that is not in the transaction of the note. */
START_TEST(many_at_once_are_no_more_than_one_after_another)
{
	static struct asked asked[AT_ONCE];
	int i, status, sent = 0;
	char body[128];
	struct dial d;

	call_world_start(limits[_i].limit);
	for (i = 0; i < AT_ONCE; i++) {
		snprintf(body, sizeof(body), "{\"number\":\"+316123456%02d\",\"by\":\"text\"}",
		    limits[_i].one_number ? 0 : i);
		api_world_ask(&asked[i], ADMIN, "POST", api_path("/v1/users/user%d/telephones",
		    limits[_i].one_user ? 0 : i), body);
	}
	for (i = 0; i < AT_ONCE; i++) {
		status = api_answer(&asked[i]);
		/* One user has few telephones. */
		ck_assert(status == 201 || status == 429 || (limits[_i].one_user && status == 409));
		sent += status == 201;
	}
	ck_assert_int_eq(sent, 2);
	for (i = 0; i < sent; i++)
		call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert(call_world_quiet(200));
}
END_TEST

/* What cannot be sent keeps no telephone from being added or removed. */
START_TEST(texts_that_tell_of_a_change_are_bounded_as_well)
{
	char user[16], number[16];
	int i, told = 0;
	struct dial d;

	call_world_start("calls_per_hour = 20\n");
	for (i = 0; i < 16; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		snprintf(number, sizeof(number), "+316123456%02d", i);
		call_world_telephone(user, number);
	}
	for (i = 1; i <= 16; i++)
		ck_assert_int_eq(api_call(ADMIN, "DELETE",
		    api_path("/v1/users/user%d/telephones/%d", i - 1, i), NULL), 204);
	for (; !call_world_quiet(300); told++)
		call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert_int_eq(told, 4);
	ck_assert(mfad_logged(&api, "tell user=user15 of a telephone are not sent"));
	API_PROBLEM(429, "too-many-calls", NULL, api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones", "{\"number\":\"+31687654321\"}"));
}
END_TEST

/* It costs nothing, so it keeps nobody from trying once more when the line is there. */
START_TEST(what_mfa_call_is_not_there_for_does_not_count)
{
	const char *const by[] = { "call", "text" };
	int i;

	call_world_start("calls_per_user = 2\ncalls_per_number = 2\ncalls_per_hour = 2\n");
	call_world_deaf();
	for (i = 0; i < 6; i++) {
		ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
		    api_path("{\"number\":\"+31612345678\",\"by\":\"%s\"}", by[i % 2])), 201);
		ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
		ck_assert(api_has("\"call\":\"gateway\""));
	}
}
END_TEST

/* Nor is anything given back that was placed, whatever became of it. */
START_TEST(what_was_placed_counts)
{
	const char *body = "{\"number\":\"+31612345678\"}";
	struct dial d;

	call_world_start("calls_per_user = 2\n");
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones", body), 201);
	call_world_end(call_world_accept(&d), DIAL_GATEWAY);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones", body), 201);
	call_world_end(call_world_accept(&d), DIAL_BUSY);
	call_world_deaf();
	API_PROBLEM(429, "too-many-calls", NULL, api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones", body));
}
END_TEST

/* Of a decoy as of any, or that would tell them apart; text and call share a limit. */
START_TEST(nor_does_a_login_that_it_is_not_there_for)
{
	const char *user = _i == 0 ? "anna" : "nobody", *decoy = _i == 0 ? "" : ",\"decoy\":true";
	struct api_host web;
	char login[32];
	int i;

	call_world_start("calls_per_user = 2\n");
	web = api_host("web1.example.org");
	call_world_telephone("anna", CALL_MOBILE);
	call_world_deaf();
	for (i = 0; i < 4; i++) {
		call_world_login(&web, user, api_path("\"method\":\"%s\"%s", i % 2 == 0 ? "call" :
		    "text", decoy), login);
		ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s?wait=20", login), 200);
		ck_assert_str_eq(api_world_text("why"), "gateway");
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_toll");
	TCase *t = tcase_create("api_toll");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, many_at_once_are_no_more_than_one_after_another, 0, COUNT(limits));
	tcase_add_test(t, texts_that_tell_of_a_change_are_bounded_as_well);
	tcase_add_test(t, what_mfa_call_is_not_there_for_does_not_count);
	tcase_add_test(t, what_was_placed_counts);
	tcase_add_loop_test(t, nor_does_a_login_that_it_is_not_there_for, 0, 2);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
