/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <stdint.h>
#include <string.h>

#ifndef WORDS_NL
#define WORDS_NL "build/po/nl.mo"
#endif

/* As msgfmt makes it, in the byte order of the machine. */
__asm__(
    ".section .rodata\n"
    ".balign 4\n"
    ".local words_nl\n"
    "words_nl: .incbin \"" WORDS_NL "\"\n"
    ".previous\n");

extern const char words_nl[];

/* The head of a catalogue (gettext manual, "The Format of GNU MO Files"): two tables
 * of lengths and offsets, the first sorted by its texts. */
struct catalogue {
	uint32_t magic, revision, count, texts, others;
};

static const char *
entry(const char *mo, uint32_t table, uint32_t i)
{
	uint32_t at;

	memcpy(&at, mo + table + 8 * i + 4, sizeof(at));
	return mo + at;
}

const char *
words(enum language language, const char *text)
{
	uint32_t low = 0, high, middle;
	struct catalogue c;
	int order;

	if (language != LANGUAGE_NL || text[0] == '\0')
		return text;
	memcpy(&c, words_nl, sizeof(c));
	for (high = c.count; low < high;) {
		middle = low + (high - low) / 2;
		order = strcmp(text, entry(words_nl, c.texts, middle));
		if (order == 0)
			return entry(words_nl, c.others, middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return text;
}
