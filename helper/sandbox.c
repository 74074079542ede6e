/* SPDX-License-Identifier: BSD-2-Clause */
#include "sandbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "confine.h"
#include "confine_calls.h"
#include "error.h"

/* ---- all limits ---- */
#define LIMIT_CPU_SECONDS	20	/* a login uses milliseconds; a slow hash 30 */
#define LIMIT_DESCRIPTORS	64

int
sandbox_become(unsigned int uid, unsigned int gid)
{
	return confine_user(uid, gid);
}

/* What a login does not need answers ENOSYS, which the C library falls back
 * from; what only an attacker would try ends the process, a denial. */
static const struct sock_filter filter[] = {
	BEGIN_FILTER,

	/* by how often a login makes them */
	ALLOW_FCNTL, ALLOW(pread64), ALLOW(pwrite64), ALLOW(ppoll),
#ifdef SYS_poll
	ALLOW(poll),
#endif
	ALLOW(recvmsg), ALLOW(sendmsg), ALLOW(sendto), ALLOW(fdatasync), ALLOW(clock_gettime),
	ALLOW(read), ALLOW(write), ALLOW(fstat), ALLOW(newfstatat), ALLOW(lseek), ALLOW(close),
#ifdef SYS_stat
	ALLOW(stat), ALLOW(lstat),
#endif
#ifdef SYS_open
	ALLOW(open), ALLOW(access), ALLOW(unlink), ALLOW(readlink), ALLOW(alarm), ALLOW(time),
	ALLOW(epoll_wait),
#endif
	ALLOW(openat), ALLOW(faccessat), ALLOW(unlinkat), ALLOW(readlinkat), ALLOW(getdents64),
	ALLOW(readv), ALLOW(writev), ALLOW(ftruncate), ALLOW(fallocate), ALLOW(fsync),
	ALLOW(flock), ALLOW(fchmod), ALLOW(fchown), ALLOW(recvfrom),
	ALLOW(getsockopt), ALLOW(connect), ALLOW(accept4), ALLOW(epoll_pwait), ALLOW(epoll_ctl),
	ALLOW_IF(socket, 0, AF_UNIX),
	ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(futex),
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC), ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
	ALLOW(getrandom), ALLOW(gettimeofday), ALLOW(nanosleep), ALLOW(clock_nanosleep),
	ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(restart_syscall),
	ALLOW(setitimer), ALLOW(getitimer), ALLOW(timer_create), ALLOW(timer_settime),
	ALLOW(timer_delete),
	ALLOW(getpid), ALLOW(gettid), ALLOW(getuid), ALLOW(geteuid), ALLOW(getgid),
	ALLOW(getegid), ALLOW(getrusage), ALLOW(uname), ALLOW(sysinfo), ALLOW(sched_yield),
	ALLOW(sched_getaffinity), ALLOW(exit), ALLOW(exit_group),

	KILL(execve), KILL(execveat), KILL(ptrace), KILL(process_vm_readv),
	KILL(process_vm_writev), KILL(bpf), KILL(init_module), KILL(finit_module),
	KILL(mount), KILL(setns), KILL(unshare), KILL(kexec_load), KILL(keyctl),
	KILL(userfaultfd), KILL(perf_event_open), KILL(io_uring_setup),
	RETURN(SECCOMP_RET_ERRNO | ENOSYS),
};

int
sandbox_enter(const char *write_dir, const char *const *read_dirs)
{
	int r;

	if ((r = confine_privileges()) != MFA_OK ||
	    (r = confine_limit(RLIMIT_NPROC, 0)) != MFA_OK ||
	    (r = confine_limit(RLIMIT_CPU, LIMIT_CPU_SECONDS)) != MFA_OK ||
	    (r = confine_limit(RLIMIT_NOFILE, LIMIT_DESCRIPTORS)) != MFA_OK ||
	    (r = confine_files(write_dir, read_dirs)) != MFA_OK)
		return r;
	return confine_calls(filter, sizeof(filter) / sizeof(filter[0]));
}
