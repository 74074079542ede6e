/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "../helper/login/login.h"
#include "ask.h"
#include "ctl.h"
#include "enrolment.h"
#include "error.h"

/* ---- all limits ---- */
#define TRIES		3
#define STEPS		1	/* to either side of now */
#define LOOK_AHEAD	100	/* codes of a hardware token: somebody pressed its button */

/* The right code is never shown: the person must see that the device has it. */
static int
look(struct enrolment *e, const char *code)
{
	const struct otp_params *p = &e->token.params;
	uint64_t first = e->counter, last = e->counter + LOOK_AHEAD, match;
	int64_t now;
	int r;

	if (p->kind == OTP_TOTP) {
		if ((r = wall_clock(&now)) != MFA_OK)
			return r;
		first = otp_step(p, now) - STEPS;
		last = otp_step(p, now) + STEPS;
	}
	if (strlen(code) != p->digits)
		return MFA_E_REFUSED;
	if ((r = otp_find(p, &e->token.key, code, first, last, &match)) == MFA_OK) {
		e->token.last = (int64_t)match;
		memcpy(e->code, code, sizeof(e->code));
	}
	return r == MFA_E_INVALID ? MFA_E_REFUSED : r;
}

static int
try_once(struct enrolment *e)
{
	char code[OTP_CODE_MAX];
	struct secret typed;
	int r = ask("Type the code that it shows now: ", true, &typed);

	if (r == MFA_OK || r == MFA_E_INVALID)
		r = r == MFA_OK && otp_normalise(&typed, code, sizeof(code)) == MFA_OK ?
		    look(e, code) : MFA_E_REFUSED;
	secret_wipe(&typed);
	explicit_bzero(code, sizeof(code));
	return r;
}

int
prove(struct enrolment *e)
{
	int i, r = MFA_E_REFUSED;

	for (i = 1; i <= TRIES && r == MFA_E_REFUSED; i++)
		if ((r = try_once(e)) == MFA_E_REFUSED && i < TRIES)
			(void)fprintf(stderr, "That is not it: wait for the next code.\n");
	if (r == MFA_OK)
		return CTL_DONE;
	if (r == MFA_E_REFUSED)
		return complain(CTL_REFUSED, "the code was not accepted, nothing was changed: "
		    "is the clock right, here and on the device?");
	if (r == MFA_E_CLOSED)
		return complain(CTL_REFUSED, "no code was typed: nothing was changed");
	return complain(CTL_STATE, "%s: nothing was changed", mfa_strerror(r));
}
