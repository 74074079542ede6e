/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process of mfa-http that was taken over cannot do, and what it still
 * must.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../helper/http/seclude.h"
#include "../suite.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static pid_t victim;
static int file;		/* opened for writing before */
static char ca[] = "/tmp/mfa-http-XXXXXX";

/* ---- what it cannot ---- */

static bool
signals(void)
{
	return kill(victim, SIGKILL) == 0 || syscall(SYS_tgkill, victim, victim, SIGKILL) == 0 ||
	    syscall(SYS_tkill, victim, SIGKILL) == 0 || fcntl(file, F_SETOWN, victim) == 0 ||
	    fcntl(file, F_SETSIG, SIGKILL) == 0;
}

static bool
reads_others_files(void)
{
	return open("/etc/passwd", O_RDONLY) != -1 || open("/proc/self/maps", O_RDONLY) != -1 ||
	    open("/etc/pam_mfa/host.key", O_RDONLY) != -1;
}

static bool
opens_the_state(void)
{
	return open("/var/lib/pam_mfa/state.db", O_RDONLY) != -1 ||
	    open("/var/lib/pam_mfa", O_RDONLY | O_DIRECTORY) != -1 ||
	    open("/var/lib", O_RDONLY | O_DIRECTORY) != -1;
}

static bool
writes_files(void)
{
	return open("/tmp/mfa-http-new", O_WRONLY | O_CREAT, 0600) != -1 ||
	    open(ca, O_WRONLY) != -1 || open("/etc/hosts", O_WRONLY | O_APPEND) != -1 ||
	    mkdir("/tmp/mfa-http-dir", 0700) == 0 || unlink(ca) == 0 || rename(ca, "/tmp/x") == 0;
}

static bool
writes_to_a_file_that_is_open(void)
{
	(void)signal(SIGXFSZ, SIG_IGN);
	return write(file, "x", 1) == 1;
}

static bool
listens(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 || listen(fd, 1) == 0;
}

static bool
uses_other_families(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) != -1 || socket(AF_PACKET, SOCK_RAW, 0) != -1 ||
	    socket(AF_VSOCK, SOCK_STREAM, 0) != -1 || socket(AF_ALG, SOCK_SEQPACKET, 0) != -1;
}

static bool
types_at_a_terminal(void)
{
	return ioctl(0, TIOCSTI, "x") == 0 || errno != EACCES;
}

static bool
makes_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED || mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool
makes_processes(void)
{
	return fork() != -1 || syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L) != -1 ||
	    syscall(SYS_vfork) != -1;
}

static bool
uses_much_memory(void)
{
	return mmap(NULL, 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED;
}

static bool
opens_many_descriptors(void)
{
	int i, n = 0;

	for (i = 0; i < 200; i++)
		n += socket(AF_UNIX, SOCK_STREAM, 0) != -1;
	return n > 64;
}

static bool
becomes_another(void)
{
	return setuid(0) == 0 || setgid(0) == 0 || syscall(SYS_setresuid, 1L, 1L, 1L) == 0;
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
	signals, reads_others_files, opens_the_state, writes_files, writes_to_a_file_that_is_open,
	listens, uses_other_families, types_at_a_terminal, makes_code, makes_processes,
	uses_much_memory, opens_many_descriptors, becomes_another, uses_x32, executes, traces,
};

/* ---- what it must ---- */

static bool
reads_its_files(void)
{
	return open("/etc/hosts", O_RDONLY) != -1 && open("/etc/resolv.conf", O_RDONLY) != -1 &&
	    open(ca, O_RDONLY) != -1 && open("/etc/ssl/certs", O_RDONLY | O_DIRECTORY) != -1;
}

static void *
resolve(void *arg)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;

	*(bool *)arg = getaddrinfo("localhost", "443", &hints, &found) == 0 && found != NULL;
	return NULL;
}

static bool
resolves_in_a_thread(void)
{
	pthread_t thread;
	bool done = false;

	return pthread_create(&thread, NULL, resolve, &done) == 0 &&
	    pthread_join(thread, NULL) == 0 && done;
}

static bool
connects(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(9),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 || errno == ECONNREFUSED;
}

static bool
opens_sockets(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0) != -1 && socket(AF_UNIX, SOCK_STREAM, 0) != -1;
}

static bool (*const duties[])(void) = {
	reads_its_files, resolves_in_a_thread, connects, opens_sockets,
};

/* 0: it could not; 1: it could; or the signal that ended it. */
static int
attempt(bool (*deed)(void))
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		seclude_warm_up();
		if (seclude(ca) != 0)
			_exit(2);
		_exit(deed() ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void
set_up(void)
{
	ck_assert_int_ne(file = mkstemp(ca), -1);
	if ((victim = fork()) == 0)
		for (;;)
			pause();
}

static void
tear_down(void)
{
	ck_assert_int_eq(waitpid(victim, NULL, WNOHANG | WUNTRACED), 0);
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	ck_assert_int_eq(unlink(ca), 0);
}

START_TEST(a_process_that_was_taken_over_cannot)
{
	int status = attempt(deeds[_i]);

	ck_assert_msg(status == 0 || status == SIGSYS, "it ended with %d", status);
}
END_TEST

START_TEST(a_process_of_ours_can)
{
	ck_assert_int_eq(attempt(duties[_i]), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_sandbox");
	TCase *t = tcase_create("http_sandbox");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, a_process_that_was_taken_over_cannot, 0, COUNT(deeds));
	tcase_add_loop_test(t, a_process_of_ours_can, 0, COUNT(duties));
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
