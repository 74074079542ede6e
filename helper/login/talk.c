/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "login.h"
#include "text.h"
#include "words.h"

static int
say(struct login *l, struct msg *m)
{
	int r = msg_permit(&l->dialogue, SIDE_HELPER, m->type);

	return r != MFA_OK ? r : msg_send(l->fd, m, l->deadline);
}

/* What comes in answer; a cancel reads as "gone".  The caller wipes *m. */
static int
hear(struct login *l, struct msg *m)
{
	int r;

	login_busy(l);
	r = msg_recv(l->fd, m, l->deadline);
	if (r == MFA_OK)
		r = msg_permit(&l->dialogue, SIDE_MODULE, m->type);
	return r == MFA_OK && m->type == MSG_CANCEL ? MFA_E_CLOSED : r;
}

/* Until the module says something, or is gone, which is found out next. */
static void
look_about(const struct login *l, const struct talk_watch *watch)
{
	struct pollfd p[2] = { { .fd = l->fd, .events = POLLIN },
	    { .fd = watch->fd, .events = POLLIN } };
	int n;

	if (watch->fd == -1)
		return;
	login_busy(l);
	do {
		n = poll(p, 2, deadline_left(l->deadline));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0 || p[0].revents != 0)
			return;
	} while (n == -1 || watch->look(watch->arg));
}

const char *
talk_words(const struct login *l, const char *text)
{
	return words(l->settings != NULL ? l->settings->language : LANGUAGE_EN, text);
}

int
talk_prompt(struct login *l, const char *text, bool echo, struct secret *answer,
    int64_t *took_ms, const struct talk_watch *watch)
{
	struct msg m = { .type = MSG_PROMPT, .echo = echo };
	int64_t asked;
	int r;

	secret_wipe(answer);
	if ((r = text_copy(m.text, sizeof(m.text), talk_words(l, text))) != MFA_OK ||
	    (r = say(l, &m)) != MFA_OK)
		goto out;
	asked = monotonic_ms();
	if (watch != NULL)
		look_about(l, watch);
	if ((r = hear(l, &m)) == MFA_OK)
		r = secret_set(answer, m.answer.data, m.answer.len);
	*took_ms = monotonic_ms() - asked;
out:
	msg_wipe(&m);
	return r;
}

int
talk_look_up(struct login *l, struct policy_ids *out)
{
	struct msg m = { .type = MSG_LOOK_UP };
	int r;

	if ((r = say(l, &m)) != MFA_OK || (r = hear(l, &m)) != MFA_OK)
		return r;
	out->unknown_user = m.uid == UID_UNSET;
	out->group_count = m.group_count;
	memcpy(out->groups, m.groups, m.group_count * sizeof(m.groups[0]));
	return MFA_OK;
}

int
talk_reach(struct login *l, int *fd)
{
	struct msg m = { .type = MSG_REACH };
	int r;

	*fd = -1;
	if (!l->caller.root || l->dialogue.reaches >= MSG_REACHES_MAX)
		return MFA_E_ABSENT;
	if ((r = say(l, &m)) != MFA_OK)
		return r;
	login_busy(l);
	r = msg_recv_reached(l->fd, &m, fd, l->deadline);
	if (r == MFA_OK)
		r = msg_permit(&l->dialogue, SIDE_MODULE, m.type);
	if (r == MFA_OK && *fd == -1)
		r = MFA_E_ABSENT;
	msg_wipe(&m);
	return r;
}

/* A line, when there are fewer than `most` yet. */
static bool
show(struct login *l, enum msg_type type, unsigned int most, const char *format, va_list ap)
    __attribute__((format(printf, 4, 0)));
static bool
show(struct login *l, enum msg_type type, unsigned int most, const char *format, va_list ap)
{
	struct msg m = { .type = type };
	bool shown = false;
	int n;

	if (l->begin.flags & BEGIN_SILENT || l->dialogue.turn != TURN_HELPER ||
	    l->dialogue.infos >= most)
		return false;
	n = vsnprintf(m.text, sizeof(m.text), talk_words(l, format), ap);
	if (n > 0 && (size_t)n < sizeof(m.text) && text_printable(m.text, (size_t)n))
		shown = say(l, &m) == MFA_OK;
	msg_wipe(&m);
	return shown;
}

bool
talk_info(struct login *l, const char *format, ...)
{
	va_list ap;
	bool shown;

	va_start(ap, format);
	shown = show(l, MSG_INFO, MSG_INFOS_MAX, format, ap);
	va_end(ap);
	return shown;
}

bool
talk_waiting(struct login *l, bool again, const char *format, ...)
{
	va_list ap;
	bool shown;

	va_start(ap, format);
	shown = show(l, MSG_WAITING, MSG_INFOS_MAX - (again ? MSG_INFOS_KEPT : 0), format, ap);
	va_end(ap);
	return shown;
}
