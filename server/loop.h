/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LOOP_H
#define MFA_LOOP_H

#include <event2/event.h>

#include "http.h"

/* The one thread in which everything of HTTP happens, and the way into it. */
struct loop {
	struct event_base *base;
	struct posts *posts;
};

/* MFA_E_MEMORY, MFA_E_SYSTEM. */
int loop_open(struct loop *l);
void loop_close(struct loop *l);

/* server_post (http.h). */
void loop_post(struct loop *l, struct post *p);

struct timeval loop_seconds(unsigned int n);

#endif
