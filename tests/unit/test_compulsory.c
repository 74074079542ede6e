/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The date of the approval service from which a second factor is compulsory: it
 * ends what a host allows by itself, and gives nothing, whoever controls it.
# needs the world
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "http_login.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define SERVER "tries = 1\n" HTTP_CONFIGURATION
#define BY_DATE	"unenrolled = allow\ngrace_until = 2037-12-31\n"
#define BY_LOGINS "grace_logins = 9\n"
#define LONG_AGO 1000000000u
#define NEVER 4000000000u	/* not in these tests' time */

static struct login_world w;

static void
make(const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "%s%s", SERVER, more);
	login_world_make(&w, text);
}

/* A login of somebody who has nothing, with a service that has this date. */
static uint32_t
login(uint32_t compulsory_from)
{
	struct http_act act = { .name = "nobody", .methods = QUERY_PUSH_LOCKED,
	    .compulsory_from = compulsory_from };
	struct login_script s = login_script("nobody", "123456");
	uint32_t verdict;

	http_start(&act);
	verdict = login_run(&w, &s).verdict;
	http_stop();
	return verdict;
}

static uint32_t
login_without_service(void)
{
	struct login_script s = login_script("nobody", "123456");

	return login_run(&w, &s).verdict;
}

static const struct {
	const char *more;
	uint32_t compulsory_from;
	uint32_t verdict;
	const char *reason;
} dates[] = {
	{ BY_DATE, 0, VERDICT_GRANT, "grace_until" },
	{ BY_DATE, NEVER, VERDICT_GRANT, "grace_until" },
	{ BY_DATE, LONG_AGO, VERDICT_TRIES, "compulsory" },
	{ BY_DATE, 1, VERDICT_TRIES, "compulsory" },
	{ BY_LOGINS, 0, VERDICT_GRANT, "grace_login" },
	{ BY_LOGINS, NEVER, VERDICT_GRANT, "grace_login" },
	{ BY_LOGINS, LONG_AGO, VERDICT_TRIES, "compulsory" },
	/* Whoever controls the service gives nothing that the host does not. */
	{ "", NEVER, VERDICT_TRIES, "not_enrolled" },
	{ "", UINT32_MAX, VERDICT_TRIES, "not_enrolled" },
	{ "", 0, VERDICT_TRIES, "not_enrolled" },
	{ "unenrolled = allow\ngrace_until = 2020-01-01\n", NEVER, VERDICT_TRIES, "not_enrolled" },
	{ "unenrolled = allow\ngrace_until = 2020-01-01\n", 0, VERDICT_TRIES, "not_enrolled" },
};

START_TEST(a_date_of_the_service_ends_grace_and_gives_none)
{
	uint32_t verdict;

	make(dates[_i].more);
	verdict = login(dates[_i].compulsory_from);
	ck_assert_msg(verdict == dates[_i].verdict, "%d: verdict %x", _i, verdict);
	ck_assert_msg(login_records(&w, "login", dates[_i].reason) == 1, "%d: not %s", _i,
	    dates[_i].reason);
}
END_TEST

/* The helper does not ask where neither a phone nor attested codes count. */
START_TEST(what_it_said_last_counts_while_it_is_not_asked)
{
	struct config *first;

	make(BY_LOGINS);
	ck_assert_uint_eq(login(NEVER), VERDICT_GRANT);
	ck_assert_uint_eq(login(LONG_AGO), VERDICT_TRIES);
	first = w.config;
	w.config = login_world_config(&w, SERVER BY_LOGINS "factors = totp\n");
	ck_assert_uint_eq(login_without_service(), VERDICT_TRIES);
	ck_assert_uint_eq(login_records(&w, "login", "compulsory"), 2);
	config_free(&first);
}
END_TEST

START_TEST(nobody_gets_grace_by_keeping_the_service_away)
{
	make(BY_LOGINS);
	ck_assert_uint_eq(login(LONG_AGO), VERDICT_TRIES);
	ck_assert_uint_eq(login_without_service(), VERDICT_TRIES);
	ck_assert_uint_eq(login_records(&w, "grace", NULL), 0);
}
END_TEST

START_TEST(it_may_take_back_what_it_said)
{
	make(BY_LOGINS);
	ck_assert_uint_eq(login(LONG_AGO), VERDICT_TRIES);
	ck_assert_uint_eq(login(0), VERDICT_GRANT);
	ck_assert_uint_eq(login(LONG_AGO), VERDICT_TRIES);
	ck_assert_uint_eq(login(NEVER), VERDICT_GRANT);
}
END_TEST

START_TEST(a_host_that_has_left_the_service_is_its_own)
{
	struct config *first;

	make(BY_LOGINS);
	ck_assert_uint_eq(login(LONG_AGO), VERDICT_TRIES);
	first = w.config;
	w.config = login_world_config(&w, "tries = 1\n" BY_LOGINS);
	ck_assert_uint_eq(login_without_service(), VERDICT_GRANT);
	config_free(&first);
}
END_TEST

/* Of somebody with a phone nobody asked from when. */
START_TEST(a_date_beside_a_phone_is_none)
{
	static const struct http_act act = { .name = "phone", .compulsory_from = LONG_AGO,
	    .silent = true };
	struct login_script s = login_script(WORLD_USER, "123456");
	int64_t value;

	make(BY_LOGINS);
	http_start(&act);
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_told(w.store, STORE_COMPULSORY, &value), MFA_E_ABSENT);
}
END_TEST

/* A code that only the service could check lets nobody in here, and is no reason
 * for grace. */
START_TEST(nobody_gets_grace_by_codes_that_this_host_does_not_believe)
{
	static const struct http_act act = { .name = "codes", .methods = QUERY_CAN_CODE,
	    .compulsory_from = LONG_AGO };
	struct login_script s = login_script(WORLD_USER, "123456");

	make(BY_LOGINS);
	http_start(&act);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_TRIES);
	http_stop();
	ck_assert_uint_eq(login_records(&w, "login", "compulsory"), 1);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, a_date_of_the_service_ends_grace_and_gives_none, 0, COUNT(dates));
	tcase_add_test(t, what_it_said_last_counts_while_it_is_not_asked);
	tcase_add_test(t, nobody_gets_grace_by_keeping_the_service_away);
	tcase_add_test(t, it_may_take_back_what_it_said);
	tcase_add_test(t, a_host_that_has_left_the_service_is_its_own);
	tcase_add_test(t, a_date_beside_a_phone_is_none);
	tcase_add_test(t, nobody_gets_grace_by_codes_that_this_host_does_not_believe);
}

int
main(void)
{
	return http_login_main(&w, "compulsory", add);
}
