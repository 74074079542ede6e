/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../ctl/import.h"
#include "error.h"
#include "text.h"

/*
 * The files of other modules; the first byte chooses the module.  A token that
 * comes out can be stored and used, and what is said can be shown.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	unsigned int tokens, line;
};

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	check(len > 0 && len < size && text_printable(text, len));
}

static int
take(void *arg, const struct import_token *t)
{
	struct seen *seen = arg;
	char code[OTP_CODE_MAX];

	check(t->line > 0 && t->line > seen->line);
	seen->line = t->line;
	seen->tokens++;
	check(otp_check(&t->params) == MFA_OK && otp_key_check(&t->key) == MFA_OK);
	check(otp_code(&t->params, &t->key, (uint64_t)(t->last + 1), code) == MFA_OK);
	check(t->last >= -1 && t->last < INT64_MAX);
	check_text(t->name, sizeof(t->name));
	if (t->user[0] != '\0')
		check_text(t->user, sizeof(t->user));
	return MFA_OK;
}

static void
note(void *arg, const struct import_error *what)
{
	(void)arg;
	check(what->line > 0);
	check_text(what->text, sizeof(what->text));
}

static bool
is_google(uint8_t first)
{
	return (first & 1) != 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { .tokens = 0 };
	const struct import_sink sink = { take, note, &seen };
	struct import_error error;
	FILE *in;
	int r;

	if (size < 2)
		return -1;
	in = fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r");
	check(in != NULL);
	r = is_google(data[0]) ? import_google(in, &sink, &error) : import_oath(in, &sink, &error);
	fclose(in);
	check(r == MFA_OK || r == MFA_E_INVALID);
	if (r == MFA_E_INVALID)
		check_text(error.text, sizeof(error.text));
	if (is_google(data[0]))
		check(seen.tokens == (r == MFA_OK));
	return 0;
}
