/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_EXEC_LINE_H
#define MFA_CALL_EXEC_LINE_H

#include <stddef.h>

#include "dial.h"

/* What the administrator's program writes, a line at a time. */
#define EXEC_LINE_MAX	256	/* without its end */

enum exec_word { EXEC_RINGING = 1, EXEC_ANSWERED, EXEC_KEYS, EXEC_ENDED };

struct exec_said {
	enum exec_word word;
	char keys[DIAL_KEYS_MAX];	/* "": "#" alone */
	enum dial_outcome outcome;
	const char *words;		/* in the line; "" */
};

/* MFA_E_INVALID for anything that is not exactly one of them. */
int exec_read(const char *line, struct exec_said *said);

/* Bytes as they come, into lines.  All zeros is a beginning. */
struct exec_lines {
	char buf[EXEC_LINE_MAX + 1];
	size_t len, taken;	/* taken: of the line that was returned last */
};

/* Room for more bytes; never 0 after exec_next said MFA_E_ABSENT. */
size_t exec_room(const struct exec_lines *l);

/* MFA_OK and a line, valid until the next call; MFA_E_ABSENT: not a whole one yet;
 * MFA_E_INVALID: too long, or not printable. */
int exec_next(struct exec_lines *l, const char **line);

#endif
