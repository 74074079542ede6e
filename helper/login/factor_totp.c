/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "error.h"
#include "login.h"

/* RFC 6238 section 5.2: a step is used once, and none at or below it again,
 * whatever the clock says. */
static int
try_token(struct attempt *a, const struct token *t)
{
	uint64_t window = a->l->settings->totp_window;
	uint64_t now = otp_step(&t->params, a->now);
	uint64_t first = now > window ? now - window : 0, last = now + window;
	uint64_t fresh = t->last >= 0 && (uint64_t)t->last >= first ? (uint64_t)t->last + 1 : first;
	uint64_t match = 0;
	int r = MFA_E_REFUSED;

	if (fresh <= last)
		r = otp_find(&t->params, &t->key, a->code, fresh, last, &match);
	if (r == MFA_OK)
		return attempt_spend(a, t, match);
	if (r != MFA_E_REFUSED)
		return r;
	if (fresh > last + 1)
		a->reason = REASON_CLOCK_BEHIND;
	else if (fresh > first &&
	    otp_find(&t->params, &t->key, a->code, first, fresh - 1, &match) == MFA_OK)
		a->reason = REASON_REPLAYED;
	return MFA_E_REFUSED;
}

int
factor_totp(struct attempt *a)
{
	size_t i;
	int r;

	for (i = 0; i < a->token_count; i++) {
		const struct token *t = &a->tokens[i];

		if (t->params.kind != OTP_TOTP || strlen(a->code) != t->params.digits)
			continue;
		if ((r = try_token(a, t)) != MFA_E_REFUSED)
			return r;
	}
	return MFA_E_REFUSED;
}
