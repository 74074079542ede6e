/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHECK_SSHD_H
#define MFA_CHECK_SSHD_H

#include <stdbool.h>
#include <stddef.h>

struct sshd_settings {
	char text[65536];	/* "key value" lines; what sshd said when it failed */
};

/* spec: whose settings, as for sshd -C.  False when sshd could not say. */
bool sshd_read(const char *sshd, const char *spec, struct sshd_settings *out);

/* The value of a key (lower case), in dst; NULL when it is not there. */
const char *sshd_value(const struct sshd_settings *s, const char *key, char *dst, size_t size);
bool sshd_is(const struct sshd_settings *s, const char *key, const char *value);

#endif
