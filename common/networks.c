/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prefixes are compiled into the points at which the verdict changes, in the
 * order of addresses; looking one up is one binary search among them.
 */
#include "networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "networks_set.h"

struct point {			/* from here on, `by` decides */
	struct bits128 from;
	uint32_t by;		/* entry + 1; 0: none */
};

struct networks {
	struct entry *entries;	/* sorted, each once */
	size_t count;
	struct point *points;	/* the first is at address 0 */
	size_t point_count;
};

/* ---- 128-bit numbers ---- */

static int
compare(struct bits128 a, struct bits128 b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static struct bits128
last_of(const struct entry *e)
{
	struct bits128 host = bits128_host(e->length);

	return (struct bits128){ e->first.hi | host.hi, e->first.lo | host.lo };
}

/* ---- building ---- */

/* A prefix comes before those inside it. */
static int
by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int r = compare(x->first, y->first);

	return r != 0 ? r : (int)x->length - (int)y->length;
}

static int
refuse_both(const struct entry *a, const struct entry *b, unsigned int *line, char *why)
{
	char text[ADDRESS_TEXT_MAX];

	*line = a->line > b->line ? a->line : b->line;
	(void)snprintf(why, NETWORKS_WHY_MAX, "%s is both included and excluded (with \"!\"): "
	    "remove one of them", entry_format(a->exclude ? b : a, text));
	return MFA_E_INVALID;
}

/* Sorts, and drops what is there twice. */
static int
order(struct networks *n, unsigned int *line, char *why)
{
	struct entry *e = n->entries;
	size_t i, kept = 0;

	if (n->count > 1)
		qsort(e, n->count, sizeof(*e), by_place);
	for (i = 0; i < n->count; i++) {
		if (kept == 0 || by_place(&e[kept - 1], &e[i]) != 0)
			e[kept++] = e[i];
		else if (e[kept - 1].exclude != e[i].exclude)
			return refuse_both(&e[kept - 1], &e[i], line, why);
	}
	n->count = kept;
	return MFA_OK;
}

static void
mark(struct networks *n, struct bits128 from, uint32_t by)
{
	struct point *last = &n->points[n->point_count - 1];

	if (compare(last->from, from) == 0)
		last->by = by;
	else
		n->points[n->point_count++] = (struct point){ from, by };
}

/* The prefixes that are open at one place lie inside each other. */
struct open {
	uint32_t by[129];
	size_t count;
};

/* Ends the innermost; what it lies in decides behind it. */
static void
leave(struct networks *n, struct open *o)
{
	struct bits128 next = last_of(&n->entries[o->by[--o->count] - 1]);

	if (++next.lo == 0 && ++next.hi == 0)
		return;		/* it reached the last address */
	mark(n, next, o->count > 0 ? o->by[o->count - 1] : 0);
}

static void
sweep(struct networks *n)
{
	struct open o = { .count = 0 };
	uint32_t i;

	n->points[n->point_count++] = (struct point){ .by = 0 };
	for (i = 0; i < n->count; i++) {
		while (o.count > 0 && compare(last_of(&n->entries[o.by[o.count - 1] - 1]),
		    n->entries[i].first) < 0)
			leave(n, &o);
		o.by[o.count++] = i + 1;
		mark(n, n->entries[i].first, i + 1);
	}
	while (o.count > 0)
		leave(n, &o);
}

static int
compile(struct networks *n, unsigned int *line, char *why)
{
	int r = order(n, line, why);

	if (r != MFA_OK)
		return r;
	/* Each prefix begins once and ends once. */
	n->points = malloc((2 * n->count + 1) * sizeof(*n->points));
	if (n->points == NULL) {
		(void)snprintf(why, NETWORKS_WHY_MAX, "out of memory");
		return MFA_E_MEMORY;
	}
	sweep(n);
	return MFA_OK;
}

int
networks_build(struct networks_builder **b, struct networks **out, unsigned int *line, char *why)
{
	struct networks *n = calloc(1, sizeof(*n));
	int r = MFA_E_MEMORY;

	*out = NULL;
	*line = 0;
	(void)snprintf(why, NETWORKS_WHY_MAX, "out of memory");
	if (n != NULL) {
		n->entries = builder_take(*b, &n->count);
		r = compile(n, line, why);
	}
	if (r == MFA_OK)
		*out = n;
	else
		networks_free(&n);
	networks_builder_free(b);
	return r;
}

/* ---- looking up ---- */

/* The entry that decides about a; NULL when none covers it. */
static const struct entry *
decider(const struct networks *n, const struct address *a)
{
	struct bits128 at = bits128_of(a);
	size_t low = 0, high;

	if (n == NULL)
		return NULL;
	/* points[low] is at or before it, points[high] behind it. */
	for (high = n->point_count; high - low > 1;) {
		size_t middle = low + (high - low) / 2;

		if (compare(n->points[middle].from, at) <= 0)
			low = middle;
		else
			high = middle;
	}
	return n->points[low].by == 0 ? NULL : &n->entries[n->points[low].by - 1];
}

bool
networks_contain(const struct networks *n, const struct address *a)
{
	const struct entry *e = decider(n, a);

	return e != NULL && !e->exclude;
}

const char *
networks_explain(const struct networks *n, const struct address *a, char *dst, size_t size)
{
	const struct entry *e = decider(n, a);
	char text[ADDRESS_TEXT_MAX];

	(void)snprintf(dst, size, "%s", e == NULL ? "-" : entry_format(e, text));
	return dst;
}

size_t
networks_count(const struct networks *n)
{
	return n == NULL ? 0 : n->count;
}

void
networks_free(struct networks **n)
{
	if (*n == NULL)
		return;
	free((*n)->entries);
	free((*n)->points);
	free(*n);
	*n = NULL;
}
