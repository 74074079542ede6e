/* SPDX-License-Identifier: BSD-2-Clause */
#include "sip_private.h"

#include <string.h>

#include "error.h"
#include "media.h"
#include "numbers.h"
#include "prompts.h"

#define LEAVE_MS	1500	/* for the line to hear that we hang up */

/* ---- the end ---- */

static void
on_leave_time(void *arg)
{
	(void)arg;
	re_cancel();
}

/* Not from within one of the handlers whose owner it frees. */
static void
hang_up(void *arg)
{
	struct line *l = arg;

	media_free(&l->media);
	l->session = mem_deref(l->session);		/* CANCEL or BYE */
	l->registration = mem_deref(l->registration);
	l->calls = mem_deref(l->calls);
	tmr_start(&l->leave, l->sip != NULL ? LEAVE_MS : 0, on_leave_time, l);
	sip_close(l->sip, false);
}

void
line_end(struct line *l, enum dial_outcome outcome, const char *words)
{
	if (l->ended)
		return;
	l->ended = true;
	call_ended(l->call, outcome, words);
	fd_close(l->call->fd);
	tmr_cancel(&l->wake);
	tmr_cancel(&l->reach);
	tmr_start(&l->leave, 0, hang_up, l);
}

static enum dial_outcome
outcome_of(uint16_t code)
{
	switch (code) {
	case 486:
	case 600:
		return DIAL_BUSY;
	case 603:
	case 607:
		return DIAL_DECLINED;
	case 408:
	case 480:
	case 487:
		return DIAL_NO_ANSWER;
	default:
		return DIAL_GATEWAY;
	}
}

/* Its words, which may name whom it was asked to call, or the error's. */
void
line_end_with(struct line *l, int err, const struct sip_msg *msg, const char *doing)
{
	char words[DIAL_WORDS_MAX], reason[DIAL_WORDS_MAX];
	bool answer;

	if (err == 0 && msg != NULL) {
		(void)re_snprintf(reason, sizeof(reason), "%r", &msg->reason);
		number_hide(reason);
		(void)re_snprintf(words, sizeof(words), "%s%u %s", doing, msg->scode, reason);
	} else
		(void)re_snprintf(words, sizeof(words), "%s%m", doing, err);
	answer = err == 0 && msg != NULL && doing[0] == '\0';
	line_end(l, answer ? outcome_of(msg->scode) : DIAL_GATEWAY, words);
}

/* ---- the conversation ---- */

static void act(struct line *l, const struct conversation_act *todo);

void
line_play(struct line *l)
{
	struct prompt prompt = { 0 };

	if (l->pending == PROMPT_NONE || l->words != -1 || l->media == NULL)
		return;
	(void)prompts_find(l->call->settings, l->call->asked, l->pending, &prompt);
	media_play(l->media, &prompt);
	l->pending = PROMPT_NONE;
}

void
line_hear(struct line *l, struct heard heard)
{
	struct conversation_act todo;

	if (l->ended)
		return;
	heard.now_ms = monotonic_ms();
	conversation_hear(&l->talk, &heard, &todo);
	act(l, &todo);
	explicit_bzero(&todo, sizeof(todo));
}

void
line_wake(void *arg)
{
	line_hear(arg, (struct heard){ .event = HEARD_TIME });
}

static void
act(struct line *l, const struct conversation_act *todo)
{
	int64_t ms;

	if (todo->progress != 0)
		(void)call_progress(l->call, todo->progress);
	if (todo->report)
		(void)call_keys(l->call, todo->keys);
	if (todo->hush && l->media != NULL)
		media_hush(l->media);
	if (todo->hush || todo->play != PROMPT_NONE)
		l->pending = todo->play;
	line_play(l);
	if (todo->ended) {
		line_end(l, todo->outcome, NULL);
		return;
	}
	ms = l->talk.wake_ms - monotonic_ms();
	tmr_start(&l->wake, ms > 0 ? (uint64_t)ms : 0, line_wake, l);
}

void
line_hear_key(char key, void *arg)
{
	line_hear(arg, (struct heard){ .event = HEARD_KEY, .key = key });
}

void
line_hear_prompt_end(void *arg)
{
	line_hear(arg, (struct heard){ .event = HEARD_PROMPT_END });
}

void
line_hear_mfad(int flags, void *arg)
{
	struct line *l = arg;
	struct dial said;

	(void)flags;
	if (call_hear(l->call, &said) == MFA_OK && said.type == DIAL_SAY)
		line_hear(l, (struct heard){ .event = HEARD_SAY, .say = said.say });
	else if (l->call->mfad_left || said.type != DIAL_CALLBACK)
		line_hear(l, (struct heard){ .event = HEARD_CANCEL });
}
