/* SPDX-License-Identifier: BSD-2-Clause */
#include "writer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "db_private.h"
#include "error.h"
#include "keeper.h"
#include "log.h"
#include "outbox.h"
#include "thread.h"

struct writer {
	struct db *db;			/* the thread's alone */
	struct keeper *keeper;
	struct outbox outbox;
	pthread_t thread;
	pthread_mutex_t gate;		/* held during a transaction */
	pthread_mutex_t lock;		/* of the rest */
	pthread_cond_t queued;
	struct jobs queue;
	struct writer_counts counts;
	bool stopping;
};

/* ---- one transaction ---- */

static void
conclude(struct job *job, int result, struct db *db)
{
	job->result = result;
	job->field = db_blamed(db);
	(void)snprintf(job->why, sizeof(job->why), "%s", result < 0 ? db_message(db) : "");
}

static int
run_jobs(struct writer *w, struct jobs *group)
{
	struct job *job;

	STAILQ_FOREACH(job, group, next) {
		/* cppcheck-suppress uninitvar */
		conclude(job, db_try(w->db, job->run, job->arg), w->db);
		job->wakes = db_take_wakes(w->db);
		if (!db_in_transaction(w->db))
			return job->result < 0 ? job->result : MFA_E_STATE;
	}
	return MFA_OK;
}

static void
fail_all(struct writer *w, struct jobs *group, int result)
{
	struct job *job;

	db_blame(w->db, NULL);
	STAILQ_FOREACH(job, group, next) {
		wakes_free(&job->wakes);
		/* cppcheck-suppress uninitvar */
		conclude(job, result, w->db);
	}
}

static int
run_group(struct writer *w, struct jobs *group)
{
	int r;

	(void)pthread_mutex_lock(&w->gate);
	if ((r = db_begin(w->db)) == MFA_OK && (r = run_jobs(w, group)) == MFA_OK)
		r = db_commit(w->db);
	if (r != MFA_OK)
		fail_all(w, group, r);
	db_rollback(w->db);
	(void)pthread_mutex_unlock(&w->gate);
	return r;
}

/* Called by SQLite after each commit. */
static int
committed(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct writer *w = arg;

	(void)handle;
	(void)name;
	keeper_tell(w->keeper, pages);
	return SQLITE_OK;
}

/* ---- the thread ---- */

/* With the lock held. */
static void
take_group(struct writer *w, struct jobs *group)
{
	unsigned int n = 0;
	struct job *job;

	while (n < WRITER_GROUP && (job = STAILQ_FIRST(&w->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&w->queue, next);
		STAILQ_INSERT_TAIL(group, job, next);
		n++;
	}
	w->counts.waiting -= n;
	w->counts.jobs += n;
}

/* With the lock held.  Each request that failed has a line; the end has this one. */
static void
note_result(struct writer *w, int r)
{
	if (r == MFA_OK && w->counts.failing)
		log_line(LOG_NOTICE, "the state can be written again");
	w->counts.failing = r != MFA_OK;
	w->counts.commits += r == MFA_OK;
	w->counts.failed += r != MFA_OK;
}

static void *
write_for_ever(void *arg)
{
	struct jobs group = STAILQ_HEAD_INITIALIZER(group);
	struct writer *w = arg;
	int r;

	(void)pthread_mutex_lock(&w->lock);
	for (;;) {
		take_group(w, &group);
		if (STAILQ_EMPTY(&group)) {
			if (w->stopping)
				break;
			(void)pthread_cond_wait(&w->queued, &w->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&w->lock);
		r = run_group(w, &group);
		outbox_put(&w->outbox, &group);
		(void)pthread_mutex_lock(&w->lock);
		note_result(w, r);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return NULL;
}

void
job_begin(struct job *job)
{
	job->result = MFA_E_INTERNAL;
	job->field = NULL;
	job->why[0] = '\0';
	job->wakes = NULL;
}

int
writer_submit(struct writer *w, struct job *job)
{
	int r = MFA_E_BUSY;

	job_begin(job);
	(void)pthread_mutex_lock(&w->lock);
	if (w->counts.waiting < WRITER_QUEUE) {
		STAILQ_INSERT_TAIL(&w->queue, job, next);
		w->counts.waiting++;
		(void)pthread_cond_signal(&w->queued);
		r = MFA_OK;
	} else {
		w->counts.refused_busy++;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return r;
}

void
writer_counts(struct writer *w, struct writer_counts *out)
{
	(void)pthread_mutex_lock(&w->lock);
	*out = w->counts;
	(void)pthread_mutex_unlock(&w->lock);
	out->checkpoints = keeper_rounds(w->keeper);
}

/* ---- start and stop ---- */

static void
release(struct writer *w)
{
	keeper_stop(&w->keeper);
	db_close(&w->db);
	outbox_end(&w->outbox);
	(void)pthread_cond_destroy(&w->queued);
	(void)pthread_mutex_destroy(&w->lock);
	(void)pthread_mutex_destroy(&w->gate);
	free(w);
}

int
writer_start(const char *path, const struct seal_key *key, struct poster poster,
    struct writer **out, char *why, size_t size)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r;

	*out = NULL;
	(void)snprintf(why, size, "out of memory");
	if (w == NULL)
		return MFA_E_MEMORY;
	outbox_open(&w->outbox, poster);
	STAILQ_INIT(&w->queue);
	(void)pthread_mutex_init(&w->gate, NULL);
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->queued, NULL);
	if ((r = db_open(path, key, DB_CREATE, &w->db, why, size)) == MFA_OK &&
	    (r = keeper_start(path, &w->gate, &w->keeper, why, size)) == MFA_OK) {
		(void)sqlite3_wal_hook(w->db->handle, committed, w);
		if (thread_start(&w->thread, write_for_ever, w) == MFA_OK) {
			*out = w;
			return MFA_OK;
		}
		(void)snprintf(why, size, "cannot start a thread");
		r = MFA_E_SYSTEM;
	}
	release(w);
	return r;
}

void
writer_stop(struct writer **wp)
{
	struct writer *w = *wp;

	if (w == NULL)
		return;
	*wp = NULL;
	outbox_close(&w->outbox);	/* nobody would take it any more */
	(void)pthread_mutex_lock(&w->lock);
	w->stopping = true;
	(void)pthread_cond_signal(&w->queued);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_join(w->thread, NULL);
	release(w);
}
