/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "paths.h"
#include "stage.h"

/* A helper gone wrong can do no harm: each way denies, exactly, in time, with
 * one line to the log and one sentence to the person. */

#define SENTENCE "Second factor unavailable; access denied. Tell your administrator."
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login l;

/* ---- roles that go wrong; where it matters they offer a grant as well ---- */

static void
dies_at_once(struct role *r)
{
	(void)r;
}

static void
dies_after_begin(struct role *r)
{
	role_hear(r);
}

static void
dies_at_the_prompt(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
}

static void
dies_after_the_answer(struct role *r)
{
	dies_at_the_prompt(r);
	role_hear(r);
}

static void
dies_after_an_info(struct role *r)
{
	role_hear(r);
	role_info(r, "Wait.");
}

static void
sends_raw(struct role *r, const void *data, size_t len)
{
	role_hear(r);
	role_raw(r, data, len);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

#define RAW(name, bytes) \
	static void name(struct role *r) { sends_raw(r, bytes, sizeof(bytes) - 1); }

RAW(sends_nothing, "")
RAW(sends_an_unknown_type, "\x63")
RAW(sends_type_zero, "\0")
RAW(sends_noise, "\xde\xad\xbe\xef\x00\x01\x02\x03")
RAW(sends_half_a_verdict, "\x07granx")
RAW(sends_a_short_grant, "\x07gran")
RAW(sends_a_long_grant, "\x07gran\0\0\0\0\0")
RAW(sends_a_grant_of_other_words, "\x07grao\0\0\0\0")
RAW(sends_a_zero_verdict, "\x07\0\0\0\0\0\0\0\0")
RAW(sends_a_true_verdict, "\x07\0\0\0\1\0\0\0\0")
RAW(sends_a_cancel, "\x03")
RAW(sends_an_answer, "\x02\0\x06" "123456")
RAW(sends_a_begin, "\x01")
RAW(sends_a_newline, "\x05\0\x03" "a\nb")
RAW(sends_an_escape, "\x05\0\x04" "\033[2J")
RAW(sends_c1, "\x05\0\x02\xc2\x9b")
RAW(sends_broken_utf8, "\x06\0\x02\xc3\x28")
RAW(sends_a_zero_in_a_text, "\x05\0\x03" "a\0b")
RAW(sends_reversed_text, "\x05\0\x03\xe2\x80\xae")
RAW(sends_a_length_beyond_the_end, "\x05\0\x09" "abc")
RAW(sends_a_prompt_with_odd_echo, "\x04\0\0\0\x02\0\x01?")
RAW(sends_a_control_in_a_prompt, "\x04\0\0\0\x01\0\x02?\a")

static void
sends_too_long_a_text(struct role *r)
{
	unsigned char buf[3 + MSG_TEXT_MAX + 1] = { MSG_INFO, (MSG_TEXT_MAX + 1) >> 8,
	    (MSG_TEXT_MAX + 1) & 0xff };

	memset(buf + 3, 'a', MSG_TEXT_MAX + 1);
	sends_raw(r, buf, sizeof(buf));
}

static void
sends_an_oversized_message(struct role *r)
{
	static unsigned char buf[MSG_MAX * 2] = { MSG_VERDICT, 'g', 'r', 'a', 'n' };

	sends_raw(r, buf, sizeof(buf));
}

static void
sends_nine_infos(struct role *r)
{
	int i;

	role_hear(r);
	for (i = 0; i < MSG_INFOS_MAX + 1; i++)
		role_info(r, "Still here.");
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
sends_seventeen_prompts(struct role *r)
{
	int i;

	role_hear(r);
	for (i = 0; i < MSG_PROMPTS_MAX + 1; i++) {
		role_prompt(r, "Code: ", true);
		role_hear(r);
	}
	role_verdict(r, VERDICT_GRANT);
}

/* The info keeps the module busy until both are queued. */
static void
sends_two_verdicts(struct role *r)
{
	role_hear(r);
	role_info(r, "Slowly.");
	role_verdict(r, VERDICT_GRANT);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
sends_a_prompt_after_the_verdict(struct role *r)
{
	role_hear(r);
	role_info(r, "Slowly.");
	role_verdict(r, VERDICT_GRANT);
	role_prompt(r, "One more thing: ", true);
	role_hear(r);
}

static void
sends_a_descriptor(struct role *r)
{
	union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
	char data[] = "\x07gran\0\0\0";
	struct iovec iov = { data, sizeof(data) };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	c = CMSG_FIRSTHDR(&h);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &(int){ 0 }, sizeof(int));
	role_hear(r);
	(void)sendmsg(r->fd, &h, MSG_NOSIGNAL);
	role_hear(r);
}

#define PROTOCOL "the helper sent what it may not send"
#define CLOSED "the helper went away without a verdict"

static const struct fault {
	role_fn *play;
	const char *why;		/* in the log */
	unsigned int shown;		/* lines before the sentence */
} faults[] = {
	{ NULL, "nobody serves /run/pam_mfa/login.sock", 0 },
	{ dies_at_once, CLOSED, 0 },
	{ dies_after_begin, CLOSED, 0 },
	{ dies_at_the_prompt, CLOSED, 1 },
	{ dies_after_the_answer, CLOSED, 1 },
	{ dies_after_an_info, CLOSED, 1 },
	{ sends_nothing, CLOSED, 0 },
	{ sends_an_unknown_type, PROTOCOL, 0 },
	{ sends_type_zero, PROTOCOL, 0 },
	{ sends_noise, PROTOCOL, 0 },
	{ sends_half_a_verdict, PROTOCOL, 0 },
	{ sends_a_short_grant, PROTOCOL, 0 },
	{ sends_a_long_grant, PROTOCOL, 0 },
	{ sends_a_grant_of_other_words, PROTOCOL, 0 },
	{ sends_a_zero_verdict, PROTOCOL, 0 },
	{ sends_a_true_verdict, PROTOCOL, 0 },
	{ sends_a_cancel, PROTOCOL, 0 },
	{ sends_an_answer, PROTOCOL, 0 },
	{ sends_a_begin, PROTOCOL, 0 },
	{ sends_a_newline, PROTOCOL, 0 },
	{ sends_an_escape, PROTOCOL, 0 },
	{ sends_c1, PROTOCOL, 0 },
	{ sends_broken_utf8, PROTOCOL, 0 },
	{ sends_a_zero_in_a_text, PROTOCOL, 0 },
	{ sends_reversed_text, PROTOCOL, 0 },
	{ sends_a_length_beyond_the_end, PROTOCOL, 0 },
	{ sends_a_prompt_with_odd_echo, PROTOCOL, 0 },
	{ sends_a_control_in_a_prompt, PROTOCOL, 0 },
	{ sends_too_long_a_text, PROTOCOL, 0 },
	{ sends_an_oversized_message, PROTOCOL, 0 },
	{ sends_nine_infos, PROTOCOL, MSG_INFOS_MAX },
	{ sends_seventeen_prompts, PROTOCOL, MSG_PROMPTS_MAX },
	{ sends_two_verdicts, PROTOCOL, 1 },
	{ sends_a_prompt_after_the_verdict, PROTOCOL, 1 },
	{ sends_a_descriptor, PROTOCOL, 0 },
};

static int
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void
start(const struct fault *f)
{
	int i;

	openlog(NULL, LOG_NDELAY, LOG_AUTHPRIV);
	stage_log_clear();
	for (i = 0; i < LINES_MAX; i++)
		l.person.answers[i] = "123456";
	l.person.waits_ms = f->shown == 1 ? 50 : 0;
	if (f->play != NULL)
		stage_helper_start(f->play);
}

START_TEST(every_fault_denies_at_once_with_one_log_line_and_one_sentence)
{
	const struct fault *f = &faults[_i];
	int64_t before = stage_now();
	int descriptors;

	start(f);
	descriptors = open_descriptors();
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_lt(stage_now() - before, 5000);
	ck_assert_int_eq(open_descriptors(), descriptors);
	ck_assert_uint_eq(l.person.shown, f->shown + 1);
	ck_assert_int_eq(l.person.line[f->shown].style, PAM_ERROR_MSG);
	ck_assert_str_eq(l.person.line[f->shown].text, SENTENCE);
	ck_assert_uint_eq(stage_logged(f->why), 1);
	ck_assert_uint_eq(stage_logged("pam_mfa("), 1);
	ck_assert_uint_eq(stage_logged(" do=\""), 1);
}
END_TEST

START_TEST(every_fault_denies_in_the_other_phases_too)
{
	const struct fault *f = &faults[_i];

	start(f);
	ck_assert_int_eq(login_once(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_int_eq(login_once(&l, OPEN, 0), PAM_SESSION_ERR);
	l.person.shown = 0;
	ck_assert_int_eq(login_once(&l, CLOSE, 0), PAM_SESSION_ERR);
	ck_assert_uint_le(l.person.shown, f->shown);
	ck_assert_uint_eq(stage_logged("pam_mfa("), 3);
}
END_TEST

START_TEST(pam_silent_hides_the_sentence_and_keeps_the_log_line)
{
	start(&faults[0]);
	ck_assert_int_eq(login_once(&l, AUTH, PAM_SILENT), PAM_AUTHINFO_UNAVAIL);
	ck_assert_uint_eq(l.person.shown, 0);
	ck_assert_uint_eq(stage_logged("pam_mfa("), 1);
}
END_TEST

static void
denies(struct role *r)
{
	role_hear(r);
	role_verdict(r, VERDICT_DENY);
}

START_TEST(a_judgement_of_the_helpers_is_left_to_its_own_log_line)
{
	start(&(struct fault){ denies, NULL, 0 });
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTH_ERR);
	ck_assert_uint_eq(l.person.shown, 0);
	ck_assert_uint_eq(stage_logged("pam_mfa("), 0);
}
END_TEST

static void
finds_a_fault(struct role *r)
{
	role_hear(r);
	role_verdict(r, VERDICT_UNAVAILABLE);
}

START_TEST(a_fault_that_the_helper_found_is_told_to_the_person)
{
	start(&(struct fault){ finds_a_fault, NULL, 0 });
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_str_eq(l.person.line[0].text, SENTENCE);
	ck_assert_uint_eq(stage_logged("the helper found a fault"), 1);
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

/* The helper's deadline is the shorter one, and the person is still asked. */
static uint32_t word_in_our_turn;

static void
gives_its_verdict_meanwhile(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
	role_verdict(r, word_in_our_turn);
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
}

static void
a_moment(struct person *p)
{
	if (p->line[p->shown - 1].style == PAM_PROMPT_ECHO_ON)
		role_pause(300);
}

static const uint32_t words[] = { VERDICT_DENY, VERDICT_GRANT, VERDICT_UNAVAILABLE, 0 };

START_TEST(a_verdict_while_the_person_is_asked_means_that_time_is_up)
{
	word_in_our_turn = words[_i];
	start(&(struct fault){ gives_its_verdict_meanwhile, NULL, 0 });
	l.person.then = a_moment;
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_str_eq(l.person.line[l.person.shown - 1].text,
	    "Time is up; access denied. Try again.");
	ck_assert_uint_eq(stage_logged("the person did not answer in time"), 1);
}
END_TEST

START_TEST(only_a_login_may_ask_something)
{
	start(&(struct fault){ prompts_then_grants, NULL, 0 });
	ck_assert_int_eq(login_once(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_int_eq(login_once(&l, OPEN, 0), PAM_SESSION_ERR);
	ck_assert_int_eq(login_once(&l, CLOSE, 0), PAM_SESSION_ERR);
	ck_assert_uint_eq(l.person.asked, 0);
}
END_TEST

/* ---- who listens ---- */

static void
grants(struct role *r)
{
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

START_TEST(a_listener_of_another_user_hears_nothing)
{
	start(&faults[0]);
	stage_helper_start_as(grants, 64102);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_uint_eq(played->count, 0);
	ck_assert_uint_eq(stage_logged("is served by neither root nor pam_mfa"), 1);
}
END_TEST

START_TEST(a_listener_of_the_helpers_own_user_is_heard)
{
	start(&faults[0]);
	stage_helper_start_as(grants, stage_uid(MFA_USER));
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
}
END_TEST

static TCase *
all_faults(void)
{
	TCase *t = tcase_create("faults");

	tcase_add_checked_fixture(t, NULL, stage_helper_stop);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_fault_denies_at_once_with_one_log_line_and_one_sentence, 0,
	    COUNT(faults));
	tcase_add_loop_test(t, every_fault_denies_in_the_other_phases_too, 0, COUNT(faults));
	tcase_add_test(t, pam_silent_hides_the_sentence_and_keeps_the_log_line);
	tcase_add_test(t, a_judgement_of_the_helpers_is_left_to_its_own_log_line);
	tcase_add_test(t, a_fault_that_the_helper_found_is_told_to_the_person);
	tcase_add_loop_test(t, a_verdict_while_the_person_is_asked_means_that_time_is_up, 0,
	    COUNT(words));
	tcase_add_test(t, only_a_login_may_ask_something);
	tcase_add_test(t, a_listener_of_another_user_hears_nothing);
	tcase_add_test(t, a_listener_of_the_helpers_own_user_is_heard);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { all_faults };

	return stage_run(cases, 1, "faults");
}
