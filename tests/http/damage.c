/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * damage ADDRESS PORT CERTIFICATE KEY ANSWER: an approval service that damages
 * one reply of each login, the first of the n-th login and every fourth after
 * it, the second of the next, and so on; every eighth time with its head.  How
 * it is damaged depends on n alone.  ANSWER is a file with the JSON object of an
 * answer, which it gives to everybody.
 */
#include "mutate.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT_MAX 16384
#define ROOM 64			/* for what damage adds */

enum step { USER, CERTIFICATES, LOGIN, ANSWER, STEPS, CLOSE };

static atomic_uint *logins;	/* of all connections */
static char answer[TEXT_MAX / 2];

/* ---- a request ---- */

/* False at the end. */
static bool
read_request(SSL *tls, char *buf)
{
	size_t have = 0, wanted = 0;
	char *end, *length;
	int n;

	do {
		if (have >= TEXT_MAX - 1 ||
		    (n = SSL_read(tls, buf + have, (int)(TEXT_MAX - 1 - have))) <= 0)
			return false;
		have += (size_t)n;
		buf[have] = '\0';
		if (wanted == 0 && (end = strstr(buf, "\r\n\r\n")) != NULL) {
			length = strcasestr(buf, "\r\nContent-Length:");
			wanted = (size_t)(end - buf) + 4 +
			    (length != NULL ? strtoul(length + 17, NULL, 10) : 0);
		}
	} while (wanted == 0 || have < wanted);
	return true;
}

static enum step
step_of(const char *request)
{
	if (strncmp(request, "GET /v1/users/", 14) == 0)
		return strstr(request, "/certificates ") != NULL ? CERTIFICATES : USER;
	if (strncmp(request, "POST /v1/logins ", 16) == 0)
		return LOGIN;
	return strncmp(request, "GET /v1/logins/l_", 17) == 0 ? ANSWER : CLOSE;
}

/* ---- its reply ---- */

static size_t
body_of(enum step step, const char *request, unsigned int n, char *out)
{
	int len;

	if (step == USER)
		len = snprintf(out, TEXT_MAX, "{\"user\":\"%.*s\",\"methods\":[\"push\"],"
		    "\"push_locked\":false,\"locked\":false}",
		    (int)strcspn(request + 14, " /"), request + 14);
	else if (step == CERTIFICATES)
		len = snprintf(out, TEXT_MAX, "{\"certificates\":[],\"revocations\":[]}");
	else if (step == LOGIN)
		len = snprintf(out, TEXT_MAX, "{\"login\":\"l_%022u\",\"state\":\"waiting\","
		    "\"methods\":[\"push\"],\"expires\":4000000000}", n);
	else
		len = snprintf(out, TEXT_MAX, "{\"login\":\"l_%022u\",\"state\":\"answered\","
		    "\"answer\":%s}", n, answer);
	return (size_t)len;
}

/* False: the connection is of no more use. */
static bool
reply(SSL *tls, const char *request, unsigned int n)
{
	static char body[TEXT_MAX + ROOM], all[2 * TEXT_MAX];
	enum step step = step_of(request);
	bool damaged = step < STEPS && n % STEPS == step, whole = damaged && n / STEPS % 8 == 7;
	size_t len = 0;
	int head;

	if (step == CLOSE) {
		head = snprintf(all, sizeof(all), "HTTP/1.1 204 No Content\r\n\r\n");
	} else {
		len = body_of(step, request, n, body);
		if (damaged && !whole)
			len = mutate(body, len, sizeof(body), n);
		head = snprintf(all, sizeof(all), "HTTP/1.1 %s\r\nContent-Type: application/json"
		    "\r\nContent-Length: %zu\r\n\r\n", step == LOGIN ? "201 Created" : "200 OK", len);
		memcpy(all + head, body, len);
	}
	len += (size_t)head;
	if (whole)
		len = mutate(all, len, sizeof(all), n);
	return len > 0 && SSL_write(tls, all, (int)len) > 0 && !whole;
}

static void
serve(SSL *tls)
{
	static char request[TEXT_MAX];
	unsigned int n = 0;

	while (read_request(tls, request)) {
		if (step_of(request) == USER)
			n = atomic_fetch_add(logins, 1);
		else if (step_of(request) == ANSWER)
			n = (unsigned int)strtoul(request + 17, NULL, 10);
		if (!reply(tls, request, n))
			break;
	}
	(void)SSL_shutdown(tls);
}

/* ---- connections ---- */

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

static void
read_answer(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t len = f != NULL ? fread(answer, 1, sizeof(answer) - 1, f) : 0;

	if (len == 0)
		err(1, "%s", path);
	answer[len] = '\0';
	(void)fclose(f);
}

int
main(int argc, char **argv)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	SSL *tls;
	int s, fd;

	if (argc != 6)
		errx(2, "usage: damage ADDRESS PORT CERTIFICATE KEY ANSWER");
	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, argv[3]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, argv[4], SSL_FILETYPE_PEM) != 1)
		errx(1, "%s, %s", argv[3], argv[4]);
	logins = mmap(NULL, sizeof(*logins), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	if (logins == MAP_FAILED)
		err(1, "mmap");
	read_answer(argv[5]);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	s = listen_at(argv[1], argv[2]);
	while ((fd = accept4(s, NULL, NULL, SOCK_CLOEXEC)) != -1 || errno == EINTR) {
		if (fd != -1 && fork() == 0) {
			(void)close(s);
			if ((tls = SSL_new(ctx)) != NULL && SSL_set_fd(tls, fd) == 1 &&
			    SSL_accept(tls) == 1)
				serve(tls);
			_exit(0);
		}
		(void)close(fd);
	}
	err(1, "accept");
}
