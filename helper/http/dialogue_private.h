/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_DIALOGUE_PRIVATE_H
#define MFA_HTTP_DIALOGUE_PRIVATE_H

#include "provider.h"

/* What dialogue.c and dialogue_poll.c share. */

/* The question that is asked over and over: what became of the push. */
struct polling {
	bool on;		/* a push is out */
	bool done;		/* the poll under way has come back, and was not looked at */
	struct deadline next;	/* when the next begins; far away while one is under way */
	int64_t begun;		/* CLOCK_MONOTONIC, ms */
	unsigned int count, early, faults;	/* all; in a row that were not held; that failed */
};

struct dialogue {
	int fd;				/* the helper */
	const struct service *service;
	const struct provider *provider;
	struct fetch *fetch;
	struct query_dialogue state;
	struct deadline deadline;
	struct errand errand;
	struct polling polling;
	bool choosing;			/* the helper spoke while a push was being sent */
	bool deaf;			/* the helper could not be told something */
	struct query in, out;
};

/* Fills in d->out; says d->out to the helper. */
void dialogue_fail(struct dialogue *d, uint32_t failure, const char *words);
void dialogue_say(struct dialogue *d);

/* What a reply says, in d->out; its type is 0 when there is nothing to tell. */
void dialogue_take(struct dialogue *d, const struct provider_op *op, enum fetch_slot slot,
    unsigned int step);

/* Milliseconds after which a request may be made again; -1: never. */
int64_t dialogue_pause(const struct fetch_reply *r);

/* Begins a poll if one is due; false when none is. */
bool poll_due(struct dialogue *d);

/* From now on; the first goes out before the helper hears of the push. */
void poll_start(struct dialogue *d);

/* One has come back: tells the helper what there is to tell. */
void poll_take(struct dialogue *d);

#endif
