/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What mfa-call's Twilio gateway writes, for Twilio's own code to be held against:
 *
 *   twilio sign TOKEN URL         the signature of the body on standard input; "refused"
 *                                 for one that cannot be read
 *   twilio gather FORM LANGUAGE PROMPT ACTION
 *   twilio farewell FORM LANGUAGE PROMPT
 *                                 the pieces of the words, a line each, and the TwiML
 *
 * TOKEN is of a test; FORM and PROMPT are numbers of dial.h and conversation.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/call/twilio_form.h"
#include "../../server/call/twiml.h"
#include "../number.h"
#include "error.h"

static struct twilio_form form;
static struct twiml x;

static int
sign(const char *word, const char *url)
{
	static unsigned char body[TWILIO_BODY_MAX + 1];
	char signature[TWILIO_SIGNATURE_MAX];
	size_t len = fread(body, 1, sizeof(body), stdin);
	struct secret token;

	if (secret_set(&token, word, strlen(word)) != MFA_OK)
		return 1;
	if (twilio_form_read(body, len, &form) != MFA_OK)
		puts("refused");
	else if (twilio_sign(&token, url, &form, signature) == MFA_OK)
		puts(signature);
	return 0;
}

static int
say(char **w, const char *action)
{
	static struct dial asked = { .type = DIAL_CALL, .organisation = "Ex & Söhne <\"'>",
		.host = "web-1.example", .service = "sshd" };
	enum conversation_prompt prompt = (enum conversation_prompt)number(w[2]);
	struct words words[WORDS_PIECES];
	unsigned int i, count;

	asked.form = (uint32_t)number(w[0]);
	snprintf(asked.language, sizeof(asked.language), "%s", w[1]);
	count = words_of(&asked, prompt, words);
	for (i = 0; i < count; i++)
		puts(words[i].text);
	if (action != NULL)
		twiml_gather(&x, &asked, prompt, action);
	else
		twiml_farewell(&x, &asked, prompt);
	puts(x.full ? "full" : x.text);
	return x.full;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "sign") == 0)
		return sign(argv[2], argv[3]);
	if (argc == 6 && strcmp(argv[1], "gather") == 0)
		return say(argv + 2, argv[5]);
	if (argc == 5 && strcmp(argv[1], "farewell") == 0)
		return say(argv + 2, NULL);
	fputs("usage: twilio sign TOKEN URL | gather … | farewell …\n", stderr);
	return 2;
}
