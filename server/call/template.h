/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TEMPLATE_H
#define MFA_CALL_TEMPLATE_H

#include <stddef.h>

#include "secret.h"

/*
 * Text with placeholders: {to}, {to_digits} (without "+"), {text}, {id}, {secret}.
 * What is filled in is escaped by where it stands, so that nothing of it can be
 * read as anything but a value.  "{" that no lower-case word and "}" follow stands
 * for itself.
 */

/* ---- all limits ---- */
#define TEMPLATE_FILLED_MAX	8192	/* bytes, with a terminator */
#define TEMPLATE_WHY_MAX	96

enum template_place {
	TEMPLATE_URL,		/* percent-encoded UTF-8 (RFC 3986) */
	TEMPLATE_FORM,		/* the same */
	TEMPLATE_JSON,		/* within a string (RFC 8259) */
	TEMPLATE_HEADER,	/* as it is; no {text}, which has lines */
};

/* Which of them a template has. */
enum template_use { TEMPLATE_USES_TO = 1, TEMPLATE_USES_TEXT = 2, TEMPLATE_USES_ID = 4,
	TEMPLATE_USES_SECRET = 8 };

struct template_values {
	const char *to, *id;
	const char *text;
	size_t text_len;
	const struct secret *secret;
};

/* MFA_E_INVALID for an unknown placeholder, or one that cannot stand there; why
 * says it.  *uses gets the bits of those that it has, besides what was in it. */
int template_check(const char *template, enum template_place place, unsigned int *uses,
    char why[TEMPLATE_WHY_MAX]);

/* MFA_E_INVALID (out empty) when it does not fit, or would not be checked.  The
 * caller wipes out. */
int template_fill(const char *template, enum template_place place,
    const struct template_values *v, char out[TEMPLATE_FILLED_MAX]);

#endif
