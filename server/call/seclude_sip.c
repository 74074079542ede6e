/* SPDX-License-Identifier: BSD-2-Clause */
#include "seclude_sip.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "confine.h"
#include "confine_calls.h"
#include "error.h"

#define PATHS 16

/* Those that only machines of old have. */
#ifdef SYS_open
#define ALLOW_OLD \
	ALLOW_WITHOUT(open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC), ALLOW(access), \
	ALLOW(stat), ALLOW(poll), ALLOW(epoll_wait), ALLOW(time), ALLOW(select)
#else
#define ALLOW_OLD	ALLOW(ppoll)
#endif

static const struct sock_filter filter[] = {
	BEGIN_FILTER,
	ALLOW(read), ALLOW(readv), ALLOW(write), ALLOW(writev), ALLOW(close), ALLOW(fcntl),
	ALLOW(ioctl), ALLOW(lseek), ALLOW(fstat), ALLOW(newfstatat), ALLOW(faccessat),
	ALLOW(faccessat2), ALLOW(getdents64), ALLOW(readlink), ALLOW(dup),
	ALLOW_WITHOUT(openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC),
	ALLOW_OLD,

	ALLOW(epoll_create1), ALLOW(epoll_create), ALLOW(epoll_ctl), ALLOW(epoll_pwait),
	ALLOW(ppoll), ALLOW(pselect6),
	ALLOW(socket),
	ALLOW(connect), ALLOW(bind), ALLOW(listen), ALLOW(accept), ALLOW(accept4),
	ALLOW(shutdown), ALLOW(getsockname), ALLOW(getpeername), ALLOW(getsockopt),
	ALLOW(setsockopt), ALLOW(sendto), ALLOW(sendmsg), ALLOW(recvfrom), ALLOW(recvmsg),

	ALLOW(clock_gettime), ALLOW(gettimeofday), ALLOW(clock_nanosleep), ALLOW(getrandom),
	ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(futex),
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC), ALLOW_WITHOUT(mprotect, 2, PROT_EXEC),
	ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn),
	ALLOW(restart_syscall), ALLOW(getpid), ALLOW(gettid), ALLOW(getuid), ALLOW(geteuid),
	ALLOW(exit), ALLOW(exit_group),

	KILL(execve), KILL(execveat), KILL(ptrace), KILL(process_vm_readv),
	KILL(process_vm_writev), KILL(bpf), KILL(init_module), KILL(finit_module),
	KILL(mount), KILL(setns), KILL(unshare), KILL(kexec_load), KILL(keyctl),
	KILL(userfaultfd), KILL(perf_event_open), KILL(io_uring_setup),
	RETURN(SECCOMP_RET_ERRNO | ENOSYS),
};

static void
add(const char **paths, size_t *n, const char *path)
{
	if (path != NULL && *n < PATHS - 1)
		paths[(*n)++] = path;
}

int
seclude_sip(const struct call_settings *s)
{
	const char *paths[PATHS] = { NULL };
	size_t n = 0;
	int r;

	add(paths, &n, s->cache_dir);
	add(paths, &n, s->prompt_dir);
	add(paths, &n, s->sip_ca);
	add(paths, &n, "/etc/ssl");
	add(paths, &n, "/usr/lib/ssl");
	add(paths, &n, "/usr/share/ca-certificates");
	add(paths, &n, "/usr/local/share/ca-certificates");
	add(paths, &n, "/etc/localtime");
	add(paths, &n, "/usr/share/zoneinfo");
	if ((r = confine_privileges()) != MFA_OK || (r = confine_files(NULL, paths)) != MFA_OK)
		return r;
	return confine_calls(filter, sizeof(filter) / sizeof(filter[0]));
}
