/* SPDX-License-Identifier: BSD-2-Clause */
#include "deadline.h"

#include <limits.h>
#include <time.h>

int64_t
monotonic_ms(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) == -1)
		return -1;
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct deadline
deadline_in(int64_t ms)
{
	int64_t now = monotonic_ms();

	return (struct deadline){ .at_ms = now == -1 ? 0 : now + ms };
}

int
deadline_left(struct deadline d)
{
	int64_t now = monotonic_ms();

	if (now == -1 || now >= d.at_ms)
		return 0;
	return d.at_ms - now > INT_MAX ? INT_MAX : (int)(d.at_ms - now);
}

struct deadline
deadline_min(struct deadline a, struct deadline b)
{
	return a.at_ms < b.at_ms ? a : b;
}
