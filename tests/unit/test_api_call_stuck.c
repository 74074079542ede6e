/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfa-call that is stuck, in every way in which it can be: nothing else of mfad waits
 * for it, and the logins that do hear so before their time is over.
 */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../suite.h"
#include "call_world.h"

#define CALLS	8	/* each another user's */
#define LIFE	8	/* seconds of a login */
#define LONG	60
#define KEYS	"121212"
#define BODY_LEN 4000	/* of a callback */
#define FILLS	200	/* callbacks, more than a socket keeps */

static struct api_host web;
static struct api_phone bert;
static char codes[3][24];

struct stuck {
	char login[32];
	struct asked poll;
	int fd;		/* -1: nobody has accepted it */
};
static struct stuck calls[CALLS];

static void
recovery_codes(void)
{
	struct json_object *list = NULL;
	size_t i;

	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/bert/recovery", "{}"), 201);
	ck_assert(json_object_object_get_ex(api_json(), "codes", &list));
	for (i = 0; i < 3; i++)
		snprintf(codes[i], sizeof(codes[i]), "%s", json_object_get_string(
		    json_object_array_get_idx(list, i)));
}

static void
setup(void)
{
	char user[16], number[24];
	int i;

	call_world_start("calls_per_hour = 1000\nconnections_per_address = 1000\n");
	web = api_host("web1.example.org");
	bert = api_phone(&web, "bert");
	recovery_codes();
	for (i = 0; i < CALLS; i++) {
		snprintf(user, sizeof(user), "anna%d", i);
		snprintf(number, sizeof(number), "+3161234567%d", i);
		call_world_telephone(user, number);
		calls[i].fd = -1;
	}
}

static void
teardown(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		if (calls[i].fd != -1)
			close(calls[i].fd);
	call_world_stop();
}

static void
hold(struct stuck *c)
{
	api_world_ask(&c->poll, web.credential, "GET", api_path("/v1/logins/%s?wait=55", c->login),
	    NULL);
	ck_assert(api_waits(&c->poll, 50));
}

static void
open_calls(int life, bool accepted)
{
	char user[16];
	struct dial d;
	int i;

	for (i = 0; i < CALLS; i++) {
		snprintf(user, sizeof(user), "anna%d", i);
		ck_assert_int_eq(api_call(web.credential, "POST", "/v1/logins",
		    api_path("%.*s,\"method\":\"call\"}",
		    (int)strlen(api_login_body(user, life)) - 1, api_login_body(user, life))), 201);
		snprintf(calls[i].login, sizeof(calls[i].login), "%s", api_world_text("login"));
		if (accepted)
			calls[i].fd = call_world_accept(&d);
		hold(&calls[i]);
	}
}

/* ---- what goes on meanwhile ---- */

static void
a_push_goes_on(void)
{
	struct asked poll;
	char login[32];

	api_login(&web, "bert", login);
	api_world_ask(&poll, web.credential, "GET", api_path("/v1/logins/%s?wait=55", login), NULL);
	ck_assert(api_waits(&poll, 50));
	ck_assert_int_eq(api_reply(&bert, login, "approve"), 204);
	ck_assert_int_eq(api_answer(&poll), 200);
	ck_assert_str_eq(api_world_text("state"), "answered");
	ck_assert_int_eq(api_world_close(&web, login, "granted"), 204);
}

static void
a_code_goes_on(int which)
{
	ck_assert_int_eq(api_call(web.credential, "POST", "/v1/users/bert/code",
	    api_path("{\"code\":\"%s\"}", codes[which])), 200);
	ck_assert_str_eq(api_world_text("result"), "accepted");
}

/* All of it is over while each of the calls is still waited for. */
static void
all_goes_on(int which)
{
	int i;

	a_push_goes_on();
	a_code_goes_on(which);
	for (i = 0; i < CALLS; i++)
		ck_assert(api_waits(&calls[i].poll, 0));
}

/* ---- the ways to be stuck ---- */

static void
accepts_nothing(int life)
{
	open_calls(life, false);
}

static void
says_nothing(int life)
{
	open_calls(life, true);
}

static void
post_callback(struct asked *a, const char *login)
{
	static char text[BODY_LEN + 512];
	int n = snprintf(text, sizeof(text), "POST /v1/callbacks/%s/keys HTTP/1.1\r\nHost: a\r\n"
	    "X-Twilio-Signature: c2lnbmF0dXJl\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: %d\r\n\r\n", login, BODY_LEN);

	memset(text + n, 'a', BODY_LEN);
	/* The connection is made by a request that is withdrawn. */
	api_world_ask(a, ANYBODY, "GET", "/v1/health", NULL);
	ck_assert_int_eq(client_reply(&a->client), 200);
	snprintf(a->method, sizeof(a->method), "POST");
	snprintf(a->path, sizeof(a->path), "/v1/callbacks/%s/keys", login);
	client_send(&a->client, text);
}

/* It answers what it never reads, until nothing more can be put into its socket. */
static void
fill(const struct stuck *c)
{
	const struct dial answer = { .type = DIAL_REPLY, .status = 200 };
	struct asked a;
	int i, status = 0;

	for (i = 0; i < FILLS && status != 503; i++) {
		post_callback(&a, c->login);
		if (api_waits(&a, 20))
			call_world_tell(c->fd, &answer);
		status = api_answer(&a);
	}
	ck_assert_int_eq(status, 503);
	ck_assert_int_gt(i, 4);		/* not only those that wait for an answer */
}

static void
reads_nothing(int life)
{
	int i;

	open_calls(life, true);
	for (i = 0; i < CALLS / 4; i++)
		fill(&calls[i]);
}

static void (*const ways[])(int life) = { accepts_nothing, says_nothing, reads_nothing };
#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

START_TEST(a_push_and_a_code_do_not_wait_for_it)
{
	ways[_i](LONG);
	all_goes_on(0);
	all_goes_on(1);
}
END_TEST

/* Neither what is said to it, nor hanging up. */
START_TEST(nor_does_what_it_is_told)
{
	int i;

	reads_nothing(LONG);
	for (i = 0; i < CALLS; i++) {
		call_world_keys(calls[i].fd, KEYS);
		ck_assert_int_eq(api_answer(&calls[i].poll), 200);
		ck_assert_str_eq(api_world_text("keys"), KEYS);
		ck_assert_int_eq(api_call(web.credential, "POST",
		    api_path("/v1/logins/%s/keys", calls[i].login), "{\"right\":false}"), 200);
		hold(&calls[i]);
	}
	all_goes_on(0);
	for (i = 0; i < CALLS; i++)
		ck_assert_int_eq(api_world_close(&web, calls[i].login, "cancelled"), 204);
	a_push_goes_on();
}
END_TEST

START_TEST(whoever_waits_for_it_is_told_that_the_gateway_fails)
{
	int i;

	ways[_i](LIFE);
	for (i = 0; i < CALLS; i++) {
		ck_assert_int_eq(api_answer(&calls[i].poll), 200);
		ck_assert_str_eq(api_world_text("state"), "cancelled");
		ck_assert_str_eq(api_world_text("why"), "gateway");
	}
	ck_assert(metric_becomes(&api, "mfad_calls_ended_total{outcome=\"gateway\"}", CALLS));
	ck_assert(mfad_logged(&api, "mfa-call is late"));
	a_push_goes_on();
}
END_TEST

/* One more than its queue holds is not even placed. */
START_TEST(a_queue_that_is_full_is_a_gateway_that_fails)
{
	char user[16], number[24], login[32];
	int i, waiting = 0;
	struct asked poll;

	for (i = CALLS; i < 3 * CALLS; i++) {
		snprintf(user, sizeof(user), "anna%d", i);
		snprintf(number, sizeof(number), "+316123456%02d", i + 10);
		call_world_telephone(user, number);
	}
	for (i = 0; i < 3 * CALLS; i++) {
		snprintf(user, sizeof(user), "anna%d", i);
		call_world_login(&web, user, "\"method\":\"call\"", login);
		api_world_ask(&poll, web.credential, "GET", api_path("/v1/logins/%s?wait=55", login),
		    NULL);
		if (api_waits(&poll, 300)) {
			waiting++;
			continue;
		}
		ck_assert_int_eq(api_answer(&poll), 200);
		ck_assert_str_eq(api_world_text("why"), "gateway");
	}
	ck_assert_int_gt(waiting, 0);
	ck_assert_int_lt(waiting, 3 * CALLS);
	ck_assert(mfad_logged(&api, "mfa-call does not serve"));
	a_push_goes_on();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_call_stuck");
	TCase *t = tcase_create("api_call_stuck"), *queue = tcase_create("queue");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 90);
	tcase_add_loop_test(t, a_push_and_a_code_do_not_wait_for_it, 0, WAYS);
	tcase_add_test(t, nor_does_what_it_is_told);
	tcase_add_loop_test(t, whoever_waits_for_it_is_told_that_the_gateway_fails, 0, WAYS);
	tcase_add_checked_fixture(queue, setup, teardown);
	tcase_set_timeout(queue, 90);
	tcase_add_test(queue, a_queue_that_is_full_is_a_gateway_that_fails);
	suite_add_tcase(s, t);
	suite_add_tcase(s, queue);
	return suite_run(s);
}
