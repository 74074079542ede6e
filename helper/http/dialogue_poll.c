/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dialogue_private.h"
#include "error.h"

/* ---- all limits ---- */
#define POLLS_MAX	100	/* of one login: 600 seconds are 13 that are held */
#define FAULTS_MAX	8	/* in a row, as when the service is started again */
#define SLACK_MS	5000	/* for the answer to a poll that was held to its end */
#define EARLY_MS	1000	/* what comes back sooner was not held */
#define PAUSE_MAX_MS	500	/* between polls that are not held: less than the second
				 * after which a login that nobody asks for is given up */
#define FAR_AWAY	INT64_MAX

static void
stop(struct dialogue *d)
{
	d->polling.on = false;
	d->polling.next.at_ms = FAR_AWAY;
}

static void
begin(struct dialogue *d)
{
	struct polling *p = &d->polling;
	struct fetch_request rq = { .post = false };
	int64_t left = deadline_left(d->deadline), wait = left / 1000 - 1;
	struct deadline until;

	p->next.at_ms = FAR_AWAY;
	if (left == 0)
		return;		/* the helper's last word is all that is to come */
	d->errand.wait = wait < 0 ? 0 : wait > PROVIDER_WAIT_MAX ? PROVIDER_WAIT_MAX :
	    (uint32_t)wait;
	until = deadline_min(d->deadline, deadline_in(d->errand.wait * 1000L + SLACK_MS));
	p->count++;
	p->begun = monotonic_ms();
	if (d->provider->poll.ask(&d->errand, NULL, 0, &rq) &&
	    fetch_begin(d->fetch, FETCH_HELD, &rq, until) == MFA_OK)
		return;
	stop(d);
	dialogue_fail(d, QUERY_MISCONFIGURED, "the service cannot be polled");
	dialogue_say(d);
}

bool
poll_due(struct dialogue *d)
{
	if (!d->polling.on || deadline_left(d->polling.next) > 0)
		return false;
	begin(d);
	return true;
}

void
poll_start(struct dialogue *d)
{
	d->polling = (struct polling){ .on = true };
	begin(d);
}

/* Longer each time, and none the first time. */
static int64_t
pause_after(unsigned int times)
{
	int64_t ms = times < 2 ? 0 : 100 * (int64_t)times;

	return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

static bool
again(struct dialogue *d, int64_t pause)
{
	struct polling *p = &d->polling;

	if (p->count >= POLLS_MAX || p->faults > FAULTS_MAX ||
	    pause >= deadline_left(d->deadline))
		return false;
	p->next = deadline_in(pause);
	return true;
}

/* The service may not be there for a moment. */
static bool
outlasted(struct dialogue *d)
{
	const struct fetch_reply *reply = fetch_reply(d->fetch, FETCH_HELD);
	int64_t least = dialogue_pause(reply), pause;

	if (least == -1)
		return false;
	pause = pause_after(++d->polling.faults);
	return again(d, reply->retry_after > 0 && least > pause ? least : pause);
}

static bool
not_yet(struct dialogue *d)
{
	struct polling *p = &d->polling;

	p->faults = 0;
	p->early = monotonic_ms() - p->begun < EARLY_MS ? p->early + 1 : 0;
	return again(d, pause_after(p->early));
}

void
poll_take(struct dialogue *d)
{
	d->polling.done = false;
	if (!d->polling.on || outlasted(d))
		return;
	dialogue_take(d, &d->provider->poll, FETCH_HELD, 0);
	if (d->out.type == 0 && not_yet(d))
		return;
	stop(d);
	if (d->out.type == 0)
		dialogue_fail(d, QUERY_SERVICE, "the service does not hold polls");
	dialogue_say(d);
}
