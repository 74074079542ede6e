/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_text.h"

#include <stdio.h>
#include <string.h>

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

static bool
is_dutch(const char *language)
{
	return strcmp(language, "nl") == 0;
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
	char who[DIAL_NAME_MAX], where[2 * DIAL_NAME_MAX], text[DIAL_TEXT_MAX];

	cut(who, sizeof(who), organisation);
	cut(where, sizeof(where), host);
	if (is_dutch(language))
		(void)snprintf(text, sizeof(text), "%s: %s is uw code om in te loggen op %s. "
		    "Geef hem aan niemand.\n\n@%s #%s", who, code, where, where, code);
	else
		(void)snprintf(text, sizeof(text), "%s: %s is your code to log in to %s. "
		    "Give it to nobody.\n\n@%s #%s", who, code, where, where, code);
	write_text(d, text);
	explicit_bzero(text, sizeof(text));
}

void
call_text_notice(struct dial *d, const char *organisation, const char *user, bool added,
    const char *language)
{
	char who[DIAL_NAME_MAX], whom[DIAL_NAME_MAX], text[DIAL_TEXT_MAX];

	cut(who, sizeof(who), organisation);
	cut(whom, sizeof(whom), user);
	if (is_dutch(language))
		(void)snprintf(text, sizeof(text), "%s: %s voor %s. Was u dat niet? Bel uw "
		    "beheerder.", who, added ? "er is een telefoonnummer toegevoegd" :
		    "dit telefoonnummer geldt niet meer", whom);
	else
		(void)snprintf(text, sizeof(text), "%s: %s for %s. Not you? Tell your "
		    "administrator.", who, added ? "a telephone number was added" :
		    "this telephone number no longer counts", whom);
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
