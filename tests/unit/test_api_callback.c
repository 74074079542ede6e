/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a gateway on the network posts about a call goes on to the process of that
 * call, as it came, and that one's answer goes back.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../suite.h"
#include "call_world.h"

#define SIGNED	"X-Twilio-Signature: c2lnbmF0dXJl\r\n"
#define BODY	"CallSid=CA1&Digits=482913"

static struct api_host web;
static char login[32];
static int line;

static void
setup(void)
{
	struct dial d;

	call_world_start("");
	web = api_host("web1.example.org");
	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", "\"method\":\"call\"", login);
	line = call_world_accept(&d);
}

static void
teardown(void)
{
	close(line);
	call_world_stop();
}

static void
post_as(struct asked *a, const char *id, const char *fields, const char *type)
{
	char text[1024];

	/* The connection is made by a request that is withdrawn. */
	api_world_ask(a, ANYBODY, "GET", "/v1/health", NULL);
	ck_assert_int_eq(client_reply(&a->client), 200);
	snprintf(a->method, sizeof(a->method), "POST");
	snprintf(a->path, sizeof(a->path), "/v1/callbacks/%s/keys", id);
	snprintf(text, sizeof(text), "POST %s HTTP/1.1\r\nHost: a\r\n%sContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n%s", a->path, fields, type, strlen(BODY), BODY);
	client_send(&a->client, text);
}

static void
post(struct asked *a, const char *id, const char *fields)
{
	post_as(a, id, fields, "application/x-www-form-urlencoded");
}

static void
answer(unsigned int status, const char *text)
{
	struct dial d = { .type = DIAL_REPLY, .status = status, .body_len = (uint32_t)strlen(text) };

	memcpy(d.body, text, d.body_len);
	call_world_tell(line, &d);
}

START_TEST(a_question_goes_to_its_call_and_the_answer_back)
{
	struct asked c;
	struct dial d;

	post(&c, login, SIGNED);
	call_world_hear(line, DIAL_CALLBACK, &d);
	ck_assert_str_eq(d.url + strlen("/v1/callbacks/") + strlen(login), "/keys");
	ck_assert_str_eq(d.signature, "c2lnbmF0dXJl");
	ck_assert_uint_eq(d.body_len, strlen(BODY));
	ck_assert_mem_eq(d.body, BODY, d.body_len);
	answer(200, "<Response/>");
	ck_assert_int_eq(api_answer(&c), 200);
	ck_assert(api_has("Content-Type: text/xml"));
	ck_assert_str_eq(api_body(), "<Response/>");
	}
END_TEST

START_TEST(answers_come_in_the_order_of_the_questions)
{
	struct asked c[3];
	struct dial d;
	int i;

	for (i = 0; i < 3; i++) {
		post(&c[i], login, SIGNED);
		call_world_hear(line, DIAL_CALLBACK, &d);
	}
	/* Who has gone keeps its place. */
	client_close(&c[0].client);
	answer(200, "<a/>");
	answer(403, "");
	answer(204, "");
	ck_assert_int_eq(api_answer(&c[1]), 403);
	ck_assert_int_eq(api_answer(&c[2]), 204);
}
END_TEST

START_TEST(what_is_no_call_of_ours_is_refused)
{
	struct asked c;

	post(&c, "l_0123456789012345678901", SIGNED);
	ck_assert_int_eq(api_answer(&c), 404);
	post(&c, "..", SIGNED);
	ck_assert_int_ge(api_answer(&c), 400);
	post(&c, login, "");
	ck_assert_int_eq(api_answer(&c), 403);
	post_as(&c, login, SIGNED, "application/json");
	ck_assert_int_eq(api_answer(&c), 415);
	post(&c, login, "X-Twilio-Signature: a\r\nX-Twilio-Signature: b\r\n");
	ck_assert_int_eq(api_answer(&c), 400);
	}
END_TEST

START_TEST(many_at_once_are_sent_away_and_the_call_goes_on)
{
	struct asked c[DIAL_CALLBACKS_MAX], more;
	struct dial d;
	size_t i;

	for (i = 0; i < DIAL_CALLBACKS_MAX; i++) {
		post(&c[i], login, SIGNED);
		call_world_hear(line, DIAL_CALLBACK, &d);
	}
	post(&more, login, SIGNED);
	ck_assert_int_eq(api_answer(&more), 503);
	for (i = 0; i < DIAL_CALLBACKS_MAX; i++) {
		answer(200, "<a/>");
		ck_assert_int_eq(api_answer(&c[i]), 200);
		}
}
END_TEST

START_TEST(a_call_that_ends_answers_those_that_wait)
{
	struct asked c;
	struct dial d;

	post(&c, login, SIGNED);
	call_world_hear(line, DIAL_CALLBACK, &d);
	call_world_end(line, DIAL_HUNG_UP);
	line = -1;
	ck_assert_int_eq(api_answer(&c), 404);
	}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_callback");
	TCase *t = tcase_create("api_callback");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_question_goes_to_its_call_and_the_answer_back);
	tcase_add_test(t, answers_come_in_the_order_of_the_questions);
	tcase_add_test(t, what_is_no_call_of_ours_is_refused);
	tcase_add_test(t, many_at_once_are_sent_away_and_the_call_goes_on);
	tcase_add_test(t, a_call_that_ends_answers_those_that_wait);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
