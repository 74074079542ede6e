/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WEBAUTHN_H
#define MFA_WEBAUTHN_H

#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "refusal.h"

/*
 * An assertion of a passkey (Web Authentication Level 2, sections 6.1 and 7.2),
 * without reading JSON or CBOR: the client data are compared with the bytes
 * that a client must write (section 5.8.1.2, "limited verification algorithm").
 */

/* ---- all limits ---- */
#define WEBAUTHN_CHALLENGE_LEN		STATEMENT_DIGEST_LEN
#define WEBAUTHN_AUTHENTICATOR_DATA_MIN	37
#define WEBAUTHN_AUTHENTICATOR_DATA_MAX	1024	/* with the outputs of extensions */
#define WEBAUTHN_CLIENT_DATA_MAX	2048	/* clients add members of their own */

/* Both belong to the caller. */
struct webauthn_assertion {
	const unsigned char *authenticator_data;
	size_t authenticator_data_len;
	const unsigned char *client_data;	/* clientDataJSON */
	size_t client_data_len;
};

/*
 * MFA_OK only when the passkey's owner was present and verified (UP, UV), for
 * the relying party and on the page of the device's origin, not in a frame of
 * another, answered this challenge, and sig is over all of that.  *sign_count is
 * the authenticator's counter: 0 from those that have none.  Otherwise it is 0
 * and *why says which: MFA_E_REFUSED, MFA_E_INVALID for a device that is no
 * passkey, or a fault of ours.
 */
int webauthn_verify(const struct device *d,
    const unsigned char challenge[WEBAUTHN_CHALLENGE_LEN], const struct webauthn_assertion *a,
    const struct blob *sig, uint32_t *sign_count, enum refusal *why);

#endif
