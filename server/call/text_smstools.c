/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file in the outgoing directory of the SMS Server Tools, whose daemon hands it
 * to a modem.  It leaves names with ".LOCK" in them alone, so the file gets its own
 * name when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "error.h"
#include "seclude_call.h"
#include "texting.h"

/* The daemon's group is the directory's (setgid), and it moves and marks the file. */
#define MODE		0660
#define HEAD_MAX	64

static int
write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n)
		if ((n = write(fd, data, len)) <= 0)
			return MFA_E_SYSTEM;
	return MFA_OK;
}

/* "UTF-8": in the alphabet of the network where that has all of it, else in UCS-2. */
static int
write_file(const char *path, const struct text *t)
{
	char head[HEAD_MAX];
	int len = snprintf(head, sizeof(head), "To: %s\nAlphabet: UTF-8\n\n", t->to + 1);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = MFA_E_SYSTEM;

	if (fd == -1)
		return r;
	if (write_all(fd, head, (size_t)len) == MFA_OK &&
	    write_all(fd, t->bytes, t->len) == MFA_OK && fchmod(fd, MODE) == 0 && fsync(fd) == 0)
		r = MFA_OK;
	if (close(fd) == -1)
		r = MFA_E_SYSTEM;
	return r;
}

static int
put(const char *dir, const struct text *t)
{
	char path[PATH_MAX], locked[PATH_MAX];
	uint64_t random;
	int n, r, kept;

	if ((r = crypto_random(&random, sizeof(random))) != MFA_OK)
		return r;
	n = snprintf(path, sizeof(path), "%s/mfa-%016" PRIx64, dir, random);
	if (n < 0 || (size_t)n + sizeof(".LOCK") > sizeof(path))
		return MFA_E_INVALID;
	(void)snprintf(locked, sizeof(locked), "%.*s.LOCK", n, path);
	if ((r = write_file(locked, t)) == MFA_OK && rename(locked, path) == -1)
		r = MFA_E_SYSTEM;
	if (r != MFA_OK) {
		kept = errno;
		(void)unlink(locked);
		errno = kept;
	}
	return r;
}

static enum dial_outcome
send_text(const struct text *t, uint32_t *units, char words[DIAL_WORDS_MAX])
{
	const char *dir = t->line->config->text_smstools_dir;
	int r;

	if (seclude_spool(dir) != MFA_OK) {
		(void)snprintf(words, DIAL_WORDS_MAX, "the sandbox cannot be entered");
		return DIAL_GATEWAY;
	}
	if ((r = put(dir, t)) == MFA_OK) {
		*units = t->line->config->text_units;
		return DIAL_DONE;
	}
	(void)snprintf(words, DIAL_WORDS_MAX, "no file can be put into %.128s: %s", dir,
	    r == MFA_E_SYSTEM ? strerror(errno) : mfa_strerror(r));
	return DIAL_GATEWAY;
}

const struct text_gateway text_gateway_smstools = { "smstools", send_text };
