/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for what the phone says. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "courier_private.h"
#include "error.h"

/* ---- all limits ---- */
#define TAKE_BACK_MS	1200	/* mfa-http gives the service a second */

/* The person is told again after a pause, and then after twice that, so that the lines
 * there are last for a login. */
struct still {
	struct deadline next;
	int pause_ms;
};

static void
begin_telling(const struct login *l, struct still *s)
{
	s->pause_ms = l->w->still_ms != 0 ? l->w->still_ms : STILL_MS;
	s->next = l->courier.told ? deadline_in(s->pause_ms) : l->deadline;
}

static void
tell_still(struct login *l, struct still *s)
{
	if (!l->courier.told || deadline_left(s->next) > 0)
		return;
	s->pause_ms *= 2;
	s->next = talk_waiting(l, true, "Still waiting for your phone.") ?
	    deadline_in(s->pause_ms) : l->deadline;
}

/* mfa-http hangs up when the service knows. */
void
courier_take_back(struct login *l)
{
	struct query q = { .type = QUERY_CLOSE, .outcome = QUERY_CANCELLED };
	struct pollfd p = { .fd = l->courier.fd, .events = POLLRDHUP };
	struct deadline until = deadline_min(l->deadline, deadline_in(TAKE_BACK_MS));

	if (l->courier.fd != -1 && l->courier.pending) {
		login_busy(l);
		if (query_permit(&l->courier.dialogue, QUERY_HELPER, &q) == MFA_OK &&
		    query_send(l->courier.fd, &q, until) == MFA_OK)
			while (poll(&p, 1, deadline_left(until)) == -1 && errno == EINTR)
				;
	}
	courier_close(l, QUERY_CANCELLED);
}

/* While nobody has anything to say to the other, a module that speaks or hangs
 * up is gone. */
int
courier_wait(struct login *l, struct query *out)
{
	struct pollfd p[2] = {
		{ .fd = l->courier.fd, .events = POLLIN },
		{ .fd = l->fd, .events = POLLIN | POLLRDHUP },
	};
	struct still still;
	int n;

	memset(out, 0, sizeof(*out));
	if (l->courier.early != NULL) {
		*out = *l->courier.early;
		courier_forget_early(l);
		l->courier.pending = false;
		return MFA_OK;
	}
	if (l->courier.fd == -1) {
		/* It went while a prompt was open. */
		out->type = QUERY_FAILED;
		return MFA_OK;
	}
	login_busy(l);
	begin_telling(l, &still);
	do {
		if (deadline_left(l->deadline) == 0)
			return MFA_E_DEADLINE;
		tell_still(l, &still);
		n = poll(p, 2, deadline_left(deadline_min(l->deadline, still.next)));
	} while (n == 0 || (n == -1 && errno == EINTR));
	if (n == -1)
		return MFA_E_SYSTEM;
	if (p[1].revents != 0)
		return MFA_E_CLOSED;
	l->courier.pending = false;
	if (courier_hear(l, out, l->deadline) != MFA_OK)
		out->type = QUERY_FAILED;
	return MFA_OK;
}
