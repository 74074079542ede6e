/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "conn.h"
#include "deadline.h"
#include "error.h"
#include "log.h"
#include "systemd.h"

/* ---- small things ---- */

int
server_routes(struct server *s, const struct route *table)
{
	if (s->table_count == TABLES_MAX)
		return MFA_E_INTERNAL;
	s->tables[s->table_count++] = table;
	return MFA_OK;
}

void
server_set_context(struct server *s, void *context)
{
	s->context = context;
}

void
server_post(struct server *s, struct post *p)
{
	loop_post(&s->loop, p);
}

/* Times that are kept are the wall clock's: who looks for the reason why what was new
 * has expired, or why right codes are refused, finds it here. */
static void
look_at_clock(struct server *s, time_t now)
{
	int64_t since = (int64_t)now - monotonic_ms() / 1000, by = since - s->since;

	s->since = since;
	if (s->date_at == 0)
		return;
	if (by >= CLOCK_STEP)
		log_line(LOG_WARNING, "the clock was set forward by %lld s: what waited may have "
		    "expired", (long long)by);
	if (by <= -CLOCK_STEP)
		log_line(LOG_WARNING, "the clock was set back by %lld s: codes are refused whose "
		    "time was used", (long long)-by);
}

const char *
server_date(struct server *s)
{
	time_t now = time(NULL);
	struct tm tm;

	if (now != s->date_at && gmtime_r(&now, &tm) != NULL) {
		(void)strftime(s->date, sizeof(s->date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		look_at_clock(s, now);
		s->date_at = now;
	}
	return s->date;
}

bool
server_may_complain(struct server *s)
{
	int64_t now = monotonic_ms();

	if (s->complained != 0 && now - s->complained < COMPLAIN_MS)
		return false;
	s->complained = now;
	return true;
}

void
server_freed_one(struct server *s)
{
	s->count--;
	if (s->draining && s->count == 0)
		(void)event_base_loopbreak(s->loop.base);
}

/* ---- stopping ---- */

/* Answers that are made meanwhile free connections: each is met once, and goes
 * to the end of the list. */
static void
drain_all(struct server *s)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&s->all)) != NULL && !c->drained) {
		c->drained = true;
		TAILQ_REMOVE(&s->all, c, all);
		TAILQ_INSERT_TAIL(&s->all, c, all);
		conn_drain(c);
	}
}

static void
on_stop(evutil_socket_t sig, short what, void *arg)
{
	struct server *s = arg;
	struct timeval most = loop_seconds(s->config->drain_timeout);

	(void)sig;
	(void)what;
	if (s->draining)
		return;
	s->draining = true;
	log_line(LOG_NOTICE, "stopping connections=%u", s->count);
	systemd_notify("STOPPING=1");
	(void)event_del(s->retry);
	server_close_listeners(s);
	if (event_add(s->drained, &most) == -1)
		event_active(s->drained, EV_READ, 1);
	drain_all(s);
	if (s->count == 0)
		(void)event_base_loopbreak(s->loop.base);
}

static void
on_drain_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;

	(void)fd;
	(void)what;
	log_line(LOG_WARNING, "stopped before all were done connections=%u", s->count);
	(void)event_base_loopbreak(s->loop.base);
}

/* ---- other events ---- */

static void
on_reload(evutil_socket_t sig, short what, void *arg)
{
	struct server *s = arg;

	(void)sig;
	(void)what;
	if (s->tls != NULL)
		tls_refresh(s->tls, true);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;

	(void)fd;
	(void)what;
	server_resume(s);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	systemd_notify("WATCHDOG=1");
}

static int
watch_signals(struct server *s)
{
	static const struct {
		int number;
		event_callback_fn heed;
	} signals[] = { { SIGTERM, on_stop }, { SIGINT, on_stop }, { SIGHUP, on_reload } };
	size_t i;

	for (i = 0; i < 3; i++) {
		s->signals[i] = evsignal_new(s->loop.base, signals[i].number, signals[i].heed, s);
		if (s->signals[i] == NULL || event_add(s->signals[i], NULL) == -1)
			return MFA_E_MEMORY;
	}
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? MFA_E_SYSTEM : MFA_OK;
}

static int
feed_watchdog(struct server *s)
{
	uint64_t half = systemd_watchdog() / 2;
	struct timeval often = { .tv_sec = (time_t)(half / 1000000),
	    .tv_usec = (suseconds_t)(half % 1000000) };

	if (half == 0)
		return MFA_OK;
	s->watchdog = event_new(s->loop.base, -1, EV_PERSIST, on_watchdog, NULL);
	return s->watchdog != NULL && event_add(s->watchdog, &often) == 0 ?
	    MFA_OK : MFA_E_MEMORY;
}

/* As many descriptors as there may be; connections beyond them would wait for
 * one that nobody closes. */
static unsigned int
most_connections(const struct mfad_config *config)
{
	struct rlimit l;
	rlim_t room;

	if (getrlimit(RLIMIT_NOFILE, &l) == -1)
		return config->connections;
	l.rlim_cur = l.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &l);
	room = l.rlim_max > 2 * SPARE_FDS ? l.rlim_max - SPARE_FDS : l.rlim_max / 2;
	if (l.rlim_max == RLIM_INFINITY || room >= config->connections)
		return config->connections;
	log_line(LOG_WARNING, "connections = %u needs more descriptors: at most %lu",
	    config->connections, (unsigned long)room);
	return (unsigned int)room;
}

/* ---- life ---- */

static int
set_up(struct server *s, const struct listening *sockets, size_t count)
{
	int r;

	if ((r = loop_open(&s->loop)) != MFA_OK)
		return r;
	s->retry = evtimer_new(s->loop.base, on_retry, s);
	s->drained = evtimer_new(s->loop.base, on_drain_timeout, s);
	s->peers = peers_new();
	if (s->retry == NULL || s->drained == NULL || s->peers == NULL)
		return MFA_E_MEMORY;
	if ((r = watch_signals(s)) != MFA_OK || (r = feed_watchdog(s)) != MFA_OK)
		return r;
	return server_listen(s, sockets, count);
}

int
server_new(const struct mfad_config *config, struct tls *tls, const struct listening *sockets,
    size_t count, struct server **out)
{
	struct server *s = calloc(1, sizeof(*s));
	int r;

	*out = NULL;
	if (s == NULL)
		return MFA_E_MEMORY;
	s->config = config;
	s->tls = tls;
	s->most = most_connections(config);
	TAILQ_INIT(&s->all);
	TAILQ_INIT(&s->idle);
	conn_metrics_add();
	if ((r = set_up(s, sockets, count)) == MFA_OK)
		*out = s;
	else
		server_free(&s);
	return r;
}

static void
free_event(struct event *e)
{
	if (e != NULL)
		event_free(e);
}

void
server_free(struct server **server)
{
	struct server *s = *server;
	struct conn *c;
	size_t i;

	if (s == NULL)
		return;
	while ((c = TAILQ_FIRST(&s->all)) != NULL)
		conn_free(c);
	server_close_listeners(s);
	for (i = 0; i < 3; i++)
		free_event(s->signals[i]);
	free_event(s->retry);
	free_event(s->drained);
	free_event(s->watchdog);
	peers_free(&s->peers);
	loop_close(&s->loop);
	free(s);
	*server = NULL;
}

int
server_run(struct server *s)
{
	int r;

	log_line(LOG_INFO, "ready");
	systemd_notify("READY=1");
	r = event_base_dispatch(s->loop.base);
	return r == -1 ? MFA_E_SYSTEM : MFA_OK;
}
