/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ERROR_H
#define MFA_ERROR_H

/*
 * What a function of ours returns: 0, or one of these.  None of them is ever
 * success, and the one place that maps them to a PAM code (pam_mfa/result.c)
 * answers "denied" to whatever it does not know.
 */
enum mfa_error {
	MFA_OK = 0,
	MFA_E_INTERNAL = -1,	/* a broken assumption of our own */
	MFA_E_MEMORY = -2,
	MFA_E_SYSTEM = -3,	/* a system call failed; errno says which way */
	MFA_E_PROTOCOL = -4,	/* a message out of turn, malformed, oversized */
	MFA_E_DEADLINE = -5,	/* the login's time is up */
	MFA_E_PEER = -6,	/* the other side is not who it should be */
	MFA_E_ABSENT = -7,	/* nobody listens, no such file, no such row */
	MFA_E_CLOSED = -8,	/* the other side went away */
	MFA_E_CONFIG = -9,	/* the configuration cannot be used */
	MFA_E_STATE = -10,	/* the state cannot be used (damaged, full, newer) */
	MFA_E_BUSY = -11,	/* somebody else holds it and time ran out */
	MFA_E_CRYPTO = -12,	/* OpenSSL failed, or a seal does not open */
	MFA_E_INVALID = -13,	/* outside data that is not of its form */
	MFA_E_EXISTS = -14,	/* there is one already */
	MFA_E_CONV = -15,	/* the application's conversation failed */
	MFA_E_REFUSED = -16,	/* well-formed, understood, and not allowed */
	MFA_E_UNHEARD = -17,	/* the other side went away before it read what was sent */
};

/* A short lower-case phrase for an mfa_error; never NULL, never freed. */
const char *mfa_strerror(int error);

#endif
