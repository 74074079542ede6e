/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SECRET_H
#define MFA_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The one type that secrets live in: a buffer that knows its length, is
 * always zero-terminated, and is wiped by whoever declared it.  It is never
 * formatted and never logged.
 */
#define SECRET_MAX 512	/* PAM_MAX_RESP_SIZE: nothing longer can be typed */

struct secret {
	size_t len;			/* without the terminating zero */
	unsigned char data[SECRET_MAX + 1];
};

/* Copies len bytes; MFA_E_INVALID (and an empty secret) when too long. */
int secret_set(struct secret *s, const void *data, size_t len);

/* Overwrites everything in a way that the compiler cannot drop. */
void secret_wipe(struct secret *s);

/* The same bytes?  Takes the same time wherever they differ. */
bool secret_equal(const void *a, const void *b, size_t len);

#endif
