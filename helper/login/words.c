/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#ifndef WORDS_NL
#define WORDS_NL "build/po/login/nl.mo"
#endif

CATALOGUE(words_nl, WORDS_NL);

const char *
words(enum language language, const char *text)
{
	return language == LANGUAGE_NL ? catalogue_text(words_nl, text) : text;
}
