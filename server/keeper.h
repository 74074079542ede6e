/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_KEEPER_H
#define MFAD_KEEPER_H

#include <pthread.h>

#include "seal.h"

/*
 * The thread that looks after the write-ahead log, so that no commit does:
 * pages are written home beside the writer; when a log stays long all the
 * same, the writer stands still for a moment and the log starts over.
 */
struct keeper;

/* ---- all limits ---- */
#define KEEPER_PAGES	1000	/* new ones in the log, then they are written home */
#define KEEPER_RESTART	4000	/* in the log, then it starts over */
#define KEEPER_CUT	16000	/* then it is cut back as well */
#define KEEPER_GATE_MS	20	/* the writer stands still for that at most */

/* The writer holds the gate during its transactions.  On error *out is NULL
 * and why (size bytes) says it in words. */
int keeper_start(const char *path, pthread_mutex_t *gate, struct keeper **out, char *why,
    size_t size);
void keeper_stop(struct keeper **k);

/* After a commit: so many pages are in the log. */
void keeper_tell(struct keeper *k, int pages);

unsigned long keeper_rounds(struct keeper *k);

#endif
