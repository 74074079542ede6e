/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "error.h"
#include "login.h"

#define CHUNK 200	/* counters that otp_find takes at once */

/* RFC 4226 section 7.4, two codes in a row: the first one, far ahead, is
 * noted and refused; the one that follows it brings the counter there. */
static int
resynchronise(struct attempt *a, const struct token *t, uint64_t next)
{
	const struct settings *s = a->l->settings;
	uint64_t first = next + s->hotp_look_ahead + 1, end = next + s->hotp_resync;
	uint64_t last, match;
	int r = MFA_E_REFUSED;

	for (; first <= end && r == MFA_E_REFUSED; first = last + 1) {
		last = end - first >= CHUNK ? first + CHUNK - 1 : end;
		r = otp_find(&t->params, &t->key, a->code, first, last, &match);
	}
	if (r != MFA_OK)
		return r;
	if (t->resync >= 0 && (uint64_t)t->resync + 1 == match)
		return attempt_spend(a, t, match);
	r = store_token_resync(a->l->w->store, t->id, (int64_t)match);
	return r == MFA_OK ? MFA_E_REFUSED : r;
}

static int
try_token(struct attempt *a, const struct token *t)
{
	uint64_t next = (uint64_t)(t->last + 1), match;
	int r;

	r = otp_find(&t->params, &t->key, a->code, next, next + a->l->settings->hotp_look_ahead,
	    &match);
	if (r == MFA_OK)
		return attempt_spend(a, t, match);
	if (r == MFA_E_REFUSED)
		r = resynchronise(a, t, next);
	return r;
}

int
factor_hotp(struct attempt *a)
{
	size_t i;
	int r;

	for (i = 0; i < a->token_count; i++) {
		const struct token *t = &a->tokens[i];

		if (t->params.kind != OTP_HOTP || strlen(a->code) != t->params.digits)
			continue;
		if ((r = try_token(a, t)) != MFA_E_REFUSED)
			return r;
	}
	return MFA_E_REFUSED;
}
