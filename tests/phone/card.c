/* SPDX-License-Identifier: BSD-2-Clause */
#include "card.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "newfile.h"

#define FILE_NAME "phone"

#define FIELD(key, kind, member, words) \
	{ (key), (kind), offsetof(struct card, member), sizeof(((struct card *)NULL)->member), \
	    NULL, (words) }

static const struct record_field fields[] = {
	{ "pam_mfa", RECORD_CONSTANT, 0, 0, "phone 1", NULL },
	FIELD("server", RECORD_TEXT, server, NULL),
	FIELD("ca", RECORD_TEXT, ca, NULL),
	FIELD("user", RECORD_TEXT, user, NULL),
	FIELD("name", RECORD_TEXT, name, NULL),
	FIELD("device", RECORD_NAME, device, NULL),
	FIELD("secret", RECORD_NAME, secret, NULL),
	FIELD("kind", RECORD_WORD, kind, device_kinds),
	FIELD("private", RECORD_BYTES, private, NULL),
	FIELD("public", RECORD_BLOB, public, NULL),
};

static const struct record_type type = RECORD_TYPE(fields, struct card);

static int
path_of(const char *dir, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/" FILE_NAME, dir);

	if (n > 0 && n < PATH_MAX)
		return MFA_OK;
	errno = ENAMETOOLONG;
	return MFA_E_SYSTEM;
}

/* ---- reading ---- */

static int
open_card(const char *dir, int *fd, const char **why)
{
	char path[PATH_MAX];

	*why = "cannot be opened";
	*fd = -1;
	if (path_of(dir, path) == MFA_OK)
		*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (*fd != -1)
		return MFA_OK;
	if (errno != ENOENT && errno != ENOTDIR)
		return MFA_E_SYSTEM;
	*why = "holds no phone: mfa-phone enrol makes one";
	return MFA_E_ABSENT;
}

static int
check_card(int fd, const char **why)
{
	struct stat st;

	*why = "cannot be examined";
	if (fstat(fd, &st) == -1)
		return MFA_E_SYSTEM;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		*why = "holds a file \"" FILE_NAME "\" that is not yours";
	else if ((st.st_mode & 07777 & ~0600u) != 0)
		*why = "holds a phone that others can read: its mode is wider than 0600";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

static int
read_card(int fd, struct card *c, const char **why)
{
	char text[RECORD_MAX + 1];
	size_t len = 0;
	ssize_t n = 1;
	int r;

	while (n != 0 && len < sizeof(text)) {
		n = read(fd, text + len, sizeof(text) - len);
		if (n == -1 && errno != EINTR) {
			*why = "cannot be read";
			return MFA_E_SYSTEM;
		}
		len += n > 0 ? (size_t)n : 0;
	}
	r = record_parse(&type, text, len, c, NULL);
	explicit_bzero(text, sizeof(text));
	*why = "holds a file \"" FILE_NAME "\" that is no phone";
	return r == MFA_OK ? MFA_OK : MFA_E_CONFIG;
}

int
card_read(const char *dir, struct card *c, const char **why)
{
	int fd, r;

	memset(c, 0, sizeof(*c));
	if ((r = open_card(dir, &fd, why)) != MFA_OK)
		return r;
	if ((r = check_card(fd, why)) == MFA_OK)
		r = read_card(fd, c, why);
	(void)close(fd);
	return r;
}

/* ---- writing ---- */

int
card_place(const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		return MFA_E_SYSTEM;
	if (path_of(dir, path) != MFA_OK)
		return MFA_E_SYSTEM;
	if (lstat(path, &st) == 0)
		return MFA_E_EXISTS;
	if (errno != ENOENT)
		return MFA_E_SYSTEM;
	return access(dir, W_OK | X_OK) == 0 ? MFA_OK : MFA_E_SYSTEM;
}

int
card_write(const char *dir, const struct card *c)
{
	char path[PATH_MAX], text[RECORD_MAX + 1];
	size_t len;
	int r;

	if ((r = path_of(dir, path)) == MFA_OK &&
	    (r = record_format(&type, c, text, sizeof(text), &len)) == MFA_OK)
		r = newfile_write(path, text, len, 0600);
	explicit_bzero(text, sizeof(text));
	return r;
}

int
card_key(const struct card *c, struct sign_key *key)
{
	if (device_algorithm((enum device_kind)c->kind) == SIGNATURE_ED25519)
		return sign_key_ed25519(c->private, key);
	return sign_key_p256(c->private, &c->public, key);
}
