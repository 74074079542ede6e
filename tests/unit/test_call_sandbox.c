/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process of mfa-call that was taken over cannot do, and what it still must.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../server/call/seclude_call.h"
#include "../suite.h"
#include "error.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static char spool[] = "/tmp/mfa-spool-XXXXXX", inside[64], renamed[64];
static pid_t victim;

static void
setup(void)
{
	memcpy(spool + sizeof(spool) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(spool));
	snprintf(inside, sizeof(inside), "%s/a", spool);
	snprintf(renamed, sizeof(renamed), "%s/b", spool);
}

static void
teardown(void)
{
	unlink(inside);
	unlink(renamed);
	rmdir(spool);
}

/* ---- neither can ---- */

static bool
reads_others_files(void)
{
	return open("/etc/passwd", O_RDONLY) != -1 || open("/proc/self/maps", O_RDONLY) != -1;
}

static bool
writes_elsewhere(void)
{
	return open("/tmp/mfa-sandbox", O_WRONLY | O_CREAT, 0600) != -1;
}

static bool
renames_out(void)
{
	return rename(inside, "/tmp/mfa-sandbox") == 0;
}

static bool
talks_to_the_network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) != -1 || socket(AF_NETLINK, SOCK_RAW, 0) != -1;
}

static bool
makes_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0) != MAP_FAILED;
}

static bool
makes_processes(void)
{
	return fork() != -1;
}

static bool
executes(void)
{
	return execl("/bin/true", "true", (char *)NULL) == 0;
}

static bool
traces(void)
{
	return syscall(SYS_ptrace, 16L, victim, 0L, 0L) == 0;
}

static bool
raises_its_limits(void)
{
	struct rlimit l = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_CORE, &l) == 0 || setrlimit(RLIMIT_FSIZE, &l) == 0;
}

static bool
writes_much(void)
{
	static const char block[8192] = "x";
	int fd = open(inside, O_WRONLY | O_CREAT, 0600);

	return fd != -1 && write(fd, block, sizeof(block)) == (ssize_t)sizeof(block);
}

static bool (*const deeds[])(void) = {
	reads_others_files, writes_elsewhere, renames_out, talks_to_the_network, makes_code,
	makes_processes, executes, traces, raises_its_limits, writes_much,
};

/* ---- what each must be able to ---- */

static bool
spools(void)
{
	int fd = open(inside, O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd != -1 && write(fd, "x", 1) == 1 && fchmod(fd, 0660) == 0 && fsync(fd) == 0 &&
	    close(fd) == 0 && rename(inside, renamed) == 0 && unlink(renamed) == 0;
}

static bool
kills(void)
{
	return kill(victim, SIGKILL) == 0;
}

/* ---- attempts ---- */

static int
enter(bool waiting)
{
	int r = seclude_begin();

	if (r == MFA_OK)
		r = waiting ? seclude_waiting() : seclude_spool(spool);
	return r;
}

/* 0: it could not; 1: it could; or the signal that ended it. */
static int
attempt(bool waiting, bool (*deed)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (enter(waiting) != MFA_OK)
			_exit(2);
		_exit(deed() ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void
with_victim(void)
{
	if ((victim = fork()) == 0)
		for (;;)
			pause();
	ck_assert_int_ne(victim, -1);
}

static bool
lives(void)
{
	bool alive = waitpid(victim, NULL, WNOHANG | WUNTRACED) == 0;

	kill(victim, SIGKILL);
	return alive;
}

START_TEST(one_that_was_taken_over_cannot)
{
	int status;

	with_victim();
	status = attempt(_i % 2 == 1, deeds[_i / 2]);
	ck_assert(lives());
	ck_assert_msg(status == 0 || status == SIGSYS || status == SIGXFSZ, "it ended with %d",
	    status);
}
END_TEST

START_TEST(a_spool_can_be_filled)
{
	ck_assert_int_eq(attempt(false, spools), 1);
	ck_assert_int_ne(attempt(true, spools), 1);
}
END_TEST

START_TEST(only_who_waits_for_a_program_ends_one)
{
	with_victim();
	ck_assert_int_eq(attempt(false, kills), 0);
	ck_assert(lives());
	with_victim();
	ck_assert_int_eq(attempt(true, kills), 1);
	ck_assert_int_eq(waitpid(victim, NULL, 0), victim);
}
END_TEST

/* ---- a program of the administrator's ---- */

static bool
runs_a_program(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(execl("/bin/true", "true", (char *)NULL));
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
uses_files_and_the_network(void)
{
	return reads_others_files() && talks_to_the_network() && makes_code() && spools();
}

static bool
makes_namespaces(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

/* As a child's beginning. */
static bool
begins_in_one(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone, (long)CLONE_NEWUSER | SIGCHLD, 0L, 0L, 0L, 0L);

	if (pid == -1)
		pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid != -1;
}

static bool
uses_keys(void)
{
	return syscall(SYS_keyctl, 0L, -3L, 1L) != -1;
}

static const struct { bool (*deed)(void); int can; } program_deeds[] = {
	{ runs_a_program, 1 }, { uses_files_and_the_network, 1 }, { makes_namespaces, 0 },
	{ begins_in_one, 0 }, { uses_keys, 0 }, { traces, 0 },
};

/* What is refused is refused, and does not end it. */
START_TEST(a_program_has_all_but_what_attackers_try)
{
	int status;
	pid_t pid;

	with_victim();
	if ((pid = fork()) == 0) {
		if (seclude_begin() != MFA_OK || seclude_running() != MFA_OK)
			_exit(2);
		_exit(program_deeds[_i].deed() ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(lives());
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), program_deeds[_i].can);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("call_sandbox");
	TCase *t = tcase_create("sandbox");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, one_that_was_taken_over_cannot, 0, 2 * COUNT(deeds));
	tcase_add_test(t, a_spool_can_be_filled);
	tcase_add_test(t, only_who_waits_for_a_program_ends_one);
	tcase_add_loop_test(t, a_program_has_all_but_what_attackers_try, 0, COUNT(program_deeds));
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
