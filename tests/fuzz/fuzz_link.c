/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../client/link.h"
#include "error.h"
#include "text.h"

/*
 * The link that enrols a phone, as somebody typed or photographed it.  What is
 * read is within its limits, and written anew it is read again and says the same.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static bool
is_wiped(const struct link *l)
{
	static const struct link none;

	return memcmp(l, &none, sizeof(none)) == 0;
}

static void
compare(const struct link *l)
{
	char text[LINK_MAX], device[LINK_ID_LEN + 1];
	struct link again;

	check(strncmp(l->server, "https://", 8) == 0 && l->server[strlen(l->server) - 1] != '/');
	check(text_printable(l->server, strlen(l->server)) && strpbrk(l->server, " #?@") == NULL);
	check(link_id(l->enrolment, 'e') && text_printable(l->user, strlen(l->user)));
	link_device(l->enrolment, device);
	check(link_id(device, 'd'));
	/* One that does not say whose it is is not written by us. */
	if (l->user[0] == '\0')
		return;
	check(link_format(l, text) == MFA_OK && strlen(text) < LINK_MAX);
	check(link_parse(text, &again) == MFA_OK && memcmp(&again, l, sizeof(again)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct link l;
	int r;

	check(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	r = link_parse(text, &l);
	check(r == MFA_OK || r == MFA_E_INVALID);
	if (r == MFA_OK)
		compare(&l);
	else
		check(is_wiped(&l));
	free(text);
	return 0;
}
