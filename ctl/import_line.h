/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_IMPORT_LINE_H
#define MFA_IMPORT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "import.h"

/* What both imports share: lines, words, and how to say what is wrong. */

#define IMPORT_LINE_MAX		4096	/* bytes */
#define IMPORT_LINES_MAX	1000000

struct import_reader {
	FILE *in;
	const struct import_sink *sink;
	struct import_error *error;
	unsigned int line;		/* the number of the line in text */
	char text[IMPORT_LINE_MAX + 1];	/* wiped by import_end */
	char *rest;			/* what import_word has not taken */
};

void import_begin(struct import_reader *r, FILE *in, const struct import_sink *sink,
    struct import_error *error);
void import_end(struct import_reader *r);

/* The next line, without its end (LF, CR LF): MFA_OK; MFA_E_CLOSED at the
 * end of the file; MFA_E_INVALID (said) for one that is too long or holds a
 * control character; MFA_E_SYSTEM. */
int import_next(struct import_reader *r);

/* The next word of the line, in place; NULL when there is none. */
char *import_word(struct import_reader *r);

/* Both say it of the current line; import_fail returns MFA_E_INVALID. */
int import_fail(struct import_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void import_remark(struct import_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A counter or time step, 0 to INT64_MAX - 1; MFA_E_INVALID. */
int import_counter(const char *word, int64_t *out);

#endif
