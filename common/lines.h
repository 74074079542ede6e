/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LINES_H
#define MFA_LINES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The lines of an open file of text, one after the other, in bounded memory.
 * Text is UTF-8 that shows as what it is (text.h); a tab counts as a blank.
 */
#define LINES_BUFFER	8192

struct lines {
	int fd;
	size_t line_max;		/* of one line, without its end */
	size_t left;			/* bytes that the file may still have */
	unsigned int number;		/* of the line last returned, from 1 */
	size_t at, end;			/* what is unread in buf */
	bool ended;
	char buf[LINES_BUFFER];
};

/* line_max must be less than LINES_BUFFER. */
void lines_start(struct lines *l, int fd, size_t line_max, size_t file_max);

/*
 * MFA_OK: *line is the next line, terminated, without its end; it may be
 * written to and is valid until the next call.  MFA_E_ABSENT: there are no
 * more.  MFA_E_INVALID (too long, not text) and MFA_E_SYSTEM (errno): *why is a
 * static sentence, and number is the line it is about.
 */
int lines_next(struct lines *l, char **line, const char **why);

#endif
