/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times whole logins through libpam, as an application makes them: pam_start,
 * pam_authenticate, pam_end.  Run in the world by tests/bench/run.
 *
 *	login compare ROUNDS SERVICE...		one login each per round, in turn
 *	login at-once PROCESSES ROUNDS SERVICE	all processes together
 *	login wait COUNT SERVICE		COUNT logins wait at their prompt
 *	login again ROUNDS USERS SERVICE	users from all over u1 ... uUSERS; the
 *						state is set back before each
 *
 * User N of the bench is "uN"; every login takes another one, whose secret
 * all modules know alike.  Prints one line a service:
 *	SERVICE median_us p99_us cpu_us
 */
#include <errno.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "otp.h"

/* With an "other" of one line: Debian's own, which libpam reads at every start,
 * loads five modules and would hide what is measured. */
#define CONFDIR "/etc/bench.d"
#define PAUSE_US 3000	/* between logins: people come with gaps, in which the helper
			 * makes its next child; what that costs shows at-once */
#define KEY "12345678901234567890"	/* RFC 6238 appendix B */

static int held;	/* a conversation that waits: writes here when it does */

static double
now_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static char *
current_code(void)
{
	char code[OTP_CODE_MAX];
	struct secret key;

	if (secret_set(&key, KEY, strlen(KEY)) != 0 ||
	    otp_code(&otp_default, &key, otp_step(&otp_default, time(NULL)), code) != 0)
		die("otp_code");
	return strdup(code);
}

static int
converse(int count, const struct pam_message **messages, struct pam_response **out, void *arg)
{
	struct pam_response *r = calloc((size_t)count, sizeof(*r));
	int i;

	(void)arg;
	for (i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_ON ||
		    messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) {
			if (held != 0) {
				if (write(held, "w", 1) != 1)
					_exit(2);
				pause();
			}
			r[i].resp = current_code();
		}
	*out = r;
	return PAM_SUCCESS;
}

static int
login(const char *service, unsigned int user)
{
	struct pam_conv conv = { .conv = converse };
	pam_handle_t *pamh = NULL;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "u%u", user);
	if ((r = pam_start_confdir(service, name, &conv, CONFDIR, &pamh)) != PAM_SUCCESS)
		return r;
	(void)pam_set_item(pamh, PAM_RHOST, "192.0.2.7");
	r = pam_authenticate(pamh, 0);
	pam_end(pamh, r);
	return r;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
check(const char *service, int r)
{
	if (r == PAM_SUCCESS)
		return;
	fprintf(stderr, "%s: %s\n", service, pam_strerror(NULL, r));
	exit(2);
}

static int
compare(unsigned int rounds, char **services, unsigned int count)
{
	double *wall = calloc((size_t)rounds * count, sizeof(*wall));
	double *cpu = calloc(count, sizeof(*cpu));
	unsigned int i, j;

	for (i = 0; i < rounds; i++)
		for (j = 0; j < count; j++) {
			double c = now_us(CLOCK_PROCESS_CPUTIME_ID), t = now_us(CLOCK_MONOTONIC);
			int r = login(services[j], i + 1);

			wall[(size_t)j * rounds + i] = now_us(CLOCK_MONOTONIC) - t;
			cpu[j] += now_us(CLOCK_PROCESS_CPUTIME_ID) - c;
			check(services[j], r);
			usleep(PAUSE_US);
		}
	for (j = 0; j < count; j++) {
		double *w = wall + (size_t)j * rounds;

		qsort(w, rounds, sizeof(*w), ascending);
		printf("%s %.1f %.1f %.1f\n", services[j], w[rounds / 2], w[rounds * 99 / 100],
		    cpu[j] / rounds);
	}
	free(wall);
	free(cpu);
	return 0;
}

/* All start at the closing of a pipe; the time is from there to the last. */
static int
at_once(unsigned int processes, unsigned int rounds, const char *service)
{
	unsigned int i, j;
	int gate[2], status, bad = 0;
	double t;

	if (pipe(gate) == -1)
		die("pipe");
	for (i = 0; i < processes; i++)
		if (fork() == 0) {
			char byte;

			close(gate[1]);
			if (read(gate[0], &byte, 1) != 0)
				_exit(2);
			for (j = 0; j < rounds; j++)
				check(service, login(service, 1 + i * rounds + j));
			_exit(0);
		}
	usleep(50000);
	t = now_us(CLOCK_MONOTONIC);
	close(gate[1]);
	while (wait(&status) > 0)
		bad |= status;
	t = now_us(CLOCK_MONOTONIC) - t;
	printf("%s %.1f\n", service, (double)(processes * rounds) / (t / 1e6));
	return bad != 0 ? 2 : 0;
}

/* COUNT logins at their prompt; "ready" when all are, until stdin ends. */
static int
hold(unsigned int count, const char *service)
{
	int told[2];
	unsigned int i;
	char byte;

	if (pipe(told) == -1)
		die("pipe");
	for (i = 0; i < count; i++)
		if (fork() == 0) {
			held = told[1];
			login(service, i + 1);
			_exit(0);
		}
	for (i = 0; i < count; i++)
		if (read(told[0], &byte, 1) != 1)
			die("read");
	printf("ready\n");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	kill(0, SIGTERM);
	return 0;
}

/* What was spent is unspent again by the program named in BENCH_RESET, as the
 * user that owns the state. */
static void
set_back(unsigned int user)
{
	const char *program = getenv("BENCH_RESET");
	char name[32];
	pid_t pid;
	int status;

	snprintf(name, sizeof(name), "u%u", user);
	if ((pid = fork()) == 0) {
		execlp("setpriv", "setpriv", "--reuid", "pam_mfa", "--regid", "pam_mfa",
		    "--clear-groups", program, "reset", name, (char *)NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		die("set back");
}

static int
again(unsigned int rounds, unsigned int users, const char *service)
{
	double *wall = calloc(rounds, sizeof(*wall));
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		unsigned int user = 1 + (unsigned int)((uint64_t)i * 2654435761u % users);
		double t;

		set_back(user);
		t = now_us(CLOCK_MONOTONIC);
		check(service, login(service, user));
		wall[i] = now_us(CLOCK_MONOTONIC) - t;
	}
	qsort(wall, rounds, sizeof(*wall), ascending);
	printf("%s %.1f %.1f\n", service, wall[rounds / 2], wall[rounds * 99 / 100]);
	free(wall);
	return 0;
}

static unsigned int
number(const char *s)
{
	return (unsigned int)strtoul(s, NULL, 10);
}

int
main(int argc, char **argv)
{
	struct rlimit files = { 1024, 1024 };	/* pam_exec closes them one by one */

	if (setrlimit(RLIMIT_NOFILE, &files) == -1)
		die("setrlimit");
	if (argc >= 4 && strcmp(argv[1], "compare") == 0)
		return compare(number(argv[2]), argv + 3, (unsigned int)argc - 3);
	if (argc == 5 && strcmp(argv[1], "at-once") == 0)
		return at_once(number(argv[2]), number(argv[3]), argv[4]);
	if (argc == 4 && strcmp(argv[1], "wait") == 0)
		return hold(number(argv[2]), argv[3]);
	if (argc == 5 && strcmp(argv[1], "again") == 0)
		return again(number(argv[2]), number(argv[3]), argv[4]);
	fprintf(stderr, "usage: see the top of tests/bench/login.c\n");
	return 2;
}
