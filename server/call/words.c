/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <stdbool.h>
#include <string.h>

#include "catalogue.h"

#ifndef WORDS_NL
#define WORDS_NL "build/po/server/nl.mo"
#endif

CATALOGUE(words_nl, WORDS_NL);

enum piece { HELLO, LOGIN, NUMBER, HASH, CODE, CONSENT, NOT_ME, ONCE_MORE, TWICE, MOMENT, THANKS,
	WRONG, REPORTED, TIME_IS_UP };

/* In English (po/server).  %1 is the organisation, %2 the host, %3 the service. */
static const struct { const char *name, *text; } pieces[] = {
	[HELLO] = { "hello",
	    N_("Hello. This is %1.") },
	[LOGIN] = { NULL,
	    N_("Somebody is logging in with your name, on %2, with %3.") },
	[NUMBER] = { "number",
	    N_("If this is you, key in the number on your screen, and then hash.") },
	[HASH] = { "hash",
	    N_("If this is you, key in hash, to approve.") },
	[CODE] = { "code",
	    N_("To have this telephone called from now on, key in the number on your screen, "
	    "and then hash.") },
	[CONSENT] = { "consent",
	    N_("Another telephone is to be called for your logins.") },
	[NOT_ME] = { "not-me",
	    N_("If this was not you, key in zero, and then hash.") },
	[ONCE_MORE] = { "once-more",
	    N_("That was not the number on your screen. Please key it in once more, and then "
	    "hash.") },
	[TWICE] = { "twice",
	    N_("A key came through twice. Please key in the number once more, one key at a time, "
	    "and then hash.") },
	[MOMENT] = { "moment",
	    N_("One moment. If your computer asks you to press Enter, do that now.") },
	[THANKS] = { "thanks",
	    N_("Thank you. Goodbye.") },
	[WRONG] = { "wrong",
	    N_("That was not the number on your screen. Nobody is let in. Goodbye.") },
	[REPORTED] = { "reported",
	    N_("Thank you. Nobody is let in, and the administrators are told. Goodbye.") },
	[TIME_IS_UP] = { "over",
	    N_("This login is over. Goodbye.") },
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

static void
make_spoken(char dst[DIAL_NAME_MAX], const char *name)
{
	size_t n;

	for (n = 0; n < DIAL_NAME_MAX - 1 && name[n] != '\0'; n++)
		dst[n] = is_spoken((unsigned char)name[n]) ? name[n] : ' ';
	dst[n] = '\0';
}

/* The longest sentence (tests/lint/test_po.sh) and two names fit. */
_Static_assert(WORDS_MAX > 160 + 2 * DIAL_NAME_MAX, "a piece must be said whole");

static unsigned int
add(struct words *words, unsigned int n, const struct dial *asked, enum piece piece)
{
	char organisation[DIAL_NAME_MAX], host[DIAL_NAME_MAX], service[DIAL_NAME_MAX];
	const char *const names[] = { organisation, host, service };
	const char *text = pieces[piece].text;

	make_spoken(organisation, asked->organisation);
	make_spoken(host, asked->host);
	make_spoken(service, asked->service);
	if (strcmp(asked->language, "nl") == 0)
		text = catalogue_text(words_nl, text);
	words[n].name = pieces[piece].name;
	(void)catalogue_fill(words[n].text, WORDS_MAX, text, names, 3);
	return n + 1;
}

/* ---- a prompt ---- */

static unsigned int
greeting(const struct dial *asked, struct words *words)
{
	unsigned int n = add(words, 0, asked, HELLO);

	if (asked->form == DIAL_WANTS_CODE)
		return add(words, n, asked, CODE);
	if (asked->form == DIAL_WANTS_CONSENT)
		return add(words, add(words, n, asked, CONSENT), asked, NUMBER);
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
	case PROMPT_TWICE:
		return add(words, 0, asked, TWICE);
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
