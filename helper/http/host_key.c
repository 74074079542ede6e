/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "service.h"

#define MODE	0640	/* no bit beyond these */

static int
open_key(const char *path, int *fd, const char **why)
{
	/* A FIFO must not hold us up. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (*fd != -1)
		return MFA_OK;
	if (errno == ENOENT || errno == ENOTDIR) {
		*why = "is missing: mfactl join";
		return MFA_E_ABSENT;
	}
	*why = errno == ELOOP ? "is a symbolic link" : "cannot be opened";
	return errno == ELOOP ? MFA_E_CONFIG : MFA_E_SYSTEM;
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
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		*why = "is owned neither by root nor by user pam_mfa_http";
	else if ((st.st_mode & 07777 & ~(mode_t)MODE) != 0)
		*why = "has a mode wider than 0640";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

static int
read_line(int fd, char line[SERVICE_KEY_FILE_MAX], size_t *len)
{
	ssize_t n = 1;

	for (*len = 0; n > 0 && *len < SERVICE_KEY_FILE_MAX; *len += (size_t)n) {
		n = read(fd, line + *len, SERVICE_KEY_FILE_MAX - *len);
		if (n == -1 && errno != EINTR)
			return MFA_E_SYSTEM;
		if (n == -1)
			n = 0;
	}
	if (*len > 0 && line[*len - 1] == '\n')
		(*len)--;
	return MFA_OK;
}

/* Of the form of API keys; what they are worth the service knows. */
static bool
is_key(const char *line, size_t len)
{
	static const char form[] = "h_"
	    "xxxxxxxxxxxxxxxxxxxxxx" "." "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t i;

	if (len != sizeof(form) - 1)
		return false;
	for (i = 0; i < len; i++)
		if (form[i] == 'x' ? line[i] == '\0' || strchr(alphabet, line[i]) == NULL :
		    line[i] != form[i])
			return false;
	return true;
}

int
host_key_read(const char *path, struct secret *key, const char **why)
{
	char line[SERVICE_KEY_FILE_MAX];
	size_t len = 0;
	int fd = -1, r;

	secret_wipe(key);
	*why = "";
	if ((r = open_key(path, &fd, why)) == MFA_OK && (r = check_key(fd, why)) == MFA_OK) {
		if ((r = read_line(fd, line, &len)) != MFA_OK)
			*why = "cannot be read";
		else if (!is_key(line, len))
			r = MFA_E_CONFIG, *why = "does not hold the key of a host: mfactl join";
		else
			r = secret_set(key, line, len);
	}
	if (fd != -1)
		(void)close(fd);
	explicit_bzero(line, sizeof(line));
	return r;
}
