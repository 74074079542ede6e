/* SPDX-License-Identifier: BSD-2-Clause */
#include "polling.h"

#include <stdio.h>
#include <stdlib.h>

#include "answer.h"
#include "error.h"

static void
forget(struct poll *p)
{
	waiters_remove(&p->waiter);
	free(p);
}

static void
on_woken(struct waiter *w)
{
	struct poll *p = (struct poll *)w;

	if (p->look(p, false))
		forget(p);
}

/* Its time is over, or the server's. */
static void
on_again(struct request *r, void *arg)
{
	struct poll *p = arg;

	(void)r;
	(void)p->look(p, true);
	forget(p);
}

static void
on_gone(void *arg)
{
	struct poll *p = arg;

	p->request = NULL;
	waiters_remove(&p->waiter);
	if (p->gone != NULL && !p->api->stopping)
		p->gone(p);
	free(p);
}

static void
hold(const struct poll *in, const char *prefix, const char *what, unsigned long wait)
{
	unsigned int ms = (unsigned int)wait * 1000;
	struct poll *p = malloc(sizeof(*p));

	if (p == NULL) {
		answer_problem(in->request, MFA_E_MEMORY, NULL, NULL);
		return;
	}
	*p = *in;
	p->held = true;
	(void)snprintf(p->waiter.what, sizeof(p->waiter.what), "%s%s", prefix, what);
	p->waiter.woken = on_woken;
	waiters_add(p->api->waiters, &p->waiter);
	if (p->until != 0)
		ms = api_ms_until(p->until, ms);
	request_hold(p->request, ms, on_again, on_gone, p);
}

void
poll_begin(struct request *r, const struct poll *in, const char *prefix, const char *what)
{
	struct poll p = *in;
	unsigned long wait;

	p.request = r;
	p.api = api_of(r);
	if (request_query_number(r, "wait", POLL_WAIT_MAX, 0, &wait) != MFA_OK) {
		answer_problem(r, PROBLEM_INVALID, "wait", "seconds from 0 to 55");
		return;
	}
	if (!p.look(&p, wait == 0))
		hold(&p, prefix, what, wait);
}
