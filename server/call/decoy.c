/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call to nobody: it takes as long as one that nobody picks up.  Whoever is at the
 * login prompt must not learn that there is no telephone.  mfad waits until then: a
 * process of ours would be one that a real call may need.
 */
#include "call.h"

static void
place(struct call *c)
{
	struct deadline end = deadline_min(c->deadline,
	    deadline_in((int64_t)c->settings->ring_seconds * 1000));

	c->ends_in = (uint32_t)deadline_left(end);
	call_ended(c, DIAL_NO_ANSWER, NULL);
}

const struct call_gateway call_gateway_decoy = { "decoy", place };
