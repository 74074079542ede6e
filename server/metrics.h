/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_METRICS_H
#define MFA_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers that GET /metrics shows in Prometheus' text format.  Each stands
 * where it is counted, as a static struct metric, and is made known once with
 * metrics_add.  Counting may be done in any thread.
 */
struct metric {
	const char *name;	/* "mfad_requests_total" */
	const char *labels;	/* "status=\"200\"", or NULL */
	const char *help;	/* a sentence */
	enum { METRIC_COUNTER, METRIC_GAUGE } kind;
	_Atomic int64_t value;
	struct metric *next;
};

/* Metrics of one name follow each other.  Adding one again does nothing. */
void metrics_add(struct metric *list, size_t count);

static inline void
metric_count(struct metric *m, int64_t n)
{
	(void)atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

static inline void
metric_set(struct metric *m, int64_t value)
{
	atomic_store_explicit(&m->value, value, memory_order_relaxed);
}

/* All of them; the caller frees it.  NULL: no memory. */
char *metrics_text(size_t *len);

#endif
