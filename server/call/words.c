/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum piece { HELLO, LOGIN, NUMBER, HASH, CODE, NOT_ME, ONCE_MORE, MOMENT, THANKS, WRONG, REPORTED,
	TIME_IS_UP };

/* %1 is the organisation, %2 the host, %3 the service. */
static const struct { const char *name, *en, *nl; } pieces[] = {
	[HELLO] = { "hello",
	    "Hello. This is %1.",
	    "Goedendag. Dit is %1." },
	[LOGIN] = { NULL,
	    "Somebody is logging in with your name, on %2, with %3.",
	    "Iemand meldt zich aan met uw naam, op %2, met %3." },
	[NUMBER] = { "number",
	    "If this is you, key in the number on your screen, and then hash.",
	    "Bent u dit? Toets dan het nummer op uw scherm in, en daarna een hekje." },
	[HASH] = { "hash",
	    "If this is you, key in hash, to approve.",
	    "Bent u dit? Toets dan een hekje in, om het goed te keuren." },
	[CODE] = { "code",
	    "To have this telephone called from now on, key in the number on your screen, "
	    "and then hash.",
	    "Om voortaan op deze telefoon gebeld te worden, toetst u het nummer op uw scherm in, "
	    "en daarna een hekje." },
	[NOT_ME] = { "not-me",
	    "If this was not you, key in zero, and then hash.",
	    "Was u dit niet? Toets dan een nul in, en daarna een hekje." },
	[ONCE_MORE] = { "once-more",
	    "That was not the number on your screen. Please key it in once more, and then hash.",
	    "Dat was niet het nummer op uw scherm. Toets het nog een keer in, en daarna een "
	    "hekje." },
	[MOMENT] = { "moment",
	    "One moment. If your computer asks you to press Enter, do that now.",
	    "Een ogenblik. Vraagt uw computer om Enter, druk daar dan nu op." },
	[THANKS] = { "thanks",
	    "Thank you. Goodbye.",
	    "Dank u wel. Tot ziens." },
	[WRONG] = { "wrong",
	    "That was not the number on your screen. Nobody is let in. Goodbye.",
	    "Dat was niet het nummer op uw scherm. Niemand wordt toegelaten. Tot ziens." },
	[REPORTED] = { "reported",
	    "Thank you. Nobody is let in, and the administrators are told. Goodbye.",
	    "Dank u wel. Niemand wordt toegelaten, en de beheerders weten ervan. Tot ziens." },
	[TIME_IS_UP] = { "over",
	    "This login is over. Goodbye.",
	    "Deze aanmelding is voorbij. Tot ziens." },
};

/* ---- one piece ---- */

/* A host's name is said by a synthesizer that takes [[ ]], < > and & for more
 * than text: letters, digits and what stands between them. */
static bool
is_spoken(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == ' ' || c == '\'';
}

static size_t
add_name(char *dst, size_t n, const char *name)
{
	for (; *name != '\0' && n < WORDS_MAX - 1; name++)
		dst[n++] = is_spoken((unsigned char)*name) ? *name : ' ';
	return n;
}

/* The longest sentence and two names fit. */
_Static_assert(WORDS_MAX > 160 + 2 * DIAL_NAME_MAX, "a piece must be said whole");

static void
fill(char *dst, const char *sentence, const struct dial *asked)
{
	const char *names[] = { asked->organisation, asked->host, asked->service };
	size_t n = 0;

	for (; *sentence != '\0' && n < WORDS_MAX - 1; sentence++)
		if (*sentence == '%')
			n = add_name(dst, n, names[*++sentence - '1']);
		else
			dst[n++] = *sentence;
	dst[n] = '\0';
}

static unsigned int
add(struct words *words, unsigned int n, const struct dial *asked, enum piece piece)
{
	bool dutch = strcmp(asked->language, "nl") == 0;

	words[n].name = pieces[piece].name;
	fill(words[n].text, dutch ? pieces[piece].nl : pieces[piece].en, asked);
	return n + 1;
}

/* ---- a prompt ---- */

static unsigned int
greeting(const struct dial *asked, struct words *words)
{
	unsigned int n = add(words, 0, asked, HELLO);

	if (asked->form == DIAL_WANTS_CODE)
		return add(words, n, asked, CODE);
	n = add(words, n, asked, LOGIN);
	n = add(words, n, asked, asked->form == DIAL_WANTS_HASH ? HASH : NUMBER);
	return add(words, n, asked, NOT_ME);
}

unsigned int
words_of(const struct dial *asked, enum conversation_prompt prompt,
    struct words words[WORDS_PIECES])
{
	switch (prompt) {
	case PROMPT_NONE:
		return 0;
	case PROMPT_GREETING:
		return greeting(asked, words);
	case PROMPT_ONCE_MORE:
		return add(words, 0, asked, ONCE_MORE);
	case PROMPT_MOMENT:
		return add(words, 0, asked, MOMENT);
	case PROMPT_THANKS:
		return add(words, 0, asked, THANKS);
	case PROMPT_WRONG:
		return add(words, 0, asked, WRONG);
	case PROMPT_REPORTED:
		return add(words, 0, asked, REPORTED);
	case PROMPT_OVER:
		return add(words, 0, asked, TIME_IS_UP);
	}
	return 0;
}
