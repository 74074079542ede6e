/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "stage.h"

/* What a helper that does its work leads to: exact codes, and what is relayed. */

static struct login l;
static uint32_t verdict_to_play;

static void
play_verdict(struct role *r)
{
	role_hear(r);
	role_verdict(r, verdict_to_play);
	role_hear(r);
}

static const struct {
	uint32_t verdict;
	enum phase_call call;
	int result;
} results[] = {
	{ VERDICT_GRANT, AUTH, PAM_SUCCESS },
	{ VERDICT_DENY, AUTH, PAM_AUTH_ERR },
	{ VERDICT_UNAVAILABLE, AUTH, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_TRIES, AUTH, PAM_MAXTRIES },
	{ VERDICT_SPLIT, AUTH, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_NO_SPLIT, AUTH, PAM_AUTHINFO_UNAVAIL },
	{ 0, AUTH, PAM_AUTHINFO_UNAVAIL },
	{ 1, AUTH, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_GRANT ^ 1, AUTH, PAM_AUTHINFO_UNAVAIL },
	{ VERDICT_GRANT, ACCT, PAM_SUCCESS },
	{ VERDICT_DENY, ACCT, PAM_PERM_DENIED },
	{ VERDICT_UNAVAILABLE, ACCT, PAM_PERM_DENIED },
	{ VERDICT_TRIES, ACCT, PAM_PERM_DENIED },
	{ VERDICT_SPLIT, ACCT, PAM_PERM_DENIED },
	{ VERDICT_NO_SPLIT, ACCT, PAM_PERM_DENIED },
	{ 0, ACCT, PAM_PERM_DENIED },
	{ VERDICT_GRANT, OPEN, PAM_SUCCESS },
	{ VERDICT_DENY, OPEN, PAM_SESSION_ERR },
	{ VERDICT_UNAVAILABLE, OPEN, PAM_SESSION_ERR },
	{ VERDICT_TRIES, OPEN, PAM_SESSION_ERR },
	{ VERDICT_NO_SPLIT, OPEN, PAM_SESSION_ERR },
	{ 0, OPEN, PAM_SESSION_ERR },
	{ VERDICT_GRANT, CLOSE, PAM_SUCCESS },
	{ VERDICT_DENY, CLOSE, PAM_SESSION_ERR },
	{ VERDICT_UNAVAILABLE, CLOSE, PAM_SESSION_ERR },
	{ VERDICT_SPLIT, CLOSE, PAM_SESSION_ERR },
	{ 0, CLOSE, PAM_SESSION_ERR },
};

START_TEST(each_verdict_in_each_phase_has_its_pam_code)
{
	verdict_to_play = results[_i].verdict;
	stage_helper_start(play_verdict);
	ck_assert_int_eq(login_once(&l, results[_i].call, 0), results[_i].result);
	ck_assert_uint_eq(played->served, 1);
}
END_TEST

START_TEST(setcred_succeeds_and_asks_nobody)
{
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	login_begin(&l, "anna", "auth required @\n");
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_call(&l, CRED, PAM_ESTABLISH_CRED), PAM_SUCCESS);
	ck_assert_int_eq(login_call(&l, CRED, PAM_DELETE_CRED), PAM_SUCCESS);
	ck_assert_uint_eq(played->served, 1);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

/* ---- what the helper is told ---- */

static void
begin_with_items(void)
{
	login_begin(&l, "anna", ONE_OF_EACH);
	pam_set_item(l.pamh, PAM_RHOST, "192.0.2.7");
	pam_set_item(l.pamh, PAM_TTY, "ssh");
	pam_set_item(l.pamh, PAM_RUSER, "r\xc3\xa9my");
	pam_set_item(l.pamh, PAM_XDISPLAY, ":0");
	pam_putenv(l.pamh, "SSH_CONNECTION=192.0.2.7 1024 192.0.2.1 22");
}

static uint32_t
kernel_number(const char *path)
{
	char buf[32] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	close(fd);
	return n > 0 ? (uint32_t)strtoul(buf, NULL, 10) : UID_UNSET;
}

START_TEST(the_helper_is_told_every_item)
{
	const struct msg *m;

	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	begin_with_items();
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	login_end(&l, PAM_SUCCESS);
	m = &played->heard[0];
	ck_assert_int_eq(m->type, MSG_BEGIN);
	ck_assert_uint_eq(m->version, MSG_VERSION);
	ck_assert_uint_eq(m->phase, PHASE_AUTH);
	ck_assert_uint_eq(m->flags, 0);
	ck_assert_str_eq(m->service, "stage");
	ck_assert_str_eq(m->user, "anna");
	ck_assert_str_eq(m->ruser, "r\xc3\xa9my");
	ck_assert_str_eq(m->rhost, "192.0.2.7");
	ck_assert_str_eq(m->tty, "ssh");
	ck_assert_str_eq(m->xdisplay, ":0");
	ck_assert_str_eq(m->ssh_connection, "192.0.2.7 1024 192.0.2.1 22");
	ck_assert_uint_eq(m->loginuid, kernel_number("/proc/self/loginuid"));
	ck_assert_uint_eq(m->sessionid, kernel_number("/proc/self/sessionid"));
	ck_assert_uint_gt(m->ms_left, 9000);
	ck_assert_uint_le(m->ms_left, 10000);
}
END_TEST

START_TEST(each_phase_is_told_apart)
{
	static const uint32_t phases[CALLS] = {
		[AUTH] = PHASE_AUTH, [ACCT] = PHASE_ACCOUNT, [OPEN] = PHASE_OPEN,
		[CLOSE] = PHASE_CLOSE,
	};
	enum phase_call call;

	for (call = AUTH; call < CALLS; call++) {
		if (call == CRED)
			continue;
		verdict_to_play = VERDICT_GRANT;
		stage_helper_start(play_verdict);
		ck_assert_int_eq(login_once(&l, call, 0), PAM_SUCCESS);
		ck_assert_uint_eq(played->heard[0].phase, phases[call]);
		stage_helper_stop();
	}
}
END_TEST

START_TEST(a_strange_hint_becomes_a_question_mark_and_no_denial)
{
	static char longer[400];
	static const struct { int item; size_t at; } hints[] = {
		{ PAM_RHOST, offsetof(struct msg, rhost) },
		{ PAM_TTY, offsetof(struct msg, tty) },
		{ PAM_RUSER, offsetof(struct msg, ruser) },
		{ PAM_XDISPLAY, offsetof(struct msg, xdisplay) },
	};
	const char *const strange[] = { "a\nb", "\xff", longer };
	const struct msg *m;
	size_t i;

	memset(longer, 'a', sizeof(longer) - 1);
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	login_begin(&l, "anna", ONE_OF_EACH);
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		ck_assert_int_eq(pam_set_item(l.pamh, hints[i].item, strange[_i]), PAM_SUCCESS);
	pam_putenv(l.pamh, "SSH_CONNECTION=192.0.2.7\r1024 192.0.2.1 22");
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	m = &played->heard[0];
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		ck_assert_str_eq((const char *)m + hints[i].at, "?");
	ck_assert_str_eq(m->ssh_connection, "?");
	login_end(&l, PAM_SUCCESS);
}
END_TEST

static void
play_look_up(struct role *r)
{
	static const struct msg question = { .type = MSG_LOOK_UP };

	role_hear(r);
	role_send(r, &question);
	role_hear(r);
	role_verdict(r, verdict_to_play);
	role_hear(r);
}

START_TEST(the_helper_is_told_ids_when_it_asks)
{
	const struct msg *m;

	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_look_up);
	ck_assert_int_eq(login_once(&l, _i ? ACCT : AUTH, 0), PAM_SUCCESS);
	m = &played->heard[1];
	ck_assert_int_eq(m->type, MSG_IDS);
	ck_assert_uint_eq(m->uid, 64102);
	ck_assert_uint_eq(m->group_count, 2);
	ck_assert_uint_eq(m->groups[0], 64102);
	ck_assert_uint_eq(m->groups[1], 64103);
}
END_TEST

START_TEST(a_user_unknown_to_nss_has_neither_id_nor_groups)
{
	verdict_to_play = VERDICT_DENY;
	stage_helper_start(play_look_up);
	login_begin(&l, "nobody-of-this-name", ONE_OF_EACH);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_AUTH_ERR);
	ck_assert_int_eq(played->heard[1].type, MSG_IDS);
	ck_assert_uint_eq(played->heard[1].uid, UID_UNSET);
	ck_assert_uint_eq(played->heard[1].group_count, 0);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

/* Without room for descriptors, groups would be left out and nothing said. */
START_TEST(ids_that_cannot_be_looked_up_are_a_denial)
{
	struct rlimit few = { 8, 8 };

	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_look_up);
	login_begin(&l, "anna", ONE_OF_EACH);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	login_end(&l, PAM_AUTHINFO_UNAVAIL);
	stage_heard(2);
	ck_assert_int_eq(played->heard[1].type, MSG_CANCEL);
}
END_TEST

START_TEST(an_unusable_user_name_is_a_denial_and_reaches_nobody)
{
	static char longer[300];
	const char *const users[] = { "an\nna", "an\033[mna", "\xff", longer };

	memset(longer, 'a', sizeof(longer) - 1);
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	stage_log_clear();
	login_begin(&l, users[_i], ONE_OF_EACH);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_uint_eq(played->served, 0);
	ck_assert_uint_eq(stage_logged("PAM_USER is missing, too long or unprintable"), 2);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

START_TEST(a_missing_user_name_is_asked_for_in_the_auth_phase_only)
{
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	login_begin(&l, NULL, ONE_OF_EACH);
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_uint_eq(played->served, 0);
	l.person.answers[0] = "anna";
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_str_eq(played->heard[0].user, "anna");
	login_end(&l, PAM_SUCCESS);
}
END_TEST

/* ---- from one phase to the next ---- */

static void
play_judge(struct role *r)
{
	role_hear(r);
	role_verdict(r, played->heard[played->count - 1].phase == PHASE_AUTH ? verdict_to_play :
	    VERDICT_GRANT);
	role_pause(10);
}

static uint32_t
account_flags(void)
{
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_SUCCESS);
	return played->heard[played->count - 1].flags;
}

START_TEST(the_account_phase_tells_of_a_grant_of_this_transaction)
{
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_judge);
	login_begin(&l, "anna", ONE_OF_EACH);
	ck_assert_uint_eq(account_flags(), 0);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(account_flags(), BEGIN_JUDGED);
	login_end(&l, PAM_SUCCESS);
	login_begin(&l, "anna", ONE_OF_EACH);
	ck_assert_uint_eq(account_flags(), 0);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

START_TEST(a_grant_is_not_another_users)
{
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_judge);
	login_begin(&l, "anna", ONE_OF_EACH);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	pam_set_item(l.pamh, PAM_USER, "root");
	ck_assert_uint_eq(account_flags(), 0);
	pam_set_item(l.pamh, PAM_USER, "anna");
	ck_assert_uint_eq(account_flags(), BEGIN_JUDGED);
	pam_set_item(l.pamh, PAM_SERVICE, "other");
	ck_assert_uint_eq(account_flags(), 0);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

static void
play_grant_then_deny(struct role *r)
{
	role_hear(r);
	role_verdict(r, played->served == 1 || played->heard[played->count - 1].phase !=
	    PHASE_AUTH ? VERDICT_GRANT : VERDICT_DENY);
	role_pause(10);
}

START_TEST(a_denial_takes_an_earlier_grant_away)
{
	stage_helper_start(play_grant_then_deny);
	login_begin(&l, "anna", ONE_OF_EACH);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_AUTH_ERR);
	ck_assert_uint_eq(account_flags(), 0);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

/* ---- arguments ---- */

static const struct { const char *args; const char *why; } bad_args[] = {
	{ "nullok", "unknown argument\" at=nullok" },
	{ "deadline=9", "deadline is not a number from 10 to 600" },
	{ "deadline=601", "deadline is not a number from 10 to 600" },
	{ "deadline=", "deadline is not a number from 10 to 600" },
	{ "deadline=10s", "deadline is not a number from 10 to 600" },
	{ "deadline=010", "deadline is not a number from 10 to 600" },
	{ "deadline=20 deadline=20", "an argument is given twice" },
	{ "debug debug", "an argument is given twice" },
	{ "Debug", "unknown argument" },
	{ "split=yes", "unknown argument" },
};

START_TEST(an_argument_that_is_not_understood_denies_in_every_phase)
{
	static const int denied[CALLS] = {
		[AUTH] = PAM_AUTH_ERR, [CRED] = PAM_CRED_ERR, [ACCT] = PAM_PERM_DENIED,
		[OPEN] = PAM_SESSION_ERR, [CLOSE] = PAM_SESSION_ERR,
	};
	enum phase_call call;
	char stack[512];

	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	stage_log_clear();
	snprintf(stack, sizeof(stack), "auth required @ %s\naccount required @ %s\n"
	    "session required @ %s\n", bad_args[_i].args, bad_args[_i].args, bad_args[_i].args);
	login_begin(&l, "anna", stack);
	for (call = AUTH; call < CALLS; call++)
		ck_assert_int_eq(login_call(&l, call, 0), denied[call]);
	ck_assert_uint_eq(played->served, 0);
	ck_assert_uint_eq(stage_logged(bad_args[_i].why), CALLS);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

START_TEST(split_outside_an_auth_line_denies)
{
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	login_begin(&l, "anna", "account required @ split\nsession required @ split\n");
	ck_assert_int_eq(login_call(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_int_eq(login_call(&l, OPEN, 0), PAM_SESSION_ERR);
	ck_assert_uint_eq(played->served, 0);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

START_TEST(debug_says_what_a_phase_came_to)
{
	verdict_to_play = VERDICT_GRANT;
	stage_helper_start(play_verdict);
	stage_log_clear();
	login_begin(&l, "anna", "auth required @ debug deadline=600\n");
	ck_assert_int_eq(login_call(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_gt(played->heard[0].ms_left, 590000);
	ck_assert_uint_eq(stage_logged("pam_mfa(stage:auth): phase=1"), 1);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static TCase *
verdicts(void)
{
	TCase *t = tcase_create("verdicts");

	tcase_add_checked_fixture(t, NULL, stage_helper_stop);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, each_verdict_in_each_phase_has_its_pam_code, 0, COUNT(results));
	tcase_add_test(t, setcred_succeeds_and_asks_nobody);
	tcase_add_test(t, the_helper_is_told_every_item);
	tcase_add_test(t, each_phase_is_told_apart);
	tcase_add_loop_test(t, a_strange_hint_becomes_a_question_mark_and_no_denial, 0, 3);
	tcase_add_loop_test(t, the_helper_is_told_ids_when_it_asks, 0, 2);
	tcase_add_test(t, a_user_unknown_to_nss_has_neither_id_nor_groups);
	tcase_add_test(t, ids_that_cannot_be_looked_up_are_a_denial);
	tcase_add_loop_test(t, an_unusable_user_name_is_a_denial_and_reaches_nobody, 0, 4);
	tcase_add_test(t, a_missing_user_name_is_asked_for_in_the_auth_phase_only);
	tcase_add_test(t, the_account_phase_tells_of_a_grant_of_this_transaction);
	tcase_add_test(t, a_grant_is_not_another_users);
	tcase_add_test(t, a_denial_takes_an_earlier_grant_away);
	tcase_add_loop_test(t, an_argument_that_is_not_understood_denies_in_every_phase, 0,
	    COUNT(bad_args));
	tcase_add_test(t, split_outside_an_auth_line_denies);
	tcase_add_test(t, debug_says_what_a_phase_came_to);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { verdicts };

	return stage_run(cases, 1, "verdicts");
}
