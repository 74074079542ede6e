/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_PROVIDER_H
#define MFA_HTTP_PROVIDER_H

#include "fetch.h"

/*
 * What differs between approval services.  A provider writes requests and reads
 * replies; dialogue.c sends them and decides when.  Everything that is read is
 * outside data, and goes to the helper as evidence, never as a decision.
 */

/* ---- all limits ---- */
#define PROVIDER_ID_MAX		65	/* of a login, with the terminator */
#define PROVIDER_WAIT_MAX	50	/* seconds that a poll is held */

/* What a provider keeps of one login. */
struct errand {
	char user[STATEMENT_USER_MAX];
	char login[PROVIDER_ID_MAX];	/* "" before `choose` was read */
	char key[FETCH_KEY_LEN + 1];	/* an Idempotency-Key, new for each op */
	uint32_t wait;			/* seconds that the next poll may take */
	bool has_phone;			/* by the first step of `begin` */
	uint32_t method;		/* enum query_method, of `choose` */
};

/*
 * One exchange.  `ask` writes the request for q (the helper's message; NULL for
 * a poll) and step (0, 1 … of an op with several), and says whether there is one
 * to make.  `read` takes a reply that has arrived, and fills in *out, whose type
 * is 0 as long as nothing is to be told.  MFA_E_INVALID: the reply is not of
 * its form.  A failure that the service names is QUERY_FAILED in *out, MFA_OK.
 */
struct provider_op {
	bool (*ask)(const struct errand *e, const struct query *q, unsigned int step,
	    struct fetch_request *out);
	int (*read)(struct errand *e, const struct fetch_reply *r, unsigned int step,
	    struct query *out);
};

struct provider {
	const char *name;
	struct provider_op begin;	/* QUERY_BEGIN -> QUERY_METHODS */
	struct provider_op choose;	/* QUERY_PUSH -> QUERY_PUSHED */
	struct provider_op poll;	/* -> QUERY_ANSWERED, QUERY_KEYED, QUERY_ENDED, or 0:
					 * ask again */
	struct provider_op wrong;	/* QUERY_WRONG -> QUERY_AGAIN */
	struct provider_op code;	/* QUERY_CODE -> QUERY_CODED */
	struct provider_op cancel;	/* QUERY_CLOSE; nobody hears what it brings */
};

extern const struct provider provider_mfad;

#endif
