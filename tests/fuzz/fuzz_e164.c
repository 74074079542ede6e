/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "e164.h"

/*
 * A telephone number as somebody typed it, or as it came: the first byte says in
 * which country.  What is accepted has one spelling, is read again as itself, and is
 * shown without what it says.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
look(const char *number)
{
	char again[E164_MAX], shown[E164_MASKED_MAX];
	size_t len = strlen(number), country = e164_country(number + 1);

	check(number[0] == '+' && len >= 8 && len < E164_MAX && country > 0);
	check(strspn(number + 1, "0123456789") == len - 1);
	check(e164_is(number));
	check(e164_read(number, NULL, again) == E164_OK && strcmp(again, number) == 0);
	e164_mask(number, shown);
	check(strncmp(shown, number, country + 1) == 0 && shown[country + 1] == ' ');
	check(strcmp(shown + strlen(shown) - 2, number + len - 2) == 0);
	check(strspn(shown + country + 2, "0123456789") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const countries[] = { NULL, "31", "1", "39", "352", "", "0", "999" };
	char number[E164_MAX], *text = malloc(size + 1);

	check(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (size > 0 && e164_read(text + 1, countries[data[0] % 8], number) == E164_OK)
		look(number);
	else
		number[0] = '\0';
	(void)e164_is(text);
	free(text);
	return 0;
}
