/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_WRITER_H
#define MFAD_WRITER_H

#include <stddef.h>
#include <sys/queue.h>

#include "db.h"

/*
 * The one thread that writes.  It takes whatever is queued, runs each job in
 * its own savepoint of one transaction, commits once, and only then lets
 * anybody hear of any of it: so one flush of the disk serves all who wait.
 *
 *  1. A job that returns anything but MFA_OK has done nothing, and the others
 *     are not touched by it.
 *  2. `done` is called after the commit is durable.
 *  3. When the commit fails, every job of it has failed, also one that had
 *     refused: what it looked at never was.
 *  4. Jobs run in the order in which they were given.
 */
struct writer;

/* ---- all limits ---- */
#define WRITER_QUEUE	4096	/* jobs that wait; more are refused */
#define WRITER_GROUP	256	/* jobs of one transaction */

struct job {
	STAILQ_ENTRY(job) next;
	/* In the writer's thread; below 0 an mfa_error, above an enum problem. */
	int (*run)(struct db *db, void *arg);
	/* Where post brings it; may free the job.  NULL: nobody waits. */
	void (*done)(struct job *job);
	void *arg;

	/* The writer's, until done. */
	int result;
	const char *field;	/* that was wrong, or NULL; static */
	char why[256];		/* of a result below 0; for the log */
	struct wake *wakes;	/* only of what was committed; freed after done */
};

STAILQ_HEAD(jobs, job);

/* Before it is given to anybody: as a job that nobody has run. */
void job_begin(struct job *job);

/* How completions get to the thread that wants them: fn(arg) is to be called
 * there soon.  One such call is under way at a time. */
struct poster {
	void (*post)(void *ctx, void (*fn)(void *arg), void *arg);
	void *ctx;
};

/* Opens (DB_CREATE) and starts the thread, and one that looks after the log.
 * On error *out is NULL and why (size bytes) says it in words. */
int writer_start(const char *path, const struct seal_key *key, struct poster poster,
    struct writer **out, char *why, size_t size);

/* Runs what is queued, calls what is left of `done`, and stops.  In the thread
 * that completions are posted to, when that runs none of them any more. */
void writer_stop(struct writer **w);

/* The job is the writer's until `done`.  MFA_E_BUSY when too many wait, and
 * then it is the caller's still. */
int writer_submit(struct writer *w, struct job *job);

/* For metrics: all so far. */
struct writer_counts {
	unsigned long jobs, commits, failed, refused_busy, checkpoints;
	unsigned int waiting;
	bool failing;		/* the last transaction could not be written */
};
void writer_counts(struct writer *w, struct writer_counts *out);

#endif
