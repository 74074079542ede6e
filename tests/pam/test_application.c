/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "paths.h"
#include "stage.h"

/* The application is left as it was found, and the module works in odd ones. */

extern char **environ;

static struct login l;

/* ---- the state of an application ---- */

struct state {
	unsigned long actions[65][8];	/* as the kernel has them */
	sigset_t mask;
	char descriptors[64][64];	/* what each is, "" for closed */
	unsigned int more_descriptors;
	char *environment[128];
	mode_t umask;
	char locale[256];
	char cwd[256];
	char status[2048];		/* ids, capabilities, threads, no_new_privs */
};

static void
take_descriptors(struct state *s)
{
	char path[64];
	ssize_t n;
	int fd;

	for (fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, s->descriptors[fd], sizeof(s->descriptors[fd]) - 1);
		s->descriptors[fd][n > 0 ? n : 0] = '\0';
	}
	for (; fd < 1024; fd++)
		s->more_descriptors += fcntl(fd, F_GETFD) != -1;
}

static void
take_status(struct state *s)
{
	static const char *const keep[] = { "Uid", "Gid", "Groups", "Cap", "Threads", "NoNew",
	    "SigPnd", "ShdPnd",
	    "SigBlk", "SigIgn", "SigCgt", "Seccomp", "Umask" };
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	size_t i, at = 0;

	while (fgets(line, sizeof(line), f) != NULL)
		for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
			if (strncmp(line, keep[i], strlen(keep[i])) == 0)
				at += (size_t)snprintf(s->status + at, sizeof(s->status) - at,
				    "%s", line);
	fclose(f);
}

/* Zeroed first: two states are compared as bytes. */
static void
take_state(struct state *s)
{
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 1; i < 65; i++)
		(void)syscall(SYS_rt_sigaction, i, NULL, s->actions[i], 8);
	sigprocmask(SIG_SETMASK, NULL, &s->mask);
	take_descriptors(s);
	for (i = 0; environ[i] != NULL && i < 128; i++)
		s->environment[i] = environ[i];
	s->umask = umask(0);
	(void)umask(s->umask);
	snprintf(s->locale, sizeof(s->locale), "%s", setlocale(LC_ALL, NULL));
	ck_assert_ptr_nonnull(getcwd(s->cwd, sizeof(s->cwd)));
	take_status(s);
}

static void
same_state(const struct state *a, const struct state *b)
{
	int i;

	for (i = 0; i < 64; i++)
		ck_assert_str_eq(a->descriptors[i], b->descriptors[i]);
	ck_assert_uint_eq(a->more_descriptors, b->more_descriptors);
	for (i = 1; i < 65; i++)
		ck_assert_msg(memcmp(a->actions[i], b->actions[i], sizeof(a->actions[i])) == 0,
		    "signal %d", i);
	ck_assert_str_eq(a->status, b->status);
	ck_assert_str_eq(a->locale, b->locale);
	ck_assert_str_eq(a->cwd, b->cwd);
	ck_assert(memcmp(a, b, sizeof(*a)) == 0);
}

/* ---- ways a login can go ---- */

static void
asks_and_grants(struct role *r)
{
	role_hear(r);
	role_info(r, "Hello.");
	role_prompt(r, "Code: ", true);
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
dies(struct role *r)
{
	role_hear(r);
}

enum way { CONNECT, SPAWN, ABSENT, FAULT, WAYS };

static void
prepare(enum way way)
{
	if (way == CONNECT)
		stage_helper_start(asks_and_grants);
	else if (way == FAULT)
		stage_helper_start(dies);
	else if (way == SPAWN)
		stage_install_probe();
	l.person.answers[0] = "123456";
}

static const int expected[WAYS] = {
	[CONNECT] = PAM_SUCCESS, [SPAWN] = PAM_SUCCESS,
	[ABSENT] = PAM_AUTHINFO_UNAVAIL, [FAULT] = PAM_AUTHINFO_UNAVAIL,
};

static void
take_away(void)
{
	stage_helper_stop();
	(void)unlink(MFA_HELPER);
	(void)unlink("/tmp/probe");
}

static unsigned int sigchlds;

static void
count_sigchld(int sig)
{
	(void)sig;
	sigchlds++;
}

/* As found.  libpam and syslog(3) keep what they open at first: a first login
 * of the same kind opens it. */
START_TEST(everything_is_left_as_it_was)
{
	static struct state before, after;
	struct sigaction odd = { .sa_handler = count_sigchld, .sa_flags = SA_RESTART };
	enum way way = (enum way)_i;

	openlog("application", LOG_NDELAY, LOG_USER);
	prepare(way);
	sigaction(SIGCHLD, &odd, NULL);
	sigaction(SIGUSR1, &odd, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	sigaddset(&before.mask, SIGUSR2);
	sigprocmask(SIG_BLOCK, &before.mask, NULL);
	(void)umask(013);
	ck_assert_int_eq(chdir("/usr"), 0);
	setlocale(LC_ALL, "C.UTF-8");
	login_begin(&l, "anna", ONE_OF_EACH);
	(void)login_call(&l, AUTH, PAM_SILENT);
	sigchlds = 0;
	l.person.asked = 0;

	take_state(&before);
	ck_assert_int_eq(login_call(&l, AUTH, 0), expected[way]);
	take_state(&after);
	same_state(&before, &after);
	ck_assert_uint_eq(sigchlds, 0);
	login_end(&l, PAM_SUCCESS);
	if (way == SPAWN || way == ABSENT) {
		ck_assert_int_eq(waitpid(-1, NULL, (int)__WALL), -1);
		ck_assert_int_eq(errno, ECHILD);
	}
}
END_TEST

/* ---- odd applications ---- */

static void
reap_any(int sig)
{
	(void)sig;
	sigchlds++;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

static void
odd_sigchld(int kind)
{
	struct sigaction a = { .sa_handler = SIG_DFL };

	if (kind == 0)
		a.sa_handler = SIG_IGN;
	else if (kind == 1)
		a.sa_flags = SA_NOCLDWAIT;
	else
		a.sa_handler = reap_any;
	sigaction(SIGCHLD, &a, NULL);
}

START_TEST(an_application_that_ignores_or_reaps_sigchld_is_served)
{
	prepare(SPAWN);
	odd_sigchld(_i);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(sigchlds, 0);
}
END_TEST

static atomic_int over;

static void *
reap_all_the_time(void *arg)
{
	while (!over)
		(void)waitpid(-1, NULL, (int)__WALL | WNOHANG);
	return arg;
}

START_TEST(an_application_that_takes_even_our_child_is_served)
{
	pthread_t thread;
	int i;

	prepare(SPAWN);
	ck_assert_int_eq(pthread_create(&thread, NULL, reap_all_the_time, NULL), 0);
	for (i = 0; i < 20; i++)
		ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	over = 1;
	pthread_join(thread, NULL);
}
END_TEST

static int closed_standard;	/* bits */

static void
standard_descriptors_are_as_they_were(struct person *p)
{
	int fd;

	(void)p;
	for (fd = 0; fd < 3; fd++)
		ck_assert_int_eq(fcntl(fd, F_GETFD) == -1, (closed_standard & 1 << fd) != 0);
}

/* Which of 0 to 2 are closed is the bits of the loop's number; they are so
 * while a person is asked, too. */
START_TEST(an_application_with_closed_standard_descriptors_keeps_them_closed)
{
	enum way way = (enum way)(_i / 8);
	int fd;

	prepare(way);
	closed_standard = _i % 8;
	l.person.then = standard_descriptors_are_as_they_were;
	login_begin(&l, "anna", ONE_OF_EACH);
	for (fd = 0; fd < 3; fd++)
		if (closed_standard & 1 << fd)
			close(fd);
	ck_assert_int_eq(login_call(&l, AUTH, 0), expected[way]);
	standard_descriptors_are_as_they_were(&l.person);
	login_end(&l, PAM_SUCCESS);
}
END_TEST

static void
become_anna(void)
{
	ck_assert_int_eq(setresgid(64102, 64102, 64102), 0);
	ck_assert_int_eq(setresuid(64102, 64102, 64102), 0);
}

START_TEST(an_ordinary_user_is_served_by_who_listens)
{
	prepare(CONNECT);
	become_anna();
	if (_i == 1)
		ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
}
END_TEST

START_TEST(an_ordinary_user_is_denied_where_nobody_listens)
{
	stage_log_clear();
	prepare(_i == 0 ? ABSENT : SPAWN);
	become_anna();
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_eq(login_once(&l, ACCT, 0), PAM_PERM_DENIED);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

/* ---- threads ---- */

#define THREADS 8
#define LOGINS 10

static int
answer(int n, const struct pam_message **m, struct pam_response **r, void *arg)
{
	(void)n;
	(void)m;
	(void)arg;
	*r = calloc(1, sizeof(**r));
	(*r)->resp = strdup("123456");
	return PAM_SUCCESS;
}

static void *
log_in(void *arg)
{
	static const struct pam_conv conv = { answer, NULL };
	unsigned int *granted = arg;
	pam_handle_t *pamh;
	int i, r;

	for (i = 0; i < LOGINS; i++) {
		if (pam_start_confdir("stage", "anna", &conv, "/tmp/stacks", &pamh) != PAM_SUCCESS)
			continue;
		r = pam_authenticate(pamh, 0);
		*granted += r == PAM_SUCCESS;
		pam_end(pamh, r);
	}
	return NULL;
}

/* Threads that allocate all the time: their locks are held at some clone. */
static void *
allocate_all_the_time(void *arg)
{
	void *volatile p;	/* or the compiler takes the pair away */

	while (!over) {
		p = malloc(1000);
		free(p);
	}
	return arg;
}

START_TEST(threads_log_in_side_by_side)
{
	pthread_t threads[THREADS], noise;
	unsigned int granted[THREADS] = { 0 }, all = 0;
	int i;

	prepare((enum way)_i);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_int_eq(pthread_create(&noise, NULL, allocate_all_the_time, NULL), 0);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, log_in, &granted[i]), 0);
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		all += granted[i];
	}
	over = 1;
	pthread_join(noise, NULL);
	ck_assert_uint_eq(all, THREADS * LOGINS);
}
END_TEST

/* A timer's signal interrupts every call that waits. */
START_TEST(signals_all_the_time_do_no_harm)
{
	struct sigaction a = { .sa_handler = count_sigchld };
	struct sigevent e = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	struct itimerspec often = { { 0, 200000 }, { 0, 200000 } };
	timer_t timer;
	int i;

	prepare((enum way)_i);
	sigaction(SIGALRM, &a, NULL);
	ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &e, &timer), 0);
	ck_assert_int_eq(timer_settime(timer, 0, &often, NULL), 0);
	for (i = 0; i < 10; i++) {
		l.person.asked = l.person.shown = 0;
		ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	}
	timer_delete(timer);
}
END_TEST

static TCase *
application(void)
{
	TCase *t = tcase_create("application");

	tcase_add_checked_fixture(t, NULL, take_away);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, everything_is_left_as_it_was, 0, WAYS);
	tcase_add_loop_test(t, an_application_that_ignores_or_reaps_sigchld_is_served, 0, 3);
	tcase_add_test(t, an_application_that_takes_even_our_child_is_served);
	tcase_add_loop_test(t, an_application_with_closed_standard_descriptors_keeps_them_closed,
	    0, 8 * WAYS);
	tcase_add_loop_test(t, an_ordinary_user_is_served_by_who_listens, 0, 2);
	tcase_add_loop_test(t, an_ordinary_user_is_denied_where_nobody_listens, 0, 2);
	tcase_add_loop_test(t, threads_log_in_side_by_side, CONNECT, SPAWN + 1);
	tcase_add_loop_test(t, signals_all_the_time_do_no_harm, CONNECT, SPAWN + 1);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { application };

	return stage_run(cases, 1, "application");
}
