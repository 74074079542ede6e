/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_PROBLEM_H
#define MFAD_PROBLEM_H

/*
 * Why a request is not done: above 0, so that a result is MFA_OK, one of these,
 * or an mfa_error (a fault of ours).  Each is a problem document of the API,
 * urn:pam-mfa:problem:NAME.
 */
enum problem {
	PROBLEM_INVALID = 1,		/* db_blamed says which member */
	PROBLEM_UNAUTHENTICATED,
	PROBLEM_FORBIDDEN,
	PROBLEM_NOT_FOUND,
	PROBLEM_BAD_TOKEN,
	PROBLEM_NAME_TAKEN,
	PROBLEM_NO_CONSENT,
	PROBLEM_NO_DEVICE,
	PROBLEM_WRONG_CODE,		/* of a token that is being given */
	PROBLEM_ALREADY_WAITING,
	PROBLEM_TOO_MANY_UNANSWERED,	/* with Retry-After */
	PROBLEM_TOO_MANY_CALLS,		/* and texts, of what may be spent */
	PROBLEM_NO_GATEWAY,		/* for calls, or texts */
	PROBLEM_PUSH_LOCKED,
	PROBLEM_LOCKED,
	PROBLEM_ALREADY_USED,
	PROBLEM_ALREADY_ANSWERED,
	PROBLEM_GONE,
	PROBLEM_NOT_OFFERED,
	PROBLEM_BAD_CERTIFICATE,
	PROBLEM_NO_AUTHORITY,		/* mfad has none of its own */
	PROBLEM_EXISTS,			/* a file of that name */
	PROBLEM_TOO_MANY,		/* of what one user may have */
	PROBLEM_IDEMPOTENCY_MISMATCH,
	PROBLEM_BUSY,			/* with Retry-After */
	PROBLEM_STORAGE,
	PROBLEM_INTERNAL,
	PROBLEM_COUNT
};

struct problem_form {
	int status;
	const char *name;
	const char *title;
};

/* Of any result but MFA_OK; never NULL. */
const struct problem_form *problem_form(int result);

#endif
