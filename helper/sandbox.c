/* SPDX-License-Identifier: BSD-2-Clause */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error.h"

/* ---- all limits ---- */
#define LIMIT_CPU_SECONDS	20	/* a login uses milliseconds; a slow hash 30 */
#define LIMIT_DESCRIPTORS	64

int
sandbox_become(unsigned int uid, unsigned int gid)
{
	uid_t r, e, s;

	if (getresuid(&r, &e, &s) == -1)
		return MFA_E_SYSTEM;
	if (r == uid && e == uid && s == uid)
		return MFA_OK;
	if (e != 0)
		return MFA_E_PEER;
	if (setgroups(0, NULL) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return MFA_E_SYSTEM;
	/* There must be no way back. */
	return setresuid(0, 0, 0) == -1 ? MFA_OK : MFA_E_INTERNAL;
}

static int
limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(what, &l) == -1)
		return MFA_E_SYSTEM;
	if (l.rlim_max != RLIM_INFINITY && l.rlim_max < most)
		most = l.rlim_max;
	l.rlim_cur = l.rlim_max = most;
	return setrlimit(what, &l) == -1 ? MFA_E_SYSTEM : MFA_OK;
}

/* ---- Landlock ---- */

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_WRITE (ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define ACCESS_ALL_V1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)	/* all of ABI 1 */

static int
allow_beneath(int ruleset, const char *dir, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	long r;

	rule.parent_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return errno == ENOENT || errno == EACCES ? MFA_OK : MFA_E_SYSTEM;
	r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(rule.parent_fd);
	return r == -1 ? MFA_E_SYSTEM : MFA_OK;
}

static int
landlock(const char *write_dir, const char *const *read_dirs)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ACCESS_ALL_V1 };
	int fd, r;

	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd == -1)	/* a kernel without it: user and seccomp still hold */
		return errno == ENOSYS || errno == EOPNOTSUPP ? MFA_OK : MFA_E_SYSTEM;
	r = allow_beneath(fd, write_dir, ACCESS_WRITE);
	for (; r == MFA_OK && *read_dirs != NULL; read_dirs++)
		r = allow_beneath(fd, *read_dirs, ACCESS_READ);
	if (r == MFA_OK && syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		r = MFA_E_SYSTEM;
	(void)close(fd);
	return r;
}

/* ---- seccomp ---- */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#error "name this machine's AUDIT_ARCH_ here"
#endif

#define STMT(code, k)		BPF_STMT(code, k)
#define LOAD(field)		STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)offsetof(struct seccomp_data, field))
#define RETURN(what)		STMT(BPF_RET | BPF_K, what)
#define IF_NOT(value, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define ALLOW(call)		IF_NOT(SYS_##call, 1), RETURN(SECCOMP_RET_ALLOW)
#define KILL(call)		IF_NOT(SYS_##call, 1), RETURN(SECCOMP_RET_KILL_PROCESS)
/* Argument n's low half against a value, on little-endian machines. */
#define LOW(n)			STMT(BPF_LD | BPF_W | BPF_ABS, \
	(uint32_t)(offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)))
/* Only when argument n is exactly this. */
#define ALLOW_IF(call, n, value) \
	IF_NOT(SYS_##call, 4), LOW(n), IF_NOT(value, 1), RETURN(SECCOMP_RET_ALLOW), \
	RETURN(SECCOMP_RET_ERRNO | EACCES)
/* Only without these bits in argument n. */
#define ALLOW_WITHOUT(call, n, bits) \
	IF_NOT(SYS_##call, 4), LOW(n), \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0), RETURN(SECCOMP_RET_ALLOW), \
	RETURN(SECCOMP_RET_ERRNO | EACCES)

/* Without what sends signals to others of our user, as tgkill(2) would: one
 * child that was taken over must not stop the listener. */
#define ALLOW_FCNTL \
	IF_NOT(SYS_fcntl, 6), LOW(1), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN, 3, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN_EX, 2, 0), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETSIG, 1, 0), \
	RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EACCES)

/* What a login does not need answers ENOSYS, which the C library falls back
 * from; what only an attacker would try ends the process, a denial. */
static const struct sock_filter filter[] = {
	LOAD(arch),
	IF_NOT(ARCH, 1), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),

	/* by how often a login makes them */
	ALLOW_FCNTL, ALLOW(pread64), ALLOW(pwrite64), ALLOW(ppoll),
#ifdef SYS_poll
	ALLOW(poll),
#endif
	ALLOW(recvmsg), ALLOW(sendto), ALLOW(fdatasync), ALLOW(clock_gettime), ALLOW(read),
	ALLOW(write), ALLOW(fstat), ALLOW(newfstatat), ALLOW(lseek), ALLOW(close),
#ifdef SYS_stat
	ALLOW(stat), ALLOW(lstat),
#endif
#ifdef SYS_open
	ALLOW(open), ALLOW(access), ALLOW(unlink), ALLOW(readlink), ALLOW(alarm), ALLOW(time),
	ALLOW(epoll_wait),
#endif
	ALLOW(openat), ALLOW(faccessat), ALLOW(unlinkat), ALLOW(readlinkat), ALLOW(getdents64),
	ALLOW(readv), ALLOW(writev), ALLOW(ftruncate), ALLOW(fallocate), ALLOW(fsync),
	ALLOW(flock), ALLOW(fchmod), ALLOW(fchown), ALLOW(recvfrom), ALLOW(sendmsg),
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

static int
seccomp(void)
{
	struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		/* The kernel copies it; the type lacks the const. */
		.filter = (struct sock_filter *)(uintptr_t)filter,
	};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
		return MFA_E_SYSTEM;
	return MFA_OK;
}

int
sandbox_enter(const char *write_dir, const char *const *read_dirs)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return MFA_E_SYSTEM;
	if ((r = limit(RLIMIT_CORE, 0)) != MFA_OK ||
	    (r = limit(RLIMIT_NPROC, 0)) != MFA_OK ||
	    (r = limit(RLIMIT_CPU, LIMIT_CPU_SECONDS)) != MFA_OK ||
	    (r = limit(RLIMIT_NOFILE, LIMIT_DESCRIPTORS)) != MFA_OK ||
	    (r = landlock(write_dir, read_dirs)) != MFA_OK)
		return r;
	return seccomp();
}
