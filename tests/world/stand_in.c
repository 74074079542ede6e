/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * stand_in DIR CERTIFICATE KEY, stand_in DIR SOCKET: an approval service that
 * a test writes the answers of.  It listens on a port of 127.0.0.1 that is
 * then in DIR/port, or on a Unix socket.
 *
 * A request for /v1/device/logins?x by GET is answered with what is in the
 * file DIR/GET_v1_device_logins.1, which is then gone, else .2 and so on to .9,
 * else in DIR/GET_v1_device_logins, which stays.  As long as there is none of
 * them, it is held.  The first line of a file is the status and perhaps fields,
 * with "|" between; the rest is the body.  "raw" as a first line: the rest is
 * sent as it is; and then, as after "close", the connection is closed.
 * Requests, and peers that leave, are written to DIR/log.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD_MAX	16384
#define BODY_MAX	65536
#define ANSWER_MAX	(1024 * 1024)
#define HELD_MS		60000

static int fd;			/* the connection of this process */
static SSL *tls;		/* NULL on a Unix socket */

static ssize_t
take(void *buf, size_t len)
{
	return tls != NULL ? SSL_read(tls, buf, (int)len) : read(fd, buf, len);
}

static void
give(const void *buf, size_t len)
{
	const char *at = buf;
	ssize_t n;

	for (; len > 0; at += n, len -= (size_t)n)
		if ((n = tls != NULL ? SSL_write(tls, at, (int)len) : write(fd, at, len)) <= 0)
			exit(0);
}

static _Noreturn void
hang_up(void)
{
	if (tls != NULL)
		(void)SSL_shutdown(tls);
	exit(0);
}

/* ---- the log ---- */

static void
note(const char *what, const char *text, size_t len)
{
	static char line[HEAD_MAX + BODY_MAX + 64];
	int log = open("log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int n = snprintf(line, sizeof(line), "%s%.*s\n", what, (int)len, text);

	if (log == -1 || write(log, line, (size_t)n) != n)
		err(1, "log");
	(void)close(log);
}

/* ---- a request ---- */

/* The length of its head in buf, which may hold more; 0 at the end. */
static size_t
read_head(char *buf, size_t *have)
{
	char *end;
	ssize_t n;

	*have = 0;
	for (;;) {
		if ((n = take(buf + *have, HEAD_MAX - *have)) <= 0)
			return 0;
		*have += (size_t)n;
		buf[*have] = '\0';
		if ((end = strstr(buf, "\r\n\r\n")) != NULL)
			return (size_t)(end - buf) + 4;
	}
}

static size_t
length_of(const char *head)
{
	const char *at = strcasestr(head, "\r\nContent-Length:");

	return at == NULL ? 0 : strtoul(at + 17, NULL, 10);
}

/* "GET_v1_device_logins"; the head begins with "GET /v1/device/logins?x ". */
static void
name_of(const char *head, char *name, size_t size)
{
	size_t method = strcspn(head, " "), len = strcspn(head + method + 1, "? ") + method + 1;
	size_t i;

	if (len >= size)
		errx(1, "a long path");
	memcpy(name, head, len);
	name[len] = '\0';
	name[method] = '_';
	memmove(name + method, name + method + 1, len - method);
	for (i = method; name[i] != '\0'; i++)
		if (name[i] == '/')
			name[i] = '_';
}

/* ---- its answer ---- */

static size_t
load(const char *path, char *buf)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (file == -1)
		return 0;
	while ((n = read(file, buf + len, ANSWER_MAX - len)) > 0)
		len += (size_t)n;
	(void)close(file);
	return len;
}

static size_t
find(const char *name, char *buf)
{
	char path[600], mine[640];
	int i;

	for (i = 1; i <= 9; i++) {
		(void)snprintf(path, sizeof(path), "%s.%d", name, i);
		(void)snprintf(mine, sizeof(mine), "%s.%d", path, (int)getpid());
		if (rename(path, mine) == 0) {
			size_t len = load(mine, buf);

			(void)unlink(mine);
			return len;
		}
	}
	return load(name, buf);
}

/* Has the peer left, while it waits? */
static bool
left(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLRDHUP };

	return poll(&p, 1, 10) > 0;
}

static void
answer(const char *name, const char *line, size_t line_len)
{
	static char buf[ANSWER_MAX], head[2048];
	const char *body;
	size_t len, first, i;
	int waited, n;

	for (waited = 0; (len = find(name, buf)) == 0 && waited < HELD_MS; waited += 10)
		if (left()) {
			note("LEFT ", line, line_len);
			exit(0);
		}
	body = len > 0 ? memchr(buf, '\n', len) : NULL;
	if (body == NULL || strncmp(buf, "close", 5) == 0)
		hang_up();
	first = (size_t)(body++ - buf);
	len -= first + 1;
	if (strncmp(buf, "raw", 3) == 0) {
		give(body, len);
		hang_up();
	}
	n = snprintf(head, sizeof(head), "HTTP/1.1 %.3s X\r\n", buf);
	for (i = strcspn(buf, "|\n"); i < first; i += 1 + strcspn(buf + i + 1, "|\n"))
		n += snprintf(head + n, sizeof(head) - (size_t)n, "%.*s\r\n",
		    (int)strcspn(buf + i + 1, "|\n"), buf + i + 1);
	if (strcasestr(head, "Content-Type:") == NULL && len > 0)
		n += snprintf(head + n, sizeof(head) - (size_t)n, "Content-Type: application/%s\r\n",
		    *buf >= '4' ? "problem+json" : "json");
	if (strncmp(buf, "204", 3) != 0)
		n += snprintf(head + n, sizeof(head) - (size_t)n, "Content-Length: %zu\r\n", len);
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
	give(head, (size_t)n);
	give(body, len);
}

static void
serve(void)
{
	static char buf[HEAD_MAX + BODY_MAX];
	char name[512];
	size_t head, have, body;
	ssize_t n;

	while ((head = read_head(buf, &have)) > 0) {
		if ((body = length_of(buf)) > BODY_MAX)
			errx(1, "a large body");
		for (; have < head + body; have += (size_t)n)
			if ((n = take(buf + have, head + body - have)) <= 0)
				return;
		note("", buf, have);
		name_of(buf, name, sizeof(name));
		answer(name, buf, strcspn(buf, "\r"));
	}
}

/* ---- connections ---- */

static int
listen_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (s == -1 || bind(s, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(s, 64) == -1)
		err(1, "%s", path);
	return s;
}

static int
listen_inet(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (s == -1 || bind(s, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(s, 64) == -1 ||
	    getsockname(s, (struct sockaddr *)&a, &len) == -1)
		err(1, "listen");
	if ((f = fopen("port.new", "w")) == NULL || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 ||
	    fclose(f) != 0 || rename("port.new", "port") == -1)
		err(1, "port");
	return s;
}

static void
start_tls(SSL_CTX *ctx)
{
	if ((tls = SSL_new(ctx)) == NULL || SSL_set_fd(tls, fd) != 1 || SSL_accept(tls) != 1)
		exit(0);
}

int
main(int argc, char **argv)
{
	SSL_CTX *ctx = NULL;
	int s;

	if (argc != 3 && argc != 4)
		errx(2, "usage: stand_in DIR CERTIFICATE KEY | stand_in DIR SOCKET");
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	if (chdir(argv[1]) == -1)
		err(1, "%s", argv[1]);
	if (argc == 4 && ((ctx = SSL_CTX_new(TLS_server_method())) == NULL ||
	    SSL_CTX_use_certificate_chain_file(ctx, argv[2]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, argv[3], SSL_FILETYPE_PEM) != 1))
		errx(1, "%s, %s", argv[2], argv[3]);
	s = argc == 4 ? listen_inet() : listen_unix(argv[2]);
	for (;;) {
		if ((fd = accept(s, NULL, NULL)) == -1)
			continue;
		if (fork() == 0) {
			(void)close(s);
			if (ctx != NULL)
				start_tls(ctx);
			serve();
			hang_up();
		}
		(void)close(fd);
	}
}
