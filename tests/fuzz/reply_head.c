/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply_head.h"

#include <stdlib.h>
#include <string.h>

void
reply_head(const uint8_t **data, size_t *size, struct fetch_incoming *in)
{
	const uint8_t *end;
	char *line;
	size_t len;

	while (*size > 0 && (end = memchr(*data, '\n', *size)) != NULL) {
		len = (size_t)(end - *data) + 1;
		if ((line = malloc(len)) == NULL)
			abort();
		memcpy(line, *data, len);
		*data += len;
		*size -= len;
		(void)fetch_take_header(line, 1, len, in);
		free(line);
		if (len <= 2)
			return;
	}
}
