/* SPDX-License-Identifier: BSD-2-Clause */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "sibling.h"

/* ---- in the new process: nothing but system calls ---- */

/* The kernel's struct linux_dirent64. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

static int
entry_fd(const char *name)
{
	int n = 0;

	for (; *name >= '0' && *name <= '9' && n < 100000000; name++)
		n = n * 10 + (*name - '0');
	return *name == '\0' ? n : -1;
}

/* For a kernel before 5.9, or a filter that does not know close_range(2). */
static bool
close_one_by_one(int from)
{
	union { char bytes[1024]; struct entry align; } buf;
	const struct entry *e;
	long len, at;
	int dir, fd;

	dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return false;
	while ((len = syscall(SYS_getdents64, dir, &buf, sizeof(buf))) > 0)
		for (at = 0; at < len; at += e->reclen) {
			e = (const struct entry *)(const void *)(buf.bytes + at);
			fd = entry_fd(e->name);
			if (fd >= from && fd != dir)
				(void)close(fd);
		}
	return close(dir) == 0 && len == 0;
}

static bool
arrange_descriptors(int fd)
{
	int null;

	if ((fd == SIBLING_FD ? fcntl(fd, F_SETFD, 0) : dup2(fd, SIBLING_FD)) == -1)
		return false;
	null = open("/dev/null", O_RDWR);
	if (null == -1 || dup2(null, 0) == -1 || dup2(null, 1) == -1 || dup2(null, 2) == -1)
		return false;
	return syscall(SYS_close_range, SIBLING_FD + 1, ~0U, 0) == 0 ||
	    close_one_by_one(SIBLING_FD + 1);
}

/* Root without CAP_SYS_RESOURCE cannot raise a hard limit, only the soft one
 * up to it. */
static void
set_limit(int what, rlim64_t soft, rlim64_t hard)
{
	struct rlimit64 rl = { soft, hard };

	if (syscall(SYS_prlimit64, 0, what, &rl, NULL) == 0 ||
	    syscall(SYS_prlimit64, 0, what, NULL, &rl) == -1)
		return;
	rl.rlim_cur = soft < rl.rlim_max ? soft : rl.rlim_max;
	(void)syscall(SYS_prlimit64, 0, what, &rl, NULL);
}

/* The limits are those of whoever runs su or sudo: with RLIMIT_FSIZE 0, say,
 * the sibling could not keep its state. */
static bool
reset_limits(void)
{
	static const struct { int what; rlim64_t soft, hard; } limits[] = {
		{ RLIMIT_CPU, RLIM64_INFINITY, RLIM64_INFINITY },
		{ RLIMIT_FSIZE, RLIM64_INFINITY, RLIM64_INFINITY },
		{ RLIMIT_DATA, RLIM64_INFINITY, RLIM64_INFINITY },
		{ RLIMIT_AS, RLIM64_INFINITY, RLIM64_INFINITY },
		{ RLIMIT_NPROC, RLIM64_INFINITY, RLIM64_INFINITY },
		{ RLIMIT_STACK, 8L << 20, RLIM64_INFINITY },
		{ RLIMIT_NOFILE, 1024, 4096 },
	};
	struct rlimit64 none = { 0, 0 };
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		set_limit(limits[i].what, limits[i].soft, limits[i].hard);
	return syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL) == 0;
}

/* Raw calls: glibc's would ask the other threads, which do not exist here, to
 * do the same, and wait for them. */
static bool
become(uint32_t uid, uint32_t gid)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2];
	uint32_t r = 0, e = 0, s = 0;

	memset(none, 0, sizeof(none));
	if (prctl(PR_SET_KEEPCAPS, 0L, 0L, 0L, 0L) == -1 ||
	    syscall(SYS_setgroups, 0, NULL) == -1 ||
	    syscall(SYS_setresgid, gid, gid, gid) == -1 ||
	    syscall(SYS_setresuid, uid, uid, uid) == -1)
		return false;
	if (syscall(SYS_capset, &head, none) == -1)
		return false;
	return syscall(SYS_getresuid, &r, &e, &s) == 0 && r == uid && e == uid && s == uid &&
	    syscall(SYS_getresgid, &r, &e, &s) == 0 && r == gid && e == gid && s == gid;
}

#define SIGNALS		64	/* the kernel's _NSIG */

/* Every signal is blocked until here, so that none of the application's
 * handlers runs in this process.  The system call itself, because sigaction(3)
 * leaves out the two that the C library keeps to itself, and some programs
 * (make) hand them on ignored.  Zeros are the default in the kernel's struct. */
static bool
reset_signals(void)
{
	static const unsigned long dfl[8];
	sigset_t none;
	int sig;

	for (sig = 1; sig <= SIGNALS; sig++)
		if (sig != SIGKILL && sig != SIGSTOP &&
		    syscall(SYS_rt_sigaction, sig, dfl, NULL, (size_t)SIGNALS / 8) == -1)
			return false;
	return sigemptyset(&none) == 0 && pthread_sigmask(SIG_SETMASK, &none, NULL) == 0;
}

static _Noreturn void
run(const struct spawn *what)
{
	static const char *const empty[] = { NULL };

	(void)umask(077);
	/* A session of its own: no terminal to be stopped or typed through. */
	if (setsid() != -1 && chdir("/") == 0 && reset_limits() &&
	    arrange_descriptors(what->fd) && become(what->uid, what->gid) && reset_signals())
		(void)syscall(SYS_execve, what->path, what->argv, empty);
	_exit(127);
}

/* ---- in the caller ---- */

/* fork(2) without SIGCHLD at the end, without atfork handlers, without glibc's
 * locks.  0 in the child. */
static pid_t
bare_fork(void)
{
	return (pid_t)syscall(SYS_clone, 0UL, NULL, NULL, NULL, NULL);
}

/* Only __WCLONE finds a child that ends without SIGCHLD, so nobody's
 * waitpid(-1) takes it from us; should an odd one (__WALL) do, all is well. */
static int
reap(pid_t pid)
{
	int status = 0;
	pid_t got;

	do
		got = waitpid(pid, &status, (int)__WCLONE);
	while (got == -1 && errno == EINTR);
	if (got == -1 && errno == ECHILD)
		return MFA_OK;
	if (got == -1)
		return MFA_E_SYSTEM;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		errno = EAGAIN;
		return MFA_E_SYSTEM;
	}
	return MFA_OK;
}

int
spawn_detached(const struct spawn *what)
{
	sigset_t all, before;
	pid_t pid;
	int saved;

	if (what->uid == 0 || what->gid == 0)
		return MFA_E_INTERNAL;
	if (sigfillset(&all) == -1 || (errno = pthread_sigmask(SIG_SETMASK, &all, &before)) != 0)
		return MFA_E_SYSTEM;
	pid = bare_fork();
	if (pid == 0) {
		/* execve(2) gives a process its SIGCHLD back, so what executes
		 * must be init's child and not the application's. */
		pid = bare_fork();
		if (pid == 0)
			run(what);
		_exit(pid == -1 ? 1 : 0);
	}
	saved = errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return pid == -1 ? MFA_E_SYSTEM : reap(pid);
}
