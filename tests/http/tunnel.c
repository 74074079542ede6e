/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tunnel PORT TO: a proxy at 127.0.0.1:PORT that agrees to every CONNECT, and
 * connects to 127.0.0.1:TO whatever was named; one at a time.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../number.h"

static struct sockaddr_in
at(const char *port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)number(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* One piece of one direction; false at its end. */
static int
carry(int from, int to)
{
	char buf[4096];
	ssize_t n = recv(from, buf, sizeof(buf), 0);

	return n > 0 && send(to, buf, (size_t)n, MSG_NOSIGNAL) == n;
}

static void
serve(int caller, int service)
{
	static const char agreed[] = "HTTP/1.1 200 Agreed\r\n\r\n";
	struct pollfd p[2] = { { .fd = caller, .events = POLLIN },
	    { .fd = service, .events = POLLIN } };
	char head[4096] = "";
	size_t have = 0;
	ssize_t n;

	while (strstr(head, "\r\n\r\n") == NULL) {
		if ((n = recv(caller, head + have, sizeof(head) - have - 1, 0)) <= 0)
			return;
		have += (size_t)n;
	}
	if (strncmp(head, "CONNECT ", 8) != 0 || send(caller, agreed, sizeof(agreed) - 1, 0) <= 0)
		return;
	while (poll(p, 2, -1) > 0)
		if ((p[0].revents != 0 && !carry(caller, service)) ||
		    (p[1].revents != 0 && !carry(service, caller)))
			return;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in here, there;
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, caller, service;

	if (argc != 3)
		return 1;
	here = at(argv[1]);
	there = at(argv[2]);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) == -1 || listen(fd, 8) == -1) {
		perror("tunnel");
		return 1;
	}
	for (;;) {
		caller = accept(fd, NULL, NULL);
		service = socket(AF_INET, SOCK_STREAM, 0);
		if (caller != -1 && connect(service, (struct sockaddr *)&there, sizeof(there)) == 0)
			serve(caller, service);
		close(caller);
		close(service);
	}
}
