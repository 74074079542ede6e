/* SPDX-License-Identifier: BSD-2-Clause */
#include "listener.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "error.h"
#include "listening.h"
#include "log.h"
#include "workshop.h"

/* ---- all limits ---- */
#define IDLE_START	4	/* children that wait for a login, in the beginning */
#define IDLE_MIN	2	/* fewer than this are not left */
#define IDLE_MAX	8	/* more than this go home */
#define CHILDREN_MAX	1024	/* logins at once; more wait in the backlog, and a
				 * root caller that finds that full spawns its own */
#define OTHERS_MAX	64	/* of them, of callers that are not root */
#define PER_UID_MAX	4	/* and of any one such caller */
#define COMPLAIN_MS	10000	/* between two lines about too many of them */
#define PAUSE_MS	1000	/* before refilling, after a child died unasked */
#define EVENTS		32	/* heeded at a time */

#define SIGNALS		CHILDREN_MAX	/* in epoll's data, beside the places of children */

struct child {
	pid_t pid;		/* 0: a free place */
	int control;		/* -1: serves one caller, or was sent home */
	bool idle;
	uint32_t uid;		/* of its one caller; 0: root or waiting */
};

struct listener {
	int listening, signals, epoll;
	struct child children[CHILDREN_MAX];
	unsigned int count, idle, others;
	struct config *config;
	struct config_error config_error;
	struct freshness fresh;
	int64_t refill_at;	/* CLOCK_MONOTONIC, ms */
	int64_t complain_at;	/* not before */
	bool stop;
};

/* ---- children come and go ---- */

static struct child *
free_place(struct listener *l)
{
	unsigned int i;

	for (i = 0; i < CHILDREN_MAX; i++)
		if (l->children[i].pid == 0)
			return &l->children[i];
	return NULL;
}

static int
watch(struct listener *l, int fd, unsigned int what)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = what };

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e);
}

static void
set_idle(struct listener *l, struct child *c, bool idle)
{
	l->idle += (unsigned int)idle - (unsigned int)c->idle;
	c->idle = idle;
}

/* It sees the end of its control and exits when it is idle next. */
static void
send_home(struct listener *l, struct child *c)
{
	set_idle(l, c, false);
	if (c->control != -1)
		(void)close(c->control);
	c->control = -1;
}

static void
send_all_home(struct listener *l)
{
	unsigned int i;

	for (i = 0; i < CHILDREN_MAX; i++)
		send_home(l, &l->children[i]);
}

/* A child for one caller: root, or not. */
static int
breed_for(struct listener *l, int caller, uint32_t uid)
{
	struct child *c = free_place(l);
	pid_t pid;

	if (c == NULL) {
		errno = EAGAIN;
		return MFA_E_BUSY;
	}
	if ((pid = fork()) == 0)
		child_serve(l->config, &l->config_error, caller);
	if (pid == -1)
		return MFA_E_SYSTEM;
	*c = (struct child){ .pid = pid, .control = -1, .uid = uid };
	l->count++;
	l->others += uid != 0;
	return MFA_OK;
}

/* A child that waits for callers. */
static int
breed(struct listener *l)
{
	struct child *c = free_place(l);
	int pair[2];
	pid_t pid = -1;

	if (c == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return MFA_E_SYSTEM;
	if (watch(l, pair[0], (unsigned int)(c - l->children)) == 0 && (pid = fork()) == 0)
		child_wait(l->config, &l->config_error, &l->fresh, pair[1], l->listening);
	(void)close(pair[1]);
	if (pid == -1) {
		(void)close(pair[0]);
		return MFA_E_SYSTEM;
	}
	*c = (struct child){ .pid = pid, .control = pair[0] };
	l->count++;
	set_idle(l, c, true);
	return MFA_OK;
}

static void
refill(struct listener *l, unsigned int to)
{
	if (monotonic_ms() < l->refill_at)
		return;
	while (l->idle < to && breed(l) == MFA_OK)
		;
}

/* Nobody is left to serve them, and nobody can be made: root callers then run
 * a helper of their own. */
static void
turn_away(struct listener *l)
{
	int fd;

	while (l->idle == 0 && (fd = accept4(l->listening, NULL, NULL, SOCK_CLOEXEC)) != -1) {
		(void)close(fd);
		if (monotonic_ms() < l->complain_at)
			continue;
		l->complain_at = monotonic_ms() + COMPLAIN_MS;
		log_line(LOG_ERR, "no process for a login: callers are turned away");
	}
}

/* Those children that wait know what was before. */
static void
refresh(struct listener *l)
{
	bool config = freshness_config_old(&l->fresh, l->config);

	if (!config && !freshness_state_old(&l->fresh, l->config))
		return;
	send_all_home(l);
	if (config) {
		config_free(&l->config);
		workshop_configure(&l->config, &l->config_error);
		l->fresh.configured_at = monotonic_ms();
	}
	freshness_look(&l->fresh, l->config);
}

/* ---- callers that a waiting child does not serve ---- */

static unsigned int
count_uid(const struct listener *l, uint32_t uid)
{
	unsigned int i, n = 0;

	for (i = 0; i < CHILDREN_MAX; i++)
		n += l->children[i].pid != 0 && l->children[i].uid == uid;
	return n;
}

/* Anybody can be too many as often as they like. */
static void
complain(struct listener *l, uint32_t uid)
{
	if (monotonic_ms() < l->complain_at)
		return;
	l->complain_at = monotonic_ms() + COMPLAIN_MS;
	log_line(LOG_WARNING, "too many logins at once uid=%lu", (unsigned long)uid);
}

static void
receive(struct listener *l, int caller)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(caller, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1)
		return;
	if (peer.uid != 0 && (l->others >= OTHERS_MAX || count_uid(l, peer.uid) >= PER_UID_MAX)) {
		complain(l, peer.uid);
		return;
	}
	refresh(l);
	if (breed_for(l, caller, peer.uid) != MFA_OK)
		log_line(LOG_ERR, "no process for a login: %s", strerror(errno));
}

/* A child that was taken over can say what it likes, and gets no more by it
 * than its own end. */
static void
hear(struct listener *l, struct child *c)
{
	enum child_word word;
	int caller;

	if (c->control == -1)
		return;
	if (child_hear(c->control, &word, &caller) != MFA_OK) {
		send_home(l, c);
	} else if (word == CHILD_PASS) {
		receive(l, caller);
		(void)close(caller);
	} else {
		set_idle(l, c, word == CHILD_FREE);
		if (l->idle > IDLE_MAX)
			send_home(l, c);
	}
}

/* ---- signals ---- */

static struct child *
find(struct listener *l, pid_t pid)
{
	unsigned int i;

	for (i = 0; i < CHILDREN_MAX; i++)
		if (l->children[i].pid == pid)
			return &l->children[i];
	return NULL;
}

/* One that died while it waited, may have died of what it woke up for: the
 * others look again when they are sent home, and those that follow them when
 * they begin. */
static void
bury(struct listener *l)
{
	struct child *c;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((c = find(l, pid)) == NULL)
			continue;
		if (c->idle && status != 0) {
			log_line(LOG_ERR, "a waiting child died");
			l->refill_at = monotonic_ms() + PAUSE_MS;
			send_all_home(l);
		}
		send_home(l, c);
		l->others -= c->uid != 0;
		l->count--;
		*c = (struct child){ .control = -1 };
	}
}

static void
heed_signals(struct listener *l)
{
	l->stop |= listening_stopped(l->signals);
	bury(l);
}

static int
watch_signals(struct listener *l)
{
	if ((l->signals = listening_signals()) == -1 ||
	    (l->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		return -1;
	return watch(l, l->signals, SIGNALS);
}

/* ---- the loop ---- */

static void
loop(struct listener *l)
{
	struct epoll_event events[EVENTS];
	int i, n;

	while (!l->stop) {
		n = epoll_wait(l->epoll, events, EVENTS, l->idle < IDLE_MIN ? PAUSE_MS : -1);
		if (n == -1 && errno != EINTR)
			return;
		for (i = 0; i < n; i++)
			if (events[i].data.u32 == SIGNALS)
				heed_signals(l);
			else
				hear(l, &l->children[events[i].data.u32]);
		refill(l, IDLE_MIN);
		turn_away(l);
	}
}

int
listener_run(int listening)
{
	struct listener *l = calloc(1, sizeof(*l));
	unsigned int i;

	if (l == NULL)
		return EXIT_FAILURE;
	for (i = 0; i < CHILDREN_MAX; i++)
		l->children[i].control = -1;
	l->listening = listening;
	if (watch_signals(l) == -1) {
		log_line(LOG_ERR, "cannot watch signals and children: %s", strerror(errno));
		free(l);
		return EXIT_FAILURE;
	}
	refresh(l);
	refill(l, IDLE_START);
	log_line(LOG_INFO, "ready");
	loop(l);
	config_free(&l->config);
	free(l);
	return EXIT_SUCCESS;
}
