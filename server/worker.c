/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "outbox.h"
#include "thread.h"

struct hand {
	struct worker *worker;
	struct db *db;
	pthread_t thread;
	bool started;
};

struct worker {
	struct hand hands[WORKER_THREADS];
	struct outbox outbox;
	pthread_mutex_t lock;		/* of the rest */
	pthread_cond_t queued;
	struct jobs queue;
	unsigned int waiting;
	bool stopping;
};

static void
run(struct hand *h, struct job *job)
{
	struct jobs done = STAILQ_HEAD_INITIALIZER(done);

	db_blame(h->db, NULL);
	job->result = job->run(h->db, job->arg);
	job->field = db_blamed(h->db);
	if (job->result < 0)
		(void)snprintf(job->why, sizeof(job->why), "%s", db_message(h->db));
	STAILQ_INSERT_TAIL(&done, job, next);
	outbox_put(&h->worker->outbox, &done);
}

static void *
work_for_ever(void *arg)
{
	struct hand *h = arg;
	struct worker *w = h->worker;
	struct job *job;

	(void)pthread_mutex_lock(&w->lock);
	for (;;) {
		if ((job = STAILQ_FIRST(&w->queue)) != NULL) {
			STAILQ_REMOVE_HEAD(&w->queue, next);
			w->waiting--;
			(void)pthread_mutex_unlock(&w->lock);
			run(h, job);
			(void)pthread_mutex_lock(&w->lock);
		} else if (w->stopping) {
			break;
		} else {
			(void)pthread_cond_wait(&w->queued, &w->lock);
		}
	}
	(void)pthread_mutex_unlock(&w->lock);
	return NULL;
}

int
worker_submit(struct worker *w, struct job *job)
{
	int r = MFA_E_BUSY;

	job_begin(job);
	(void)pthread_mutex_lock(&w->lock);
	if (w->waiting < WORKER_QUEUE) {
		STAILQ_INSERT_TAIL(&w->queue, job, next);
		w->waiting++;
		(void)pthread_cond_signal(&w->queued);
		r = MFA_OK;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return r;
}

/* ---- start and stop ---- */

static int
start_hand(struct worker *w, struct hand *h, const char *path, const struct seal_key *key,
    char *why, size_t size)
{
	int r = db_open(path, key, DB_READ, &h->db, why, size);

	h->worker = w;
	if (r != MFA_OK)
		return r;
	h->started = thread_start(&h->thread, work_for_ever, h) == MFA_OK;
	if (!h->started)
		(void)snprintf(why, size, "cannot start a thread");
	return h->started ? MFA_OK : MFA_E_SYSTEM;
}

int
worker_start(const char *path, const struct seal_key *key, struct poster poster,
    struct worker **out, char *why, size_t size)
{
	struct worker *w = calloc(1, sizeof(*w));
	int i, r = MFA_OK;

	*out = NULL;
	(void)snprintf(why, size, "out of memory");
	if (w == NULL)
		return MFA_E_MEMORY;
	outbox_open(&w->outbox, poster);
	STAILQ_INIT(&w->queue);
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->queued, NULL);
	for (i = 0; i < WORKER_THREADS && r == MFA_OK; i++)
		r = start_hand(w, &w->hands[i], path, key, why, size);
	if (r == MFA_OK)
		*out = w;
	else
		worker_stop(&w);
	return r;
}

void
worker_stop(struct worker **wp)
{
	struct worker *w = *wp;
	int i;

	if (w == NULL)
		return;
	*wp = NULL;
	outbox_close(&w->outbox);	/* nobody would take it any more */
	(void)pthread_mutex_lock(&w->lock);
	w->stopping = true;
	(void)pthread_cond_broadcast(&w->queued);
	(void)pthread_mutex_unlock(&w->lock);
	for (i = 0; i < WORKER_THREADS; i++) {
		if (w->hands[i].started)
			(void)pthread_join(w->hands[i].thread, NULL);
		db_close(&w->hands[i].db);
	}
	outbox_end(&w->outbox);
	(void)pthread_cond_destroy(&w->queued);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}
