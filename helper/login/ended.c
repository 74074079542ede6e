/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls and text messages that brought nothing: a reason and a sentence for each end. */
#include "login.h"
#include "words.h"

static const char no_service[] = N_("The approval service cannot be reached. Type a code: ");

static const struct end {
	uint32_t why;
	enum reason reason;
	const char *called, *texted;
} ends[] = {
	{ QUERY_WHY_NO_ANSWER, REASON_NOT_PICKED_UP,
	    N_("Nobody picked up the telephone. Type a code: "), NULL },
	{ QUERY_WHY_BUSY, REASON_BUSY, N_("Your telephone is busy. Type a code: "), NULL },
	{ QUERY_WHY_DECLINED, REASON_DECLINED, N_("The call was declined. Type a code: "), NULL },
	{ QUERY_WHY_HUNG_UP, REASON_HUNG_UP,
	    N_("The call ended before the number was keyed in. Type a code: "), NULL },
	{ QUERY_WHY_NO_KEYS, REASON_NO_KEYS,
	    N_("Nothing was keyed in on the telephone. Type a code: "), NULL },
	{ QUERY_WHY_TWICE, REASON_KEYS_TWICE,
	    N_("A key came through twice on the telephone. Type a code: "), NULL },
	{ QUERY_WHY_GATEWAY, REASON_GATEWAY,
	    N_("The telephone line is out of order. Type a code: "),
	    N_("The text message could not be sent. Type a code: ") },
	{ QUERY_WHY_NOT_ALLOWED, REASON_NOT_ALLOWED,
	    N_("Your telephone number may not be called. Type a code: "),
	    N_("No text message may be sent to your number. Type a code: ") },
	{ QUERY_WHY_REPORTED, REASON_REPORTED, N_("Denied on the telephone. Type a code: "),
	    N_("Denied on the telephone. Type a code: ") },
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
	return factor == FACTOR_SMS ?
	    N_("The code of the text message is too old. Type a code: ") :
	    N_("Nothing came back from your telephone. Type a code: ");
}

const char *
ended_unsent(enum factor factor, uint32_t failure)
{
	switch (failure) {
	case QUERY_WAITING:
		return N_("A request of yours is already waiting. Type a code: ");
	case QUERY_TOO_MANY:
		return N_("Too many requests were not answered. Type a code, or wait some "
		    "minutes: ");
	case QUERY_TOO_MANY_CALLS:
		return factor == FACTOR_SMS ?
		    N_("Too many text messages were sent. Type a code, or wait up to an hour: ") :
		    N_("Too many calls were made. Type a code, or wait up to an hour: ");
	case QUERY_LOCKED:
		return N_("Your telephone is locked. Type a code, or tell your administrator: ");
	case QUERY_NO_DEVICE:
		return N_("Your telephone is not known any more. Type a code, or tell your "
		    "administrator: ");
	case QUERY_CLOCKS:
		return N_("The clocks of this computer and the approval service are apart. Type a "
		    "code, or tell your administrator: ");
	default:
		return no_service;
	}
}
