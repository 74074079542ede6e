/* SPDX-License-Identifier: BSD-2-Clause */
#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

void
lines_start(struct lines *l, int fd, size_t line_max, size_t file_max)
{
	l->fd = fd;
	l->line_max = line_max;
	l->left = file_max;
	l->number = 0;
	l->at = l->end = 0;
	l->ended = false;
}

/* Moves what is unread to the front and reads on behind it. */
static int
fill(struct lines *l, const char **why)
{
	ssize_t n;

	memmove(l->buf, l->buf + l->at, l->end - l->at);
	l->end -= l->at;
	l->at = 0;
	do
		n = read(l->fd, l->buf + l->end, LINES_BUFFER - l->end);
	while (n == -1 && errno == EINTR);
	if (n == -1) {
		*why = "cannot be read";
		return MFA_E_SYSTEM;
	}
	if ((size_t)n > l->left) {
		*why = "the file is too long";
		return MFA_E_INVALID;
	}
	l->left -= (size_t)n;
	l->end += (size_t)n;
	l->ended = n == 0;
	return MFA_OK;
}

/* The whole of the next line is in the buffer, or it is too long. */
static int
find_end(struct lines *l, size_t *len, const char **why)
{
	char *end;
	int r;

	for (;;) {
		end = memchr(l->buf + l->at, '\n', l->end - l->at);
		*len = end != NULL ? (size_t)(end - (l->buf + l->at)) : l->end - l->at;
		if (*len > l->line_max) {
			*why = "the line is too long";
			return MFA_E_INVALID;
		}
		if (end != NULL || (l->ended && *len > 0))
			return MFA_OK;
		if (l->ended)
			return MFA_E_ABSENT;
		if ((r = fill(l, why)) != MFA_OK)
			return r;
	}
}

/* Nearly all of it is ASCII, and most of a long file is seen here only. */
static bool
is_text(char *s, size_t len)
{
	bool ascii = true;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] == '\t')
			s[i] = ' ';
		else if (s[i] < ' ' || s[i] > '~')
			ascii = false;
	}
	return ascii || text_printable(s, len);
}

int
lines_next(struct lines *l, char **line, const char **why)
{
	size_t len;
	int r;

	l->number++;
	if ((r = find_end(l, &len, why)) != MFA_OK)
		return r;
	*line = l->buf + l->at;
	/* The end of a last line without one is past what was read: there is
	 * room, since line_max is less than the buffer. */
	(*line)[len] = '\0';
	l->at += len < l->end - l->at ? len + 1 : len;
	if (len > 0 && (*line)[len - 1] == '\r') {
		*why = "the line ends as on Windows (CR LF): convert the file";
		return MFA_E_INVALID;
	}
	if (!is_text(*line, len)) {
		*why = "not text: a control character, or no valid UTF-8";
		return MFA_E_INVALID;
	}
	return MFA_OK;
}
