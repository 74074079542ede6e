/* SPDX-License-Identifier: BSD-2-Clause */
#include "wishes.h"

#include <string.h>

#include "ask.h"
#include "ctl.h"
#include "error.h"
#include "token_name.h"

int
wishes_params(const struct wishes *w, struct otp_params *p)
{
	unsigned int digits = p->digits, period = p->period;
	int r = CTL_DONE;

	if (w->kind != NULL && otp_kind_parse(w->kind, &p->kind) != MFA_OK)
		return complain(CTL_USAGE, "--kind: not totp or hotp");
	if (w->algorithm != NULL && otp_algorithm_parse(w->algorithm, &p->algorithm) != MFA_OK)
		return complain(CTL_USAGE, "--algorithm: not SHA1, SHA256 or SHA512");
	if (w->digits != NULL)
		r = opts_number("digits", w->digits, 6, 8, &digits);
	if (r == CTL_DONE && w->period != NULL)
		r = opts_number("period", w->period, 30, 60, &period);
	if (r != CTL_DONE)
		return r;
	if (p->kind == OTP_HOTP && w->period != NULL)
		return complain(CTL_USAGE, "--period: a hotp token has none");
	if (p->kind == OTP_TOTP && w->counter != NULL)
		return complain(CTL_USAGE, "--counter: a totp token has none: add --kind hotp");
	p->digits = digits;
	p->period = p->kind == OTP_HOTP || period == 0 ? otp_default.period : period;
	if (otp_check(p) != MFA_OK)
		return complain(CTL_USAGE, "--period: not 30 or 60");
	return CTL_DONE;
}

int
wishes_check(const struct wishes *w)
{
	struct otp_params p = otp_default;
	unsigned int counter;
	int r;

	if (w->name != NULL && (r = token_name_valid(w->name)) != CTL_DONE)
		return r;
	if (w->counter != NULL &&
	    (r = opts_number("counter", w->counter, 0, 1000000000, &counter)) != CTL_DONE)
		return r;
	/* What it replaces may be of another kind: looked at again then. */
	return w->replace != NULL ? CTL_DONE : wishes_params(w, &p);
}

int
wishes_key(struct secret *key)
{
	struct secret typed;
	int r = ask("Type the token's key (base32): ", false, &typed);

	if (r == MFA_OK && memchr(typed.data, '\0', typed.len) == NULL)
		r = otp_key_import((const char *)typed.data, key);
	else if (r == MFA_OK)
		r = MFA_E_INVALID;
	secret_wipe(&typed);
	if (r == MFA_E_CLOSED)
		return complain(CTL_REFUSED, "no key was typed: nothing was changed");
	if (r != MFA_OK || key->len < OTP_KEY_MIN)
		return complain(CTL_REFUSED, "that is no key in base32 of %d to %d bytes: "
		    "nothing was changed", OTP_KEY_MIN, OTP_KEY_MAX);
	return CTL_DONE;
}
