/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PEERS_H
#define MFA_PEERS_H

#include "networks.h"

/* How many connections each address has: an IPv4 address, or an IPv6 network
 * of 64 bits, which is what one subscriber has. */
struct peers;
struct peer;

struct peers *peers_new(void);		/* NULL: no memory */
void peers_free(struct peers **p);

/* One connection more.  NULL when that address has `most` already, or memory
 * is short. */
struct peer *peers_enter(struct peers *p, const struct address *a, unsigned int most);
void peers_leave(struct peers *p, struct peer **peer);

#endif
