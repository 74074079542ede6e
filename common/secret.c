/* SPDX-License-Identifier: BSD-2-Clause */
#include "secret.h"

#include <string.h>

#include "error.h"

int
secret_set(struct secret *s, const void *data, size_t len)
{
	secret_wipe(s);
	if (len > SECRET_MAX)
		return MFA_E_INVALID;
	memcpy(s->data, data, len);
	s->len = len;
	return MFA_OK;
}

void
secret_wipe(struct secret *s)
{
	explicit_bzero(s, sizeof(*s));
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char differ = 0;

	while (len-- > 0)
		differ |= *x++ ^ *y++;
	return differ == 0;
}
