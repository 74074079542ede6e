/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct metric *first, **last = &first;

static bool
is_known(const struct metric *m)
{
	const struct metric *known;

	for (known = first; known != NULL && known != m; known = known->next)
		;
	return known != NULL;
}

void
metrics_add(struct metric *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (is_known(&list[i]))
			continue;
		list[i].next = NULL;
		*last = &list[i];
		last = &list[i].next;
	}
}

static void
print(FILE *f, const struct metric *m, const struct metric *before)
{
	int64_t value = atomic_load_explicit(&m->value, memory_order_relaxed);

	if (before == NULL || strcmp(before->name, m->name) != 0)
		(void)fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name,
		    m->kind == METRIC_COUNTER ? "counter" : "gauge");
	if (m->labels != NULL)
		(void)fprintf(f, "%s{%s} %" PRId64 "\n", m->name, m->labels, value);
	else
		(void)fprintf(f, "%s %" PRId64 "\n", m->name, value);
}

char *
metrics_text(size_t *len)
{
	const struct metric *m, *before = NULL;
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	if (f == NULL)
		return NULL;
	for (m = first; m != NULL; before = m, m = m->next)
		print(f, m, before);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}
