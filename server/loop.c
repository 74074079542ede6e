/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libevent gives the loop, its timers and signals.  It is used from one thread,
 * so its locking stays off; what other threads have to say goes through a list
 * of our own and an eventfd.
 */
#include "loop.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "error.h"

struct posts {
	pthread_mutex_t lock;
	struct post *first, **last;
	int fd;
	struct event *event;
};

static struct post *
take_all(struct posts *q)
{
	struct post *first;

	(void)pthread_mutex_lock(&q->lock);
	first = q->first;
	q->first = NULL;
	q->last = &q->first;
	(void)pthread_mutex_unlock(&q->lock);
	return first;
}

static void
run_posts(evutil_socket_t fd, short what, void *arg)
{
	struct posts *q = arg;
	struct post *p, *next;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) != (ssize_t)sizeof(count))
		return;
	for (p = take_all(q); p != NULL; p = next) {
		next = p->next;		/* it may free p */
		p->run(p);
	}
}

void
loop_post(struct loop *l, struct post *p)
{
	struct posts *q = l->posts;
	uint64_t one = 1;
	ssize_t n;
	bool first;

	p->next = NULL;
	(void)pthread_mutex_lock(&q->lock);
	first = q->first == NULL;
	*q->last = p;
	q->last = &p->next;
	(void)pthread_mutex_unlock(&q->lock);
	if (first) {
		n = write(q->fd, &one, sizeof(one));
		(void)n;	/* cannot fail: the counter is far from its end */
	}
}

static struct posts *
posts_new(struct event_base *base)
{
	struct posts *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->last = &q->first;
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd != -1)
		q->event = event_new(base, q->fd, EV_READ | EV_PERSIST, run_posts, q);
	if (pthread_mutex_init(&q->lock, NULL) == 0 && q->event != NULL &&
	    event_add(q->event, NULL) == 0)
		return q;
	if (q->event != NULL)
		event_free(q->event);
	if (q->fd != -1)
		(void)close(q->fd);
	free(q);
	return NULL;
}

/* No other thread touches it. */
static struct event_base *
base_new(void)
{
	struct event_config *c = event_config_new();
	struct event_base *base = NULL;

	if (c != NULL && event_config_set_flag(c, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(c);
	if (c != NULL)
		event_config_free(c);
	return base;
}

int
loop_open(struct loop *l)
{
	*l = (struct loop){ .base = base_new() };
	if (l->base == NULL)
		return MFA_E_MEMORY;
	if ((l->posts = posts_new(l->base)) != NULL)
		return MFA_OK;
	loop_close(l);
	return MFA_E_SYSTEM;
}

void
loop_close(struct loop *l)
{
	if (l->posts != NULL) {
		event_free(l->posts->event);
		(void)close(l->posts->fd);
		(void)pthread_mutex_destroy(&l->posts->lock);
		free(l->posts);
	}
	if (l->base != NULL)
		event_base_free(l->base);
	*l = (struct loop){ .base = NULL };
}

struct timeval
loop_seconds(unsigned int n)
{
	return (struct timeval){ .tv_sec = n };
}
