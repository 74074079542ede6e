/* SPDX-License-Identifier: BSD-2-Clause */
#include "waiters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BUCKETS	16384	/* a power of two */

LIST_HEAD(bucket, waiter);

struct waiters {
	uint64_t seed;		/* so that nobody can choose to share a bucket */
	struct bucket buckets[BUCKETS];
};

struct waiters *
waiters_new(void)
{
	struct waiters *t = calloc(1, sizeof(*t));

	if (t != NULL && getrandom(&t->seed, sizeof(t->seed), 0) != (ssize_t)sizeof(t->seed)) {
		free(t);
		return NULL;
	}
	return t;
}

void
waiters_free(struct waiters **t)
{
	free(*t);
	*t = NULL;
}

static struct bucket *
bucket_of(struct waiters *t, const char *what)
{
	uint64_t h = t->seed;

	for (; *what != '\0'; what++) {
		h = (h ^ (unsigned char)*what) * 0xff51afd7ed558ccdU;
		h ^= h >> 32;
	}
	return &t->buckets[h % BUCKETS];
}

void
waiters_add(struct waiters *t, struct waiter *w)
{
	LIST_INSERT_HEAD(bucket_of(t, w->what), w, link);
}

void
waiters_remove(struct waiter *w)
{
	LIST_REMOVE(w, link);
}

struct waiter *
waiters_find(struct waiters *t, const char *what)
{
	struct waiter *w;

	LIST_FOREACH(w, bucket_of(t, what), link)
		if (strcmp(w->what, what) == 0)
			return w;
	return NULL;
}

static void
wake(struct waiters *t, const char *what)
{
	struct waiter *w, *next;

	for (w = LIST_FIRST(bucket_of(t, what)); w != NULL; w = next) {
		next = LIST_NEXT(w, link);
		if (strcmp(w->what, what) == 0)
			w->woken(w);
	}
}

void
waiters_wake(struct waiters *t, const struct wake *wakes)
{
	for (; wakes != NULL; wakes = wakes->next)
		wake(t, wakes->what);
}
