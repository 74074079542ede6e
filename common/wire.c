/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "rights.h"
#include "secret.h"
#include "text.h"

static bool
known_type(const struct wire *w, unsigned int type)
{
	const unsigned char *t;

	for (t = w->types; *t != 0; t++)
		if (*t == type)
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
put_list(struct writer *w, const uint32_t *list, uint32_t count, size_t most)
{
	uint32_t i;
	int r;

	if (count > most || put_number(w, count) != MFA_OK)
		return MFA_E_INVALID;
	for (i = 0; i < count; i++)
		if ((r = put_number(w, list[i])) != MFA_OK)
			return r;
	return MFA_OK;
}

static int
put_secret(struct writer *w, const struct secret *s)
{
	return s->len > SECRET_MAX ? MFA_E_INVALID : put_bytes(w, s->data, s->len);
}

static int
put_field(struct writer *w, const struct wire_field *f, const void *m)
{
	const char *at = (const char *)m + f->offset;
	uint32_t n = *(const uint32_t *)(const void *)((const char *)m + f->length);

	switch (f->kind) {
	case WIRE_NUMBER:
		return put_number(w, *(const uint32_t *)(const void *)at);
	case WIRE_TEXT:
		return put_text(w, at, f->size);
	case WIRE_SECRET:
		return put_secret(w, (const struct secret *)(const void *)at);
	case WIRE_BYTES:
		return n > f->size ? MFA_E_INVALID : put_bytes(w, at, n);
	case WIRE_LIST:
		return put_list(w, (const uint32_t *)(const void *)at, n,
		    f->size / sizeof(uint32_t));
	}
	return MFA_E_INTERNAL;
}

int
wire_pack(const struct wire *w, const void *m, unsigned char *buf, size_t *len)
{
	struct writer writer = { buf, buf + WIRE_MAX };
	unsigned int type = *(const unsigned int *)m;
	const struct wire_field *f;
	int r;

	if (!known_type(w, type))
		return MFA_E_INVALID;
	*writer.at++ = (unsigned char)type;
	for (f = w->fields; f < w->fields + w->field_count; f++)
		if (f->type == type && (r = put_field(&writer, f, m)) != MFA_OK)
			return r;
	*len = (size_t)(writer.at - buf);
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
get_list(struct reader *r, uint32_t *list, uint32_t *count, size_t most)
{
	uint32_t i, n;

	if (get_number(r, &n) != MFA_OK || n > most)
		return MFA_E_PROTOCOL;
	for (i = 0; i < n; i++)
		if (get_number(r, &list[i]) != MFA_OK)
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
get_blob(struct reader *r, unsigned char *out, uint32_t *out_len, size_t most)
{
	const unsigned char *data;
	size_t len;

	if (get_bytes(r, &data, &len) != MFA_OK || len > most)
		return MFA_E_PROTOCOL;
	memcpy(out, data, len);
	*out_len = (uint32_t)len;
	return MFA_OK;
}

static int
get_field(struct reader *r, const struct wire_field *f, void *m)
{
	char *at = (char *)m + f->offset;
	uint32_t *n = (uint32_t *)(void *)((char *)m + f->length);

	switch (f->kind) {
	case WIRE_NUMBER:
		return get_number(r, (uint32_t *)(void *)at);
	case WIRE_TEXT:
		return get_text(r, at, f->size);
	case WIRE_SECRET:
		return get_secret(r, (struct secret *)(void *)at);
	case WIRE_BYTES:
		return get_blob(r, (unsigned char *)at, n, f->size);
	case WIRE_LIST:
		return get_list(r, (uint32_t *)(void *)at, n, f->size / sizeof(uint32_t));
	}
	return MFA_E_INTERNAL;
}

int
wire_unpack(const struct wire *w, const unsigned char *buf, size_t len, void *m)
{
	struct reader r = { buf, buf + len };
	const struct wire_field *f;
	unsigned int type;
	int error;

	memset(m, 0, w->size);
	if (len < 1 || len > WIRE_MAX || !known_type(w, *r.at))
		return MFA_E_PROTOCOL;
	type = *r.at++;
	*(unsigned int *)m = type;
	for (f = w->fields; f < w->fields + w->field_count; f++)
		if (f->type == type && (error = get_field(&r, f, m)) != MFA_OK)
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
wire_send_with(const struct wire *w, int fd, const void *m, int passed, struct deadline deadline)
{
	unsigned char buf[WIRE_MAX];
	struct iovec iov = { .iov_base = buf };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	union rights rights;
	size_t len = 0;
	ssize_t n = -1;
	int r;

	if ((r = wire_pack(w, m, buf, &len)) != MFA_OK)
		goto out;
	iov.iov_len = len;
	rights_give(&h, &rights, passed);
	/* There is nearly always room. */
	r = deadline_left(deadline) > 0 ? MFA_OK : MFA_E_DEADLINE;
	while (r == MFA_OK && (n = sendmsg(fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT)) == -1 &&
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
wire_send(const struct wire *w, int fd, const void *m, struct deadline deadline)
{
	return wire_send_with(w, fd, m, -1, deadline);
}

/* Without room for control data the kernel drops descriptors. */
static int
receive(const struct wire *w, int fd, void *m, int *passed, struct deadline deadline)
{
	unsigned char buf[WIRE_MAX];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	union rights rights;
	ssize_t n;
	int r;

	memset(m, 0, w->size);
	do {
		if ((r = await(fd, POLLIN, deadline)) != MFA_OK)
			goto out;
		h.msg_flags = 0;
		if (passed != NULL)
			rights_await(&h, &rights);
		n = recvmsg(fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n == -1 && again(errno));
	if (passed != NULL && n != -1)
		*passed = rights_take(&h);
	if (n == 0)
		r = MFA_E_CLOSED;
	else if (n == -1 && errno == ECONNRESET)
		r = MFA_E_UNHEARD;
	else if (n == -1)
		r = MFA_E_SYSTEM;
	else if (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		r = MFA_E_PROTOCOL;
	else
		r = wire_unpack(w, buf, (size_t)n, m);
out:
	explicit_bzero(buf, sizeof(buf));
	return r;
}

int
wire_recv(const struct wire *w, int fd, void *m, struct deadline deadline)
{
	return receive(w, fd, m, NULL, deadline);
}

int
wire_recv_with(const struct wire *w, int fd, void *m, int *passed, struct deadline deadline)
{
	int r;

	*passed = -1;
	r = receive(w, fd, m, passed, deadline);
	if (r != MFA_OK && *passed != -1) {
		(void)close(*passed);
		*passed = -1;
	}
	return r;
}
