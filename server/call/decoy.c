/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call to nobody: it takes as long as one that nobody picks up.  Whoever is at the
 * login prompt must not learn that there is no telephone.
 */
#include "call.h"

#include <poll.h>

#include "error.h"
#include "seclude_call.h"

static void
place(struct call *c)
{
	struct deadline end = deadline_min(c->deadline,
	    deadline_in((int64_t)c->settings->ring_seconds * 1000));
	struct pollfd mfad = { .fd = c->fd, .events = POLLIN };
	struct dial said;

	if (seclude_waiting() != MFA_OK) {
		call_ended(c, DIAL_GATEWAY, "the sandbox cannot be entered");
		return;
	}
	while (deadline_left(end) > 0)
		if (poll(&mfad, 1, deadline_left(end)) > 0 &&
		    (call_hear(c, &said) != MFA_OK || said.type == DIAL_CANCEL)) {
			call_ended(c, DIAL_CANCELLED, NULL);
			return;
		}
	call_ended(c, DIAL_NO_ANSWER, NULL);
}

const struct call_gateway call_gateway_decoy = { "decoy", place };
