/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../server/call/seclude_sip.h"
#include "../suite.h"
#include "error.h"

/* What a telephone stack can do that was taken over by what somebody sent it. */

static char dir[64], inside[96], outside[96];

static void
set_up(void)
{
	int fd;

	(void)snprintf(dir, sizeof(dir), "/tmp/seclude.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(inside, sizeof(inside), "%s/sound.wav", dir);
	(void)snprintf(outside, sizeof(outside), "%s.key", dir);
	ck_assert_int_ge(fd = open(inside, O_WRONLY | O_CREAT, 0600), 0);
	(void)close(fd);
	ck_assert_int_ge(fd = open(outside, O_WRONLY | O_CREAT, 0600), 0);
	(void)close(fd);
}

static void
tear_down(void)
{
	(void)unlink(inside);
	(void)unlink(outside);
	(void)rmdir(dir);
}

/* ---- what is tried: 0 if it can be done ---- */

static int
fails(long r)
{
	return r == -1 ? 1 : 0;
}

static int reads_sound(void) { return fails(open(inside, O_RDONLY)); }
static int opens_a_port(void) { return fails(socket(AF_INET, SOCK_DGRAM, 0)); }
static int reads_another_file(void) { return fails(open(outside, O_RDONLY)); }
static int reads_passwd(void) { return fails(open("/etc/passwd", O_RDONLY)); }
static int lists_processes(void) { return fails(open("/proc", O_RDONLY | O_DIRECTORY)); }
static int writes_sound(void) { return fails(open(inside, O_WRONLY)); }
static int makes_a_file(void) { return fails(open("/tmp/seclude.new", O_WRONLY | O_CREAT, 0600)); }
static int removes_sound(void) { return fails(unlink(inside)); }
static int forks(void) { return fails(fork()); }
static int kills(void) { return fails(kill(getppid(), 0)); }

static int
runs_what_it_wrote(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0) == MAP_FAILED;
}

static int
runs_a_program(void)
{
	static char name[] = "true", *const argv[] = { name, NULL };

	return fails(execv("/bin/true", argv));
}

static int traces(void) { return fails(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }

enum end { CAN, CANNOT, KILLED };

static const struct { const char *name; int (*deed)(void); enum end end; } deeds[] = {
	{ "reads sound", reads_sound, CAN },
	{ "opens a port", opens_a_port, CAN },
	{ "reads another file", reads_another_file, CANNOT },
	{ "reads passwd", reads_passwd, CANNOT },
	{ "lists processes", lists_processes, CANNOT },
	{ "writes sound", writes_sound, CANNOT },
	{ "makes a file", makes_a_file, CANNOT },
	{ "removes sound", removes_sound, CANNOT },
	{ "forks", forks, CANNOT },
	{ "kills", kills, CANNOT },
	{ "runs what it wrote", runs_what_it_wrote, CANNOT },
	{ "runs a program", runs_a_program, KILLED },
	{ "traces", traces, KILLED },
};

static enum end
in_the_sandbox(int (*deed)(void))
{
	struct call_settings s = { .cache_dir = dir };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(seclude_sip(&s) != MFA_OK ? 99 : deed());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return KILLED;
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return WEXITSTATUS(status) == 0 ? CAN : CANNOT;
}

START_TEST(a_stack_that_was_taken_over)
{
	int can_without = deeds[_i].deed == reads_another_file ? deeds[_i].deed() : 0;

	ck_assert_int_eq(can_without, 0);
	ck_assert_msg(in_the_sandbox(deeds[_i].deed) == deeds[_i].end, "%s", deeds[_i].name);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("call_seclude");
	TCase *t = tcase_create("call_seclude");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, a_stack_that_was_taken_over, 0, sizeof(deeds) / sizeof(deeds[0]));
	suite_add_tcase(s, t);
	return suite_run(s);
}
