/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls and text messages that brought nothing: a reason and a sentence for each end. */
#include "login.h"

#define CODE " Type a code: "

static const char no_service[] = "The approval service cannot be reached." CODE;

static const struct end {
	uint32_t why;
	enum reason reason;
	const char *called, *texted;
} ends[] = {
	{ QUERY_WHY_NO_ANSWER, REASON_NOT_PICKED_UP, "Nobody picked up the telephone." CODE,
	    NULL },
	{ QUERY_WHY_BUSY, REASON_BUSY, "Your telephone is busy." CODE, NULL },
	{ QUERY_WHY_DECLINED, REASON_DECLINED, "The call was declined." CODE, NULL },
	{ QUERY_WHY_HUNG_UP, REASON_HUNG_UP,
	    "The call ended before the number was keyed in." CODE, NULL },
	{ QUERY_WHY_NO_KEYS, REASON_NO_KEYS, "Nothing was keyed in on the telephone." CODE, NULL },
	{ QUERY_WHY_GATEWAY, REASON_GATEWAY, "The telephone line is out of order." CODE,
	    "The text message could not be sent." CODE },
	{ QUERY_WHY_NOT_ALLOWED, REASON_NOT_ALLOWED,
	    "Your telephone number may not be called." CODE,
	    "No text message may be sent to your number." CODE },
	{ QUERY_WHY_REPORTED, REASON_REPORTED, "Denied on the telephone." CODE,
	    "Denied on the telephone." CODE },
};

/* NULL: of none of them. */
static const struct end *
find(const struct query *q)
{
	size_t i;

	for (i = 0; q->type == QUERY_ENDED && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].why == q->why)
			return &ends[i];
	return NULL;
}

enum reason
ended_reason(const struct login *l, enum factor factor, const struct query *q)
{
	const struct end *e = find(q);

	if (e != NULL)
		return e->reason;
	if (q->type == QUERY_FAILED && l->courier.failure == QUERY_TOO_MANY_CALLS)
		return REASON_TOO_MANY_CALLS;
	return factor == FACTOR_SMS ? REASON_NO_MESSAGE : REASON_NO_APPROVAL;
}

const char *
ended_sentence(const struct login *l, enum factor factor, const struct query *q)
{
	const struct end *e = find(q);
	const char *sentence = e == NULL ? NULL : factor == FACTOR_SMS ? e->texted : e->called;

	if (sentence != NULL)
		return sentence;
	if (q->type == QUERY_FAILED)
		return ended_unsent(factor, l->courier.failure);
	return factor == FACTOR_SMS ? "The code of the text message is too old." CODE :
	    "Nothing came back from your telephone." CODE;
}

const char *
ended_unsent(enum factor factor, uint32_t failure)
{
	switch (failure) {
	case QUERY_WAITING:
		return "A request of yours is already waiting." CODE;
	case QUERY_TOO_MANY:
		return "Too many requests were not answered. Type a code, or wait some minutes: ";
	case QUERY_TOO_MANY_CALLS:
		return factor == FACTOR_SMS ?
		    "Too many text messages were sent. Type a code, or wait some minutes: " :
		    "Too many calls were made. Type a code, or wait some minutes: ";
	case QUERY_LOCKED:
		return "Your telephone is locked. Type a code, or tell your administrator: ";
	case QUERY_NO_DEVICE:
		return "Your telephone is not known any more. Type a code, or tell your "
		    "administrator: ";
	case QUERY_CLOCKS:
		return "The clocks of this computer and the approval service are apart. Type a "
		    "code, or tell your administrator: ";
	default:
		return no_service;
	}
}
