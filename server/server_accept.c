/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections on their way in, and when there is no room for them. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "conn.h"
#include "deadline.h"
#include "error.h"
#include "log.h"
#include "server.h"

union any_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage storage;
};

/* False for a Unix socket. */
static bool
address_of(const union any_address *from, struct address *out)
{
	memset(out, 0, sizeof(*out));
	if (from->any.sa_family == AF_INET6) {
		memcpy(out->bytes, &from->in6.sin6_addr, sizeof(out->bytes));
		return true;
	}
	if (from->any.sa_family != AF_INET)
		return false;
	out->bytes[10] = out->bytes[11] = 0xff;
	memcpy(out->bytes + 12, &from->in.sin_addr, 4);
	return true;
}

static void
take(const struct listener *l, int fd, const union any_address *from)
{
	struct server *s = l->server;
	char shown[ADDRESS_TEXT_MAX];
	struct address a;
	struct peer *peer;

	if (!address_of(from, &a)) {
		conn_open_local(s, fd, l->admin);
		return;
	}
	peer = peers_enter(s->peers, &a, s->config->connections_per_address);
	if (peer != NULL) {
		conn_open(s, fd, l->tls, &a, peer);
		return;
	}
	(void)close(fd);
	conn_count_refused(true);
	if (server_may_complain(s))
		log_line(LOG_WARNING, "too many connections origin=%s",
		    address_format(&a, shown));
}

/* Looking costs two system calls, so not at each of a thousand connections. */
static void
look_at_certificate(struct server *s)
{
	int64_t now = monotonic_ms();

	if (s->tls == NULL || now - s->tls_looked < TLS_LOOK_MS)
		return;
	s->tls_looked = now;
	tls_refresh(s->tls, false);
}

static bool
is_short_of(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void
retry_soon(struct server *s)
{
	struct timeval soon = { .tv_usec = RETRY_MS * 1000 };

	if (event_add(s->retry, &soon) == -1)
		event_active(s->retry, EV_READ, 1);
}

/* The listening socket stays readable as long as somebody waits: so it is not
 * watched until there may be room. */
static void
no_room(struct server *s, const char *why)
{
	conn_count_refused(false);
	if (server_may_complain(s))
		log_line(LOG_WARNING, "connections have to wait: %s", why);
	(void)conn_evict(s);
	server_pause(s);
	retry_soon(s);
}

static void
on_connection(evutil_socket_t fd, short what, void *arg)
{
	const struct listener *l = arg;
	struct server *s = l->server;
	union any_address from;
	socklen_t len;
	int i, peer;

	(void)what;
	look_at_certificate(s);
	for (i = 0; i < ACCEPT_BATCH && !s->paused; i++) {
		if (s->count >= s->most && TAILQ_EMPTY(&s->idle)) {
			no_room(s, "there are as many as there may be");
			return;
		}
		memset(&from, 0, sizeof(from));
		len = sizeof(from);
		peer = accept4(fd, &from.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer != -1) {
			if (s->count >= s->most)
				(void)conn_evict(s);
			take(l, peer, &from);
		} else if (errno == EAGAIN) {
			return;
		} else if (is_short_of(errno)) {
			no_room(s, strerror(errno));
		}
	}
}

int
server_listen(struct server *s, const struct listening *sockets, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct listener *l = &s->listeners[i];

		*l = (struct listener){ .server = s, .tls = sockets[i].tls,
		    .admin = sockets[i].admin };
		l->event = event_new(s->loop.base, sockets[i].fd, EV_READ | EV_PERSIST,
		    on_connection, l);
		if (l->event == NULL)
			return MFA_E_MEMORY;
		s->listener_count++;
		if (event_add(l->event, NULL) == -1)
			return MFA_E_SYSTEM;
	}
	return MFA_OK;
}

void
server_pause(struct server *s)
{
	size_t i;

	s->paused = true;
	for (i = 0; i < s->listener_count; i++)
		(void)event_del(s->listeners[i].event);
}

void
server_resume(struct server *s)
{
	size_t i;

	s->paused = false;
	for (i = 0; i < s->listener_count; i++) {
		if (event_add(s->listeners[i].event, NULL) == 0)
			continue;
		server_pause(s);
		retry_soon(s);
		return;
	}
}

void
server_close_listeners(struct server *s)
{
	size_t i;

	for (i = 0; i < s->listener_count; i++) {
		int fd = event_get_fd(s->listeners[i].event);

		event_free(s->listeners[i].event);
		(void)close(fd);
	}
	s->listener_count = 0;
}
