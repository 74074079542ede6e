/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TELEPHONE_EVENT_H
#define MFA_CALL_TELEPHONE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Keys out of RTP packets (RFC 4733).  One press is many packets, which all carry
 * the time of its beginning: so one key is counted once, at its first packet
 * that arrives, however many come of it and in whatever order; and the same key
 * pressed twice is two.
 */
#define TELEPHONE_EVENTS_RECENT	4	/* whose stragglers are known */

struct telephone_event {
	bool used, ended;
	uint8_t event;
	uint16_t duration;
	uint32_t ssrc, begun;	/* RTP time */
	int64_t heard_ms;	/* the packet that came last, by our clock */
};

/* All zeros: nothing was heard. */
struct telephone_events {
	struct telephone_event recent[TELEPHONE_EVENTS_RECENT];
	unsigned int last;
};

/* One packet's payload, of the negotiated type, and what its header says. */
struct telephone_packet {
	uint32_t ssrc, time;
	int64_t now_ms;
	const uint8_t *payload;
	size_t len;
};

/* '0' to '9', '*', '#' for a key that is new; else '\0'. */
char telephone_event_hear(struct telephone_events *t, const struct telephone_packet *packet);

#endif
