/* SPDX-License-Identifier: BSD-2-Clause */
#include "outbox.h"

#include <stddef.h>

static void
complete(struct jobs *jobs)
{
	struct wake *wakes;
	struct job *job;

	while ((job = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, next);
		wakes = job->wakes;
		if (job->done != NULL)
			job->done(job);
		wakes_free(&wakes);
	}
}

/* Where it was posted to.  Another call may be posted from here on. */
static void
deliver(void *arg)
{
	struct jobs ready = STAILQ_HEAD_INITIALIZER(ready);
	struct outbox *o = arg;

	(void)pthread_mutex_lock(&o->lock);
	STAILQ_CONCAT(&ready, &o->ready);
	o->posted = false;
	(void)pthread_mutex_unlock(&o->lock);
	complete(&ready);
}

void
outbox_open(struct outbox *o, struct poster poster)
{
	o->poster = poster;
	o->posted = false;
	STAILQ_INIT(&o->ready);
	(void)pthread_mutex_init(&o->lock, NULL);
}

void
outbox_put(struct outbox *o, struct jobs *jobs)
{
	bool post;

	(void)pthread_mutex_lock(&o->lock);
	STAILQ_CONCAT(&o->ready, jobs);
	post = !o->posted;
	o->posted = true;
	(void)pthread_mutex_unlock(&o->lock);
	if (post)
		o->poster.post(o->poster.ctx, deliver, o);
}

void
outbox_close(struct outbox *o)
{
	(void)pthread_mutex_lock(&o->lock);
	o->posted = true;
	(void)pthread_mutex_unlock(&o->lock);
}

void
outbox_end(struct outbox *o)
{
	complete(&o->ready);
	(void)pthread_mutex_destroy(&o->lock);
}
