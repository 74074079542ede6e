/* SPDX-License-Identifier: BSD-2-Clause */
#include "query.h"

#include "error.h"

#define NUMBER(t, f)	WIRE_FIELD(query, t, WIRE_NUMBER, f)
#define TEXT(t, f)	WIRE_FIELD(query, t, WIRE_TEXT, f)
#define BYTES(t, f)	WIRE_COUNTED(query, t, WIRE_BYTES, f, f##_len)

/* Wire order is table order within a type. */
static const struct wire_field fields[] = {
	NUMBER(QUERY_BEGIN, version),
	NUMBER(QUERY_BEGIN, ms_left),
	TEXT(QUERY_BEGIN, user),

	NUMBER(QUERY_METHODS, methods),
	NUMBER(QUERY_METHODS, compulsory_from),
	NUMBER(QUERY_METHODS, preferred),
	BYTES(QUERY_METHODS, revocations),

	TEXT(QUERY_PUSH, service),
	TEXT(QUERY_PUSH, origin),
	BYTES(QUERY_PUSH, nonce),
	NUMBER(QUERY_PUSH, digits),
	NUMBER(QUERY_PUSH, expires),
	NUMBER(QUERY_PUSH, decoy),
	NUMBER(QUERY_PUSH, method),
	NUMBER(QUERY_PUSH, form),

	NUMBER(QUERY_ANSWERED, decision),
	BYTES(QUERY_ANSWERED, certificate),
	BYTES(QUERY_ANSWERED, signature),
	BYTES(QUERY_ANSWERED, authenticator_data),
	BYTES(QUERY_ANSWERED, client_data),

	NUMBER(QUERY_ENDED, why),

	BYTES(QUERY_CODE, nonce),
	WIRE_FIELD(query, QUERY_CODE, WIRE_SECRET, code),
	BYTES(QUERY_CODED, nonce),
	NUMBER(QUERY_CODED, result),
	NUMBER(QUERY_CODED, by_text),

	NUMBER(QUERY_CLOSE, outcome),

	NUMBER(QUERY_FAILED, failure),
	NUMBER(QUERY_FAILED, retry_after),
	TEXT(QUERY_FAILED, words),

	TEXT(QUERY_KEYED, keys),
	NUMBER(QUERY_AGAIN, again),
};

static const unsigned char types[] = { QUERY_BEGIN, QUERY_METHODS, QUERY_PUSH, QUERY_PUSHED,
	QUERY_ANSWERED, QUERY_ENDED, QUERY_CODE, QUERY_CODED, QUERY_CLOSE, QUERY_FAILED,
	QUERY_KEYED, QUERY_WRONG, QUERY_AGAIN, 0 };

static const struct wire language = {
	.size = sizeof(struct query),
	.fields = fields,
	.field_count = sizeof(fields) / sizeof(fields[0]),
	.types = types,
};

/* ---- who may say what, when ---- */

static bool
may_ask(const struct query_dialogue *d, unsigned int type)
{
	switch (type) {
	case QUERY_BEGIN:
		return !d->begun;
	case QUERY_PUSH:
		return d->begun && d->asked == 0 && !d->pushed;
	case QUERY_CODE:
		return d->begun && d->asked == 0;
	case QUERY_WRONG:
		return d->keyed && d->asked == 0;
	case QUERY_CLOSE:
		return d->begun;
	default:
		return false;
	}
}

static void
ask(struct query_dialogue *d, const struct query *q)
{
	d->over = q->type == QUERY_CLOSE;
	d->begun = true;
	if (q->type == QUERY_PUSH) {
		d->pushed = true;
		d->method = q->method;
	} else if (q->type == QUERY_WRONG) {
		d->keyed = false;
	}
	d->asked = q->type;
}

static bool
may_answer(const struct query_dialogue *d, unsigned int type)
{
	switch (type) {
	case QUERY_METHODS:
		return d->asked == QUERY_BEGIN;
	case QUERY_PUSHED:
		return d->asked == QUERY_PUSH;
	case QUERY_CODED:
		return d->asked == QUERY_CODE;
	case QUERY_AGAIN:
		return d->asked == QUERY_WRONG;
	case QUERY_ANSWERED:
		return d->waits && d->method == QUERY_BY_PUSH;
	case QUERY_KEYED:
		return d->waits && d->method == QUERY_BY_CALL && d->times < QUERY_KEYED_MAX;
	case QUERY_ENDED:
		return d->waits;
	case QUERY_FAILED:
		return d->asked != 0 || d->waits;
	default:
		return false;
	}
}

/* Of the person's own accord, whatever was asked meanwhile. */
static bool
is_news(unsigned int type)
{
	return type == QUERY_ANSWERED || type == QUERY_ENDED || type == QUERY_KEYED;
}

/* A failure while something was asked is the answer to that. */
static void
answer(struct query_dialogue *d, const struct query *q)
{
	bool asked = !is_news(q->type) && d->asked != 0;

	if (q->type == QUERY_PUSHED)
		d->waits = true;
	else if (q->type == QUERY_AGAIN)
		d->waits = q->again != 0;
	else if (!asked)
		d->waits = false;
	if (q->type == QUERY_KEYED) {
		d->keyed = true;
		d->times++;
	}
	if (asked)
		d->asked = 0;
}

int
query_permit(struct query_dialogue *d, enum query_side from, const struct query *q)
{
	bool helper = from == QUERY_HELPER;

	if (d->over || !(helper ? may_ask(d, q->type) : may_answer(d, q->type))) {
		d->over = true;
		return MFA_E_PROTOCOL;
	}
	if (helper)
		ask(d, q);
	else
		answer(d, q);
	return MFA_OK;
}

int
query_pack(const struct query *q, unsigned char *buf, size_t *len)
{
	return wire_pack(&language, q, buf, len);
}

int
query_unpack(const unsigned char *buf, size_t len, struct query *q)
{
	return wire_unpack(&language, buf, len, q);
}

int
query_send(int fd, const struct query *q, struct deadline deadline)
{
	return wire_send(&language, fd, q, deadline);
}

int
query_recv(int fd, struct query *q, struct deadline deadline)
{
	return wire_recv(&language, fd, q, deadline);
}
