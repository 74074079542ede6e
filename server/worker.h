/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_WORKER_H
#define MFAD_WORKER_H

#include "writer.h"

/*
 * The threads for what takes long and only reads: slow hashes, and copies of
 * the whole state.  Jobs are the writer's (writer.h), run outside of any
 * transaction, and begin in the order in which they were given.
 */
struct worker;

/* ---- all limits ---- */
#define WORKER_THREADS	2
#define WORKER_QUEUE	64	/* jobs that wait; more are refused */

/* Each thread has a connection of its own (DB_READ).  On error *out is NULL and
 * why (size bytes) says it in words. */
int worker_start(const char *path, const struct seal_key *key, struct poster poster,
    struct worker **out, char *why, size_t size);

/* As writer_stop. */
void worker_stop(struct worker **w);

/* As writer_submit. */
int worker_submit(struct worker *w, struct job *job);

#endif
