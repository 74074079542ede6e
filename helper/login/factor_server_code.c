/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes whose tokens the approval service has.  It alone vouches for them, so
 * they count only where the policy lists them as attested.
 */
#include <string.h>

#include "error.h"
#include "login.h"
#include "onetime.h"
#include "words.h"

static const char unchecked[] = N_("The approval service cannot check your code now. "
    "Try again, or type a recovery code of this computer: ");

/* Each text is judged in one place: here, where this host has anything that it
 * could be of, and by the service otherwise.  *code is what it would be sent. */
static bool
is_the_services(const struct login *l, const struct decision *d, const struct secret *typed,
    struct secret *code)
{
	const struct user_state *u = &d->state.user;
	char digits[OTP_CODE_MAX];
	bool is = false;

	secret_wipe(code);
	if (!factor_is_in(FACTOR_SERVER_CODE, l->settings->attested) ||
	    l->settings->server == NULL || d->state.service_down || u->tokens > 0)
		return false;
	if (otp_normalise(typed, digits, sizeof(digits)) == MFA_OK)
		is = secret_set(code, digits, strlen(digits)) == MFA_OK;
	else if (u->recovery == 0 && u->passes == 0)
		is = onetime_normalise(typed, code) == MFA_OK;
	explicit_bzero(digits, sizeof(digits));
	return is;
}

int
server_code(struct login *l, const struct decision *d, const struct secret *typed,
    struct judgement *out, const char **sentence)
{
	struct secret code;
	struct coded coded;
	bool sent;
	int r;

	if (!is_the_services(l, d, typed, &code))
		return judge(l, d, typed, out);
	/* A decoy asks as well, about no code, and so takes as long and fails as
	 * others do; what is refused unseen is not spent there. */
	sent = d->outcome == OUTCOME_ASK && factor_is_in(FACTOR_SERVER_CODE, d->factors) &&
	    !judge_refuses_unseen(l);
	r = courier_code(l, sent ? &code : NULL, &coded);
	secret_wipe(&code);
	/* No text message was asked for. */
	if (coded.by_text)
		coded.result = QUERY_CODE_REFUSED;
	if (r == MFA_OK)
		return sent ? judge_attested(l, d, coded.result, FACTOR_SERVER_CODE, out) :
		    judge(l, d, typed, out);
	*out = (struct judgement){ .reason = REASON_NOT_CHECKED };
	*sentence = unchecked;
	return MFA_OK;
}
