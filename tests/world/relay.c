/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * relay [OPTION...] ADDRESS PORT SOCKET: what stands between an approval service
 * on a Unix socket, without TLS, and everybody who asks it, at ADDRESS and PORT.
 *
 *   -c FILE -k FILE     with TLS: the service's certificate and its key
 *   -r FILE             whatever passes is written to FILE
 *   -s FROM=TO          in what the service says, one text becomes another of the
 *                       same length; may be repeated
 *   -d MS               every piece waits so long
 *   -x SEED             now and then a piece waits for half a second more, and
 *                       connections are cut after some hundred to 3,000 bytes; at
 *                       random, but each time the same
 *   -h WHO TEXT FILE    the first piece by WHO (service, asker) in which TEXT is
 *                       waits: FILE is made, and when it is gone again it goes
 *                       on; when FILE says "cut", the connection is closed instead
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PIECE_MAX 65536
#define SWAPS_MAX 8

enum who { ASKER, SERVICE };

static int swap_count, record_fd = -1, delay, hold_who;
static const char *swap_from[SWAPS_MAX], *swap_to[SWAPS_MAX], *hold_text, *hold_file;
static uint32_t random_state;
static long budget = -1;	/* bytes until this connection is cut; -1: never */

static int fds[2];
static SSL *tls;		/* of the asker; NULL: none */

/* ---- chance ---- */

static uint32_t
next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* Two of three connections are cut. */
static void
draw(uint32_t seed, uint32_t connection)
{
	random_state = seed * 2654435761u ^ connection * 2246822519u ^ 1;
	(void)next_random();
	budget = next_random() % 3 == 0 ? -1 : 300 + (long)(next_random() % 3000);
}

/* ---- a piece on its way ---- */

static void
record(const char *buf, size_t len)
{
	if (record_fd != -1 && write(record_fd, buf, len) != (ssize_t)len)
		err(1, "recording");
}

static void
swap(char *buf, size_t len)
{
	char *at, *end = buf + len;
	int i;

	for (i = 0; i < swap_count; i++) {
		size_t n = strlen(swap_from[i]);

		for (at = buf; (at = memmem(at, (size_t)(end - at), swap_from[i], n)) != NULL;)
			memcpy(at, swap_to[i], n);
	}
}

/* True when the connection is to be cut. */
static bool
hold(enum who from, const char *buf, size_t len)
{
	char word[4] = "", once[256];
	int fd;

	if (hold_text == NULL || (int)from != hold_who ||
	    memmem(buf, len, hold_text, strlen(hold_text)) == NULL)
		return false;
	/* Only the first of all: who makes this file. */
	(void)snprintf(once, sizeof(once), "%s.once", hold_file);
	if ((fd = open(once, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1)
		return false;
	(void)close(fd);
	if ((fd = open(hold_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == -1)
		err(1, "%s", hold_file);
	(void)close(fd);
	for (;;) {
		ssize_t n;

		(void)poll(NULL, 0, 5);
		if ((fd = open(hold_file, O_RDONLY | O_CLOEXEC)) == -1)
			return false;
		n = read(fd, word, 3);
		(void)close(fd);
		if (n == 3 && memcmp(word, "cut", 3) == 0)
			return true;
	}
}

static void
give(enum who to, const char *buf, size_t len)
{
	ssize_t n;

	for (; len > 0; buf += n, len -= (size_t)n) {
		n = to == ASKER && tls != NULL ? SSL_write(tls, buf, (int)len) :
		    send(fds[to], buf, len, MSG_NOSIGNAL);
		if (n <= 0)
			exit(0);
	}
}

static void
pass(enum who from)
{
	static char buf[PIECE_MAX];
	ssize_t n = from == ASKER && tls != NULL ? SSL_read(tls, buf, sizeof(buf)) :
	    read(fds[from], buf, sizeof(buf));
	size_t len = n > 0 ? (size_t)n : 0;

	if (len == 0)
		exit(0);
	record(buf, len);
	if (from == SERVICE)
		swap(buf, len);
	if (hold(from, buf, len))
		exit(0);
	if (delay > 0)
		(void)poll(NULL, 0, delay + (budget >= 0 && next_random() % 8 == 0 ? 500 : 0));
	if (budget >= 0 && (budget -= (long)len) < 0) {
		give(from == ASKER ? SERVICE : ASKER, buf, len / 2);
		exit(0);
	}
	give(from == ASKER ? SERVICE : ASKER, buf, len);
}

static void
relay(void)
{
	struct pollfd p[2] = { { .fd = fds[ASKER], .events = POLLIN },
	    { .fd = fds[SERVICE], .events = POLLIN } };

	for (;;) {
		while (tls != NULL && SSL_pending(tls) > 0)
			pass(ASKER);
		if (poll(p, 2, -1) == -1)
			err(1, "poll");
		if (p[ASKER].revents != 0)
			pass(ASKER);
		if (p[SERVICE].revents != 0)
			pass(SERVICE);
	}
}

/* ---- connections ---- */

static int
reach(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		exit(0);
	return fd;
}

static int
listen_at(const char *address, const char *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int on = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (inet_pton(AF_INET, address, &a.sin_addr) != 1 || s == -1 ||
	    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(s, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(s, 128) == -1)
		err(1, "%s:%s", address, port);
	return s;
}

static SSL_CTX *
make_tls(const char *certificate, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		errx(1, "%s, %s", certificate, key);
	return ctx;
}

static void
serve(SSL_CTX *ctx, int fd, const char *path)
{
	fds[ASKER] = fd;
	fds[SERVICE] = reach(path);
	if (ctx != NULL && ((tls = SSL_new(ctx)) == NULL || SSL_set_fd(tls, fd) != 1 ||
	    SSL_accept(tls) != 1))
		exit(0);
	relay();
}

static void
add_swap(char *text)
{
	char *to = strchr(text, '=');

	if (to == NULL || swap_count == SWAPS_MAX || strlen(to + 1) != (size_t)(to - text))
		errx(2, "-s %s: two texts of one length", text);
	*to = '\0';
	swap_from[swap_count] = text;
	swap_to[swap_count++] = to + 1;
}

int
main(int argc, char **argv)
{
	const char *certificate = NULL, *key = NULL;
	uint32_t seed = 0, connection = 0;
	SSL_CTX *ctx = NULL;
	int c, s, fd;

	while ((c = getopt(argc, argv, "+c:k:r:s:d:x:h:")) != -1) {
		switch (c) {
		case 'c': certificate = optarg; break;
		case 'k': key = optarg; break;
		case 'r': record_fd = open(optarg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); break;
		case 's': add_swap(optarg); break;
		case 'd': delay = (int)strtol(optarg, NULL, 10); break;
		case 'x': seed = (uint32_t)strtoul(optarg, NULL, 10); break;
		case 'h':
			if (optind + 2 > argc)
				errx(2, "-h WHO TEXT FILE");
			hold_who = strcmp(optarg, "service") == 0 ? SERVICE : ASKER;
			hold_text = argv[optind++];
			hold_file = argv[optind++];
			break;
		default: errx(2, "see the source");
		}
	}
	if (argc - optind != 3)
		errx(2, "usage: relay [OPTION...] ADDRESS PORT SOCKET");
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	if (certificate != NULL)
		ctx = make_tls(certificate, key);
	s = listen_at(argv[optind], argv[optind + 1]);
	while ((fd = accept4(s, NULL, NULL, SOCK_CLOEXEC)) != -1 || errno == EINTR) {
		connection++;
		if (fd != -1 && fork() == 0) {
			(void)close(s);
			if (seed != 0)
				draw(seed, connection);
			serve(ctx, fd, argv[optind + 2]);
		}
		(void)close(fd);
	}
	err(1, "accept");
}
