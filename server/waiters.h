/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_WAITERS_H
#define MFAD_WAITERS_H

#include <sys/queue.h>

#include "db.h"

/*
 * Who waits for what in the loop's thread: a table by name, so that a wake
 * meets only those whom it concerns.
 */

struct waiter {
	LIST_ENTRY(waiter) link;
	char what[sizeof(((struct wake *)NULL)->what)];	/* as in a wake */
	void (*woken)(struct waiter *w);	/* may remove and free w, and no other */
};

struct waiters;

struct waiters *waiters_new(void);		/* NULL: no memory */
void waiters_free(struct waiters **t);		/* when nobody waits any more */

/* Its other members are set. */
void waiters_add(struct waiters *t, struct waiter *w);
void waiters_remove(struct waiter *w);

/* Any that waits for this; NULL. */
struct waiter *waiters_find(struct waiters *t, const char *what);

/* All that wait for any of these. */
void waiters_wake(struct waiters *t, const struct wake *wakes);

#endif
