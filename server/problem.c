/* SPDX-License-Identifier: BSD-2-Clause */
#include "problem.h"

#include <stddef.h>

#include "error.h"

static const struct problem_form forms[PROBLEM_COUNT] = {
	[PROBLEM_INVALID] = { 400, "invalid", "a member is not of its form" },
	[PROBLEM_UNAUTHENTICATED] = { 401, "unauthenticated", "the caller is not known" },
	[PROBLEM_FORBIDDEN] = { 403, "forbidden", "this is not for the caller" },
	[PROBLEM_NOT_FOUND] = { 404, "not-found", "there is no such thing" },
	[PROBLEM_BAD_TOKEN] = { 403, "bad-token", "the token is unknown, used or expired" },
	[PROBLEM_NAME_TAKEN] = { 409, "name-taken", "the name is another's" },
	[PROBLEM_NO_CONSENT] = { 409, "no-consent",
	    "a telephone of the user's has not consented to another" },
	[PROBLEM_WRONG_CODE] = { 409, "wrong-code", "the token does not show this code now" },
	[PROBLEM_NO_DEVICE] = { 404, "no-device", "nothing to ask the user with" },
	[PROBLEM_ALREADY_WAITING] = { 409, "already-waiting", "a login of the user waits" },
	[PROBLEM_TOO_MANY_UNANSWERED] = { 429, "too-many-unanswered",
	    "too many logins of the user went unanswered" },
	[PROBLEM_TOO_MANY_CALLS] = { 429, "too-many-calls",
	    "too many calls or texts in this hour" },
	[PROBLEM_NO_GATEWAY] = { 409, "no-gateway", "the service has no line for that" },
	[PROBLEM_PUSH_LOCKED] = { 423, "push-locked", "the user's phones are not asked" },
	[PROBLEM_LOCKED] = { 423, "locked", "the user is locked" },
	[PROBLEM_ALREADY_USED] = { 409, "already-used", "it was used before" },
	[PROBLEM_ALREADY_ANSWERED] = { 409, "already-answered", "the login was answered" },
	[PROBLEM_GONE] = { 410, "gone", "it has ended" },
	[PROBLEM_NOT_OFFERED] = { 409, "not-offered", "no phone has offered itself yet" },
	[PROBLEM_BAD_CERTIFICATE] = { 400, "bad-certificate",
	    "the certificate is not one of this device" },
	[PROBLEM_NO_AUTHORITY] = { 409, "no-authority",
	    "the service signs no certificates for this host" },
	[PROBLEM_EXISTS] = { 409, "exists", "there is a file of that name" },
	[PROBLEM_TOO_MANY] = { 409, "too-many", "the user has as many as there may be" },
	[PROBLEM_IDEMPOTENCY_MISMATCH] = { 422, "idempotency-mismatch",
	    "the key was used with another request" },
	[PROBLEM_BUSY] = { 503, "busy", "too much is under way" },
	[PROBLEM_STORAGE] = { 503, "storage", "the state cannot be used now" },
	[PROBLEM_INTERNAL] = { 500, "internal", "a fault of the server" },
};

const struct problem_form *
problem_form(int result)
{
	if (result > 0 && result < PROBLEM_COUNT)
		return &forms[result];
	if (result == MFA_E_BUSY)
		return &forms[PROBLEM_BUSY];
	if (result == MFA_E_STATE || result == MFA_E_MEMORY)
		return &forms[PROBLEM_STORAGE];
	return &forms[PROBLEM_INTERNAL];
}
