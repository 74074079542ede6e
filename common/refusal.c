/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusal.h"

#include <stddef.h>

static const char *const phrases[] = {
	[REFUSAL_NONE] = "nothing",
	[REFUSAL_FAULT] = "it could not be checked",
	[REFUSAL_FORM] = "not of its form",
	[REFUSAL_AUTHORITY] = "unknown authority",
	[REFUSAL_SIGNATURE] = "bad signature of the authority",
	[REFUSAL_USER] = "of another user",
	[REFUSAL_EARLY] = "not valid yet",
	[REFUSAL_EXPIRED] = "expired",
	[REFUSAL_REVOKED] = "revoked",
	[REFUSAL_STATEMENT] = "no statement of this decision",
	[REFUSAL_LATE] = "the statement has expired",
	[REFUSAL_AHEAD] = "the statement expires too far ahead",
	[REFUSAL_KIND] = "evidence of another kind",
	[REFUSAL_CLIENT_DATA] = "another challenge or origin",
	[REFUSAL_RP] = "another relying party",
	[REFUSAL_PRESENCE] = "no user presence",
	[REFUSAL_VERIFICATION] = "no user verification",
	[REFUSAL_DATA] = "malformed authenticator data",
	[REFUSAL_PROOF] = "bad signature of the device",
};

const char *
refusal_text(enum refusal why)
{
	size_t i = (size_t)why;

	if (i >= sizeof(phrases) / sizeof(phrases[0]) || phrases[i] == NULL)
		return "unknown reason";
	return phrases[i];
}
