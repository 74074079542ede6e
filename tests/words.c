/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "deadline.h"
#include "error.h"

void
words_fail(const char *what)
{
	printf("fault %s\n", what);
	exit(1);
}

void
words_run(char **argv, const struct verb *verbs, size_t count)
{
	char **w = argv + 1;
	size_t v;
	int i;

	while (*w != NULL) {
		for (v = 0; v < count && strcmp(verbs[v].name, *w) != 0; v++)
			;
		if (v == count)
			words_fail(*w);
		for (i = 1; i <= verbs[v].words; i++)
			if (w[i] == NULL)
				words_fail(*w);
		verbs[v].run(w);
		w += 1 + verbs[v].words;
	}
}

void
words_copy(char *to, size_t size, const char *from)
{
	if ((size_t)snprintf(to, size, "%s", from) >= size)
		words_fail("too long");
}

int
words_reach(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	words_copy(at.sun_path, sizeof(at.sun_path), path);
	if (fd == -1 || connect(fd, (struct sockaddr *)&at, sizeof(at)) == -1) {
		printf("unreachable\n");
		exit(2);
	}
	return fd;
}

void
words_send(int fd, const char *hex)
{
	unsigned char bytes[256];
	size_t n = 0;
	char digits[3] = "";

	for (; hex[0] != '\0' && hex[1] != '\0' && n < sizeof(bytes); hex += 2) {
		memcpy(digits, hex, 2);
		bytes[n++] = (unsigned char)strtoul(digits, NULL, 16);
	}
	(void)send(fd, bytes, n, MSG_NOSIGNAL);
}

void
words_since(int64_t then)
{
	printf("%lld ", (long long)(monotonic_ms() - then));
}

const char *
words_end(int r)
{
	return r == MFA_E_CLOSED || r == MFA_E_UNHEARD ? "end" : mfa_strerror(r);
}
