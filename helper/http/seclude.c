/* SPDX-License-Identifier: BSD-2-Clause */
#include "seclude.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sched.h>

#include "confine.h"
#include "confine_calls.h"
#include "error.h"

/* ---- all limits ---- */
#define LIMIT_CPU_SECONDS	20	/* a login uses some ten milliseconds */
#define LIMIT_DESCRIPTORS	64
#define LIMIT_MEMORY		(512UL * 1024 * 1024)	/* of addresses; stacks of
							 * resolver threads are 8 MiB */

/* ---- before ---- */

/* dlopen keeps it; a module that is missing is one that glibc would not find
 * either. */
static void
load_module(const char *name, size_t len)
{
	char path[64];

	if (len > 0 && len < 32 && name[0] != '[') {
		(void)snprintf(path, sizeof(path), "libnss_%.*s.so.2", (int)len, name);
		(void)dlopen(path, RTLD_NOW);
	}
}

static void
load_modules(const char *names)
{
	size_t len;

	for (; *names != '\0'; names += len) {
		names += strspn(names, " \t\n");
		len = strcspn(names, " \t\n#");
		load_module(names, len);
		if (names[len] == '#')
			return;
	}
}

void
seclude_warm_up(void)
{
	FILE *f = fopen("/etc/nsswitch.conf", "re");
	char line[512];

	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "hosts:", 6) == 0)
			load_modules(line + 6);
	(void)fclose(f);
}

/* ---- the sandbox ---- */

/* Threads, for resolving, but no processes: clone3(2) hides its flags behind a
 * pointer, so the C library is sent back to clone(2). */
#define THREAD (CLONE_THREAD | CLONE_VM | CLONE_SIGHAND)

#define ALLOW_SOCKET \
	IF_NOT(SYS_socket, 6), LOW(0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 2, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0), \
	IF_NOT(AF_INET6, 1), RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EACCES)

/* A call that is not needed answers ENOSYS; what only an attacker would try
 * ends the process. */
static const struct sock_filter filter[] = {
	BEGIN_FILTER,

	ALLOW(recvfrom), ALLOW(sendto), ALLOW(ppoll), ALLOW_FCNTL, ALLOW(clock_gettime),
#ifdef SYS_poll
	ALLOW(poll),
#endif
	ALLOW(recvmsg), ALLOW(sendmsg), ALLOW(sendmmsg), ALLOW(read), ALLOW(write),
	ALLOW(readv), ALLOW(writev), ALLOW(close), ALLOW_SOCKET, ALLOW(socketpair),
	ALLOW(pipe2), ALLOW(eventfd2), ALLOW(connect), ALLOW(shutdown), ALLOW(getsockopt),
	ALLOW(setsockopt), ALLOW(getsockname), ALLOW(getpeername),
	ALLOW_IF(ioctl, 1, FIONREAD),
	ALLOW(openat), ALLOW(fstat), ALLOW(newfstatat), ALLOW(lseek), ALLOW(getdents64),
	ALLOW(pread64), ALLOW(statx), ALLOW(faccessat), ALLOW(readlinkat),
#ifdef SYS_open
	ALLOW(open), ALLOW(stat), ALLOW(lstat), ALLOW(access), ALLOW(readlink), ALLOW(alarm),
	ALLOW(time), ALLOW(pipe),
#endif
	ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(futex),
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC), ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
	ALLOW_WITH(clone, 0, THREAD), ALLOW(set_robust_list), ALLOW(rseq),
	ALLOW(getrandom), ALLOW(gettimeofday), ALLOW(nanosleep), ALLOW(clock_nanosleep),
	ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(restart_syscall),
	ALLOW(getpid), ALLOW(gettid), ALLOW(getuid), ALLOW(geteuid), ALLOW(getgid),
	ALLOW(getegid), ALLOW(uname), ALLOW(sysinfo), ALLOW(sched_yield),
	ALLOW(sched_getaffinity), ALLOW(exit), ALLOW(exit_group),

	KILL(execve), KILL(execveat), KILL(ptrace), KILL(process_vm_readv),
	KILL(process_vm_writev), KILL(bpf), KILL(init_module), KILL(finit_module),
	KILL(mount), KILL(setns), KILL(unshare), KILL(kexec_load), KILL(keyctl),
	KILL(userfaultfd), KILL(perf_event_open), KILL(io_uring_setup),
	RETURN(SECCOMP_RET_ERRNO | ENOSYS),
};

static int
confine_reading(const char *ca)
{
	const char *const readable[] = {
		"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf",
		"/etc/host.conf",
		/* authorities, and where links among them lead */
		"/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/pki/ca-trust", "/etc/pki/tls/certs",
		"/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
		ca[0] != '\0' ? ca : NULL, NULL,
	};

	return confine_files(NULL, readable);
}

int
seclude(const char *ca)
{
	int r;

	if ((r = confine_privileges()) != MFA_OK ||
	    (r = confine_limit(RLIMIT_CPU, LIMIT_CPU_SECONDS)) != MFA_OK ||
	    (r = confine_limit(RLIMIT_NOFILE, LIMIT_DESCRIPTORS)) != MFA_OK ||
	    (r = confine_limit(RLIMIT_AS, LIMIT_MEMORY)) != MFA_OK ||
	    (r = confine_limit(RLIMIT_FSIZE, 0)) != MFA_OK ||
	    (r = confine_limit(RLIMIT_MSGQUEUE, 0)) != MFA_OK ||
	    (r = confine_reading(ca)) != MFA_OK)
		return r;
	return confine_calls(filter, sizeof(filter) / sizeof(filter[0]));
}
