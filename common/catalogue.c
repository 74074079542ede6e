/* SPDX-License-Identifier: BSD-2-Clause */
#include "catalogue.h"

#include <stdint.h>
#include <string.h>

/* The head of a catalogue (gettext manual, "The Format of GNU MO Files"): two tables
 * of lengths and offsets, the first sorted by its texts. */
struct head {
	uint32_t magic, revision, count, texts, others;
};

static const char *
entry(const char *catalogue, uint32_t table, uint32_t i)
{
	uint32_t at;

	memcpy(&at, catalogue + table + 8 * i + 4, sizeof(at));
	return catalogue + at;
}

const char *
catalogue_text(const char *catalogue, const char *text)
{
	uint32_t low = 0, high, middle;
	struct head head;
	int order;

	if (text[0] == '\0')
		return text;	/* which would be the catalogue's own header */
	memcpy(&head, catalogue, sizeof(head));
	for (high = head.count; low < high;) {
		middle = low + (high - low) / 2;
		order = strcmp(text, entry(catalogue, head.texts, middle));
		if (order == 0)
			return entry(catalogue, head.others, middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return text;
}

/* Of which argument there is the place here; count: of none. */
static size_t
place(const char *text, size_t count)
{
	size_t i = text[0] == '%' && text[1] >= '1' ? (size_t)(text[1] - '1') : count;

	return i < count ? i : count;
}

size_t
catalogue_fill(char *dst, size_t size, const char *text, const char *const args[], size_t count)
{
	size_t n = 0, i;
	const char *s;

	for (; *text != '\0' && n < size - 1; text++) {
		i = place(text, count);
		if (i == count) {
			dst[n++] = *text;
			continue;
		}
		for (s = args[i]; *s != '\0' && n < size - 1; s++)
			dst[n++] = *s;
		text++;
	}
	dst[n] = '\0';
	return n;
}
