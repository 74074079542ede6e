/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CLIENT_LINK_H
#define MFA_CLIENT_LINK_H

#include "../helper/http/service.h"
#include "enrol.h"

/*
 * What a login host shows to the phone that is to be enrolled: the approval
 * service, and behind a "#", which no client ever sends, what the two prove
 * themselves with:
 *
 *	https://mfa.example.org/#e_ID.SECRET.USER
 *
 * SECRET is ENROL_SECRET_LEN bytes in base64url; USER is percent-encoded (RFC
 * 3986 section 2.1).
 */

/* ---- all limits ---- */
#define LINK_ID_LEN	24		/* "e_" and 22 characters */
#define LINK_MAX	1200		/* with the terminator */

struct link {
	char server[SERVICE_URL_MAX];	/* without a slash at its end */
	char enrolment[LINK_ID_LEN + 1];
	unsigned char secret[ENROL_SECRET_LEN];
	char user[STATEMENT_USER_MAX];	/* "": the link does not say */
};

/* "X_" and 22 characters of base64url: an id of the service. */
bool link_id(const char *text, char letter);

/* The text, in LINK_MAX bytes, which the caller wipes.  MFA_E_INVALID (empty). */
int link_format(const struct link *l, char out[LINK_MAX]);

/* The reverse; a path before the "#" is passed over, and USER may be missing.
 * MFA_E_INVALID: *l is wiped. */
int link_parse(const char *text, struct link *l);

/* The id of the device that an enrolment is for: the same characters. */
void link_device(const char *enrolment, char device[LINK_ID_LEN + 1]);

#endif
