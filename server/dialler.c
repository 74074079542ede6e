/* SPDX-License-Identifier: BSD-2-Clause */
#include "dialler.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "call_metrics.h"
#include "error.h"
#include "log.h"
#include "paths_mfad.h"
#include "text.h"
#include "timer.h"
#include "user.h"
#include "watch.h"

struct dialling {
	LIST_ENTRY(dialling) all;
	struct api *api;
	struct watch *watch;
	struct timer *timer;		/* fires when mfa-call is late, or lost at the start */
	struct dial_dialogue dialogue;
	const struct dialler_hears *hears;
	void *arg;
	int fd;
	bool deaf;			/* it does not read: nothing more is said */
	bool over;			/* mfa-call is gone, and the timer ends it so */
	enum dial_outcome outcome;
	char id[sizeof(((struct dial *)NULL)->id)];
	/* in the order of their questions */
	STAILQ_HEAD(callbacks, dialler_callback) callbacks;
};

LIST_HEAD(diallings, dialling);
static struct diallings everything = LIST_HEAD_INITIALIZER(everything);
static unsigned int count;
static uint32_t call_uid;		/* of MFAD_CALL_USER; 0: root alone */

void
dialler_look_up(void)
{
	uint32_t gid;

	if (user_find(MFAD_CALL_USER, &call_uid, &gid) != MFA_OK)
		call_uid = 0;
}

unsigned int
dialler_count(void)
{
	return count;
}

struct dialling *
dialler_find(const char *id)
{
	struct dialling *d;

	LIST_FOREACH(d, &everything, all)
		if (strcmp(d->id, id) == 0)
			return d;
	return NULL;
}

/* The first that waits; one whose asker is gone has its place still. */
static void
reply_first(struct dialling *d, unsigned int status, const unsigned char *body, size_t len)
{
	struct dialler_callback *c = STAILQ_FIRST(&d->callbacks);

	if (c == NULL)
		return;
	STAILQ_REMOVE_HEAD(&d->callbacks, next);
	c->reply(c, status, body, len);
}

/* It takes no line any more. */
static void
leave(struct dialling *d)
{
	while (!STAILQ_EMPTY(&d->callbacks))
		reply_first(d, 0, NULL, 0);
	if (!d->over)
		count--;
	d->over = true;
	watch_free(&d->watch);
	if (d->fd != -1)
		(void)close(d->fd);
	d->fd = -1;
}

void
dialler_drop(struct dialling **d)
{
	if (*d == NULL)
		return;
	LIST_REMOVE(*d, all);
	leave(*d);
	timer_free(&(*d)->timer);
	free(*d);
	*d = NULL;
}

void
dialler_drop_all(void)
{
	struct dialling *d;

	while ((d = LIST_FIRST(&everything)) != NULL)
		dialler_drop(&d);
}

static void
end(struct dialling *d, enum dial_outcome outcome, const char *words)
{
	const struct dialler_hears *hears = d->hears;
	void *arg = d->arg;

	dialler_drop(&d);
	if (hears->ended != NULL)
		hears->ended(arg, outcome, words);
}

/* ---- what it says ---- */

static bool
has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

/* A socket that is full is one of a process that is stuck: nothing of ours waits. */
static int
say(struct dialling *d, const struct dial *m)
{
	int r = dial_permit(&d->dialogue, DIAL_MFAD, m->type);

	d->deaf = d->deaf || !has_room(d->fd);
	if (r == MFA_OK)
		r = d->deaf ? MFA_E_BUSY : dial_send(d->fd, m, deadline_in(DIALLER_WORD_MS));
	return r;
}

static void
hear(struct dialling *d, const struct dial *m)
{
	if (m->type == DIAL_PROGRESS && m->progress == DIAL_ANSWERED && d->hears->answered != NULL)
		d->hears->answered(d->arg);
	else if (m->type == DIAL_KEYS && d->hears->keys != NULL)
		d->hears->keys(d->arg, m->keys);
	else if (m->type == DIAL_REPLY)
		reply_first(d, m->status, m->body, m->body_len);
	else if (m->type == DIAL_ENDED) {
		call_count_units(m->units);
		d->outcome = (enum dial_outcome)m->outcome;
		if (m->ms_left == 0) {
			end(d, d->outcome, m->words);
			return;
		}
		leave(d);
		timer_set(d->timer, m->ms_left);
	}
}

static void
on_ready(void *arg)
{
	struct dialling *d = arg;
	struct dial m;
	int r = dial_recv(d->fd, &m, deadline_in(DIALLER_WORD_MS));

	if (r == MFA_E_DEADLINE)
		return;
	if (r == MFA_OK)
		r = dial_permit(&d->dialogue, DIAL_MFA_CALL, m.type);
	if (r == MFA_OK)
		hear(d, &m);
	else
		end(d, DIAL_GATEWAY, r == MFA_E_CLOSED ? "mfa-call hung up" : mfa_strerror(r));
	explicit_bzero(&m, sizeof(m));
}

/* What it is given is less than what it may take, so that who waits hears of one
 * that is stuck before the time is over. */
static unsigned int
late_of(unsigned int ms)
{
	return ms / 4 < DIALLER_LATE_MS ? ms / 4 : DIALLER_LATE_MS;
}

static void
on_late(void *arg)
{
	struct dialling *d = arg;

	if (d->over)
		end(d, d->outcome, "");
	else
		end(d, DIAL_GATEWAY, "mfa-call is late");
}

/* ---- the way to it ---- */

static bool
is_trusted(int fd)
{
	struct ucred peer = { .uid = UINT32_MAX };
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && len == sizeof(peer) &&
	    (peer.uid == 0 || peer.uid == call_uid);
}

static int
reach(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 || text_copy(at.sun_path, sizeof(at.sun_path), path) != MFA_OK ||
	    connect(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 || !is_trusted(fd)) {
		log_line(LOG_ERR, "mfa-call does not serve %s: no call and no text leaves: "
		    "systemctl start mfa-call.socket", path);
		if (fd != -1)
			(void)close(fd);
		return -1;
	}
	return fd;
}

struct dialling *
dialler_start(struct api *api, struct dial *order, unsigned int ms,
    const struct dialler_hears *hears, void *arg)
{
	struct dialling *d = count < DIALLER_MOST ? calloc(1, sizeof(*d)) : NULL;

	if (d == NULL)
		return NULL;
	d->api = api;
	d->hears = hears;
	d->arg = arg;
	STAILQ_INIT(&d->callbacks);
	(void)text_copy(d->id, sizeof(d->id), order->id);
	LIST_INSERT_HEAD(&everything, d, all);
	count++;
	order->version = DIAL_VERSION;
	order->ms_left = ms - late_of(ms);
	if ((d->fd = reach(api->config->call_socket)) == -1 ||
	    (d->watch = watch_new(api->server, d->fd, on_ready, d)) == NULL ||
	    (d->timer = timer_new(api->server, on_late, d)) == NULL || say(d, order) != MFA_OK) {
		dialler_drop(&d);
		return NULL;
	}
	timer_set(d->timer, ms);
	return d;
}

void
dialler_say(struct dialling *d, enum dial_say what)
{
	struct dial m = { .type = DIAL_SAY, .say = what };

	/* Where it cannot be said, its end is heard soon. */
	(void)say(d, &m);
}

int
dialler_ask(struct dialling *d, struct dialler_callback *c, const char *url,
    const char *signature, const void *body, size_t len)
{
	struct dial m = { .type = DIAL_CALLBACK };
	int r;

	if (len > sizeof(m.body) || text_copy(m.url, sizeof(m.url), url) != MFA_OK ||
	    text_copy(m.signature, sizeof(m.signature), signature) != MFA_OK)
		return MFA_E_INVALID;
	memcpy(m.body, body, len);
	m.body_len = (uint32_t)len;
	/* Too many at once is no reason to end the call. */
	if (d->dialogue.callbacks >= DIAL_CALLBACKS_MAX)
		return MFA_E_BUSY;
	if ((r = say(d, &m)) == MFA_OK)
		STAILQ_INSERT_TAIL(&d->callbacks, c, next);
	return r;
}
