/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "error.h"
#include "text.h"

enum field_kind { FIELD_NUMBER, FIELD_TEXT, FIELD_SECRET, FIELD_GROUPS };

struct field {
	enum msg_type type;
	enum field_kind kind;
	size_t offset;
	size_t size;	/* FIELD_TEXT: of the array */
};

#define NUMBER(t, f)	{ t, FIELD_NUMBER, offsetof(struct msg, f), sizeof(uint32_t) }
#define TEXT(t, f)	{ t, FIELD_TEXT, offsetof(struct msg, f), sizeof(((struct msg *)0)->f) }

/* Wire order is table order within a type. */
static const struct field fields[] = {
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

	{ MSG_ANSWER, FIELD_SECRET, offsetof(struct msg, answer), SECRET_MAX },

	NUMBER(MSG_PROMPT, echo),
	TEXT(MSG_PROMPT, text),
	TEXT(MSG_INFO, text),
	TEXT(MSG_ERROR, text),

	NUMBER(MSG_VERDICT, verdict),
	NUMBER(MSG_VERDICT, digits),

	NUMBER(MSG_IDS, uid),
	{ MSG_IDS, FIELD_GROUPS, offsetof(struct msg, groups), MSG_GROUPS_MAX },
};

#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

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
	{ MSG_PROMPT,	SIDE_HELPER,	TURN_HELPER,	TURN_MODULE },
	{ MSG_ANSWER,	SIDE_MODULE,	TURN_MODULE,	TURN_HELPER },
	{ MSG_CANCEL,	SIDE_MODULE,	TURN_MODULE,	TURN_OVER },
	{ MSG_LOOK_UP,	SIDE_HELPER,	TURN_HELPER,	TURN_IDS },
	{ MSG_IDS,	SIDE_MODULE,	TURN_IDS,	TURN_HELPER },
	{ MSG_CANCEL,	SIDE_MODULE,	TURN_IDS,	TURN_OVER },
	{ MSG_VERDICT,	SIDE_HELPER,	TURN_HELPER,	TURN_OVER },
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
	if ((type == MSG_INFO || type == MSG_ERROR) && ++d->infos > MSG_INFOS_MAX)
		return MFA_E_PROTOCOL;
	if (type == MSG_PROMPT && ++d->prompts > MSG_PROMPTS_MAX)
		return MFA_E_PROTOCOL;
	if (type == MSG_LOOK_UP && ++d->look_ups > 1)
		return MFA_E_PROTOCOL;
	d->turn = p->next;
	return MFA_OK;
}

static bool
known_type(unsigned int type)
{
	size_t i;

	for (i = 0; i < N_PERMITS; i++)
		if ((unsigned int)permits[i].type == type)
			return true;
	return false;
}

/* ---- writing: the reader of each is below under the same name ---- */

struct writer {
	unsigned char *at, *end;
};

static int
put_number(struct writer *w, uint32_t n)
{
	if (w->end - w->at < 4)
		return MFA_E_INVALID;
	*w->at++ = (unsigned char)(n >> 24);
	*w->at++ = (unsigned char)(n >> 16);
	*w->at++ = (unsigned char)(n >> 8);
	*w->at++ = (unsigned char)n;
	return MFA_OK;
}

static int
put_bytes(struct writer *w, const void *data, size_t len)
{
	if (len > UINT16_MAX || (size_t)(w->end - w->at) < len + 2)
		return MFA_E_INVALID;
	*w->at++ = (unsigned char)(len >> 8);
	*w->at++ = (unsigned char)len;
	if (len > 0)
		memcpy(w->at, data, len);
	w->at += len;
	return MFA_OK;
}

static int
put_text(struct writer *w, const char *s, size_t size)
{
	size_t len = strnlen(s, size);

	if (len >= size || !text_printable(s, len))
		return MFA_E_INVALID;
	return put_bytes(w, s, len);
}

static int
put_groups(struct writer *w, const uint32_t *groups, uint32_t count)
{
	uint32_t i;
	int r;

	if (count > MSG_GROUPS_MAX || put_number(w, count) != MFA_OK)
		return MFA_E_INVALID;
	for (i = 0; i < count; i++)
		if ((r = put_number(w, groups[i])) != MFA_OK)
			return r;
	return MFA_OK;
}

static int
put_field(struct writer *w, const struct field *f, const struct msg *m)
{
	const char *at = (const char *)m + f->offset;

	switch (f->kind) {
	case FIELD_NUMBER:
		return put_number(w, *(const uint32_t *)(const void *)at);
	case FIELD_TEXT:
		return put_text(w, at, f->size);
	case FIELD_SECRET:
		if (m->answer.len > SECRET_MAX)
			return MFA_E_INVALID;
		return put_bytes(w, m->answer.data, m->answer.len);
	case FIELD_GROUPS:
		return put_groups(w, m->groups, m->group_count);
	}
	return MFA_E_INTERNAL;
}

int
msg_pack(const struct msg *m, unsigned char *buf, size_t *len)
{
	struct writer w = { buf, buf + MSG_MAX };
	const struct field *f;
	int r;

	if (!known_type(m->type))
		return MFA_E_INVALID;
	*w.at++ = (unsigned char)m->type;
	for (f = fields; f < fields + N_FIELDS; f++)
		if (f->type == m->type && (r = put_field(&w, f, m)) != MFA_OK)
			return r;
	*len = (size_t)(w.at - buf);
	return MFA_OK;
}

/* ---- reading ---- */

struct reader {
	const unsigned char *at, *end;
};

static int
get_number(struct reader *r, uint32_t *n)
{
	if (r->end - r->at < 4)
		return MFA_E_PROTOCOL;
	*n = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 |
	    (uint32_t)r->at[2] << 8 | r->at[3];
	r->at += 4;
	return MFA_OK;
}

static int
get_bytes(struct reader *r, const unsigned char **data, size_t *len)
{
	if (r->end - r->at < 2)
		return MFA_E_PROTOCOL;
	*len = (size_t)r->at[0] << 8 | r->at[1];
	r->at += 2;
	if ((size_t)(r->end - r->at) < *len)
		return MFA_E_PROTOCOL;
	*data = r->at;
	r->at += *len;
	return MFA_OK;
}

static int
get_text(struct reader *r, char *s, size_t size)
{
	const unsigned char *data;
	size_t len;

	if (get_bytes(r, &data, &len) != MFA_OK || len >= size ||
	    !text_printable((const char *)data, len))
		return MFA_E_PROTOCOL;
	memcpy(s, data, len);
	s[len] = '\0';
	return MFA_OK;
}

static int
get_groups(struct reader *r, uint32_t *groups, uint32_t *count)
{
	uint32_t i, n;

	if (get_number(r, &n) != MFA_OK || n > MSG_GROUPS_MAX)
		return MFA_E_PROTOCOL;
	for (i = 0; i < n; i++)
		if (get_number(r, &groups[i]) != MFA_OK)
			return MFA_E_PROTOCOL;
	*count = n;
	return MFA_OK;
}

static int
get_secret(struct reader *r, struct secret *s)
{
	const unsigned char *data;
	size_t len;

	if (get_bytes(r, &data, &len) != MFA_OK || secret_set(s, data, len) != MFA_OK)
		return MFA_E_PROTOCOL;
	return MFA_OK;
}

static int
get_field(struct reader *r, const struct field *f, struct msg *m)
{
	char *at = (char *)m + f->offset;

	switch (f->kind) {
	case FIELD_NUMBER:
		return get_number(r, (uint32_t *)(void *)at);
	case FIELD_TEXT:
		return get_text(r, at, f->size);
	case FIELD_SECRET:
		return get_secret(r, &m->answer);
	case FIELD_GROUPS:
		return get_groups(r, m->groups, &m->group_count);
	}
	return MFA_E_INTERNAL;
}

int
msg_unpack(const unsigned char *buf, size_t len, struct msg *m)
{
	struct reader r = { buf, buf + len };
	const struct field *f;
	int error;

	memset(m, 0, sizeof(*m));
	if (len < 1 || len > MSG_MAX || !known_type(*r.at))
		return MFA_E_PROTOCOL;
	m->type = (enum msg_type)*r.at++;
	for (f = fields; f < fields + N_FIELDS; f++)
		if (f->type == m->type && (error = get_field(&r, f, m)) != MFA_OK)
			return error;
	return r.at == r.end ? MFA_OK : MFA_E_PROTOCOL;
}

/* ---- sending and receiving ---- */

static int
await(int fd, short events, struct deadline deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int left, n;

	do {
		if ((left = deadline_left(deadline)) == 0)
			return MFA_E_DEADLINE;
		n = poll(&p, 1, left);
	} while (n == 0 || (n == -1 && errno == EINTR));
	return n == -1 ? MFA_E_SYSTEM : MFA_OK;
}

static bool
again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ENOBUFS;
}

int
msg_send(int fd, const struct msg *m, struct deadline deadline)
{
	unsigned char buf[MSG_MAX];
	size_t len = 0;
	ssize_t n = -1;
	int r;

	if ((r = msg_pack(m, buf, &len)) != MFA_OK)
		goto out;
	/* There is nearly always room. */
	r = deadline_left(deadline) > 0 ? MFA_OK : MFA_E_DEADLINE;
	while (r == MFA_OK && (n = send(fd, buf, len, MSG_NOSIGNAL | MSG_DONTWAIT)) == -1 &&
	    again(errno))
		r = await(fd, POLLOUT, deadline);
	if (r != MFA_OK)
		goto out;
	if (n != (ssize_t)len)
		r = n == -1 && errno != EPIPE && errno != ECONNRESET ? MFA_E_SYSTEM : MFA_E_UNHEARD;
out:
	explicit_bzero(buf, sizeof(buf));
	return r;
}

int
msg_recv(int fd, struct msg *m, struct deadline deadline)
{
	unsigned char buf[MSG_MAX];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;
	int r;

	memset(m, 0, sizeof(*m));
	do {
		if ((r = await(fd, POLLIN, deadline)) != MFA_OK)
			goto out;
		/* No room for control data: the kernel drops descriptors. */
		h.msg_flags = 0;
		n = recvmsg(fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n == -1 && again(errno));
	if (n == 0)
		r = MFA_E_CLOSED;
	else if (n == -1 && errno == ECONNRESET)
		r = MFA_E_UNHEARD;
	else if (n == -1)
		r = MFA_E_SYSTEM;
	else if (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		r = MFA_E_PROTOCOL;
	else
		r = msg_unpack(buf, (size_t)n, m);
out:
	explicit_bzero(buf, sizeof(buf));
	return r;
}

void
msg_wipe(struct msg *m)
{
	explicit_bzero(m, sizeof(*m));
}
