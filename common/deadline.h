/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_DEADLINE_H
#define MFA_DEADLINE_H

#include <stdint.h>

/*
 * One monotonic deadline per login, handed by value to every call that can
 * block.  Setting the wall clock does not move it.
 */
struct deadline {
	int64_t at_ms;	/* CLOCK_MONOTONIC, milliseconds */
};

/* Milliseconds of CLOCK_MONOTONIC; -1 if the clock cannot be read. */
int64_t monotonic_ms(void);

/* The deadline ms milliseconds from now.  A clock that fails gives one that
 * has passed. */
struct deadline deadline_in(int64_t ms);

/* Milliseconds left, 0 when it has passed or the clock cannot be read; never
 * negative, at most INT_MAX, so that it can be given to poll(2). */
int deadline_left(struct deadline d);

/* The earlier of the two. */
struct deadline deadline_min(struct deadline a, struct deadline b);

#endif
