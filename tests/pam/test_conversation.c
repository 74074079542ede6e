/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "stage.h"

/* What is relayed between helper and person, and an application that does not
 * play along. */

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login l;

static void
play_conversation(struct role *r)
{
	role_hear(r);
	role_info(r, "Hello.");
	role_error(r, "Caf\xc3\xa9 closed.");
	role_prompt(r, "Seen: ", true);
	role_hear(r);
	role_prompt(r, "Unseen: ", false);
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
answers_arrived(unsigned int n)
{
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(played->heard[1].type, MSG_ANSWER);
	ck_assert_str_eq((const char *)played->heard[1].answer.data, "123 456");
	ck_assert_uint_eq(played->heard[1].answer.len, 7);
	ck_assert_uint_eq(played->heard[2].answer.len, 0);
}

START_TEST(prompts_infos_errors_and_answers_are_relayed)
{
	static const struct { int style; const char *text; } lines[] = {
		{ PAM_TEXT_INFO, "Hello." }, { PAM_ERROR_MSG, "Caf\xc3\xa9 closed." },
		{ PAM_PROMPT_ECHO_ON, "Seen: " }, { PAM_PROMPT_ECHO_OFF, "Unseen: " },
	};
	unsigned int i;

	stage_helper_start(play_conversation);
	l.person.answers[0] = "123 456";
	l.person.answers[1] = "";
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(l.person.shown, 4);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(l.person.line[i].style, lines[i].style);
		ck_assert_str_eq(l.person.line[i].text, lines[i].text);
	}
	answers_arrived(played->count);
}
END_TEST

START_TEST(pam_silent_shows_prompts_only_and_tells_the_helper)
{
	stage_helper_start(play_conversation);
	l.person.answers[0] = "123 456";
	l.person.answers[1] = "";
	ck_assert_int_eq(login_once(&l, AUTH, PAM_SILENT), PAM_SUCCESS);
	ck_assert_uint_eq(l.person.shown, 2);
	ck_assert_uint_eq(played->heard[0].flags, BEGIN_SILENT);
	answers_arrived(played->count);
}
END_TEST

static void
fail_lines(struct person *p)
{
	int style = p->line[p->shown - 1].style;

	p->fails_lines = true;
	p->fails_with = style == PAM_TEXT_INFO || style == PAM_ERROR_MSG ? PAM_CONV_ERR : 0;
}

START_TEST(a_line_that_cannot_be_shown_is_no_denial)
{
	stage_helper_start(play_conversation);
	l.person.answers[0] = "123 456";
	l.person.answers[1] = "";
	l.person.then = fail_lines;
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(l.person.shown, 4);
}
END_TEST

/* ---- while the phone is waited for ---- */

/* Without a word of the module's the phone would be waited for for a minute. */
static void
play_waiting(struct role *r)
{
	role_hear(r);
	role_waiting(r, "Approve on your phone: number 123 456. Waiting for it.");
	role_waiting(r, "Still waiting for your phone.");
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
leave_at_the_second(struct person *p)
{
	p->fails_lines = true;
	p->fails_with = p->shown == 2 ? PAM_CONV_ERR : 0;
}

START_TEST(a_client_that_has_left_ends_the_waiting_at_once)
{
	int64_t before = stage_now();
	int i;

	stage_log_clear();
	stage_helper_start(play_waiting);
	l.person.then = leave_at_the_second;
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_CONV_ERR);
	ck_assert_int_lt(stage_now() - before, 5000);
	ck_assert_uint_eq(l.person.shown, 2);
	ck_assert_uint_eq(stage_logged("the application could not ask the person"), 1);
	for (i = 0; i < 500 && !played->gone; i++)
		role_pause(10);
	ck_assert(played->gone);
	ck_assert_uint_eq(played->count, 1);
}
END_TEST

static void
play_waiting_in_vain(struct role *r)
{
	role_hear(r);
	role_waiting(r, "Approve on your phone: number 123 456. Waiting for it.");
	role_waiting(r, "Still waiting for your phone.");
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

START_TEST(whoever_stays_sees_the_lines)
{
	stage_helper_start(play_waiting_in_vain);
	ck_assert_int_eq(login_once(&l, AUTH, _i ? PAM_SILENT : 0), PAM_SUCCESS);
	ck_assert_uint_eq(l.person.shown, _i ? 0 : 2);
	if (_i == 0)
		ck_assert_int_eq(l.person.line[1].style, PAM_TEXT_INFO);
}
END_TEST

START_TEST(only_a_login_waits_for_a_phone)
{
	stage_helper_start(play_waiting_in_vain);
	ck_assert_int_eq(login_once(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_int_eq(login_once(&l, OPEN, 0), PAM_SESSION_ERR);
}
END_TEST

START_TEST(the_longest_answer_arrives_whole)
{
	static char longest[SECRET_MAX + 1];

	memset(longest, 'x', SECRET_MAX);
	stage_helper_start(play_conversation);
	l.person.answers[0] = longest;
	l.person.answers[1] = "";
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(played->heard[1].answer.len, SECRET_MAX);
}
END_TEST

static void
start(role_fn *play)
{
	int i;

	stage_log_clear();
	for (i = 0; i < LINES_MAX; i++)
		l.person.answers[i] = "123456";
	stage_helper_start(play);
}

/* ---- gone wrong ---- */

static void
hears_twice(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
	role_hear(r);
	role_hear(r);
	r->played->gone = true;
}

static void
await_helper(void)
{
	int i;

	for (i = 0; i < 100 && !played->gone; i++)
		role_pause(10);
	ck_assert(played->gone);
}

/* ---- a verdict that nobody waits for yet ---- */

static void
grants_while_it_asks(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
	role_verdict(r, VERDICT_GRANT);
	r->played->gone = true;
	role_hear(r);
}

static void
let_it_speak(struct person *p)
{
	if (p->line[p->shown - 1].style == PAM_PROMPT_ECHO_ON)
		await_helper();
}

/* Its word counts for nothing: the person had not answered. */
START_TEST(a_verdict_that_comes_while_the_person_is_asked_is_a_denial)
{
	start(grants_while_it_asks);
	l.person.then = let_it_speak;
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_str_eq(l.person.line[l.person.shown - 1].text,
	    "Time is up; access denied. Try again.");
}
END_TEST

static char too_long[SECRET_MAX + 2];

static const struct {
	int fails_with;
	bool no_response;
	const char *answer;
	int result;
	const char *why;
} silences[] = {
	{ PAM_CONV_ERR, false, "x", PAM_CONV_ERR, "the application could not ask" },
	{ PAM_CONV_AGAIN, false, "x", PAM_CONV_ERR, "the application could not ask" },
	{ PAM_ABORT, false, "x", PAM_CONV_ERR, "the application could not ask" },
	{ 0, true, "x", PAM_CONV_ERR, "the application could not ask" },
	{ 0, false, NULL, PAM_CONV_ERR, "the application could not ask" },
	{ 0, false, too_long, PAM_AUTHINFO_UNAVAIL, "is too long" },
};

START_TEST(a_prompt_that_is_not_answered_is_cancelled_and_denied)
{
	memset(too_long, 'x', SECRET_MAX + 1);
	start(hears_twice);
	l.person.fails_with = silences[_i].fails_with;
	l.person.no_response = silences[_i].no_response;
	l.person.answers[0] = silences[_i].answer;
	ck_assert_int_eq(login_once(&l, AUTH, 0), silences[_i].result);
	await_helper();
	ck_assert_uint_eq(played->count, 2);
	ck_assert_int_eq(played->heard[1].type, MSG_CANCEL);
	ck_assert_uint_eq(stage_logged(silences[_i].why), 1);
}
END_TEST

static void
prompts_then_grants(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
}

START_TEST(an_application_without_a_conversation_is_denied)
{
	start(prompts_then_grants);
	login_begin(&l, "anna", ONE_OF_EACH);
	l.conv.conv = NULL;
	(void)pam_set_item(l.pamh, PAM_CONV, &l.conv);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_CONV_ERR);
	login_end(&l, PAM_CONV_ERR);
}
END_TEST

static void
rename_user(struct person *p)
{
	ck_assert_int_eq(pam_set_item(p->pamh, PAM_USER, "root"), PAM_SUCCESS);
}

START_TEST(a_grant_for_another_than_pam_user_is_denied)
{
	start(prompts_then_grants);
	l.person.then = rename_user;
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTH_ERR);
	ck_assert_uint_eq(stage_logged("PAM_USER changed"), 1);
}
END_TEST

static TCase *
conversation(void)
{
	TCase *t = tcase_create("conversation");

	tcase_add_checked_fixture(t, NULL, stage_helper_stop);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, prompts_infos_errors_and_answers_are_relayed);
	tcase_add_test(t, pam_silent_shows_prompts_only_and_tells_the_helper);
	tcase_add_test(t, a_line_that_cannot_be_shown_is_no_denial);
	tcase_add_test(t, a_client_that_has_left_ends_the_waiting_at_once);
	tcase_add_loop_test(t, whoever_stays_sees_the_lines, 0, 2);
	tcase_add_test(t, only_a_login_waits_for_a_phone);
	tcase_add_test(t, the_longest_answer_arrives_whole);
	tcase_add_test(t, a_verdict_that_comes_while_the_person_is_asked_is_a_denial);
	tcase_add_loop_test(t, a_prompt_that_is_not_answered_is_cancelled_and_denied, 0,
	    COUNT(silences));
	tcase_add_test(t, an_application_without_a_conversation_is_denied);
	tcase_add_test(t, a_grant_for_another_than_pam_user_is_denied);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { conversation };

	return stage_run(cases, 1, "conversation");
}
