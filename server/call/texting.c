/* SPDX-License-Identifier: BSD-2-Clause */
#include "texting.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define CODE_MIN 4	/* digits in a row that may be a code */

bool
text_sendable(const unsigned char *bytes, size_t len)
{
	const char *at = (const char *)bytes, *end;
	size_t line;

	if (len == 0)
		return false;
	for (; len > 0; at += line, len -= line) {
		end = memchr(at, '\n', len);
		line = end != NULL ? (size_t)(end - at) : len;
		if (!text_printable(at, line))
			return false;
		line += end != NULL;
	}
	return true;
}

/* A code may stand within a longer run of digits, there or here. */
static bool
repeats_a_code(const struct text *t, const char *from)
{
	size_t i;

	for (i = 0; i + CODE_MIN <= t->len; i++)
		if (strspn(t->bytes + i, "0123456789") >= CODE_MIN &&
		    memmem(from, strlen(from), t->bytes + i, CODE_MIN) != NULL)
			return true;
	return false;
}

void
text_words(const struct text *t, const char *from, char words[DIAL_WORDS_MAX])
{
	if (repeats_a_code(t, from))
		from = "(its words repeat the text)";
	(void)snprintf(words, DIAL_WORDS_MAX, "%s", from);
	if (!text_printable(words, strlen(words)))
		(void)text_escape(words, DIAL_WORDS_MAX, from);
}
