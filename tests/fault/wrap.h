/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WRAP_H
#define WRAP_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Every call of ours that can fail goes through a wrapper (ld --wrap), which
 * counts it and lets the n-th one fail.
 */
void fault_arm(long n);		/* the n-th call from now fails; 0: none */
bool fault_fired(void);
long fault_calls(void);		/* since fault_arm */
const char *fault_name(void);	/* of the call that failed */
bool fault_next(const char *name);	/* counts a call: is it the one? */

/* The same from another process, which shares this with the one that calls. */
struct fault_plan {
	atomic_long calls, fail_at;
	char failed[64];
};
void fault_share(struct fault_plan *with);

#endif
