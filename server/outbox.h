/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_OUTBOX_H
#define MFAD_OUTBOX_H

#include <pthread.h>

#include "writer.h"

/*
 * Jobs that are done, on their way from a thread that did them to the one that
 * wants to hear (struct poster).
 */
struct outbox {
	pthread_mutex_t lock;	/* of the rest */
	struct poster poster;
	struct jobs ready;
	bool posted;
};

void outbox_open(struct outbox *o, struct poster poster);

/* Takes all of them, and has their `done` called there, with wakes that are freed
 * after it. */
void outbox_put(struct outbox *o, struct jobs *jobs);

/* From now on nothing is posted; and at the end, when nobody puts anything any more,
 * what is left is called here. */
void outbox_close(struct outbox *o);
void outbox_end(struct outbox *o);

#endif
