/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority_key.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base64url.h"
#include "error.h"
#include "keyfile.h"
#include "newfile.h"

#define WORD	"ed25519-private "
#define WORD_LEN (sizeof(WORD) - 1)
#define FILE_LEN (WORD_LEN + BASE64URL_CHARS(SIGN_KEY_LEN) + 1)

/* ---- reading ---- */

static int
check_key(const struct stat *st, const char **why)
{
	if (st->st_uid != geteuid())
		*why = "is owned by somebody else";
	else if ((st->st_mode & 07777 & ~(mode_t)0600) != 0)
		*why = "has a mode wider than 0600";
	else if (st->st_size != (off_t)FILE_LEN)
		*why = "is no private key of an authority";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
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
	struct stat st;
	size_t len = 0;
	int fd, r;

	sign_key_wipe(key);
	if ((r = keyfile_open(path, &fd, &st, why)) == MFA_OK &&
	    (r = check_key(&st, why)) == MFA_OK) {
		*why = "cannot be read";
		r = keyfile_read(fd, text, sizeof(text), &len);
		if (r == MFA_OK)
			r = len == sizeof(text) ? parse(text, key, why) : MFA_E_SYSTEM;
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
