/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_text.h"

#include <string.h>

#include "catalogue.h"

#ifndef WORDS_NL
#define WORDS_NL "build/po/server/nl.mo"
#endif

CATALOGUE(words_nl, WORDS_NL);

/* As much as fits, at the end of a character. */
static void
cut(char *out, size_t size, const char *s)
{
	size_t n = strnlen(s, size);

	if (n == size)
		for (n = size - 1; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80;)
			n--;
	memcpy(out, s, n);
	out[n] = '\0';
}

void
call_text_names(struct dial *d, const char *host, const char *service)
{
	cut(d->host, sizeof(d->host), host);
	cut(d->service, sizeof(d->service), service);
}

void
call_text_organisation(struct dial *d, const char *organisation)
{
	cut(d->organisation, sizeof(d->organisation), organisation);
}

static const char *
words(const char *language, const char *text)
{
	return strcmp(language, "nl") == 0 ? catalogue_text(words_nl, text) : text;
}

static void
write_text(struct dial *d, const char *text)
{
	d->text_len = (uint32_t)strlen(text);
	memcpy(d->text, text, d->text_len);
}

void
call_text_code(struct dial *d, const char *organisation, const char *host, const char *code,
    const char *language)
{
	const char *sentence = N_("%1: %2 is your code to log in to %3. Give it to nobody.");
	char who[DIAL_NAME_MAX], where[2 * DIAL_NAME_MAX], text[DIAL_TEXT_MAX];
	const char *const about[] = { who, code, where };
	size_t n;

	cut(who, sizeof(who), organisation);
	cut(where, sizeof(where), host);
	n = catalogue_fill(text, sizeof(text), words(language, sentence), about, 3);
	(void)catalogue_fill(text + n, sizeof(text) - n, "\n\n@%3 #%2", about, 3);
	write_text(d, text);
	explicit_bzero(text, sizeof(text));
}

void
call_text_consent(struct dial *d, const char *organisation, const char *code,
    const char *language)
{
	const char *sentence = N_("%1: with %2 another telephone counts for your logins. Not you? "
	    "Tell your administrator.");
	char who[DIAL_NAME_MAX], text[DIAL_TEXT_MAX];
	const char *const about[] = { who, code };

	cut(who, sizeof(who), organisation);
	(void)catalogue_fill(text, sizeof(text), words(language, sentence), about, 2);
	write_text(d, text);
	explicit_bzero(text, sizeof(text));
}

void
call_text_notice(struct dial *d, const char *organisation, const char *user, bool added,
    const char *language)
{
	const char *sentence = added ?
	    N_("%1: a telephone number was added for %2. Not you? Tell your administrator.") :
	    N_("%1: this telephone number no longer counts for %2. Not you? Tell your "
	    "administrator.");
	char who[DIAL_NAME_MAX], whom[DIAL_NAME_MAX], text[DIAL_TEXT_MAX];
	const char *const about[] = { who, whom };

	cut(who, sizeof(who), organisation);
	cut(whom, sizeof(whom), user);
	(void)catalogue_fill(text, sizeof(text), words(language, sentence), about, 2);
	write_text(d, text);
}

const char *
call_text_outcome(enum dial_outcome outcome)
{
	switch (outcome) {
	case DIAL_NO_ANSWER:
		return "no-answer";
	case DIAL_BUSY:
		return "busy";
	case DIAL_DECLINED:
		return "declined";
	case DIAL_HUNG_UP:
		return "hung-up";
	case DIAL_DONE:		/* without a word of ours */
	case DIAL_NO_KEYS:
	case DIAL_CANCELLED:
		return "no-keys";
	case DIAL_REFUSED:
		return "not-allowed";
	case DIAL_GATEWAY:
	case DIAL_MISCONFIGURED:
	default:
		return "gateway";
	}
}
