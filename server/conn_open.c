/* SPDX-License-Identifier: BSD-2-Clause */
/* How a connection begins, and how it is ended from outside. */
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"

static struct bufferevent *
make_stream(struct server *s, int fd, bool tls)
{
	SSL *ssl;

	if (!tls)
		return bufferevent_socket_new(s->loop.base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (s->tls == NULL || (ssl = tls_session(s->tls)) == NULL)
		return NULL;
	/* ssl is its own from here on, also when it fails. */
	return bufferevent_openssl_socket_new(s->loop.base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
	    BEV_OPT_CLOSE_ON_FREE);
}

static struct conn *
begin(struct server *s, int fd, bool tls, bool admin)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct bufferevent *bev = c != NULL ? make_stream(s, fd, tls) : NULL;

	if (bev == NULL) {
		free(c);
		(void)close(fd);
		return NULL;
	}
	*c = (struct conn){ .server = s, .bev = bev, .tls = tls, .admin = admin,
	    .state = tls ? CONN_HANDSHAKE : CONN_HEAD };
	TAILQ_INSERT_TAIL(&s->all, c, all);
	s->count++;
	conn_count(c, 1);
	conn_begin(c);
	return c;
}

void
conn_open(struct server *s, int fd, bool tls, const struct address *address, struct peer *peer)
{
	struct conn *c = begin(s, fd, tls, false);
	int on = 1;

	if (c == NULL) {
		peers_leave(s->peers, &peer);
		return;
	}
	c->peer = peer;
	c->address = *address;
	(void)setsockopt(bufferevent_getfd(c->bev), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static bool
may_administer(int fd)
{
	struct ucred who = { .pid = 0 };
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && who.pid != 0 &&
	    (who.uid == 0 || who.uid == geteuid());
}

void
conn_open_local(struct server *s, int fd, bool admin)
{
	if (admin && !may_administer(fd))
		(void)close(fd);
	else
		(void)begin(s, fd, false, admin);
}

bool
conn_evict(struct server *s)
{
	struct conn *c = TAILQ_FIRST(&s->idle);

	if (c != NULL)
		conn_free(c);
	return c != NULL;
}

void
conn_drain(struct conn *c)
{
	c->closing = true;
	if (c->state == CONN_HELD)
		c->request.again(&c->request, c->request.arg);
	else if (c->state == CONN_HANDSHAKE)
		conn_free(c);
	else if (c->state == CONN_IDLE || (c->state == CONN_HEAD && c->parser.seen == 0))
		conn_linger(c);
}
