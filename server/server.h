/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SERVER_H
#define MFA_SERVER_H

#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "config_mfad.h"
#include "http.h"
#include "loop.h"
#include "peers.h"
#include "sockets.h"
#include "tls.h"

/* ---- all limits ---- */
#define TABLES_MAX	32	/* resources */
#define SPARE_FDS	64	/* descriptors that connections leave to the rest */
#define RETRY_MS	100	/* until accepting is tried again without descriptors */
#define ACCEPT_BATCH	32	/* connections taken at one wake */
#define TLS_LOOK_MS	1000	/* between two looks at the certificate's files */
#define CLOCK_STEP	10	/* seconds that the wall clock was set by, to be worth a line */
#define COMPLAIN_MS	10000	/* between two lines about the same trouble */

struct conn;
TAILQ_HEAD(conns, conn);

struct listener {
	struct server *server;
	struct event *event;
	bool tls, admin;
};

struct server {
	struct loop loop;
	const struct mfad_config *config;
	struct tls *tls;		/* NULL when nothing listens with it */
	struct peers *peers;
	struct listener listeners[SOCKETS_MAX];
	size_t listener_count;
	struct event *retry, *drained, *watchdog, *signals[3];
	const struct route *tables[TABLES_MAX];
	size_t table_count;
	void *context;
	struct conns all, idle;		/* idle: the one that waits longest first */
	unsigned int count, most;
	bool paused;			/* nothing is accepted for now */
	bool draining;
	int64_t tls_looked, complained;	/* CLOCK_MONOTONIC, ms */
	char date[32];			/* as HTTP has it, of the second below */
	time_t date_at;
	int64_t since;			/* what the wall clock was ahead of the monotonic one, s */
};

/*
 * A server on these sockets, which it closes; config and tls stay the
 * caller's, and tls may be NULL when no socket wants it.  MFA_E_MEMORY,
 * MFA_E_SYSTEM.
 */
int server_new(const struct mfad_config *config, struct tls *tls,
    const struct listening *sockets, size_t count, struct server **out);
void server_free(struct server **s);

/* Serves until SIGTERM or SIGINT, then until what is under way has ended or
 * drain_timeout has passed.  SIGHUP looks at the certificate.  MFA_E_SYSTEM. */
int server_run(struct server *s);

/* ---- server_accept.c ---- */
int server_listen(struct server *s, const struct listening *sockets, size_t count);
void server_pause(struct server *s);
void server_resume(struct server *s);
void server_close_listeners(struct server *s);

/* ---- server.c ---- */

/* One connection less. */
void server_freed_one(struct server *s);
const char *server_date(struct server *s);

/* Is it time for another line about trouble that may come often? */
bool server_may_complain(struct server *s);

#endif
