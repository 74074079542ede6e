/* SPDX-License-Identifier: BSD-2-Clause */
/* Logins whose host does not come to its poll: it was killed after it opened
 * them, or while mfad was not there. */
#include <check.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "api_world.h"

#define KEY	"aaaaaaaaaaaaaaaaaaaaaa"
#define SOON	10000	/* ms; it has cancelled by then */
#define GRAIN	100	/* of clocks */
#define AT_ONCE	64

static struct api_host web;
static struct api_phone anna, bert;
static char annas[32], berts[32];

static void
setup(void)
{
	api_start("");
	web = api_host("web1.example.org");
	anna = api_phone(&web, "anna");
	bert = api_phone(&web, "bert");
}

static void
poll_login(struct asked *a, const char *id)
{
	api_world_ask(a, web.credential, "GET", api_path("/v1/logins/%s?wait=50", id), NULL);
	ck_assert(api_waits(a, 200));
}

static void
cancelled_after(const struct api_phone *p, const char *login, int64_t began)
{
	ck_assert(api_state_becomes(p, login, "cancelled", SOON + 4000));
	ck_assert_int_ge(now_ms() - began, SOON - GRAIN);
}

static void
open_repeatable(const char *body, const char *key, char id[32])
{
	ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/logins", body, key), 201);
	snprintf(id, 32, "%s", api_world_text("login"));
}

START_TEST(one_that_opens_and_is_gone_has_cancelled)
{
	struct asked host;
	int64_t began = now_ms();

	api_login(&web, "anna", annas);
	api_login(&web, "bert", berts);
	poll_login(&host, berts);
	cancelled_after(&anna, annas, began);
	ck_assert_str_eq(api_state(&bert, berts), "waiting");
	api_login(&web, "anna", annas);
	ck_assert_int_eq(metric(&api, "mfad_logins_ended_total{outcome=\"cancelled\"}"), 1);
	client_close(&host.client);
	api_stop();
}
END_TEST

/* As a host does whose answer was lost; while it polls it is no reason to end that. */
START_TEST(opening_again_begins_again)
{
	char annas_body[512], berts_body[512], again[32];
	struct asked host;
	int64_t began;

	snprintf(annas_body, sizeof(annas_body), "%s", api_login_body("anna", 60));
	snprintf(berts_body, sizeof(berts_body), "%s", api_login_body("bert", 60));
	open_repeatable(annas_body, KEY, annas);
	open_repeatable(berts_body, KEY "b", berts);
	poll_login(&host, berts);
	ck_assert(api_waits(&host, 3000));
	began = now_ms();
	open_repeatable(berts_body, KEY "b", again);
	open_repeatable(annas_body, KEY, again);
	ck_assert_str_eq(again, annas);
	cancelled_after(&anna, annas, began);
	ck_assert(api_waits(&host, 1000));
	client_close(&host.client);
	api_stop();
}
END_TEST

static void
open_with(const char *user, const char *member, char id[32])
{
	const char *body = api_login_body(user, 60);

	ck_assert_int_eq(api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s,%s}", (int)strlen(body) - 1, body, member)), 201);
	snprintf(id, 32, "%s", api_world_text("login"));
}

/* One that no phone is asked about: nobody polls it. */
static void
open_for_code(const char *user, char id[32])
{
	ck_assert_int_eq(api_call(ADMIN, "POST", api_path("/v1/users/%s/passes", user),
	    "{\"life\":600}"), 201);
	open_with(user, "\"push\":false", id);
}

static const char *
state_of(const char *id)
{
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", id), 200);
	return api_world_text("state");
}

START_TEST(after_a_start_hosts_have_to_come_back)
{
	struct asked host, other;
	char for_code[32], decoy[32];
	int64_t began;

	api_login(&web, "anna", annas);
	api_login(&web, "bert", berts);
	open_for_code("anna", for_code);
	open_with("nobody", "\"decoy\":true", decoy);
	poll_login(&host, annas);
	poll_login(&other, berts);
	ck_assert_int_eq(kill(api.pid, SIGKILL), 0);
	ck_assert_int_eq(mfad_wait(&api), -SIGKILL);
	client_close(&host.client);
	client_close(&other.client);
	began = now_ms();
	mfad_start(&api, "mfad");
	poll_login(&other, berts);
	cancelled_after(&anna, annas, began);
	ck_assert(api_waits(&other, 1000));
	client_close(&other.client);
	ck_assert_str_eq(state_of(for_code), "waiting");
	ck_assert_str_eq(state_of(decoy), "cancelled");
	api_stop();
}
END_TEST

/* Killed after a poll that had nothing to tell; another that is held is a host that
 * is there. */
START_TEST(one_that_does_not_ask_again_has_cancelled)
{
	struct asked host;
	char for_code[32];
	int64_t began;

	open_for_code("bert", for_code);
	api_login(&web, "anna", annas);
	api_login(&web, "bert", berts);
	poll_login(&host, berts);
	began = now_ms();
	ck_assert_str_eq(state_of(annas), "waiting");
	ck_assert_str_eq(state_of(berts), "waiting");
	ck_assert_str_eq(state_of(for_code), "waiting");
	cancelled_after(&anna, annas, began);
	ck_assert(api_waits(&host, 1000));
	client_close(&host.client);
	ck_assert_str_eq(state_of(for_code), "waiting");
	api_stop();
}
END_TEST

START_TEST(what_could_not_be_written_is_written_later)
{
	struct asked host;
	sqlite3 *hold;

	api_login(&web, "anna", annas);
	poll_login(&host, annas);
	ck_assert_int_eq(sqlite3_open(mfad_path(&api, "state/mfad.db"), &hold), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(hold, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	client_close(&host.client);
	ck_assert(mfad_logged(&api, "a login that was left cannot be cancelled"));
	ck_assert_int_eq(sqlite3_exec(hold, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(hold);
	ck_assert(api_state_becomes(&anna, annas, "cancelled", 5000));
	api_stop();
}
END_TEST

START_TEST(many_are_forgotten_together)
{
	static struct asked asked[AT_ONCE];
	char user[32];
	int i;

	for (i = 0; i < AT_ONCE; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		(void)api_phone(&web, user);
	}
	for (i = 0; i < AT_ONCE; i++)
		api_world_ask(&asked[i], web.credential, "POST", "/v1/logins",
		    api_login_body(api_path("user%d", i), 100));
	for (i = 0; i < AT_ONCE; i++)
		ck_assert_int_eq(api_answer(&asked[i]), 201);
	ck_assert(metric_becomes(&api, "mfad_logins_ended_total{outcome=\"cancelled\"}", AT_ONCE));
	ck_assert_int_eq(api_get(ADMIN, "/v1/logins"), 200);
	ck_assert_str_eq(api_body(), "{\"logins\":[]}");
	api_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_absent");
	TCase *tc = tcase_create("absent");

	tcase_set_timeout(tc, 90);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, one_that_opens_and_is_gone_has_cancelled);
	tcase_add_test(tc, opening_again_begins_again);
	tcase_add_test(tc, after_a_start_hosts_have_to_come_back);
	tcase_add_test(tc, one_that_does_not_ask_again_has_cancelled);
	tcase_add_test(tc, what_could_not_be_written_is_written_later);
	tcase_add_test(tc, many_are_forgotten_together);
	suite_add_tcase(s, tc);
	return suite_run(s);
}
