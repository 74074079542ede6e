/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"
#include "networks.h"
#include "text.h"

/*
 * A file of prefixes behind two addresses (32 bytes).  Whatever is trusted is
 * so by a prefix that covers it, and by none that is everything.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* Does this prefix, as it was explained, cover a? */
static bool
covers(const char *prefix, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned long length;
	struct address first;
	unsigned int i;
	char *slash;

	snprintf(text, sizeof(text), "%s", prefix);
	check((slash = strchr(text, '/')) != NULL);
	*slash = '\0';
	check(address_parse(text, &first) == MFA_OK);
	check(text_number(slash + 1, 1, 128, &length) == MFA_OK);
	if (strchr(text, ':') == NULL)
		length += 96;
	for (i = 0; i < length; i++)
		if ((first.bytes[i / 8] ^ a->bytes[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static void
look_up(const struct networks *n, const uint8_t *bytes)
{
	char by[ADDRESS_TEXT_MAX], text[ADDRESS_TEXT_MAX];
	struct address a, again;
	bool in;

	memcpy(a.bytes, bytes, sizeof(a.bytes));
	in = networks_contain(n, &a);
	networks_explain(n, &a, by, sizeof(by));
	check(in == (by[0] != '-' && by[0] != '!'));
	if (by[0] != '-')
		check(covers(by + (by[0] == '!'), &a));
	check(address_parse(address_format(&a, text), &again) == MFA_OK);
	check(memcmp(&a, &again, sizeof(a)) == 0);
}

static int
file_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("networks", MFD_CLOEXEC);

	check(fd != -1 && write(fd, data, size) == (ssize_t)size);
	check(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct networks_builder *b;
	struct networks *n = NULL;
	char why[NETWORKS_WHY_MAX] = "";
	unsigned int line = 0;
	int fd, r;

	if (size < 32)
		return -1;
	check((b = networks_builder_new()) != NULL);
	fd = file_of(data + 32, size - 32);
	if ((r = networks_add_fd(b, fd, &line, why)) == MFA_OK)
		r = networks_build(&b, &n, &line, why);
	close(fd);
	if (r == MFA_OK) {
		look_up(n, data);
		look_up(n, data + 16);
	} else {
		check(r == MFA_E_INVALID && n == NULL);
		check(line > 0 && line <= size);
		check(why[0] != '\0' && text_printable(why, strlen(why)));
	}
	networks_builder_free(&b);
	networks_free(&n);
	return 0;
}
