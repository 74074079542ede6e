/* SPDX-License-Identifier: BSD-2-Clause */
#include "believe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "ctl.h"
#include "error.h"

/* ---- what is believed already ---- */

int
believe_read(const char *path, struct believed *b)
{
	unsigned int line;
	const char *why;
	int r = authorities_read(path, 0, b->list, AUTHORITIES_MAX, &b->count, &line, &why);

	if (r == MFA_OK || r == MFA_E_ABSENT)
		return CTL_DONE;
	if (line > 0)
		return complain(CTL_CONFIG, "%s:%u: the file %s", path, line, why);
	return complain(CTL_CONFIG, "%s %s", path, why);
}

bool
believe_has(const struct believed *b, const struct authority *a)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		if (memcmp(b->list[i].key, a->key, sizeof(a->key)) == 0)
			return true;
	return false;
}

/* ---- asking ---- */

static void
explain(const struct authority *list, size_t count)
{
	char id[AUTHORITY_ID_MAX];
	size_t i;

	(void)fflush(stdout);
	(void)fputs("The service vouches for people's phones with a key of its own:\n\n", stderr);
	for (i = 0; i < count; i++)
		(void)fprintf(stderr, "    key id  %s\n", authority_id(&list[i], id));
	(void)fputs("\nA host that believes it believes whoever controls the service: they can\n"
	    "make a phone of their own anybody's, and approve with it.  Without it, no\n"
	    "phone counts here that another authority, kept elsewhere, has not vouched\n"
	    "for: see mfactl authority.\n\n", stderr);
}

int
believe_ask(const struct authority *list, size_t count, bool always, bool *yes)
{
	struct secret typed;
	int r;

	*yes = always;
	explain(list, count);
	if (always)
		return CTL_DONE;
	r = ask("Believe it?  Type yes or no: ", true, &typed);
	*yes = r == MFA_OK && strcmp((const char *)typed.data, "yes") == 0;
	secret_wipe(&typed);
	if (r == MFA_OK || r == MFA_E_CLOSED || r == MFA_E_INVALID)
		return CTL_DONE;
	return complain(CTL_STATE, "%s", mfa_strerror(r));
}

/* ---- writing ---- */

static int
load(const char *path, char text[BELIEVE_MAX], size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = 1;

	*len = 0;
	if (fd == -1)
		return errno == ENOENT ? MFA_OK : MFA_E_SYSTEM;
	while (n != 0 && *len < BELIEVE_MAX) {
		n = read(fd, text + *len, BELIEVE_MAX - *len);
		if (n == -1 && errno != EINTR)
			break;
		*len += n > 0 ? (size_t)n : 0;
	}
	(void)close(fd);
	return n == 0 ? MFA_OK : MFA_E_SYSTEM;
}

int
believe_text(const char *path, const struct authority *list, size_t count, const char *server,
    char text[BELIEVE_MAX], size_t *len)
{
	char line[AUTHORITY_LINE_MAX];
	size_t i;
	int n;

	if (load(path, text, len) != MFA_OK)
		return complain(CTL_STATE, "%s cannot be read: %s", path, strerror(errno));
	if (*len > 0 && text[*len - 1] != '\n' && *len < BELIEVE_MAX)
		text[(*len)++] = '\n';
	for (i = 0; i < count; i++) {
		authority_format(&list[i], line);
		n = snprintf(text + *len, BELIEVE_MAX - *len, "# of %s\n%s\n", server, line);
		if (n < 0 || (size_t)n >= BELIEVE_MAX - *len)
			return complain(CTL_REFUSED, "%s would be too long", path);
		*len += (size_t)n;
	}
	return CTL_DONE;
}
