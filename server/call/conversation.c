/* SPDX-License-Identifier: BSD-2-Clause */
#include "conversation.h"

#include <string.h>

enum state {
	CALLING,
	ASKING,		/* the greeting is being played, or a pause for keys */
	WAITING,	/* keys were reported */
	LEAVING,	/* the last prompt is being played */
	OVER,
};

/* ---- pieces ---- */

static void
wake_in(struct conversation *c, int64_t now_ms, int64_t ms)
{
	c->wake_ms = now_ms + ms < c->deadline_ms ? now_ms + ms : c->deadline_ms;
}

static void
end(struct conversation *c, struct conversation_act *act, enum dial_outcome outcome)
{
	c->state = OVER;
	c->playing = PROMPT_NONE;
	explicit_bzero(c->keys, sizeof(c->keys));
	act->hush = true;
	act->ended = true;
	act->outcome = outcome;
}

static void
forget_keys(struct conversation *c)
{
	explicit_bzero(c->keys, sizeof(c->keys));
	c->keyed = 0;
}

/* The prompt's end comes as an event; until then only the deadline counts. */
static void
play(struct conversation *c, struct conversation_act *act, enum conversation_prompt prompt)
{
	c->playing = act->play = prompt;
	c->wake_ms = c->deadline_ms;
}

static void
hush(struct conversation *c, struct conversation_act *act)
{
	act->hush = true;
	c->playing = PROMPT_NONE;
}

/* Once more, if it was not said often enough. */
static void
greet(struct conversation *c, struct conversation_act *act)
{
	forget_keys(c);
	if (c->rounds++ < CONVERSATION_ROUNDS)
		play(c, act, PROMPT_GREETING);
	else
		end(c, act, DIAL_NO_KEYS);
}

/* ---- keys ---- */

static void
report(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	act->report = true;
	memcpy(act->keys, c->keys, sizeof(act->keys));
	forget_keys(c);
	hush(c, act);
	c->state = WAITING;
	c->moments = 0;
	wake_in(c, heard->now_ms, CONVERSATION_MOMENT_MS);
}

/* A "#" that says nothing: whoever does not know what to do hears it again, but
 * not from its beginning while it is being said. */
static void
finish(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	if (c->keyed > 0 || (c->form == DIAL_WANTS_HASH && c->greeted && c->asked))
		report(c, heard, act);
	else if (c->playing == PROMPT_NONE)
		greet(c, act);
}

static void
add_key(struct conversation *c, char key)
{
	if (c->keyed < DIAL_KEYS_MAX - 1)
		c->keys[c->keyed] = key;
	if (c->keyed < DIAL_KEYS_MAX)
		c->keyed++;
}

static void
hear_key(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	if (c->state != ASKING)
		return;
	c->pressed = true;
	if (heard->key == '#') {
		finish(c, heard, act);
		return;
	}
	if (heard->key == '*')
		forget_keys(c);
	else if (heard->key >= '0' && heard->key <= '9')
		add_key(c, heard->key);
	else
		return;
	if (c->playing != PROMPT_NONE)
		hush(c, act);
	wake_in(c, heard->now_ms, CONVERSATION_KEY_MS);
}

/* ---- what mfad says ---- */

static enum conversation_prompt
prompt_of(uint32_t said)
{
	switch (said) {
	case DIAL_THANKS:
		return PROMPT_THANKS;
	case DIAL_WRONG:
		return PROMPT_WRONG;
	case DIAL_REPORTED:
		return PROMPT_REPORTED;
	case DIAL_ONCE_MORE:
		return PROMPT_ONCE_MORE;
	case DIAL_TWICE:
		return PROMPT_TWICE;
	default:
		return PROMPT_OVER;
	}
}

static void
hear_say(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	bool again = DIAL_ASKS_AGAIN(heard->say);

	if (c->state != WAITING)
		return;
	if (c->hung_up) {
		end(c, act, again ? DIAL_HUNG_UP : DIAL_DONE);
		return;
	}
	c->state = again ? ASKING : LEAVING;
	c->asked = false;
	play(c, act, prompt_of(heard->say));
}

/* ---- the telephone ---- */

static void
hear_answered(struct conversation *c, struct conversation_act *act)
{
	if (c->state != CALLING)
		return;
	c->state = ASKING;
	act->progress = DIAL_ANSWERED;
	greet(c, act);
}

static void
hear_prompt_end(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	enum conversation_prompt ended = c->playing;

	c->playing = PROMPT_NONE;
	if (c->state == LEAVING)
		end(c, act, DIAL_DONE);
	if ((c->state != ASKING && c->state != WAITING) || ended == PROMPT_NONE)
		return;
	c->greeted = c->greeted || ended == PROMPT_GREETING;
	c->asked = c->asked || ended != PROMPT_MOMENT;
	wake_in(c, heard->now_ms, CONVERSATION_PAUSE_MS);
}

static void
hear_hang_up(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	if (c->state == WAITING) {
		c->hung_up = true;
		if (c->playing != PROMPT_NONE)
			hush(c, act);
		wake_in(c, heard->now_ms, CONVERSATION_SAY_MS);
		return;
	}
	end(c, act, c->state == LEAVING ? DIAL_DONE : DIAL_HUNG_UP);
}

static void
hear_deadline(struct conversation *c, struct conversation_act *act)
{
	if (c->state == CALLING)
		end(c, act, DIAL_NO_ANSWER);
	else if (c->state == LEAVING)
		end(c, act, DIAL_DONE);
	else
		end(c, act, c->pressed ? DIAL_CANCELLED : DIAL_NO_KEYS);
}

static void
hear_time(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	if (heard->now_ms < c->wake_ms)
		return;
	if (heard->now_ms >= c->deadline_ms || c->state == CALLING)
		hear_deadline(c, act);
	else if (c->state == ASKING)
		greet(c, act);
	else if (c->state == WAITING && !c->hung_up && c->moments++ < CONVERSATION_MOMENTS)
		play(c, act, PROMPT_MOMENT);
	else
		end(c, act, DIAL_CANCELLED);
}

/* ---- entry points ---- */

void
conversation_start(struct conversation *c, enum dial_form form, int64_t now_ms, int64_t ring_ms,
    int64_t deadline_ms)
{
	memset(c, 0, sizeof(*c));
	c->form = form;
	c->state = CALLING;
	c->deadline_ms = deadline_ms;
	wake_in(c, now_ms, ring_ms);
}

void
conversation_hear(struct conversation *c, const struct heard *heard, struct conversation_act *act)
{
	memset(act, 0, sizeof(*act));
	if (c->state == OVER)
		return;
	switch (heard->event) {
	case HEARD_RINGING:
		if (c->state == CALLING && !c->rang)
			act->progress = DIAL_RINGING;
		c->rang = true;
		break;
	case HEARD_ANSWERED:
		hear_answered(c, act);
		break;
	case HEARD_KEY:
		hear_key(c, heard, act);
		break;
	case HEARD_PROMPT_END:
		hear_prompt_end(c, heard, act);
		break;
	case HEARD_SAY:
		hear_say(c, heard, act);
		break;
	case HEARD_CANCEL:
		end(c, act, DIAL_CANCELLED);
		break;
	case HEARD_HANG_UP:
		hear_hang_up(c, heard, act);
		break;
	case HEARD_TIME:
		hear_time(c, heard, act);
		break;
	}
}
