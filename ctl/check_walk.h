/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHECK_WALK_H
#define MFA_CHECK_WALK_H

#include <stdint.h>

#include "check_stack.h"

/*
 * Goes through a stack as libpam's dispatcher does, along every way that its
 * modules' results can make it go, and keeps what matters about each way.
 */

enum {
	WALK_GRANTED = 0x01,		/* ours judged, and granted */
	WALK_SPLIT = 0x02,		/* ours took the code off the answer */
	WALK_PROVED = 0x04,		/* a password or the like was right */
	WALK_WRONG = 0x08,		/* one was wrong */
	WALK_ROOT = 0x10,		/* the caller is root (pam_rootok) */
};

/* A way, up to a line (or to the end: at is the number of lines). */
struct walk_node {
	uint32_t at;
	uint16_t flags;
	/* The line (from 1; 0: none) that jumped over ours or ended the stack
	 * before it, or that is ours and refused; and what it returned. */
	uint16_t culprit;
	uint8_t value;
	uint8_t impression, success;	/* of the stack so far */
	uint64_t saved;			/* the same where each substack began */
	uint32_t next;			/* at the same line + 1; 0: none */
};

struct walk {
	const struct stack *stack;
	enum stack_type type;
	struct walk_node *nodes;
	uint32_t count, room;
	uint32_t *first;		/* for each line, node + 1 */
	bool whole;			/* false: too many ways, some are missing */
};

/* The program ends (CTL_STATE) when memory is short. */
void walk_run(struct walk *w, const struct stack *s, enum stack_type type);
void walk_free(struct walk *w);

/* Does this way, which is at the end, let the application go on? */
bool walk_passes(const struct walk *w, const struct walk_node *n);

#endif
