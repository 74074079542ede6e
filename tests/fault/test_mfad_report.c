/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "This was not me", keyed in on a telephone, while every call of mfad's that can fail
 * fails in turn, and its queue is full: it was promised, so it is kept.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../suite.h"
#include "../unit/call_world.h"
#include "error.h"
#include "faulty_world.h"
#include "wrap.h"

#define ROUNDS_MAX 1000		/* far more calls than it makes */
#define AGAIN_MAX 5		/* looks at each of them, for the one that must be seen */

static struct api_host web;
static bool queue_was_full;

static int
ask(const char *user)
{
	const char *body = api_login_body(user, 60);

	return api_call(web.credential, "POST", "/v1/logins",
	    api_path("%.*s,\"method\":\"call\"}", (int)strlen(body) - 1, body));
}

/* True when a call failed in it. */
static bool
round_of(long n)
{
	static long rounds;
	char user[32], number[16], login[32], line[64];
	struct dial d;
	bool fired;
	int fd, heard;

	snprintf(user, sizeof(user), "anna%ld", ++rounds);
	snprintf(number, sizeof(number), "+316%08ld", rounds);
	call_world_telephone(user, number);
	ck_assert_int_eq(ask(user), 201);
	snprintf(login, sizeof(login), "%s", api_world_text("login"));
	fd = call_world_accept(&d);
	fault_arm(n);
	call_world_keys(fd, "0");
	heard = dial_recv(fd, &d, deadline_in(PATIENCE_MS));
	/* Where a timer of the call failed, it may be over before that can be said. */
	ck_assert_msg(heard == MFA_E_CLOSED || (heard == MFA_OK && d.type == DIAL_SAY &&
	    d.say == DIAL_REPORTED), "call %ld (%s): %d", n, fault_name(), heard);
	snprintf(line, sizeof(line), "reported user=%s ", user);
	ck_assert_msg(mfad_logged(&api, line), "call %ld (%s)", n, fault_name());
	fired = fault_fired();
	ck_assert(fired || heard == MFA_OK);
	queue_was_full |= strcmp(fault_name(), "writer_submit") == 0;
	fault_arm(0);
	close(fd);	/* as mfad has, where a timer failed */
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", login), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	API_PROBLEM(423, "push-locked", NULL, ask(user));
	return fired;
}

START_TEST(a_report_is_kept_whatever_fails)
{
	long n = 1, again;

	faulty_start(call_world_listen("calls_per_hour = 100000\n"));
	web = api_host("web1");
	while (round_of(n) && n < ROUNDS_MAX)
		n++;
	ck_assert_int_gt(n, 5);
	ck_assert_int_lt(n, ROUNDS_MAX);
	/* Its threads are counted together, so that one call may have been stepped over. */
	for (again = 0; !queue_was_full && again < AGAIN_MAX * n; again++)
		(void)round_of(1 + again % n);
	ck_assert(queue_was_full);
	fprintf(stderr, "# %ld calls\n", n - 1);
	call_world_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_report");
	TCase *t = tcase_create("report");

	tcase_set_timeout(t, 600);
	tcase_add_test(t, a_report_is_kept_whatever_fails);
	suite_add_tcase(s, t);
	return suite_run(s);
}
