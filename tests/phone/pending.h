/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PHONE_PENDING_H
#define MFA_PHONE_PENDING_H

#include "../../client/link.h"
#include "card.h"
#include "statement.h"

/* A login that waits for this phone: everything of its statement but number
 * and decision. */
#define PENDING_MAX	16	/* in one answer of the service's */

struct pending {
	char login[LINK_ID_LEN + 1];
	unsigned int digits;
	struct statement asked;
};

struct pendings {
	struct pending list[PENDING_MAX];
	size_t count;
	int64_t seq;
};

/* What GET /v1/device/logins answers; MFA_E_INVALID for whatever could not be
 * signed, or is about another user than the phone's. */
int pending_read(struct json_object *o, const char *user, struct pendings *out);

/* Shows it to the person: who, where, which service, from where, until when. */
void pending_show(const struct pending *p, int64_t now);

/* Signs an answer, as a request.  number: as the person typed it, else "-".
 * What a hostile phone signs instead is in *w.  MFA_E_INVALID … */
struct wishes;
int pending_answer(const struct pending *p, const struct card *c, enum phone_decision decision,
    const char *number, const struct wishes *w, struct fetch_request *rq);

#endif
