/* SPDX-License-Identifier: BSD-2-Clause */
#include "twiml.h"

#include <string.h>

#define PAUSE	"6"	/* seconds for the next key */

static void
put(struct twiml *x, const char *s)
{
	size_t len = strlen(s);

	if (len >= sizeof(x->text) - x->len) {
		x->full = true;
		return;
	}
	memcpy(x->text + x->len, s, len + 1);
	x->len += len;
}

/* Text and values of attributes. */
static void
put_escaped(struct twiml *x, const char *s)
{
	char one[2] = "";

	for (; *s != '\0'; s++) {
		one[0] = *s;
		put(x, *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;" :
		    *s == '"' ? "&quot;" : one);
	}
}

static void
begin(struct twiml *x)
{
	x->len = 0;
	x->full = false;
	put(x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
}

static void
say(struct twiml *x, const struct dial *asked, enum conversation_prompt prompt)
{
	struct words words[WORDS_PIECES];
	unsigned int i, count = words_of(asked, prompt, words);

	for (i = 0; i < count; i++) {
		put(x, "<Say language=\"");
		put(x, strcmp(asked->language, "nl") == 0 ? "nl-NL" : "en-GB");
		put(x, "\">");
		put_escaped(x, words[i].text);
		put(x, "</Say>");
	}
}

void
twiml_farewell(struct twiml *x, const struct dial *asked, enum conversation_prompt prompt)
{
	begin(x);
	say(x, asked, prompt);
	put(x, "<Hangup/></Response>");
}

void
twiml_moment(struct twiml *x, const struct dial *asked, const char *next)
{
	begin(x);
	say(x, asked, PROMPT_MOMENT);
	put(x, "<Redirect method=\"POST\">");
	put_escaped(x, next);
	put(x, "</Redirect></Response>");
}

void
twiml_gather(struct twiml *x, const struct dial *asked, enum conversation_prompt prompt,
    const char *action)
{
	bool hash = asked->form == DIAL_WANTS_HASH;

	begin(x);
	if (hash)
		say(x, asked, prompt);
	put(x, "<Gather input=\"dtmf\" method=\"POST\" actionOnEmptyResult=\"true\" "
	    "timeout=\"" PAUSE "\" action=\"");
	put_escaped(x, action);
	put(x, hash ? "\" numDigits=\"1\" finishOnKey=\"\">" : "\" finishOnKey=\"#\">");
	if (!hash)
		say(x, asked, prompt);
	put(x, "</Gather></Response>");
}
