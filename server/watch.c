/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <event2/event_struct.h>
#include <stdlib.h>

#include "server.h"

struct watch {
	struct event event;
	void (*ready)(void *arg);
	void *arg;
};

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	const struct watch *w = arg;

	(void)fd;
	(void)what;
	w->ready(w->arg);
}

struct watch *
watch_new(struct server *s, int fd, void (*ready)(void *arg), void *arg)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->ready = ready;
	w->arg = arg;
	(void)event_assign(&w->event, s->loop.base, fd, EV_READ | EV_PERSIST, on_ready, w);
	if (event_add(&w->event, NULL) == 0)
		return w;
	free(w);
	return NULL;
}

void
watch_free(struct watch **w)
{
	if (*w == NULL)
		return;
	(void)event_del(&(*w)->event);
	free(*w);
	*w = NULL;
}
