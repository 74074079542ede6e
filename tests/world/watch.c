/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * watch FILE: writes down every argument list and environment that a process
 * of this world has, as they come and go, until it is killed.  Tests search
 * FILE for secrets.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EVERY_MS	20
#define SEEN_MAX	65536	/* a power of two */

static uint64_t seen[SEEN_MAX];

/* FNV-1a: the same text is written once. */
static uint64_t
hash(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	while (len-- > 0)
		h = (h ^ (unsigned char)*s++) * 0x100000001b3u;
	return h;
}

static int
is_new(uint64_t h)
{
	size_t i, at = h % SEEN_MAX;

	for (i = 0; i < SEEN_MAX; i++, at = (at + 1) % SEEN_MAX) {
		if (seen[at] == h)
			return 0;
		if (seen[at] == 0) {
			seen[at] = h;
			return 1;
		}
	}
	return 1;
}

static void
look(int out, const char *pid, const char *what)
{
	static char text[262144];
	char path[300];
	ssize_t n, i;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, what);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0 || !is_new(hash(text, (size_t)n)))
		return;
	for (i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	text[n] = '\n';
	if (write(out, text, (size_t)n + 1) == -1)
		err(1, "write");
}

static void
look_at_all(int out)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	if (d == NULL)
		err(1, "/proc");
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9') {
			look(out, e->d_name, "cmdline");
			look(out, e->d_name, "environ");
		}
	(void)closedir(d);
}

int
main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = EVERY_MS * 1000000L };
	int out;

	if (argc != 2)
		errx(2, "usage: watch FILE");
	out = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (out == -1)
		err(1, "%s", argv[1]);
	for (;;) {
		look_at_all(out);
		(void)nanosleep(&pause, NULL);
	}
}
