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
