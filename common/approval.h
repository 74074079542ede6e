/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_APPROVAL_H
#define MFA_APPROVAL_H

#include "certificate.h"
#include "webauthn.h"

/*
 * Whether a phone of the user's signed this very statement.  Whoever brings the
 * evidence is not believed; that a statement counts once is its caller's matter.
 */
struct evidence {
	struct blob signature;
	struct webauthn_assertion assertion;	/* a passkey's; zeros for another device */
};

/* What was found, for the log.  The certificate is zeros unless it is valid. */
struct approval {
	enum refusal why;
	struct certificate certificate;
	uint32_t sign_count;		/* webauthn.h */
};

/*
 * MFA_OK only when *s approves, has not expired at `now`, certificate (the
 * signed text) is that of a device of s->user by an authority in *trust
 * (certificate_verify), and the device signed *s.  s is what the host itself
 * asked, with the decision and number that it expects; nothing of it comes from
 * the evidence.  Anything else is MFA_E_REFUSED, MFA_E_INVALID or a fault of
 * ours, and out->why says which.
 */
int approval_verify(const struct statement *s, const char *certificate, size_t len,
    const struct trust *trust, const struct evidence *e, int64_t now, struct approval *out);

/* The same for a statement that denies or reports: MFA_OK says that the person
 * did so, and is nothing to let anybody in for. */
int denial_verify(const struct statement *s, const char *certificate, size_t len,
    const struct trust *trust, const struct evidence *e, int64_t now, struct approval *out);

/* Loads what OpenSSL loads on first use; nothing here opens a file after it. */
int approval_warm_up(void);

#endif
