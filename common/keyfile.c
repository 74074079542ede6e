/* SPDX-License-Identifier: BSD-2-Clause */
#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "error.h"

static int
unopened(const char **why)
{
	if (errno == ENOENT || errno == ENOTDIR) {
		*why = "is missing";
		return MFA_E_ABSENT;
	}
	*why = errno == ELOOP ? "is a symbolic link" : "cannot be opened";
	return errno == ELOOP ? MFA_E_CONFIG : MFA_E_SYSTEM;
}

int
keyfile_open(const char *path, int *fd, struct stat *st, const char **why)
{
	int r = MFA_OK, kept;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (*fd == -1)
		return unopened(why);
	if (fstat(*fd, st) == -1) {
		*why = "cannot be examined";
		r = MFA_E_SYSTEM;
	} else if (!S_ISREG(st->st_mode)) {
		*why = "is not a regular file";
		r = MFA_E_CONFIG;
	}
	if (r == MFA_OK)
		return MFA_OK;
	kept = errno;
	(void)close(*fd);
	errno = kept;
	*fd = -1;
	return r;
}

int
keyfile_read(int fd, void *to, size_t size, size_t *len)
{
	ssize_t n;

	for (*len = 0; *len < size; *len += n > 0 ? (size_t)n : 0) {
		n = read(fd, (char *)to + *len, size - *len);
		if (n == -1 && errno != EINTR)
			return MFA_E_SYSTEM;
		if (n == 0)
			break;
	}
	return MFA_OK;
}
