/* SPDX-License-Identifier: BSD-2-Clause */
#include "number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

#define NUMBER_MAX	1000000000
#define TIME_FIELD	12	/* blanks from the name of a process to its utime (proc(5)) */

int
number(const char *text)
{
	unsigned long n;

	if (text == NULL || text_number(text, 0, NUMBER_MAX, &n) != MFA_OK) {
		fprintf(stderr, "a number was expected, not %s\n", text != NULL ? text : "nothing");
		exit(2);
	}
	return (int)n;
}

static FILE *
open_process(int pid, const char *name)
{
	char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	if ((f = fopen(path, "re")) == NULL) {
		perror(path);
		exit(2);
	}
	return f;
}

long
process_status(int pid, const char *key)
{
	FILE *f = open_process(pid, "status");
	char line[256];
	long value = -1;

	while (value == -1 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key), NULL, 10);
	(void)fclose(f);
	return value;
}

long
process_ticks(int pid)
{
	FILE *f = open_process(pid, "stat");
	char text[1024], *at;
	long user;
	int i;

	at = fgets(text, sizeof(text), f) != NULL ? strrchr(text, ')') : NULL;
	(void)fclose(f);
	for (i = 0; i < TIME_FIELD && at != NULL; i++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return -1;
	user = strtol(at, &at, 10);
	return user + strtol(at, NULL, 10);
}
