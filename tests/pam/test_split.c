/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stage.h"

/*
 * Combined mode: one answer for password and code.  The password module is
 * played by pam_exec with expose_authtok, which writes PAM_AUTHTOK to a file;
 * the secrets are made at run time, so that this program holds no copy.
 */

#define PASSWORD_FILE "/tmp/password"
#define TAKE_PASSWORD \
	"auth required pam_exec.so quiet expose_authtok stdout /usr/local/sbin/take\n"
#define SPLIT		"auth required @ split deadline=10\n"
#define JUDGE		"auth required @ deadline=10\n"
#define PERMIT		"auth required pam_permit.so\n"
#define AFTERWARDS	"account required @ deadline=10\n"

static struct login l;
static uint32_t digits, judge_verdict;

static void
play_combined(struct role *r)
{
	role_hear(r);
	switch (played->heard[played->count - 1].phase) {
	case PHASE_SPLIT:
		role_split(r, digits);
		break;
	case PHASE_AUTH:
		role_prompt(r, "Authentication code: ", true);
		role_hear(r);
		role_verdict(r, judge_verdict);
		break;
	default:
		role_verdict(r, VERDICT_GRANT);
	}
	role_hear(r);
}

static void
make_taker(void)
{
	FILE *f = fopen("/usr/local/sbin/take", "w");

	fputs("#!/bin/sh\numask 077\ncat > " PASSWORD_FILE "\n", f);
	fclose(f);
	ck_assert_int_eq(chmod("/usr/local/sbin/take", 0755), 0);
	(void)unlink(PASSWORD_FILE);
}

static void
start(role_fn *play)
{
	make_taker();
	digits = 6;
	judge_verdict = VERDICT_GRANT;
	stage_helper_start(play);
}

static const char *
password_taken(void)
{
	static char buf[SECRET_MAX + 2];
	FILE *f = fopen(PASSWORD_FILE, "r");
	size_t n;

	if (f == NULL)
		return NULL;
	n = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[n] = '\0';
	return buf;
}

static const struct msg *
answer_heard(void)
{
	unsigned int i;

	for (i = 0; i < played->count; i++)
		if (played->heard[i].type == MSG_ANSWER)
			return &played->heard[i];
	return NULL;
}

static const struct {
	uint32_t digits;
	const char *answer, *password, *code;
} splits[] = {
	{ 6, "secret123456", "secret", "123456" },
	{ 6, "x123456", "x", "123456" },
	{ 8, "secret12345678", "secret", "12345678" },
	{ 7, "pass 1234567890", "pass 123", "4567890" },
	/* Not so: the whole goes on, the code is empty. */
	{ 6, "123456", "123456", "" },
	{ 6, "12345", "12345", "" },
	{ 6, "", "", "" },
	{ 6, "secret12345", "secret12345", "" },
	{ 6, "secret 123 456", "secret 123 456", "" },
	{ 6, "secret12345x", "secret12345x", "" },
	{ 6, "secret1234\xd9\xa1", "secret1234\xd9\xa1", "" },
	{ 8, "secret123456", "secret123456", "" },
};

START_TEST(an_answer_is_split_into_password_and_code)
{
	const struct msg *answer;

	start(play_combined);
	digits = splits[_i].digits;
	stage_helper_stop();
	stage_helper_start(play_combined);
	l.person.answers[0] = splits[_i].answer;
	login_begin(&l, "anna", SPLIT TAKE_PASSWORD JUDGE AFTERWARDS);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_str_eq(password_taken(), splits[_i].password);
	answer = answer_heard();
	ck_assert_str_eq((const char *)answer->answer.data, splits[_i].code);
	ck_assert_uint_eq(answer->answer.len, strlen(splits[_i].code));
	ck_assert_uint_eq(l.person.asked, 1);
	ck_assert_int_eq(l.person.line[0].style, PAM_PROMPT_ECHO_OFF);
	ck_assert_str_eq(l.person.line[0].text, "Password and code: ");
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_call(&l, CRED, 0), PAM_SUCCESS);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

START_TEST(the_helper_is_told_of_split_and_held_code)
{
	start(play_combined);
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", SPLIT TAKE_PASSWORD JUDGE);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(played->heard[0].phase, PHASE_SPLIT);
	ck_assert_uint_eq(played->heard[0].flags, 0);
	ck_assert_uint_eq(played->heard[1].phase, PHASE_AUTH);
	ck_assert_uint_eq(played->heard[1].flags, BEGIN_CODE_HELD);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

START_TEST(a_denied_code_denies)
{
	start(play_combined);
	judge_verdict = VERDICT_TRIES;
	stage_helper_stop();
	stage_helper_start(play_combined);
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", SPLIT PERMIT JUDGE);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_MAXTRIES);
	login_end(&l, PAM_MAXTRIES);
}
END_TEST

/* ---- nothing is ever granted by a split ---- */

START_TEST(a_split_alone_is_no_login)
{
	start(play_combined);
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", SPLIT);
	ck_assert_int_ne(login_call(&l, AUTH, 0), PAM_SUCCESS);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

START_TEST(a_code_that_was_never_judged_is_denied_in_the_account_phase)
{
	start(play_combined);
	stage_log_clear();
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", SPLIT PERMIT AFTERWARDS);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_uint_eq(stage_logged("took a code that was never judged"), 1);
	ck_assert_uint_eq(played->served, 1);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

/* For setcred libpam takes a module's result of the auth phase to choose what
 * its line does, so a "required" line that was ignored then is ignored again:
 * there it is one more log line.  A line that does not ignore shows the code. */
START_TEST(a_code_that_was_never_judged_is_an_error_of_setcred)
{
	start(play_combined);
	stage_log_clear();
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", "auth [ignore=ok default=die] @ split\n");
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_IGNORE);
	ck_assert_int_eq(login_call(&l, CRED, PAM_ESTABLISH_CRED), PAM_CRED_ERR);
	ck_assert_uint_eq(stage_logged("took a code that was never judged"), 1);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

static void
play_no_split(struct role *r)
{
	role_hear(r);
	role_verdict(r, played->heard[played->count - 1].phase == PHASE_SPLIT ?
	    VERDICT_NO_SPLIT : VERDICT_GRANT);
	role_hear(r);
}

START_TEST(where_no_code_is_needed_nothing_is_taken)
{
	start(play_no_split);
	login_begin(&l, "anna", SPLIT PERMIT JUDGE AFTERWARDS);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(l.person.shown, 0);
	ck_assert_uint_eq(played->heard[1].flags, 0);
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_SUCCESS);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

static uint32_t split_verdict;

static void
play_split_verdict(struct role *r)
{
	struct msg m = { .type = MSG_VERDICT, .verdict = split_verdict, .digits = digits };

	role_hear(r);
	role_send(r, &m);
	role_hear(r);
}

static const struct { uint32_t verdict, digits; int result; } wrong_splits[] = {
	{ VERDICT_GRANT, 0, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_DENY, 0, PAM_AUTH_ERR },
	{ VERDICT_TRIES, 0, PAM_MAXTRIES },
	{ VERDICT_UNAVAILABLE, 0, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_SPLIT, 0, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_SPLIT, 5, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_SPLIT, 9, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_SPLIT, UINT32_MAX, PAM_AUTHINFO_UNAVAIL },
};

START_TEST(any_other_verdict_on_a_split_denies)
{
	split_verdict = wrong_splits[_i].verdict;
	digits = wrong_splits[_i].digits;
	stage_helper_start(play_split_verdict);
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", SPLIT PERMIT);
	ck_assert_int_eq(login_call(&l, AUTH, PAM_SILENT), wrong_splits[_i].result);
	ck_assert_uint_eq(l.person.asked, 0);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

static void
play_insistent(struct role *r)
{
	role_hear(r);
	if (played->heard[played->count - 1].phase == PHASE_SPLIT) {
		role_split(r, 6);
		return;
	}
	role_prompt(r, "Code: ", true);
	role_hear(r);
	role_prompt(r, "Again: ", true);
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
	r->played->gone = true;
}

START_TEST(a_held_code_is_given_once_and_a_second_prompt_is_cancelled)
{
	start(play_insistent);
	l.person.answers[0] = "secret123456";
	login_begin(&l, "anna", SPLIT PERMIT JUDGE);
	ck_assert_int_eq(login_call(&l, AUTH, PAM_SILENT), PAM_AUTHINFO_UNAVAIL);
	while (!played->gone)
		role_pause(10);
	ck_assert_uint_eq(l.person.shown, 1);
	ck_assert_int_eq(played->heard[3].type, MSG_CANCEL);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

START_TEST(a_second_attempt_forgets_the_first_ones_code)
{
	start(play_combined);
	l.person.answers[0] = "secret123456";
	l.person.answers[1] = "secret654321";
	login_begin(&l, "anna", SPLIT "auth requisite pam_debug.so auth=auth_err\n" JUDGE);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_AUTH_ERR);
	login_end(&l, PAM_AUTH_ERR);
	login_begin(&l, "anna", SPLIT PERMIT JUDGE);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_str_eq((const char *)answer_heard()->answer.data, "654321");
	login_end(&l, PAM_SUCCESS);
}
END_TEST

static const struct { int fails_with; bool no_response; bool too_long; int result; } bad[] = {
	{ PAM_CONV_ERR, false, false, PAM_CONV_ERR },
	{ 0, true, false, PAM_CONV_ERR },
	{ 0, false, false, PAM_CONV_ERR },
	{ 0, false, true, PAM_AUTHINFO_UNAVAIL },
};

START_TEST(an_answer_that_does_not_come_denies)
{
	static char too_long[SECRET_MAX + 2];

	memset(too_long, '1', SECRET_MAX + 1);
	start(play_combined);
	l.person.fails_with = bad[_i].fails_with;
	l.person.no_response = bad[_i].no_response;
	l.person.answers[0] = bad[_i].too_long ? too_long : NULL;
	login_begin(&l, "anna", SPLIT PERMIT JUDGE AFTERWARDS);
	ck_assert_int_eq(login_call(&l, AUTH, PAM_SILENT), bad[_i].result);
	login_end(&l, bad[_i].result);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static TCase *
split(void)
{
	TCase *t = tcase_create("split");

	tcase_add_checked_fixture(t, NULL, stage_helper_stop);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, an_answer_is_split_into_password_and_code, 0, COUNT(splits));
	tcase_add_test(t, the_helper_is_told_of_split_and_held_code);
	tcase_add_test(t, a_denied_code_denies);
	tcase_add_test(t, a_split_alone_is_no_login);
	tcase_add_test(t, a_code_that_was_never_judged_is_denied_in_the_account_phase);
	tcase_add_test(t, a_code_that_was_never_judged_is_an_error_of_setcred);
	tcase_add_test(t, where_no_code_is_needed_nothing_is_taken);
	tcase_add_loop_test(t, any_other_verdict_on_a_split_denies, 0, COUNT(wrong_splits));
	tcase_add_test(t, a_held_code_is_given_once_and_a_second_prompt_is_cancelled);
	tcase_add_test(t, a_second_attempt_forgets_the_first_ones_code);
	tcase_add_loop_test(t, an_answer_that_does_not_come_denies, 0, COUNT(bad));
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { split };

	return stage_run(cases, 1, "split");
}
