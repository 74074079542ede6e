/* SPDX-License-Identifier: BSD-2-Clause */
#include "dial.h"

#include "error.h"

#define NUMBER(t, f)	WIRE_FIELD(dial, t, WIRE_NUMBER, f)
#define TEXT(t, f)	WIRE_FIELD(dial, t, WIRE_TEXT, f)
#define BYTES(t, f)	WIRE_COUNTED(dial, t, WIRE_BYTES, f, f##_len)

/* Wire order is table order within a type. */
static const struct wire_field fields[] = {
	NUMBER(DIAL_CALL, version),
	NUMBER(DIAL_CALL, ms_left),
	TEXT(DIAL_CALL, to),
	TEXT(DIAL_CALL, id),
	NUMBER(DIAL_CALL, form),
	NUMBER(DIAL_CALL, digits),
	TEXT(DIAL_CALL, language),
	TEXT(DIAL_CALL, organisation),
	TEXT(DIAL_CALL, host),
	TEXT(DIAL_CALL, service),

	NUMBER(DIAL_TEXT, version),
	NUMBER(DIAL_TEXT, ms_left),
	TEXT(DIAL_TEXT, to),
	TEXT(DIAL_TEXT, id),
	BYTES(DIAL_TEXT, text),

	NUMBER(DIAL_PROGRESS, progress),
	TEXT(DIAL_KEYS, keys),
	NUMBER(DIAL_SAY, say),

	TEXT(DIAL_CALLBACK, url),
	TEXT(DIAL_CALLBACK, signature),
	BYTES(DIAL_CALLBACK, body),
	NUMBER(DIAL_REPLY, status),
	BYTES(DIAL_REPLY, body),

	NUMBER(DIAL_ENDED, outcome),
	NUMBER(DIAL_ENDED, units),
	NUMBER(DIAL_ENDED, ms_left),
	TEXT(DIAL_ENDED, words),
};

static const unsigned char types[] = { DIAL_CALL, DIAL_TEXT, DIAL_PROGRESS, DIAL_KEYS, DIAL_SAY,
	DIAL_CALLBACK, DIAL_REPLY, DIAL_CANCEL, DIAL_ENDED, 0 };

static const struct wire language = {
	.size = sizeof(struct dial),
	.fields = fields,
	.field_count = sizeof(fields) / sizeof(fields[0]),
	.types = types,
};

/* ---- who may say what, when ---- */

static bool
mfad_may(struct dial_dialogue *d, unsigned int type)
{
	switch (type) {
	case DIAL_CALL:
	case DIAL_TEXT:
		if (d->begun)
			return false;
		d->calls = type == DIAL_CALL;
		return d->begun = true;
	case DIAL_SAY:
		if (!d->asked)
			return false;
		d->asked = false;
		return true;
	case DIAL_CALLBACK:
		return d->calls && d->callbacks++ < DIAL_CALLBACKS_MAX;
	case DIAL_CANCEL:
		return d->begun;
	default:
		return false;
	}
}

static bool
call_may(struct dial_dialogue *d, unsigned int type)
{
	switch (type) {
	case DIAL_PROGRESS:
		return d->calls;
	case DIAL_KEYS:
		if (!d->calls || d->asked)
			return false;
		return d->asked = true;
	case DIAL_REPLY:
		if (d->callbacks == 0)
			return false;
		d->callbacks--;
		return true;
	case DIAL_ENDED:
		return d->over = d->begun;
	default:
		return false;
	}
}

int
dial_permit(struct dial_dialogue *d, enum dial_side from, unsigned int type)
{
	if (!d->over && (from == DIAL_MFAD ? mfad_may(d, type) : call_may(d, type)))
		return MFA_OK;
	d->over = true;
	return MFA_E_PROTOCOL;
}

int
dial_pack(const struct dial *d, unsigned char *buf, size_t *len)
{
	return wire_pack(&language, d, buf, len);
}

int
dial_unpack(const unsigned char *buf, size_t len, struct dial *d)
{
	return wire_unpack(&language, buf, len, d);
}

int
dial_send(int fd, const struct dial *d, struct deadline deadline)
{
	return wire_send(&language, fd, d, deadline);
}

int
dial_recv(int fd, struct dial *d, struct deadline deadline)
{
	return wire_recv(&language, fd, d, deadline);
}
