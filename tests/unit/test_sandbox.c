/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a helper that was taken over cannot do, and what it still must.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../helper/sandbox.h"
#include "../suite.h"

static pid_t victim;
static int out;			/* a pipe's end */

static bool
signals(void)
{
	return kill(victim, SIGKILL) == 0 || kill(victim, SIGSTOP) == 0;
}

static bool
signals_a_thread(void)
{
	return syscall(SYS_tgkill, victim, victim, SIGKILL) == 0 ||
	    syscall(SYS_tkill, victim, SIGKILL) == 0;
}

static bool
signals_by_descriptor(void)
{
	struct f_owner_ex owner = { F_OWNER_PID, victim };

	return fcntl(out, F_SETOWN, victim) == 0 || fcntl(out, F_SETOWN_EX, &owner) == 0 ||
	    fcntl(out, F_SETSIG, SIGKILL) == 0;
}

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
types_at_a_terminal(void)
{
	return ioctl(0, TIOCSTI, "x") == 0 || errno != ENOSYS;
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

/* Another system call table of the same processor. */
static bool
uses_x32(void)
{
#ifdef __x86_64__
	return syscall(0x40000000L + SYS_getpid) > 0;
#else
	return false;
#endif
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

static bool (*const deeds[])(void) = {
	signals, signals_a_thread, signals_by_descriptor, reads_others_files, writes_elsewhere,
	types_at_a_terminal, talks_to_the_network, makes_code, makes_processes, uses_x32,
	executes, traces,
};

/* 0: it could not; 1: it could; or the signal that ended it. */
static int
attempt(bool (*deed)(void))
{
	static const char *const nothing[] = { NULL };
	int status, ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	out = ends[0];
	if ((pid = fork()) == 0) {
		if (sandbox_enter("/var/empty/pam_mfa", nothing) != 0)
			_exit(2);
		_exit(deed() ? 1 : 0);
	}
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(helper_that_was_taken_over_cannot)
{
	int status;

	if ((victim = fork()) == 0)
		for (;;)
			pause();
	status = attempt(deeds[_i]);
	ck_assert_int_eq(waitpid(victim, NULL, WNOHANG | WUNTRACED), 0);
	kill(victim, SIGKILL);
	ck_assert_msg(status == 0 || status == SIGSYS, "it ended with %d", status);
}
END_TEST

static bool
aborts(void)
{
	abort();
}

START_TEST(helper_that_aborts_is_gone)
{
	ck_assert_int_gt(attempt(aborts), 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *t = tcase_create("sandbox");

	tcase_add_loop_test(t, helper_that_was_taken_over_cannot, 0,
	    (int)(sizeof(deeds) / sizeof(deeds[0])));
	tcase_add_test(t, helper_that_aborts_is_gone);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
