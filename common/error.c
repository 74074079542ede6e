/* SPDX-License-Identifier: BSD-2-Clause */
#include "error.h"

#include <stddef.h>

static const char *const phrases[] = {
	[-MFA_OK] = "no error",
	[-MFA_E_INTERNAL] = "internal error",
	[-MFA_E_MEMORY] = "out of memory",
	[-MFA_E_SYSTEM] = "system call failed",
	[-MFA_E_PROTOCOL] = "message out of turn or malformed",
	[-MFA_E_DEADLINE] = "time is up",
	[-MFA_E_PEER] = "the other side is not who it should be",
	[-MFA_E_ABSENT] = "not there",
	[-MFA_E_CLOSED] = "the other side went away",
	[-MFA_E_CONFIG] = "the configuration cannot be used",
	[-MFA_E_STATE] = "the state cannot be used",
	[-MFA_E_BUSY] = "busy",
	[-MFA_E_CRYPTO] = "cryptographic failure",
	[-MFA_E_INVALID] = "not of its form",
	[-MFA_E_EXISTS] = "there is one already",
	[-MFA_E_CONV] = "the application could not ask",
	[-MFA_E_REFUSED] = "not allowed",
	[-MFA_E_UNHEARD] = "the other side went away without listening",
};

const char *
mfa_strerror(int error)
{
	if (error > 0 || error <= -(int)(sizeof(phrases) / sizeof(phrases[0])))
		return "unknown error";
	return phrases[-error];
}
