/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server [-4|-6] [-n] [-1] [-c CHAIN -k KEY] PORT RULES LOG
 *
 * An approval service that does as it is told, one request after another on
 * each connection.  -n: without TLS; -1: TLS 1.1 and older only.  RULES has
 * lines "METHOD PATH ACTION...", read when it starts; a request is served by the
 * first rule of its method and path (up to "?") that was not used yet, or by the
 * last one.  What is asked, and what is wrong with it, is written to LOG, a line
 * each, with milliseconds.  The actions, of which a line may have several:
 *
 *   status N, type T, header NAME=VALUE      of the reply that follows
 *   wait MS            and notes if the peer leaves meanwhile
 *   until FILE         waits until it is there; the same
 *   body FILE          the reply (nothing: no body)
 *   cut FILE N         its first N bytes of body, then the end
 *   drip FILE MS       a byte every MS
 *   raw FILE           these bytes and the end
 *   heads              header lines without end
 *   interim            provisional replies without end
 *   leave              the end
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../number.h"

#define RULES_MAX	512
#define WORDS_MAX	32
#define REQUEST_MAX	16384
#define FILE_MAX	(16 << 20)

struct rule {
	char *words[WORDS_MAX];		/* NULL-terminated */
	bool used;
};

struct peer {
	int fd, number;
	SSL *ssl;			/* NULL: without TLS */
};

static struct rule rules[RULES_MAX];
static int rule_count, connections;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *log_file;
static SSL_CTX *tls;

static void note(const struct peer *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(const struct peer *p, const char *format, ...)
{
	struct timespec now;
	va_list ap;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&lock);
	fprintf(log_file, "%lld %d ", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000,
	    p->number);
	va_start(ap, format);
	vfprintf(log_file, format, ap);
	va_end(ap);
	fputc('\n', log_file);
	fflush(log_file);
	pthread_mutex_unlock(&lock);
}

/* ---- bytes ---- */

static bool
send_all(struct peer *p, const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = p->ssl != NULL ? SSL_write(p->ssl, data, (int)(len > 16384 ? 16384 : len)) :
		    send(p->fd, data, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static ssize_t
receive(struct peer *p, char *buf, size_t size)
{
	return p->ssl != NULL ? SSL_read(p->ssl, buf, (int)size) : recv(p->fd, buf, size, 0);
}

static char *
read_file(const char *name, size_t *len)
{
	FILE *f = fopen(name, "re");
	char *data = malloc(FILE_MAX);

	if (f == NULL || data == NULL) {
		perror(name);
		exit(1);
	}
	*len = fread(data, 1, FILE_MAX, f);
	fclose(f);
	return data;
}

/* ---- requests ---- */

struct request {
	char head[REQUEST_MAX];
	char method[8], path[1100], body[REQUEST_MAX];
	size_t have;			/* bytes in head that belong to the next */
};

/* The value of a header, or NULL; in a buffer that the next call uses again. */
static const char *
header(const struct request *r, const char *name)
{
	static __thread char value[1024];
	const char *line = r->head, *end;
	size_t len = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		end = strstr(line, "\r\n");
		snprintf(value, sizeof(value), "%.*s", (int)(end - line - (ssize_t)len - 2),
		    line + len + 2);
		return value;
	}
	return NULL;
}

/* What a request of ours may and must have. */
static void
judge(const struct peer *p, const struct request *r)
{
	static const char *const unwanted[] = { "Cookie", "Expect", "Accept-Encoding", "Referer",
	    "Transfer-Encoding", "Upgrade", "Proxy-Authorization", NULL };
	bool post = strcmp(r->method, "POST") == 0;
	const char *value;
	int i;

	for (i = 0; unwanted[i] != NULL; i++)
		if (header(r, unwanted[i]) != NULL)
			note(p, "BAD %s", unwanted[i]);
	if ((value = header(r, "Authorization")) == NULL || strncmp(value, "Bearer h_", 9) != 0)
		note(p, "BAD Authorization");
	if (header(r, "Host") == NULL)
		note(p, "BAD Host");
	value = header(r, "Content-Type");
	if (post != (value != NULL && strcmp(value, "application/json") == 0))
		note(p, "BAD Content-Type");
	if (strstr(r->head, " HTTP/1.1\r\n") == NULL)
		note(p, "BAD version");
	if (post && strstr(r->path, "/close") == NULL &&
	    ((value = header(r, "Idempotency-Key")) == NULL || strlen(value) != 22))
		note(p, "BAD Idempotency-Key");
}

/* To the next blank. */
static bool
read_word(const char *from, char *to, size_t size)
{
	size_t len = strcspn(from, " \r");

	if (from[len] != ' ' || len == 0 || len >= size)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

static bool
read_request(struct peer *p, struct request *r)
{
	size_t body, have = 0;
	const char *length;
	ssize_t n;
	char *end;

	memset(r, 0, sizeof(*r));
	while ((end = strstr(r->head, "\r\n\r\n")) == NULL) {
		n = receive(p, r->head + have, sizeof(r->head) - have - 1);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	if (!read_word(r->head, r->method, sizeof(r->method)) ||
	    !read_word(r->head + strlen(r->method) + 1, r->path, sizeof(r->path)))
		return false;
	length = header(r, "Content-Length");
	body = length == NULL ? 0 : strtoul(length, NULL, 10);
	end += 4;
	have -= (size_t)(end - r->head);
	memcpy(r->body, end, have);
	*end = '\0';
	for (; have < body && body < sizeof(r->body); have += (size_t)n)
		if ((n = receive(p, r->body + have, sizeof(r->body) - have - 1)) <= 0)
			return false;
	if (have > body)
		note(p, "BAD pipelining");
	note(p, "%s %s key=%.22s %s", r->method, r->path,
	    header(r, "Idempotency-Key") != NULL ? header(r, "Idempotency-Key") : "-", r->body);
	judge(p, r);
	return true;
}

/* ---- rules ---- */

static void
read_rules(const char *name)
{
	size_t len;
	char *text = read_file(name, &len), *line, *save, *word, *next;
	int n;

	text[len] = '\0';
	for (line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		for (n = 0, word = strtok_r(line, " ", &next); word != NULL && n < WORDS_MAX - 1;
		    word = strtok_r(NULL, " ", &next))
			rules[rule_count].words[n++] = word;
		if (n > 0)
			rule_count++;
	}
}

static struct rule *
find_rule(const struct request *r)
{
	struct rule *found = NULL;
	size_t len = strcspn(r->path, "?");
	int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < rule_count && (found == NULL || found->used); i++)
		if (strcmp(rules[i].words[0], r->method) == 0 &&
		    strlen(rules[i].words[1]) == len &&
		    strncmp(rules[i].words[1], r->path, len) == 0)
			found = &rules[i];
	if (found != NULL)
		found->used = true;
	pthread_mutex_unlock(&lock);
	return found;
}

/* ---- actions ---- */

struct reply {
	int status;
	const char *type;
	char headers[2048];
};

static void
send_head(struct peer *p, const struct reply *r, size_t len)
{
	char head[4096];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %d Told So\r\nContent-Type: %s\r\n%s",
	    r->status, r->type, r->headers);

	if (r->status != 204)
		n += snprintf(head + n, sizeof(head) - (size_t)n, "Content-Length: %zu\r\n", len);
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
	send_all(p, head, (size_t)n);
}

/* False when the peer left. */
static bool
pass_time(struct peer *p, const char *path, int ms, const char *file)
{
	struct pollfd fd = { .fd = p->fd, .events = POLLIN | POLLRDHUP };
	char byte;

	for (; file != NULL ? access(file, F_OK) == -1 : ms > 0; ms -= 10) {
		if (poll(&fd, 1, 10) > 0 && recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) {
			note(p, "LEFT %s", path);
			return false;
		}
		if (fd.revents != 0)
			usleep(10000);
	}
	return true;
}

static void
drip(struct peer *p, const char *data, size_t len, int ms)
{
	for (; len > 0 && send_all(p, data, 1); data++, len--)
		usleep((useconds_t)ms * 1000);
}

static void
flood(struct peer *p, const char *start, const char *line)
{
	if (send_all(p, start, strlen(start)))
		while (send_all(p, line, strlen(line)))
			;
}

/* One action and its words; false: the end of the connection. */
static bool
act(struct peer *p, const struct request *rq, struct reply *r, char **w, int *used)
{
	size_t len = 0, most;
	char *data, *eq;
	bool go_on = true;

	*used = 2;
	if (strcmp(w[0], "status") == 0) {
		r->status = number(w[1]);
	} else if (strcmp(w[0], "type") == 0) {
		r->type = w[1];
	} else if (strcmp(w[0], "header") == 0) {
		eq = strchr(w[1], '=');
		snprintf(r->headers + strlen(r->headers), sizeof(r->headers) - strlen(r->headers),
		    "%.*s: %s\r\n", (int)(eq - w[1]), w[1], eq + 1);
	} else if (strcmp(w[0], "wait") == 0) {
		go_on = pass_time(p, rq->path, number(w[1]), NULL);
	} else if (strcmp(w[0], "until") == 0) {
		go_on = pass_time(p, rq->path, 0, w[1]);
	} else if (strcmp(w[0], "body") == 0) {
		data = read_file(w[1], &len);
		send_head(p, r, len);
		go_on = send_all(p, data, len);
		free(data);
	} else if (strcmp(w[0], "nothing") == 0) {
		*used = 1;
		send_head(p, r, 0);
	} else if (strcmp(w[0], "cut") == 0) {
		*used = 3;
		data = read_file(w[1], &len);
		most = strtoul(w[2], NULL, 10);
		send_head(p, r, len);
		send_all(p, data, most < len ? most : len);
		free(data);
		go_on = false;
	} else if (strcmp(w[0], "drip") == 0) {
		*used = 3;
		data = read_file(w[1], &len);
		send_head(p, r, len);
		drip(p, data, len, number(w[2]));
		free(data);
		go_on = false;
	} else if (strcmp(w[0], "raw") == 0) {
		data = read_file(w[1], &len);
		send_all(p, data, len);
		free(data);
		go_on = false;
	} else if (strcmp(w[0], "heads") == 0) {
		flood(p, "HTTP/1.1 200 OK\r\n", "X-More: and more\r\n");
		go_on = false;
	} else if (strcmp(w[0], "interim") == 0) {
		flood(p, "", "HTTP/1.1 103 Early Hints\r\nX-More: and more\r\n\r\n");
		go_on = false;
	} else {
		go_on = false;
	}
	return go_on;
}

static bool
answer(struct peer *p, const struct request *rq)
{
	struct reply r = { .status = 200, .type = "application/json" };
	struct rule *rule = find_rule(rq);
	char **w;
	int used;

	if (rule == NULL) {
		note(p, "BAD no rule");
		return false;
	}
	for (w = rule->words + 2; *w != NULL; w += used)
		if (!act(p, rq, &r, w, &used))
			return false;
	return true;
}

static void *
serve(void *arg)
{
	struct peer *p = arg;
	struct request *r = malloc(sizeof(*r));

	if (tls != NULL && ((p->ssl = SSL_new(tls)) == NULL || SSL_set_fd(p->ssl, p->fd) != 1 ||
	    SSL_accept(p->ssl) != 1))
		note(p, "NOTLS");
	else {
		note(p, "OPEN %s%s", p->ssl != NULL ? SSL_get_version(p->ssl) : "plain",
		    p->ssl != NULL && SSL_session_reused(p->ssl) ? " resumed" : "");
		while (r != NULL && read_request(p, r) && answer(p, r))
			;
	}
	note(p, "GONE");
	SSL_free(p->ssl);
	close(p->fd);
	free(r);
	free(p);
	return NULL;
}

/* ---- the beginning ---- */

static int
listen_at(int family, int port)
{
	struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if ((family == AF_INET ? bind(fd, (struct sockaddr *)&a4, sizeof(a4)) :
	    bind(fd, (struct sockaddr *)&a6, sizeof(a6))) == -1 || listen(fd, 64) == -1) {
		perror("listen");
		exit(1);
	}
	return fd;
}

static void
start_tls(const char *chain, const char *key, bool old)
{
	if ((tls = SSL_CTX_new(TLS_server_method())) == NULL ||
	    SSL_CTX_use_certificate_chain_file(tls, chain) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "server: cannot use %s and %s\n", chain, key);
		exit(1);
	}
	if (old) {
		SSL_CTX_set_security_level(tls, 0);
		SSL_CTX_set_max_proto_version(tls, TLS1_1_VERSION);
		SSL_CTX_set_min_proto_version(tls, TLS1_VERSION);
	}
}

static void
accept_peer(int listening)
{
	struct peer *p = calloc(1, sizeof(*p));
	pthread_t thread;
	int one = 1;

	if (p == NULL || (p->fd = accept(listening, NULL, NULL)) == -1) {
		free(p);
		return;
	}
	p->number = ++connections;
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (pthread_create(&thread, NULL, serve, p) == 0)
		pthread_detach(thread);
}

int
main(int argc, char **argv)
{
	const char *chain = NULL, *key = NULL;
	int option, family = AF_INET, fd;
	bool plain = false, old = false;

	while ((option = getopt(argc, argv, "46n1c:k:")) != -1) {
		family = option == '6' ? AF_INET6 : option == '4' ? AF_INET : family;
		plain |= option == 'n';
		old |= option == '1';
		chain = option == 'c' ? optarg : chain;
		key = option == 'k' ? optarg : key;
	}
	if (argc - optind != 3 || (!plain && (chain == NULL || key == NULL))) {
		fprintf(stderr, "usage: server [-46n1] [-c CHAIN -k KEY] PORT RULES LOG\n");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	read_rules(argv[optind + 1]);
	if ((log_file = fopen(argv[optind + 2], "ae")) == NULL) {
		perror(argv[optind + 2]);
		return 1;
	}
	if (!plain)
		start_tls(chain, key, old);
	fd = listen_at(family, number(argv[optind]));
	for (;;)
		accept_peer(fd);
}
