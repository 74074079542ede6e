/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

/* The deadline.  The cases run side by side, since each takes all of its ten
 * seconds. */

#define SENTENCE "Second factor unavailable; access denied. Tell your administrator."
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login l;

static void
hangs_at_once(struct role *r)
{
	(void)r;
	role_hang();
}

static void
hangs_after_an_info(struct role *r)
{
	role_hear(r);
	role_info(r, "Wait.");
	role_hang();
}

static void
hangs_after_the_answer(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
	role_hear(r);
	role_hang();
}

static void
grants_too_late(struct role *r)
{
	role_hear(r);
	role_pause(10500);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
grants_before_the_late_answer(struct role *r)
{
	role_hear(r);
	role_prompt(r, "Code: ", true);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
chatters(struct role *r)
{
	int i;

	role_hear(r);
	for (i = 0; i < MSG_INFOS_MAX; i++) {
		role_info(r, "Soon.");
		role_pause(2000);
	}
	role_verdict(r, VERDICT_GRANT);
}

static void
dawdle(struct person *p)
{
	if (p->line[p->shown - 1].style == PAM_PROMPT_ECHO_ON)
		role_pause(10500);
}

static const struct {
	role_fn *play;
	void (*then)(struct person *);
	int64_t at_most;
	const char *last;		/* line that the person sees */
} hangs[] = {
	{ hangs_at_once, NULL, 10400, SENTENCE },
	{ hangs_after_an_info, NULL, 10400, SENTENCE },
	{ hangs_after_the_answer, NULL, 10400, SENTENCE },
	{ grants_too_late, NULL, 10400, SENTENCE },
	{ chatters, NULL, 10400, SENTENCE },
	{ grants_before_the_late_answer, dawdle, 10900, "Time is up; access denied. Try again." },
};

/* Each needs the one socket path at its beginning only: what is connected
 * stays so when the path is taken over. */
START_TEST(no_helper_holds_a_login_beyond_its_deadline)
{
	int i, status, failed = 0;
	pid_t pids[COUNT(hangs)];
	int64_t before;

	l.person.answers[0] = "123456";
	for (i = 0; i < COUNT(hangs); i++) {
		stage_helper_start(hangs[i].play);
		l.person.then = hangs[i].then;
		if ((pids[i] = fork()) == 0) {
			before = stage_now();
			status = login_once(&l, AUTH, 0);
			before = stage_now() - before;
			_exit(status != PAM_AUTHINFO_UNAVAIL || before < 9900 ||
			    before > hangs[i].at_most || strcmp(hangs[i].last,
			    l.person.line[l.person.shown - 1].text) != 0);
		}
		role_pause(200);
	}
	for (i = 0; i < COUNT(hangs); i++)
		if (waitpid(pids[i], &status, 0) == -1 || status != 0)
			failed |= 1 << i;
	ck_assert_int_eq(failed, 0);
}
END_TEST

static TCase *
all_hangs(void)
{
	TCase *t = tcase_create("hangs");

	tcase_add_checked_fixture(t, NULL, stage_helper_stop);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, no_helper_holds_a_login_beyond_its_deadline);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { all_hangs };

	return stage_run(cases, 1, "hangs");
}
