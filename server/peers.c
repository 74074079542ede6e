/* SPDX-License-Identifier: BSD-2-Clause */
#include "peers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BUCKETS	4096	/* a power of two */
#define NETWORK	8	/* bytes of an IPv6 address that count */

struct peer {
	struct peer *next;
	struct address address;
	unsigned int count, bucket;
};

struct peers {
	uint64_t seed;		/* so that nobody can choose to share a bucket */
	struct peer *buckets[BUCKETS];
};

struct peers *
peers_new(void)
{
	struct peers *p = calloc(1, sizeof(*p));

	if (p != NULL && getrandom(&p->seed, sizeof(p->seed), 0) != (ssize_t)sizeof(p->seed)) {
		free(p);
		return NULL;
	}
	return p;
}

void
peers_free(struct peers **p)
{
	struct peer *e, *next;
	unsigned int i;

	for (i = 0; *p != NULL && i < BUCKETS; i++)
		for (e = (*p)->buckets[i]; e != NULL; e = next) {
			next = e->next;
			free(e);
		}
	free(*p);
	*p = NULL;
}

static struct address
network_of(const struct address *a)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct address n = *a;

	if (memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		memset(n.bytes + NETWORK, 0, sizeof(n.bytes) - NETWORK);
	return n;
}

static uint64_t
mix(uint64_t h)
{
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdU;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53U;
	return h ^ h >> 33;
}

static unsigned int
bucket_of(const struct peers *p, const struct address *a)
{
	uint64_t half[2];

	memcpy(half, a->bytes, sizeof(half));
	return (unsigned int)(mix(mix(p->seed ^ half[0]) + half[1]) % BUCKETS);
}

struct peer *
peers_enter(struct peers *p, const struct address *a, unsigned int most)
{
	struct address n = network_of(a);
	unsigned int bucket = bucket_of(p, &n);
	struct peer *e;

	for (e = p->buckets[bucket]; e != NULL; e = e->next)
		if (memcmp(&e->address, &n, sizeof(n)) == 0)
			break;
	if (e != NULL && e->count >= most)
		return NULL;
	if (e == NULL) {
		if ((e = calloc(1, sizeof(*e))) == NULL)
			return NULL;
		*e = (struct peer){ p->buckets[bucket], n, 0, bucket };
		p->buckets[bucket] = e;
	}
	e->count++;
	return e;
}

void
peers_leave(struct peers *p, struct peer **peer)
{
	struct peer *e = *peer, **at;

	*peer = NULL;
	if (e == NULL || --e->count > 0)
		return;
	for (at = &p->buckets[e->bucket]; *at != e; at = &(*at)->next)
		;
	*at = e->next;
	free(e);
}
