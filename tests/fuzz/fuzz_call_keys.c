/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../server/call/conversation.h"
#include "../../server/call/telephone_event.h"

/*
 * A call: packets of a telephone, and what else may happen, in any order.  The rules
 * of conversation.h hold, whatever they are.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int promise)
{
	if (!promise)
		abort();
}

struct state {
	struct conversation talk;
	struct telephone_events events;
	int64_t now, deadline;
	enum conversation_prompt playing;
	int answered, greeted, asked, waiting, ended;
	unsigned int pressed;	/* since the keys were last cleared or reported, at least */
};

static void
note(struct state *s, const struct heard *h, const struct conversation_act *act)
{
	check(!s->ended || (act->progress == 0 && !act->report && !act->ended &&
	    act->play == PROMPT_NONE));
	if (act->report) {
		check(s->answered && !s->waiting && h->event == HEARD_KEY && h->key == '#');
		check(strspn(act->keys, "0123456789") == strlen(act->keys));
		check(act->keys[0] != '\0' || (s->talk.form == DIAL_WANTS_HASH && s->greeted &&
		    s->asked));
		check(strlen(act->keys) <= s->pressed);
		s->waiting = 1;
		s->pressed = 0;
	}
	if (act->progress == DIAL_ANSWERED) {
		check(!s->answered);
		s->answered = 1;
	}
	if (act->hush)
		s->playing = PROMPT_NONE;
	if (act->play != PROMPT_NONE) {
		check(s->answered && !act->ended);
		s->playing = act->play;
	}
	if (act->ended) {
		check(act->outcome >= DIAL_DONE && act->outcome <= DIAL_CANCELLED);
		check(act->outcome != DIAL_DONE || s->answered);
		s->ended = 1;
	}
	check(s->ended || s->talk.wake_ms <= s->deadline);
}

static void
hear(struct state *s, struct heard h)
{
	struct conversation_act act;

	h.now_ms = s->now;
	if (h.event == HEARD_KEY && h.key != '#')
		s->pressed++;
	if (h.event == HEARD_PROMPT_END && s->playing == PROMPT_GREETING)
		s->greeted = 1;
	if (h.event == HEARD_PROMPT_END && s->playing != PROMPT_NONE)
		s->asked = 1;
	if (h.event == HEARD_SAY && s->waiting)
		s->asked = s->waiting = 0;
	conversation_hear(&s->talk, &h, &act);
	if (h.event == HEARD_PROMPT_END)
		s->playing = PROMPT_NONE;
	note(s, &h, &act);
}

static void
packet(struct state *s, const uint8_t *p)
{
	struct telephone_packet packet = { p[0] & 1, (uint32_t)p[1] << 8 | p[2], s->now, p + 3, 4 };
	char key = telephone_event_hear(&s->events, &packet);

	check(key == '\0' || strchr("0123456789*#", key) != NULL);
	check(telephone_event_hear(&s->events, &packet) == '\0');	/* sent twice */
	if (key != '\0')
		hear(s, (struct heard){ .event = HEARD_KEY, .key = key });
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state s = { .now = 1000 };
	size_t i;

	if (size == 0)
		return 0;
	s.deadline = s.now + 90000;
	conversation_start(&s.talk, data[0] % 3 + DIAL_WANTS_NUMBER, s.now, 30000, s.deadline);
	for (i = 1; i + 8 <= size; i += 8) {
		s.now += data[i + 7] * 4;
		if (data[i] < HEARD_TIME + 1 && data[i] != HEARD_KEY)
			hear(&s, (struct heard){ .event = data[i],
			    .say = data[i + 1] % 6 + DIAL_THANKS });
		else
			packet(&s, data + i);
	}
	s.now = s.deadline;
	hear(&s, (struct heard){ .event = HEARD_TIME });
	check(s.ended);
	return 0;
}
