/* SPDX-License-Identifier: BSD-2-Clause */
#include "token_name.h"

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "text.h"

int
token_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= OTP_NAME_MAX || !text_printable(name, len) || name[0] == ' ' ||
	    name[len - 1] == ' ')
		return complain(CTL_USAGE, "not a name for a token: 1 to %d printable characters, "
		    "no blank at the ends", OTP_NAME_MAX - 1);
	return CTL_DONE;
}

const struct token *
token_named(const struct token *tokens, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(tokens[i].name, name) == 0)
			return &tokens[i];
	return NULL;
}

void
token_name_free(const struct token *tokens, size_t count, const char *base,
    char name[OTP_NAME_MAX])
{
	unsigned int n;

	(void)snprintf(name, OTP_NAME_MAX, "%s", base);
	for (n = 2; token_named(tokens, count, name) != NULL; n++)
		(void)snprintf(name, OTP_NAME_MAX, "%.*s-%u", OTP_NAME_MAX - 12, base, n);
}
