/* SPDX-License-Identifier: BSD-2-Clause */
#include "telephone_event.h"

/* Nothing of a press for so long: it is over, and what comes now is another, though
 * a careless sender may call it by the same time. */
#define QUIET_MS	1000

/* In units of 1/8000 s. */
#define MOVING		800	/* nobody lets go of a key and presses it again in 100 ms */
#define ENDING		400	/* nor whole in 50 ms, when its beginning was lost */

static bool
is_recent(const struct telephone_event *e, const struct telephone_packet *p)
{
	return e->used && e->ssrc == p->ssrc && p->now_ms - e->heard_ms < QUIET_MS;
}

static struct telephone_event *
known(struct telephone_events *t, const struct telephone_packet *p)
{
	unsigned int i;

	for (i = 0; i < TELEPHONE_EVENTS_RECENT; i++)
		if (is_recent(&t->recent[i], p) && t->recent[i].begun == p->time)
			return &t->recent[i];
	return NULL;
}

/* A long press goes on in a segment of its own (2.5.1.3), and some senders move
 * the time with each packet, though they must not. */
static struct telephone_event *
goes_on(struct telephone_events *t, const struct telephone_packet *p, bool end)
{
	struct telephone_event *e = &t->recent[t->last];
	uint32_t ahead = p->time - e->begun;

	if (!is_recent(e, p) || e->event != p->payload[0])
		return NULL;
	if (e->ended)
		return end && ahead < ENDING ? e : NULL;
	return ahead < MOVING || (e->duration > 0 && ahead == e->duration) ? e : NULL;
}

char
telephone_event_hear(struct telephone_events *t, const struct telephone_packet *p)
{
	struct telephone_event *e, new = { .used = true, .ssrc = p->ssrc };
	bool end;

	if (p->len < 4)
		return '\0';
	end = (p->payload[1] & 0x80) != 0;
	e = known(t, p);
	if (e == NULL && (e = goes_on(t, p, end)) != NULL)
		e->ended = false;
	else if (e == NULL)
		t->last = (t->last + 1) % TELEPHONE_EVENTS_RECENT;
	new.begun = p->time;
	new.event = e != NULL ? e->event : p->payload[0];
	new.ended = end || (e != NULL && e->ended);
	new.duration = (uint16_t)(p->payload[2] << 8 | p->payload[3]);
	new.heard_ms = p->now_ms;
	if (e != NULL && e->begun == p->time && e->duration > new.duration)
		new.duration = e->duration;
	if (e != NULL) {
		*e = new;
		return '\0';
	}
	t->recent[t->last] = new;
	return new.event < 12 ? "0123456789*#"[new.event] : '\0';
}
