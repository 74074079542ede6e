/* SPDX-License-Identifier: BSD-2-Clause */
#include "seclude_call.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "confine.h"
#include "confine_calls.h"
#include "error.h"

/* ---- all limits ---- */
#define LIMIT_CPU_SECONDS	60	/* sound is mixed in some of them */
#define LIMIT_FILE		4096	/* bytes of a file in the spool */

/* What both need; the log's socket is open. */
#define ALLOW_WAITING \
	ALLOW(read), ALLOW(write), ALLOW(close), ALLOW(ppoll), ALLOW(recvmsg), \
	ALLOW(sendmsg), ALLOW(sendto), ALLOW(recvfrom), ALLOW(shutdown), ALLOW(fstat), \
	ALLOW(clock_gettime), \
	ALLOW(newfstatat), ALLOW(lseek), ALLOW_IF(socket, 0, AF_UNIX), ALLOW(connect), \
	ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(futex), \
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC), ALLOW_WITHOUT(mprotect, 2, PROT_EXEC), \
	ALLOW(getrandom), ALLOW(gettimeofday), ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), \
	ALLOW(rt_sigreturn), ALLOW(restart_syscall), ALLOW(getpid), ALLOW(gettid), \
	ALLOW(exit), ALLOW(exit_group)

/* Those that only machines of old have. */
#ifdef SYS_open
#define ALLOW_OLD_WAITING	ALLOW(poll), ALLOW(alarm), ALLOW(time)
#define ALLOW_OLD_FILES		ALLOW(open), ALLOW(unlink), ALLOW(rename)
#else
#define ALLOW_OLD_WAITING	ALLOW(ppoll)
#define ALLOW_OLD_FILES		ALLOW(openat)
#endif

#define NOTHING_ELSE \
	KILL(ptrace), KILL(process_vm_readv), KILL(process_vm_writev), KILL(bpf), \
	KILL(init_module), KILL(finit_module), KILL(mount), KILL(setns), KILL(unshare), \
	KILL(kexec_load), KILL(keyctl), KILL(userfaultfd), KILL(perf_event_open), \
	KILL(io_uring_setup), KILL(execve), KILL(execveat), RETURN(SECCOMP_RET_ERRNO | ENOSYS)

static const struct sock_filter waiting[] = {
	BEGIN_FILTER, ALLOW_WAITING, ALLOW_OLD_WAITING, ALLOW(wait4), ALLOW(kill), NOTHING_ELSE,
};

static const struct sock_filter spooling[] = {
	BEGIN_FILTER, ALLOW_WAITING, ALLOW_OLD_WAITING, ALLOW_OLD_FILES, ALLOW(openat),
	ALLOW(unlinkat), ALLOW(renameat), ALLOW(renameat2), ALLOW(fsync), ALLOW(fchmod),
	NOTHING_ELSE,
};

/* Which clone makes as unshare does. */
#define NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	CLONE_NEWPID | CLONE_NEWNET)

#define X32	0x40000000	/* the same calls once more, on x86_64 */

/* Refused and no more: a program may ask for one of these and do without. */
#define REFUSE(call)	IF_NOT(SYS_##call, 1), RETURN(SECCOMP_RET_ERRNO | EPERM)

static const struct sock_filter running[] = {
	BEGIN_FILTER,
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1), RETURN(SECCOMP_RET_ERRNO | ENOSYS),
	REFUSE(ptrace), REFUSE(process_vm_readv), REFUSE(process_vm_writev), REFUSE(bpf),
	REFUSE(init_module), REFUSE(finit_module), REFUSE(mount), REFUSE(setns),
	REFUSE(unshare), REFUSE(kexec_load), REFUSE(keyctl), REFUSE(userfaultfd),
	REFUSE(perf_event_open), REFUSE(io_uring_setup),
	/* Its flags are in memory, where no filter sees them; callers go on with clone. */
	IF_NOT(SYS_clone3, 1), RETURN(SECCOMP_RET_ERRNO | ENOSYS),
	ALLOW_WITHOUT(clone, 0, NAMESPACES), RETURN(SECCOMP_RET_ALLOW),
};

int
seclude_begin(void)
{
	int r;

	if ((r = confine_privileges()) != MFA_OK ||
	    (r = confine_limit(RLIMIT_CPU, LIMIT_CPU_SECONDS)) != MFA_OK)
		return r;
	return confine_limit(RLIMIT_MSGQUEUE, 0);
}

int
seclude_running(void)
{
	return confine_calls(running, sizeof(running) / sizeof(running[0]));
}

int
seclude_spool(const char *dir)
{
	static const char *const nothing[] = { NULL };
	int r;

	if ((r = confine_limit(RLIMIT_FSIZE, LIMIT_FILE)) != MFA_OK ||
	    (r = confine_files(dir, nothing)) != MFA_OK)
		return r;
	return confine_calls(spooling, sizeof(spooling) / sizeof(spooling[0]));
}

int
seclude_waiting(void)
{
	static const char *const nothing[] = { NULL };
	int r;

	if ((r = confine_limit(RLIMIT_FSIZE, 0)) != MFA_OK ||
	    (r = confine_files(NULL, nothing)) != MFA_OK)
		return r;
	return confine_calls(waiting, sizeof(waiting) / sizeof(waiting[0]));
}
