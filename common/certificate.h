/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CERTIFICATE_H
#define MFA_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#include "authority.h"
#include "device.h"
#include "refusal.h"
#include "sign.h"

/*
 * What authorities sign: that a device is a user's for some time, and that it
 * is not any more.  Both are records with one line more, "signature ", which is
 * over the exact bytes before it.
 */

/* ---- all limits ---- */
#define CERTIFICATE_LIFE_MAX	(366 * 24 * 60 * 60)	/* seconds: whoever withholds a
							 * revocation gains no more */
#define CERTIFICATE_SKEW	300	/* seconds that the authority's clock may be ahead */
#define SIGNED_LINE_LEN		97	/* "signature ", 86 characters, LF */
#define SIGNED_MAX		(RECORD_MAX + SIGNED_LINE_LEN)

struct certificate {
	struct device device;
	int64_t created, expires;	/* seconds since 1970; not valid from expires on */
	unsigned char authority[AUTHORITY_ID_LEN];
};

/* A device that is revoked never comes back: its user gets another id. */
struct revocation {
	char user[STATEMENT_USER_MAX];
	char device[DEVICE_ID_MAX];
	int64_t at;			/* for people: it holds whenever it is seen */
	unsigned char authority[AUTHORITY_ID_LEN];
};

/* What a host believes.  Any of the authorities may revoke any device: that can
 * only keep somebody out. */
struct trust {
	const struct authority *authorities;
	size_t authority_count;
	const struct revocation *revocations;	/* all of them verified */
	size_t revocation_count;
};

/*
 * MFA_OK only for the certificate of a device of `user` (never NULL) that one
 * of the authorities signed, is valid at `now`, and that nobody revoked.
 * Otherwise *out is zeroed and *why says the first that is wrong, in the order
 * of enum refusal: MFA_E_INVALID (REFUSAL_FORM), MFA_E_REFUSED, or a fault of
 * ours (REFUSAL_FAULT).
 */
int certificate_verify(const char *text, size_t len, const struct trust *trust,
    const char *user, int64_t now, struct certificate *out, enum refusal *why);

/* The same for a revocation: REFUSAL_FORM, _AUTHORITY, _SIGNATURE. */
int revocation_verify(const char *text, size_t len, const struct trust *trust,
    struct revocation *out, enum refusal *why);

/* Only what it says; nothing is verified.  MFA_E_INVALID; *out is zeroed on
 * error; error may be NULL. */
int certificate_parse(const char *text, size_t len, struct certificate *out,
    struct record_error *error);
int revocation_parse(const char *text, size_t len, struct revocation *out,
    struct record_error *error);

/* ---- the side that signs ---- */

/* The signed text with a terminator in buf (SIGNED_MAX + 1 is always enough);
 * *len is set.  Their authority is filled in.  MFA_E_INVALID (buf
 * empty) for what could not be verified, MFA_E_CRYPTO. */
int certificate_issue(const struct sign_key *authority, struct certificate *c, char *buf,
    size_t size, size_t *len);
int revocation_issue(const struct sign_key *authority, struct revocation *revocation, char *buf,
    size_t size, size_t *len);

#endif
