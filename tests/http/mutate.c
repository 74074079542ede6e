/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutate FILE COUNT: writes FILE.1 to FILE.COUNT, each damaged in its own way.
 */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"

#define TEXT_MAX 65536

static void
write_one(const char *name, const char *text, size_t len, unsigned int number)
{
	static char buf[TEXT_MAX + 64];
	char path[256];
	FILE *f;

	memcpy(buf, text, len);
	len = mutate(buf, len, sizeof(buf), number);
	(void)snprintf(path, sizeof(path), "%s.%u", name, number);
	if ((f = fopen(path, "we")) == NULL || fwrite(buf, 1, len, f) != len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	static char text[TEXT_MAX];
	unsigned int i, count;
	size_t len;
	FILE *f;

	if (argc != 3 || (f = fopen(argv[1], "re")) == NULL)
		return 1;
	len = fread(text, 1, sizeof(text), f);
	(void)fclose(f);
	count = (unsigned int)number(argv[2]);
	for (i = 1; i <= count; i++)
		write_one(argv[1], text, len, i);
	return 0;
}
