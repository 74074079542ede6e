/* SPDX-License-Identifier: BSD-2-Clause */
#include "authority.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64url.h"
#include "crypto.h"
#include "error.h"
#include "keyfile.h"
#include "lines.h"

#define WORD		"ed25519 "
#define LINE_MAX_BYTES	1024	/* of a comment, for instance */

_Static_assert(AUTHORITY_LINE_MAX == sizeof(WORD) + BASE64URL_CHARS(AUTHORITY_KEY_LEN), "line");
_Static_assert(AUTHORITY_ID_MAX == BASE64URL_CHARS(AUTHORITY_ID_LEN) + 1, "id");
_Static_assert(AUTHORITY_ID_LEN <= CRYPTO_SHA256_LEN, "id");

int
authority_set(struct authority *out, const unsigned char key[AUTHORITY_KEY_LEN])
{
	unsigned char digest[CRYPTO_SHA256_LEN];
	struct blob blob = { .len = AUTHORITY_KEY_LEN };
	int r;

	memset(out, 0, sizeof(*out));
	memcpy(blob.data, key, AUTHORITY_KEY_LEN);
	if ((r = signature_key_check(SIGNATURE_ED25519, &blob)) != MFA_OK ||
	    (r = crypto_sha256(blob.data, blob.len, digest)) != MFA_OK)
		return r;
	memcpy(out->key, blob.data, sizeof(out->key));
	memcpy(out->id, digest, sizeof(out->id));
	return MFA_OK;
}

void
authority_format(const struct authority *a, char line[AUTHORITY_LINE_MAX])
{
	const size_t word = strlen(WORD);

	memcpy(line, WORD, word);
	(void)base64url_encode(a->key, sizeof(a->key), line + word, AUTHORITY_LINE_MAX - word);
}

int
authority_parse(const char *line, struct authority *out)
{
	unsigned char key[AUTHORITY_KEY_LEN];
	const size_t word = strlen(WORD);
	size_t len;

	memset(out, 0, sizeof(*out));
	if (strnlen(line, AUTHORITY_LINE_MAX) != AUTHORITY_LINE_MAX - 1 ||
	    memcmp(line, WORD, word) != 0 ||
	    base64url_decode(line + word, strlen(line + word), key, sizeof(key), &len) != MFA_OK ||
	    len != sizeof(key))
		return MFA_E_INVALID;
	return authority_set(out, key);
}

const char *
authority_id(const struct authority *a, char dst[AUTHORITY_ID_MAX])
{
	(void)base64url_encode(a->id, sizeof(a->id), dst, AUTHORITY_ID_MAX);
	return dst;
}

/* ---- a file of them ---- */

static int
check_list(const struct stat *st, uint32_t owner, const char **why)
{
	if (st->st_uid != 0 && st->st_uid != owner)
		*why = "is owned by somebody else";
	else if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		*why = "can be written by others than its owner";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

static bool
is_there(const struct authority *list, size_t count, const struct authority *a)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (memcmp(list[i].id, a->id, sizeof(a->id)) == 0)
			return true;
	return false;
}

static int
add(const char *text, struct authority *out, size_t max, size_t *count, const char **why)
{
	struct authority a;
	int r;

	if (text[0] == '\0' || text[0] == '#')
		return MFA_OK;
	if ((r = authority_parse(text, &a)) != MFA_OK) {
		*why = "has a line that is no public key: \"ed25519\" and 43 characters";
		return r == MFA_E_INVALID ? MFA_E_CONFIG : r;
	}
	*why = "names a key twice";
	if (is_there(out, *count, &a))
		return MFA_E_CONFIG;
	*why = "has too many keys";
	if (*count >= max)
		return MFA_E_CONFIG;
	out[(*count)++] = a;
	return MFA_OK;
}

static int
read_list(int fd, struct authority *out, size_t max, size_t *count, unsigned int *line,
    const char **why)
{
	struct lines l;
	char *text;
	int r;

	lines_start(&l, fd, LINE_MAX_BYTES, AUTHORITY_FILE_MAX);
	while ((r = lines_next(&l, &text, why)) == MFA_OK) {
		*line = l.number;
		if ((r = add(text, out, max, count, why)) != MFA_OK)
			return r;
	}
	*line = l.number;
	if (r != MFA_E_ABSENT)
		return r == MFA_E_INVALID ? MFA_E_CONFIG : r;
	*line = 0;
	*why = "names no key";
	return *count > 0 ? MFA_OK : MFA_E_CONFIG;
}

int
authorities_read(const char *path, uint32_t owner, struct authority *out, size_t max,
    size_t *count, unsigned int *line, const char **why)
{
	struct stat st;
	int fd, r;

	*count = 0;
	*line = 0;
	if ((r = keyfile_open(path, &fd, &st, why)) == MFA_OK &&
	    (r = check_list(&st, owner, why)) == MFA_OK)
		r = read_list(fd, out, max, count, line, why);
	if (fd != -1)
		(void)close(fd);
	if (r == MFA_OK)
		*why = "";
	else
		*count = 0;
	return r;
}
