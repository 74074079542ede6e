/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64url.h"
#include "crypto.h"
#include "ctl.h"
#include "error.h"
#include "keyfile.h"
#include "newfile.h"

/* why follows the path: "is missing". */
int
record_file_explain(const char *path, unsigned int line, int error, const char *why)
{
	int status = error == MFA_E_ABSENT ? CTL_ABSENT :
	    error == MFA_E_SYSTEM || error == MFA_E_CRYPTO ? CTL_STATE : CTL_REFUSED;
	const char *because = error == MFA_E_SYSTEM ? strerror(errno) : NULL;
	char shown[SHOW_MAX];

	show(shown, sizeof(shown), path);
	if (line > 0)
		return complain(status, "%s:%u: the file %s", shown, line, why);
	return complain(status, "%s %s%s%s", shown, why, because != NULL ? ": " : "",
	    because != NULL ? because : "");
}

int
record_file_unwritten(const char *path, int error)
{
	const char *because = error == MFA_E_SYSTEM ? strerror(errno) : mfa_strerror(error);
	char shown[SHOW_MAX];

	show(shown, sizeof(shown), path);
	if (error == MFA_E_EXISTS)
		return complain(CTL_REFUSED, "%s: there is one already, which stays as it is: "
		    "give another name", shown);
	return complain(CTL_STATE, "%s cannot be written: %s: nothing was made", shown, because);
}

int
record_file_write(const char *path, const char *text, size_t len)
{
	int r = newfile_write(path, text, len, 0644);

	return r == MFA_OK ? CTL_DONE : record_file_unwritten(path, r);
}

int
record_file_read(const char *path, char *buf, size_t size, size_t *len)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), r;
	struct stat st;

	*len = 0;
	if (fd == -1)
		return record_file_explain(path, 0, errno == ENOENT ? MFA_E_ABSENT : MFA_E_SYSTEM,
		    errno == ENOENT ? "is missing" : "cannot be opened");
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		r = record_file_explain(path, 0, MFA_E_INVALID, "is not a regular file");
	else if ((r = keyfile_read(fd, buf, size, len)) != MFA_OK)
		r = record_file_explain(path, 0, r, "cannot be read");
	else if (*len == size)
		r = record_file_explain(path, 0, MFA_E_INVALID, "is too long");
	(void)close(fd);
	return r;
}

int
authority_key_load(const char *path, struct sign_key *key)
{
	const char *why;
	int r = authority_key_read(path, key, &why);

	return r == MFA_OK ? CTL_DONE : record_file_explain(path, 0, r, why);
}

const char *
fingerprint(const struct blob *key, char dst[AUTHORITY_ID_MAX])
{
	unsigned char digest[CRYPTO_SHA256_LEN];

	(void)snprintf(dst, AUTHORITY_ID_MAX, "?");
	if (crypto_sha256(key->data, key->len, digest) == MFA_OK)
		(void)base64url_encode(digest, AUTHORITY_ID_LEN, dst, AUTHORITY_ID_MAX);
	return dst;
}
