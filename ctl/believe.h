/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BELIEVE_H
#define MFA_BELIEVE_H

#include <stdbool.h>

#include "authority.h"

/* A host's file of authorities, with some more. */
#define BELIEVE_MAX (AUTHORITY_FILE_MAX + 1)

struct believed {
	struct authority list[AUTHORITIES_MAX];
	size_t count;
};

/* What the file says; a missing one says nothing.  Else an enum ctl_exit after
 * a complaint. */
int believe_read(const char *path, struct believed *b);
bool believe_has(const struct believed *b, const struct authority *a);

/* Asks whether these authorities of the service's are to be believed, and says
 * what that gives up; always yes: without asking.  CTL_DONE with *yes. */
int believe_ask(const struct authority *list, size_t count, bool always, bool *yes);

/* The file's text with these behind it, in text.  A ctl_exit. */
int believe_text(const char *path, const struct authority *list, size_t count, const char *server,
    char text[BELIEVE_MAX], size_t *len);

#endif
