/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "wire: %s: %s\n", what, why);
	exit(2);
}

SSL_CTX *
wire_context(const char *ca)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL || SSL_CTX_load_verify_locations(context, ca, NULL) != 1)
		die(ca, "cannot be used");
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	return context;
}

void
wire_open(struct wire *w, SSL_CTX *context, const char *address, unsigned short port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1;

	if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
		die(address, "no address");
	if ((w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1 ||
	    connect(w->fd, (struct sockaddr *)&at, sizeof(at)) == -1)
		die("connect", strerror(errno));
	(void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if ((w->ssl = SSL_new(context)) == NULL || SSL_set_fd(w->ssl, w->fd) != 1 ||
	    SSL_connect(w->ssl) != 1)
		die("handshake", "failed");
}

void
wire_close(struct wire *w)
{
	SSL_free(w->ssl);
	(void)close(w->fd);
	w->ssl = NULL;
}

void
wire_ask(struct wire *w, const char *credential, const char *method, const char *path,
    const char *body)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: a\r\n"
	    "Authorization: Bearer %s\r\n", method, path, credential);

	if (body != NULL)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
	if ((size_t)n >= sizeof(text) || SSL_write(w->ssl, text, n) != n)
		die("request", path);
}

/* How long it is once its head is there; 0 before. */
static size_t
whole(const struct wire *w)
{
	static const char length[] = "Content-Length: ";
	const char *end = strstr(w->reply, "\r\n\r\n"), *at = strstr(w->reply, length);

	if (end == NULL)
		return 0;
	return (size_t)(end + 4 - w->reply) +
	    (at != NULL && at < end ? strtoul(at + strlen(length), NULL, 10) : 0);
}

void
wire_reply(struct wire *w, int status)
{
	char wanted[16];
	int n;

	w->len = 0;
	do {
		if ((n = SSL_read(w->ssl, w->reply + w->len, (int)(WIRE_REPLY_MAX - 1 - w->len))) <= 0)
			die("reply", "none came");
		w->len += (size_t)n;
		w->reply[w->len] = '\0';
	} while (whole(w) == 0 || w->len < whole(w));
	(void)snprintf(wanted, sizeof(wanted), "HTTP/1.1 %d", status);
	if (strncmp(w->reply, wanted, strlen(wanted)) != 0)
		die("reply", w->reply);
}

void
wire_text(const struct wire *w, const char *name, char *out, size_t size)
{
	char member[64];
	const char *at;
	size_t n;

	(void)snprintf(member, sizeof(member), "\"%s\":\"", name);
	if ((at = strstr(w->reply, member)) == NULL)
		die(name, w->reply);
	at += strlen(member);
	n = strcspn(at, "\"");
	if (n >= size)
		die(name, "too long");
	memcpy(out, at, n);
	out[n] = '\0';
}
