/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "deadline.h"
#include "error.h"
#include "number.h"

int words_fd = -1;
static int64_t said;

void
words_fail(const char *what)
{
	printf("fault %s\n", what);
	exit(1);
}

void
words_copy(char *to, size_t size, const char *from)
{
	if ((size_t)snprintf(to, size, "%s", from) >= size)
		words_fail("too long");
}

void
words_reach(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	words_copy(at.sun_path, sizeof(at.sun_path), path);
	words_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (words_fd == -1 || connect(words_fd, (struct sockaddr *)&at, sizeof(at)) == -1) {
		printf("unreachable\n");
		exit(2);
	}
	said = monotonic_ms();
}

void
words_said(int r)
{
	if (r != MFA_OK)
		printf("deaf\n");
	said = monotonic_ms();
}

void
words_heard(int r, void (*show)(void))
{
	printf("%lld ", (long long)(monotonic_ms() - said));
	if (r == MFA_OK)
		show();
	else
		printf("%s", r == MFA_E_CLOSED || r == MFA_E_UNHEARD ? "end" : mfa_strerror(r));
	printf("\n");
	fflush(stdout);
}

/* ---- everybody's verbs ---- */

static void
rest(char **w)
{
	(void)poll(NULL, 0, number(w[1]));
}

static void
leave(char **w)
{
	(void)w;
	close(words_fd);
	words_fd = -1;
}

static void
say_bytes(char **w)
{
	const char *hex = w[1];
	unsigned char bytes[256];
	size_t n = 0;
	char digits[3] = "";

	for (; hex[0] != '\0' && hex[1] != '\0' && n < sizeof(bytes); hex += 2) {
		memcpy(digits, hex, 2);
		bytes[n++] = (unsigned char)strtoul(digits, NULL, 16);
	}
	(void)send(words_fd, bytes, n, MSG_NOSIGNAL);
	words_said(MFA_OK);
}

static const struct verb everybodys[] = {
	{ "pause", 1, rest }, { "leave", 0, leave }, { "bytes", 1, say_bytes },
};

static const struct verb *
find(const char *name, const struct verb *verbs, size_t count)
{
	size_t v;

	for (v = 0; v < count; v++)
		if (strcmp(verbs[v].name, name) == 0)
			return &verbs[v];
	return NULL;
}

void
words_run(char **argv, const struct verb *verbs, size_t count)
{
	const struct verb *verb;
	char **w = argv + 1;
	int i;

	for (; *w != NULL; w += 1 + verb->words) {
		verb = find(*w, verbs, count);
		if (verb == NULL)
			verb = find(*w, everybodys, sizeof(everybodys) / sizeof(everybodys[0]));
		if (verb == NULL)
			words_fail(*w);
		for (i = 1; i <= verb->words; i++)
			if (w[i] == NULL)
				words_fail(*w);
		verb->run(w);
	}
}
