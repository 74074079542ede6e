/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64url.h"
#include "error.h"
#include "newfile.h"

#define WORD	"ed25519-private "
#define WORD_LEN (sizeof(WORD) - 1)
#define FILE_LEN (WORD_LEN + BASE64URL_CHARS(SIGN_KEY_LEN) + 1)

/* ---- reading ---- */

static int
open_key(const char *path, int *fd, const char **why)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (*fd != -1)
		return MFA_OK;
	if (errno == ENOENT || errno == ENOTDIR) {
		*why = "is missing";
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
	else if (st.st_uid != geteuid())
		*why = "is owned by somebody else";
	else if ((st.st_mode & 07777 & ~(mode_t)0600) != 0)
		*why = "has a mode wider than 0600";
	else if (st.st_size != (off_t)FILE_LEN)
		*why = "is no private key of an authority";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

static int
read_all(int fd, char *to, size_t len)
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

static int
parse(const char text[FILE_LEN], struct sign_key *key, const char **why)
{
	unsigned char seed[SIGN_KEY_LEN];
	size_t len = 0;
	int r = MFA_E_CONFIG;

	*why = "is no private key of an authority";
	if (memcmp(text, WORD, WORD_LEN) == 0 && text[FILE_LEN - 1] == '\n' &&
	    base64url_decode(text + WORD_LEN, FILE_LEN - WORD_LEN - 1, seed, sizeof(seed),
	    &len) == MFA_OK && len == sizeof(seed)) {
		*why = "cannot be used by OpenSSL";
		r = sign_key_ed25519(seed, key);
	}
	explicit_bzero(seed, sizeof(seed));
	return r;
}

int
authority_key_read(const char *path, struct sign_key *key, const char **why)
{
	char text[FILE_LEN];
	int fd = -1, r;

	sign_key_wipe(key);
	if ((r = open_key(path, &fd, why)) == MFA_OK && (r = check_key(fd, why)) == MFA_OK) {
		*why = "cannot be read";
		if ((r = read_all(fd, text, sizeof(text))) == MFA_OK)
			r = parse(text, key, why);
	}
	explicit_bzero(text, sizeof(text));
	if (fd != -1)
		(void)close(fd);
	if (r == MFA_OK)
		*why = "";
	return r;
}

/* ---- a new one ---- */

static int
write_private(const char *path, const struct sign_key *key)
{
	char text[FILE_LEN + 1] = WORD;
	int r;

	if ((r = base64url_encode(key->secret, SIGN_KEY_LEN, text + WORD_LEN,
	    sizeof(text) - WORD_LEN)) == MFA_OK) {
		text[FILE_LEN - 1] = '\n';
		r = newfile_write(path, text, FILE_LEN, 0600);
	}
	explicit_bzero(text, sizeof(text));
	return r;
}

static int
write_public(const char *path, const struct authority *a)
{
	char line[AUTHORITY_LINE_MAX];

	authority_format(a, line);
	line[AUTHORITY_LINE_MAX - 1] = '\n';
	return newfile_write(path, line, sizeof(line), 0644);
}

/* The public file comes first: it is nothing without the other, and it is
 * taken back when the private one cannot be made. */
static int
write_pair(const char *path, const char *public, const struct sign_key *key,
    const struct authority *a)
{
	int r, kept;

	if ((r = write_public(public, a)) != MFA_OK)
		return r;
	if ((r = write_private(path, key)) != MFA_OK) {
		kept = errno;
		(void)unlink(public);
		errno = kept;
	}
	return r;
}

int
authority_key_create(const char *path, struct authority *out)
{
	char public[PATH_MAX];
	struct sign_key key;
	int n, r;

	memset(out, 0, sizeof(*out));
	n = snprintf(public, sizeof(public), "%s" AUTHORITY_KEY_SUFFIX, path);
	if (n < 0 || (size_t)n >= sizeof(public))
		return MFA_E_INVALID;
	if ((r = sign_key_new(SIGNATURE_ED25519, &key)) == MFA_OK &&
	    (r = authority_set(out, key.public.data)) == MFA_OK)
		r = write_pair(path, public, &key, out);
	sign_key_wipe(&key);
	if (r != MFA_OK)
		memset(out, 0, sizeof(*out));
	return r;
}
