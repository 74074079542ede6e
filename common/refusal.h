/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_REFUSAL_H
#define MFA_REFUSAL_H

/*
 * Why a certificate, a revocation or the evidence for a statement does not
 * count.  It is for logs and for people; that something counts is said by
 * MFA_OK alone.
 */
enum refusal {
	REFUSAL_NONE = 0,
	REFUSAL_FAULT,		/* ours: no memory, or OpenSSL failed */
	/* of what an authority signed */
	REFUSAL_FORM,		/* not of its form */
	REFUSAL_AUTHORITY,	/* by an authority that is not believed here */
	REFUSAL_SIGNATURE,	/* not what that authority signed */
	REFUSAL_USER,		/* another user's */
	REFUSAL_EARLY,		/* not valid yet */
	REFUSAL_EXPIRED,	/* not valid any more */
	REFUSAL_REVOKED,
	/* of the evidence */
	REFUSAL_STATEMENT,	/* the statement is none, or of another decision */
	REFUSAL_LATE,		/* the statement has expired */
	REFUSAL_AHEAD,		/* the statement expires too far ahead */
	REFUSAL_KIND,		/* evidence of another kind than the device's */
	REFUSAL_CLIENT_DATA,	/* WebAuthn: another type, challenge or origin, or in a frame */
	REFUSAL_RP,		/* WebAuthn: for another relying party */
	REFUSAL_PRESENCE,	/* WebAuthn: nobody touched it */
	REFUSAL_VERIFICATION,	/* WebAuthn: it did not verify who did */
	REFUSAL_DATA,		/* WebAuthn: authenticator data that are none */
	REFUSAL_PROOF,		/* the device did not sign this */
};

/* A short lower-case phrase; never NULL, never freed. */
const char *refusal_text(enum refusal why);

#endif
