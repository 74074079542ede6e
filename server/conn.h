/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONN_H
#define MFA_CONN_H

#include <event2/bufferevent.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "http.h"
#include "http_parse.h"
#include "networks.h"
#include "route.h"
#include "server.h"

/*
 * One connection.  In every state one timer runs, and when it ends so does the
 * state:
 *
 *	HANDSHAKE	TLS, handshake_timeout
 *	HEAD, BODY	a request is arriving; head_timeout, body_timeout, for all
 *			of it, however slowly it trickles
 *	HANDLING	a handler runs (no time passes)
 *	HELD		a handler will answer later; its own time
 *	WRITING		the answer is leaving, and nothing is read; write_timeout
 *	IDLE		between requests; idle_timeout
 *	LINGERING	all was said; what the peer still sends is read past, so
 *			that it sees the answer and no reset
 *	DOOMED		to be freed when the loop comes round
 */
enum conn_state {
	CONN_HANDSHAKE, CONN_HEAD, CONN_BODY, CONN_HANDLING, CONN_HELD, CONN_WRITING, CONN_IDLE,
	CONN_LINGERING, CONN_DOOMED, CONN_STATES
};

/* ---- all limits ---- */
#define LINGER_MS	2000
#define LINGER_BYTES	(256 * 1024)	/* that are read past */
#define FIELDS_MAX	2048		/* bytes of reply_field's */

struct request {
	struct conn *conn;
	struct route_match match;
	void (*again)(struct request *r, void *arg);
	void (*gone)(void *arg);
	void *arg;
	char *fields;		/* of the answer; NULL: none */
	bool broken;		/* a field could not be kept */
};

struct conn {
	struct server *server;
	struct bufferevent *bev;
	struct event timer;
	TAILQ_ENTRY(conn) all, idle;
	enum conn_state state;
	bool tls, admin, closing, continued, drained;
	uint32_t lingered;
	struct http_parser parser;
	struct request request;
	struct peer *peer;	/* NULL on a Unix socket */
	struct address address;
	struct tls_peer *certificate;	/* NULL: none was shown */
};

/* Takes fd over, and peer, in every case. */
void conn_open(struct server *s, int fd, bool tls, const struct address *address,
    struct peer *peer);

/* The same for a connection in the file system.  On the administrator's socket
 * root is heard, and our own user; to others it closes. */
void conn_open_local(struct server *s, int fd, bool admin);

/* Ends the connection that has waited longest for another request; false when
 * there is none. */
bool conn_evict(struct server *s);

/* The server stops: a held request is to be asked again, one that arrives is
 * the last, the rest ends. */
void conn_drain(struct conn *c);

/* Ends it without a word; a held request's `gone` is called. */
void conn_free(struct conn *c);

/* ---- conn.c, for the files beside it ---- */

/* Waits for the handshake or the first request. */
void conn_begin(struct conn *c);

/* Ends it in good order: everything that was written arrives. */
void conn_linger(struct conn *c);

void conn_written_soon(struct conn *c);	/* the answer is in the output */
void conn_doom(struct conn *c);
void conn_held(struct conn *c, unsigned int ms);

/* ---- conn_metrics.c ---- */
void conn_metrics_add(void);
void conn_count(const struct conn *c, int n);	/* +1, -1 */
void conn_count_handshake(bool done);
void conn_count_timeout(enum conn_state state);
void conn_count_held(int n);
void conn_count_refused(bool by_address);
void reply_count(int status);

#endif
