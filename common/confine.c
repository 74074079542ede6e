/* SPDX-License-Identifier: BSD-2-Clause */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error.h"

static int
become(unsigned int uid, unsigned int gid, const char *groups_of)
{
	uid_t r, e, s;

	if (getresuid(&r, &e, &s) == -1)
		return MFA_E_SYSTEM;
	if (r == uid && e == uid && s == uid)
		return MFA_OK;
	if (e != 0)
		return MFA_E_PEER;
	if ((groups_of != NULL ? initgroups(groups_of, gid) : setgroups(0, NULL)) == -1 ||
	    setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return MFA_E_SYSTEM;
	/* There must be no way back. */
	return setresuid(0, 0, 0) == -1 ? MFA_OK : MFA_E_INTERNAL;
}

int
confine_user(unsigned int uid, unsigned int gid)
{
	return become(uid, gid, NULL);
}

int
confine_user_and_groups(const char *name, unsigned int uid, unsigned int gid)
{
	return become(uid, gid, name);
}

int
confine_limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(what, &l) == -1)
		return MFA_E_SYSTEM;
	if (l.rlim_max != RLIM_INFINITY && l.rlim_max < most)
		most = l.rlim_max;
	l.rlim_cur = l.rlim_max = most;
	return setrlimit(what, &l) == -1 ? MFA_E_SYSTEM : MFA_OK;
}

/* ---- files: Landlock ---- */

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_WRITE (ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define ACCESS_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define ACCESS_ALL_V1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)	/* all of ABI 1 */

/* Rights to a directory's entries are an error for a file. */
static int
allow_beneath(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	struct stat st;
	long r = -1;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return errno == ENOENT || errno == EACCES ? MFA_OK : MFA_E_SYSTEM;
	if (fstat(rule.parent_fd, &st) == 0) {
		if (!S_ISDIR(st.st_mode))
			rule.allowed_access &= ACCESS_FILE;
		r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	}
	(void)close(rule.parent_fd);
	return r == -1 ? MFA_E_SYSTEM : MFA_OK;
}

int
confine_files(const char *write_dir, const char *const *read_paths)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ACCESS_ALL_V1 };
	int fd, r;

	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd == -1)	/* a kernel without it: user and seccomp still hold */
		return errno == ENOSYS || errno == EOPNOTSUPP ? MFA_OK : MFA_E_SYSTEM;
	r = write_dir != NULL ? allow_beneath(fd, write_dir, ACCESS_WRITE) : MFA_OK;
	for (; r == MFA_OK && *read_paths != NULL; read_paths++)
		r = allow_beneath(fd, *read_paths, ACCESS_READ);
	if (r == MFA_OK && syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		r = MFA_E_SYSTEM;
	(void)close(fd);
	return r;
}

/* ---- calls: seccomp ---- */

int
confine_calls(const struct sock_filter *filter, unsigned short len)
{
	struct sock_fprog program = {
		.len = len,
		/* The kernel copies it; the type lacks the const. */
		.filter = (struct sock_filter *)(uintptr_t)filter,
	};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
		return MFA_E_SYSTEM;
	return MFA_OK;
}

int
confine_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return MFA_E_SYSTEM;
	return confine_limit(RLIMIT_CORE, 0);
}
