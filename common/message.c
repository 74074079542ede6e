/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

#include <string.h>
#include <unistd.h>

#include "error.h"

#define NUMBER(t, f)	WIRE_FIELD(msg, t, WIRE_NUMBER, f)
#define TEXT(t, f)	WIRE_FIELD(msg, t, WIRE_TEXT, f)

/* Wire order is table order within a type. */
static const struct wire_field fields[] = {
	NUMBER(MSG_BEGIN, version),
	NUMBER(MSG_BEGIN, phase),
	NUMBER(MSG_BEGIN, flags),
	NUMBER(MSG_BEGIN, loginuid),
	NUMBER(MSG_BEGIN, sessionid),
	NUMBER(MSG_BEGIN, ms_left),
	TEXT(MSG_BEGIN, service),
	TEXT(MSG_BEGIN, user),
	TEXT(MSG_BEGIN, ruser),
	TEXT(MSG_BEGIN, rhost),
	TEXT(MSG_BEGIN, tty),
	TEXT(MSG_BEGIN, xdisplay),
	TEXT(MSG_BEGIN, ssh_connection),

	WIRE_FIELD(msg, MSG_ANSWER, WIRE_SECRET, answer),

	NUMBER(MSG_PROMPT, echo),
	TEXT(MSG_PROMPT, text),
	TEXT(MSG_INFO, text),
	TEXT(MSG_ERROR, text),
	TEXT(MSG_WAITING, text),

	NUMBER(MSG_VERDICT, verdict),
	NUMBER(MSG_VERDICT, digits),

	NUMBER(MSG_IDS, uid),
	WIRE_COUNTED(msg, MSG_IDS, WIRE_LIST, groups, group_count),
};

static const unsigned char types[] = { MSG_BEGIN, MSG_ANSWER, MSG_CANCEL, MSG_PROMPT, MSG_INFO,
	MSG_ERROR, MSG_VERDICT, MSG_LOOK_UP, MSG_IDS, MSG_REACH, MSG_REACHED,
	MSG_WAITING, 0 };

static const struct wire language = {
	.size = sizeof(struct msg),
	.fields = fields,
	.field_count = sizeof(fields) / sizeof(fields[0]),
	.types = types,
};

/* Who may say what, when, and whose turn it is then. */
static const struct permit {
	enum msg_type type;
	enum msg_side from;
	enum msg_turn turn;
	enum msg_turn next;
} permits[] = {
	{ MSG_BEGIN,	SIDE_MODULE,	TURN_BEGIN,	TURN_HELPER },
	{ MSG_INFO,	SIDE_HELPER,	TURN_HELPER,	TURN_HELPER },
	{ MSG_ERROR,	SIDE_HELPER,	TURN_HELPER,	TURN_HELPER },
	{ MSG_WAITING,	SIDE_HELPER,	TURN_HELPER,	TURN_HELPER },
	{ MSG_PROMPT,	SIDE_HELPER,	TURN_HELPER,	TURN_MODULE },
	{ MSG_ANSWER,	SIDE_MODULE,	TURN_MODULE,	TURN_HELPER },
	{ MSG_CANCEL,	SIDE_MODULE,	TURN_MODULE,	TURN_OVER },
	{ MSG_LOOK_UP,	SIDE_HELPER,	TURN_HELPER,	TURN_IDS },
	{ MSG_IDS,	SIDE_MODULE,	TURN_IDS,	TURN_HELPER },
	{ MSG_CANCEL,	SIDE_MODULE,	TURN_IDS,	TURN_OVER },
	{ MSG_REACH,	SIDE_HELPER,	TURN_HELPER,	TURN_REACH },
	{ MSG_REACHED,	SIDE_MODULE,	TURN_REACH,	TURN_HELPER },
	{ MSG_VERDICT,	SIDE_HELPER,	TURN_HELPER,	TURN_OVER },
	/* Time is up: a denial, whatever the word. */
	{ MSG_VERDICT,	SIDE_HELPER,	TURN_MODULE,	TURN_OVER },
};

#define N_PERMITS (sizeof(permits) / sizeof(permits[0]))

int
msg_permit(struct msg_dialogue *d, enum msg_side from, enum msg_type type)
{
	const struct permit *p;

	for (p = permits; p < permits + N_PERMITS; p++)
		if (p->type == type && p->from == from && p->turn == d->turn)
			break;
	d->turn = TURN_OVER;
	if (p == permits + N_PERMITS)
		return MFA_E_PROTOCOL;
	if ((type == MSG_INFO || type == MSG_ERROR || type == MSG_WAITING) &&
	    ++d->infos > MSG_INFOS_MAX)
		return MFA_E_PROTOCOL;
	if (type == MSG_PROMPT && ++d->prompts > MSG_PROMPTS_MAX)
		return MFA_E_PROTOCOL;
	if (type == MSG_LOOK_UP && ++d->look_ups > 1)
		return MFA_E_PROTOCOL;
	if (type == MSG_REACH && ++d->reaches > MSG_REACHES_MAX)
		return MFA_E_PROTOCOL;
	d->turn = p->next;
	return MFA_OK;
}

int
msg_pack(const struct msg *m, unsigned char *buf, size_t *len)
{
	return wire_pack(&language, m, buf, len);
}

int
msg_unpack(const unsigned char *buf, size_t len, struct msg *m)
{
	return wire_unpack(&language, buf, len, m);
}

int
msg_send(int fd, const struct msg *m, struct deadline deadline)
{
	return wire_send(&language, fd, m, deadline);
}

int
msg_recv(int fd, struct msg *m, struct deadline deadline)
{
	return wire_recv(&language, fd, m, deadline);
}

int
msg_send_reached(int fd, int reached, struct deadline deadline)
{
	static const struct msg m = { .type = MSG_REACHED };

	return wire_send_with(&language, fd, &m, reached, deadline);
}

int
msg_recv_reached(int fd, struct msg *m, int *reached, struct deadline deadline)
{
	int r = wire_recv_with(&language, fd, m, reached, deadline);

	if (r == MFA_OK && *reached != -1 && m->type != MSG_REACHED) {
		(void)close(*reached);
		*reached = -1;
		r = MFA_E_PROTOCOL;
	}
	return r;
}

void
msg_wipe(struct msg *m)
{
	explicit_bzero(m, sizeof(*m));
}
