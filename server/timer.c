/* SPDX-License-Identifier: BSD-2-Clause */
#include "timer.h"

#include <event2/event_struct.h>
#include <stdlib.h>

#include "server.h"

struct timer {
	struct event event;
	void (*fire)(void *arg);
	void *arg;
};

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	const struct timer *t = arg;

	(void)fd;
	(void)what;
	t->fire(t->arg);
}

struct timer *
timer_new(struct server *s, void (*fire)(void *arg), void *arg)
{
	struct timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->fire = fire;
	t->arg = arg;
	(void)event_assign(&t->event, s->loop.base, -1, 0, on_time, t);
	return t;
}

void
timer_set(struct timer *t, unsigned int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };

	/* Too early is better than never. */
	if (event_add(&t->event, &tv) == -1)
		event_active(&t->event, EV_READ, 1);
}

void
timer_free(struct timer **t)
{
	if (*t == NULL)
		return;
	(void)event_del(&(*t)->event);
	free(*t);
	*t = NULL;
}
