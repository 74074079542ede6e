/* SPDX-License-Identifier: BSD-2-Clause */
/* Codes that the approval service checks, and keys that it is told about. */
#include <poll.h>
#include <stdlib.h>

#include "courier_private.h"
#include "crypto.h"
#include "error.h"

/* ---- all limits ---- */
#define CODE_MS	5000	/* for the service to check a code */
#define WRONG_MS	5000	/* for it to say whether the telephone asks again */

/* What the phone has said already. */
void
courier_listen(struct login *l)
{
	struct pollfd p = { .fd = l->courier.fd, .events = POLLIN };
	struct query *in = NULL;

	if (l->courier.fd == -1 || poll(&p, 1, 0) != 1)
		return;
	if ((in = calloc(1, sizeof(*in))) == NULL ||
	    (courier_hear(l, in, l->deadline) != MFA_OK && in->type != QUERY_FAILED) ||
	    courier_keep_early(l, in) != MFA_OK)
		courier_hang_up(l);
	free(in);
}

/* What the person said is still to be judged. */
static bool
is_answered(const struct courier *c)
{
	return c->early != NULL &&
	    (c->early->type == QUERY_ANSWERED || c->early->type == QUERY_KEYED);
}

/* A dialogue in which a code can be asked about: not behind a push that the
 * service has closed. */
static int
prepare_code(struct login *l)
{
	const struct courier *c = &l->courier;
	uint32_t methods;

	courier_listen(l);
	if (c->fd != -1 && (!c->dialogue.pushed || c->dialogue.waits || is_answered(c)))
		return MFA_OK;
	courier_leave(l, QUERY_CANCELLED);
	return courier_begin(l, &methods);
}

/* An answer names the question, so that none is taken for another. */
static int
exchange_code(struct login *l, struct query *q, struct query *in, struct coded *out)
{
	int r = courier_request(l, q, in, CODE_MS);

	if (r != MFA_OK)
		return r;
	if (in->nonce_len != q->nonce_len || !secret_equal(in->nonce, q->nonce, q->nonce_len)) {
		courier_hang_up(l);
		return courier_fail(l, QUERY_SERVICE, "an answer to another question");
	}
	*out = (struct coded){ .result = in->result, .by_text = in->by_text != 0 };
	return MFA_OK;
}

static int
ask_code(struct login *l, const struct secret *code, struct coded *out)
{
	static const struct secret none = { .len = 1, .data = "-" };
	struct query q = { .type = QUERY_CODE, .nonce_len = sizeof(q.nonce) }, *in;
	int r;

	if ((in = calloc(1, sizeof(*in))) == NULL)
		return courier_fail(l, QUERY_SERVICE, "out of memory");
	q.code = code != NULL ? *code : none;
	if ((r = crypto_random(q.nonce, sizeof(q.nonce))) == MFA_OK)
		r = exchange_code(l, &q, in, out);
	secret_wipe(&q.code);
	free(in);
	return r;
}

int
courier_code(struct login *l, const struct secret *code, struct coded *out)
{
	int r;

	*out = (struct coded){ .result = 0 };
	if ((r = prepare_code(l)) != MFA_OK)
		return r;
	return ask_code(l, code, out);
}

bool
courier_text_is_out(struct login *l)
{
	const struct courier *c = &l->courier;

	courier_listen(l);
	return c->fd != -1 && c->dialogue.waits && c->dialogue.method == QUERY_BY_TEXT;
}

int
courier_text(struct login *l, const struct secret *code, struct coded *out)
{
	*out = (struct coded){ .result = 0 };
	if (!courier_text_is_out(l))
		return MFA_E_ABSENT;
	return ask_code(l, code, out);
}

int
courier_wrong(struct login *l, bool *again)
{
	struct query q = { .type = QUERY_WRONG }, *in;
	int r;

	*again = false;
	if (l->courier.fd == -1)
		return MFA_E_ABSENT;
	if ((in = calloc(1, sizeof(*in))) == NULL)
		return courier_fail(l, QUERY_SERVICE, "out of memory");
	if ((r = courier_request(l, &q, in, WRONG_MS)) == MFA_OK)
		l->courier.pending = *again = in->again != 0;
	free(in);
	return r;
}
