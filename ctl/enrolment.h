/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ENROLMENT_H
#define MFA_ENROLMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

/* A token that is being set up: enroll.c begins and keeps it, offer.c shows
 * its key, prove.c asks for a code of it. */
struct enrolment {
	const char *user;
	bool json;
	bool typed_key;		/* it came from outside: there is nothing to show */
	const char *replace;	/* the name of the token that it takes the place of, or NULL */
	uint64_t counter;	/* HOTP: the first that is looked at */
	struct token token;
	char code[OTP_CODE_MAX];	/* of it, that prove took */
};

/* Shows the key: QR code, text, URL (or one line of JSON). An mfa_error. */
int offer(const struct enrolment *e, const char *issuer);

/* Is a QR code of use?  It is for eyes on a terminal. */
bool offer_pictures(void);

/* Asks for a code, up to three times.  CTL_DONE with code, and token.last set to
 * what was spent by it, else CTL_REFUSED or CTL_STATE after a complaint. */
int prove(struct enrolment *e);

#endif
