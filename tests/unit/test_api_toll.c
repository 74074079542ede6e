/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of what calls and texts may cost, with many at once.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

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

int
main(void)
{
	Suite *suite = suite_create("api_toll");
	TCase *t = tcase_create("api_toll");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, many_at_once_are_no_more_than_one_after_another, 0, COUNT(limits));
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
