/* SPDX-License-Identifier: BSD-2-Clause */
#include "newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "error.h"

static int
write_all(int fd, const unsigned char *from, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, from, len);
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return MFA_E_SYSTEM;
		}
	}
	return MFA_OK;
}

/* A file system without modes shows one of its own: then it is no place for
 * this file. */
static int
set_mode(int fd, unsigned int mode)
{
	struct stat st;

	if (fchmod(fd, (mode_t)mode) == -1 && errno != EPERM)
		return MFA_E_SYSTEM;
	if (fstat(fd, &st) == -1)
		return MFA_E_SYSTEM;
	if ((st.st_mode & 0777 & ~(mode_t)mode) == 0)
		return MFA_OK;
	errno = EPERM;
	return MFA_E_SYSTEM;
}

/* Who may read a file that is not filled yet. */
struct access {
	unsigned int mode;
	bool root;		/* it is root's, and this group's */
	unsigned int gid;
};

static int
set_access(int fd, const struct access *a)
{
	if (!a->root)
		return set_mode(fd, a->mode);
	return fchown(fd, 0, a->gid) == -1 || fchmod(fd, (mode_t)a->mode) == -1 ?
	    MFA_E_SYSTEM : MFA_OK;
}

static int
make_temporary(const char *path, const void *data, size_t len, const struct access *a)
{
	int fd, r;

	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) == -1)
		return MFA_E_SYSTEM;
	if ((r = set_access(fd, a)) == MFA_OK && (r = write_all(fd, data, len)) == MFA_OK &&
	    fsync(fd) == -1)
		r = MFA_E_SYSTEM;
	if (close(fd) == -1)
		r = MFA_E_SYSTEM;
	return r;
}

/* Never in the place of another.  Not every file system has hard links, nor
 * this kind of renaming. */
static int
put_in_place(const char *temporary, const char *path)
{
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return MFA_OK;
	if (errno == EINVAL && link(temporary, path) == 0)
		return MFA_OK;
	return errno == EEXIST ? MFA_E_EXISTS : MFA_E_SYSTEM;
}

/* The new name outlives a crash. */
static int
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";
	int fd, r;

	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path + 1), path);
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return MFA_E_SYSTEM;
	r = fsync(fd) == -1 ? MFA_E_SYSTEM : MFA_OK;
	(void)close(fd);
	return r;
}

static int
write_new(const char *path, const void *data, size_t len, const struct access *a)
{
	char temporary[PATH_MAX];
	uint64_t random;
	int n, r, kept;

	if ((r = crypto_random(&random, sizeof(random))) != MFA_OK)
		return r;
	n = snprintf(temporary, sizeof(temporary), "%s.%016llx", path, (unsigned long long)random);
	if (n < 0 || (size_t)n >= sizeof(temporary))
		return MFA_E_INVALID;
	if ((r = make_temporary(temporary, data, len, a)) == MFA_OK &&
	    (r = put_in_place(temporary, path)) == MFA_OK)
		r = sync_directory(path);
	kept = errno;
	(void)unlink(temporary);
	errno = kept;
	return r;
}

int
newfile_write(const char *path, const void *data, size_t len, unsigned int mode)
{
	const struct access a = { .mode = mode };

	return write_new(path, data, len, &a);
}

int
newfile_write_root(const char *path, const void *data, size_t len, unsigned int mode,
    unsigned int gid)
{
	const struct access a = { .mode = mode, .root = true, .gid = gid };

	return write_new(path, data, len, &a);
}
