/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that holds the key of the seals.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "error.h"
#include "newfile.h"
#include "seal.h"

#define MODE		0640	/* no bit beyond these */

static int
open_key(const char *path, int *fd, const char **why)
{
	/* A FIFO must not hold us up. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (*fd != -1)
		return MFA_OK;
	if (errno == ENOENT || errno == ENOTDIR) {
		*why = "is missing; restore it from a copy";
		return MFA_E_ABSENT;
	}
	if (errno == ELOOP) {
		*why = "is a symbolic link";
		return MFA_E_CONFIG;
	}
	*why = "cannot be opened";
	return MFA_E_SYSTEM;
}

/* Of the open file, so that it cannot be changed for another. */
static int
check_key(int fd, const char **why)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		*why = "cannot be examined";
		return MFA_E_SYSTEM;
	}
	if (!S_ISREG(st.st_mode))
		*why = "is not a regular file";
	else if (st.st_uid != 0)
		*why = "is not owned by root";
	else if ((st.st_mode & 07777 & ~(mode_t)MODE) != 0)
		*why = "has a mode wider than 0640";
	else if (st.st_size != SEAL_KEY_LEN)
		*why = "does not hold exactly 32 bytes; restore it from a copy";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

static int
read_all(int fd, unsigned char *to, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = read(fd, to + have, len - have);
		if (n > 0)
			have += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return MFA_E_SYSTEM;
	}
	return MFA_OK;
}

int
seal_key_read(const char *path, struct seal_key *key, const char **why)
{
	int fd = -1, r;

	seal_key_wipe(key);
	*why = "";
	if ((r = open_key(path, &fd, why)) == MFA_OK && (r = check_key(fd, why)) == MFA_OK &&
	    (r = read_all(fd, key->bytes, sizeof(key->bytes))) != MFA_OK)
		*why = "cannot be read";
	if (fd != -1)
		(void)close(fd);
	if (r != MFA_OK)
		seal_key_wipe(key);
	return r;
}

/* ---- a new one ---- */

int
seal_key_create(const char *path, unsigned int gid)
{
	struct seal_key key;
	int r = crypto_random(key.bytes, sizeof(key.bytes));

	if (r == MFA_OK)
		r = newfile_write_root(path, key.bytes, sizeof(key.bytes), MODE, gid);
	seal_key_wipe(&key);
	return r;
}
