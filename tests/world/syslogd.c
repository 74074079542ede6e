/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * syslogd SOCKET FILE: the system log of the throw-away world.  Every datagram
 * becomes one line of FILE, "facility.severity text", written at once and
 * whole.  It returns when the socket is there; a child does the work.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192	/* longer ones are cut, as syslogds do */

static const char *const severities[] = {
	"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"
};

static const char *
facility_name(unsigned long facility)
{
	switch (facility) {
	case 4:
		return "auth";
	case 10:
		return "authpriv";
	default:
		return "other";
	}
}

static int
open_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		err(1, "socket");
	if (strlen(path) >= sizeof(sun.sun_path))
		errx(1, "%s: too long", path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 || chmod(path, 0666) == -1)
		err(1, "%s", path);
	return fd;
}

/* A line that came as more than one would let one program write another's. */
static void
write_line(int out, char *text, size_t len)
{
	unsigned long priority = 0;
	char line[LINE_MAX_BYTES + 64];
	char *body = text, *end;
	size_t i;
	int n;

	text[len] = '\0';
	if (text[0] == '<') {
		priority = strtoul(text + 1, &end, 10);
		if (*end == '>')
			body = end + 1;
	}
	for (i = (size_t)(body - text); i < len; i++)
		if ((unsigned char)text[i] < ' ')
			text[i] = i + 1 == len ? '\0' : '?';
	n = snprintf(line, sizeof(line), "%s.%s %s\n", facility_name(priority >> 3),
	    severities[priority & 7], body);
	if (n > 0 && (size_t)n < sizeof(line) && write(out, line, (size_t)n) == -1)
		err(1, "write");
}

int
main(int argc, char **argv)
{
	static char text[LINE_MAX_BYTES + 1];
	int in, out;
	ssize_t n;

	if (argc != 3)
		errx(2, "usage: syslogd SOCKET FILE");
	if ((out = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640)) == -1)
		err(1, "%s", argv[2]);
	in = open_socket(argv[1]);
	if (daemon(0, 0) == -1)
		err(1, "daemon");
	(void)signal(SIGHUP, SIG_IGN);
	for (;;)
		if ((n = recv(in, text, LINE_MAX_BYTES, 0)) >= 0)
			write_line(out, text, (size_t)n);
}
