/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoys over the API: to their host they are logins, to everybody else nothing.
 */
#include <check.h>
#include <stdio.h>

#include "../suite.h"
#include "api_world.h"

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
	return suite_run(suite);
}
