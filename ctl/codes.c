/* SPDX-License-Identifier: BSD-2-Clause */
#include "codes.h"

#include <stdio.h>

#include "ctl.h"
#include "json.h"

static void
print_json(const char *user, char codes[RECOVERY_CODES][RECOVERY_TEXT_MAX])
{
	size_t i;

	(void)fputs("{ \"user\": ", stdout);
	json_print_text(user);
	(void)fputs(", \"codes\": [", stdout);
	for (i = 0; i < RECOVERY_CODES; i++)
		(void)printf("%s \"%s\"", i > 0 ? "," : "", codes[i]);
	(void)puts(" ] }");
}

static void
print(const char *user, char codes[RECOVERY_CODES][RECOVERY_TEXT_MAX])
{
	char shown[SHOW_MAX];
	size_t i;

	(void)printf("Recovery codes for %s.  Each works once, instead of a code from the app.\n"
	    "They are not shown again; codes made earlier no longer work.\n\n",
	    show(shown, sizeof(shown), user));
	for (i = 0; i < RECOVERY_CODES; i++)
		(void)printf("    %2zu   %s\n", i + 1, codes[i]);
}

int
codes_show(const char *user, char codes[RECOVERY_CODES][RECOVERY_TEXT_MAX], bool json)
{
	(json ? print_json : print)(user, codes);
	if (fflush(stdout) != 0)
		return complain(CTL_STATE, "the codes could not be shown: make new ones");
	return CTL_DONE;
}
