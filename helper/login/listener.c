/* SPDX-License-Identifier: BSD-2-Clause */
#include "listener.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "error.h"
#include "log.h"
#include "paths.h"
#include "workshop.h"

/* ---- all limits ---- */
#define READY		4	/* children that wait for a login */
#define CHILDREN_MAX	1024	/* logins at once; more wait in the backlog, and a
				 * root caller that finds that full spawns its own */
#define OTHERS_MAX	64	/* of them, of callers that are not root */
#define PER_UID_MAX	4	/* and of any one such caller */
#define COMPLAIN_MS	10000	/* between two lines about too many of them */
#define GROUPS_MS	300000	/* then the groups in the configuration are looked up
				 * anew: what names mean changes without it */
#define PAUSE_MS	1000	/* before refilling, after a child died unasked */

struct child {
	pid_t pid;		/* 0: a free place */
	int fd;			/* to hand it a caller; -1: it has one */
	uint32_t uid;		/* of its caller */
};

struct listener {
	int listening;
	int signals;
	struct child children[CHILDREN_MAX];
	unsigned int count, ready, others;
	struct config *config;
	struct config_error config_error;
	int64_t configured_at;	/* CLOCK_MONOTONIC, ms */
	struct stat key, db;	/* as they were when the children were made */
	int64_t refill_at;	/* CLOCK_MONOTONIC, ms */
	int64_t complain_at;	/* not before */
	bool stop;
};

static struct child *
free_place(struct listener *l)
{
	unsigned int i;

	for (i = 0; i < CHILDREN_MAX; i++)
		if (l->children[i].pid == 0)
			return &l->children[i];
	return NULL;
}

static void
retire(struct listener *l, struct child *c)
{
	if (c->fd != -1) {
		(void)close(c->fd);	/* it sees the end and exits */
		c->fd = -1;
		c->uid = 0;
		l->ready--;
	}
}

/* Makes a child: with a caller's socket, or ready for one. */
static struct child *
breed(struct listener *l, int caller, uint32_t uid)
{
	struct child *c = free_place(l);
	int pair[2] = { -1, -1 };
	pid_t pid;

	if (c == NULL)
		return NULL;
	if (caller == -1 &&
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return NULL;
	if ((pid = fork()) == 0)
		child_run(l->config, &l->config_error, caller != -1 ? caller : pair[1],
		    caller != -1);
	if (pair[1] != -1)
		(void)close(pair[1]);
	if (pid == -1) {
		if (pair[0] != -1)
			(void)close(pair[0]);
		return NULL;
	}
	*c = (struct child){ .pid = pid, .fd = pair[0], .uid = uid };
	l->count++;
	l->ready += caller == -1;
	l->others += uid != 0;
	return c;
}

/* Not while a login is under way, unless nobody is left for the next: the
 * person who waits needs the processor more. */
static void
refill(struct listener *l)
{
	if (monotonic_ms() < l->refill_at || (l->ready > 0 && l->count > l->ready))
		return;
	while (l->ready < READY && l->count < CHILDREN_MAX && breed(l, -1, 0) != NULL)
		;
}

/* ---- noticing changes: a child works with what it was born with ---- */

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static void
look_at(const char *path, struct stat *st)
{
	if (stat(path, st) == -1)
		memset(st, 0, sizeof(*st));
}

/* New state, a new key, or a changed configuration: those children that wait
 * know the old ones. */
static void
refresh(struct listener *l)
{
	bool config = l->config == NULL || config_stale(l->config) ||
	    monotonic_ms() - l->configured_at >= GROUPS_MS;
	struct stat key, db;
	unsigned int i;

	look_at(MFA_STATE_KEY, &key);
	look_at(MFA_STATE_DB, &db);
	if (!config && same_file(&key, &l->key) && same_file(&db, &l->db) &&
	    key.st_ctim.tv_sec == l->key.st_ctim.tv_sec &&
	    key.st_ctim.tv_nsec == l->key.st_ctim.tv_nsec)
		return;
	for (i = 0; i < CHILDREN_MAX; i++)
		retire(l, &l->children[i]);
	if (config) {
		config_free(&l->config);
		workshop_configure(&l->config, &l->config_error);
		l->configured_at = monotonic_ms();
	}
	l->key = key;
	l->db = db;
}

/* ---- callers ---- */

static unsigned int
count_uid(const struct listener *l, uint32_t uid)
{
	unsigned int i, n = 0;

	for (i = 0; i < CHILDREN_MAX; i++)
		n += l->children[i].pid != 0 && l->children[i].uid == uid;
	return n;
}

/* Gives the caller to a child that waits; false when none took it. */
static bool
hand_over(struct listener *l, int caller)
{
	unsigned int i;

	for (i = 0; i < CHILDREN_MAX && l->ready > 0; i++) {
		struct child *c = &l->children[i];
		bool taken;

		if (c->fd == -1)
			continue;
		taken = child_send(c->fd, caller) == MFA_OK;
		retire(l, c);
		if (taken)
			return true;
	}
	return false;
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
receive(struct listener *l)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(l->listening, NULL, NULL, SOCK_CLOEXEC);

	if (fd == -1)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1)
		goto out;
	refresh(l);
	if (peer.uid == 0) {
		if (!hand_over(l, fd) && breed(l, fd, 0) == NULL)
			log_line(LOG_ERR, "no process for a login: %s", strerror(errno));
	} else if (l->others >= OTHERS_MAX || count_uid(l, peer.uid) >= PER_UID_MAX) {
		complain(l, peer.uid);
	} else if (breed(l, fd, peer.uid) == NULL) {
		log_line(LOG_ERR, "no process for a login: %s", strerror(errno));
	}
out:
	(void)close(fd);
}

static void
bury(struct listener *l)
{
	unsigned int i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < CHILDREN_MAX; i++) {
			struct child *c = &l->children[i];

			if (c->pid != pid)
				continue;
			if (c->fd != -1) {	/* nobody asked it yet */
				log_line(LOG_ERR, "a waiting child died");
				l->refill_at = monotonic_ms() + PAUSE_MS;
			}
			retire(l, c);
			l->others -= c->uid != 0;
			l->count--;
			*c = (struct child){ .fd = -1 };
		}
}

static void
heed_signals(struct listener *l)
{
	struct signalfd_siginfo s;

	while (read(l->signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		l->stop |= s.ssi_signo == SIGTERM || s.ssi_signo == SIGINT;
	bury(l);
}

static int
watch_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);	/* changes are noticed without it */
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
loop(struct listener *l)
{
	while (!l->stop) {
		struct pollfd p[] = {
			{ .fd = l->signals, .events = POLLIN },
			{ .fd = l->count < CHILDREN_MAX ? l->listening : -1, .events = POLLIN },
		};

		if (poll(p, 2, l->ready == 0 ? PAUSE_MS : -1) == -1 && errno != EINTR)
			return;
		if (p[0].revents != 0)
			heed_signals(l);
		if (p[1].revents != 0)
			receive(l);
		refill(l);
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
		l->children[i].fd = -1;
	l->listening = listening;
	if ((l->signals = watch_signals()) == -1) {
		log_line(LOG_ERR, "cannot watch signals: %s", strerror(errno));
		free(l);
		return EXIT_FAILURE;
	}
	refresh(l);
	refill(l);
	log_line(LOG_INFO, "ready");
	loop(l);
	config_free(&l->config);
	free(l);
	return EXIT_SUCCESS;
}
