/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_POLLING_H
#define MFAD_POLLING_H

#include "api.h"
#include "model.h"

/*
 * A request that is held until there is something to say.  It is answered by
 * `look`, which reads what is now and either replies or lets it wait on; with
 * `last` it replies in any case.
 */
struct poll {
	struct waiter waiter;
	struct request *request;
	struct api *api;
	struct model_caller caller;
	char id[MODEL_ID_MAX];		/* of what it is about, or "" */
	int64_t after;			/* of the query, or -1 */
	int64_t until;			/* there is something to say by then; 0: not known */
	bool held;			/* it has waited */
	/* Replies and returns true, or sets until and returns false. */
	bool (*look)(struct poll *p, bool last);
	void (*gone)(struct poll *p);	/* the peer left; it waits no more; or NULL */
};

/* ---- all limits ---- */
#define POLL_WAIT_MAX 55	/* seconds of ?wait= */

/* Looks; and if there is nothing to say, waits for a wake of `what`, at most
 * the seconds of ?wait=.  *p is copied.  A ?wait= that is none is answered. */
void poll_begin(struct request *r, const struct poll *p, const char *prefix, const char *what);

#endif
