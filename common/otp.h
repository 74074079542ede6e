/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_OTP_H
#define MFA_OTP_H

#include <stddef.h>
#include <stdint.h>

#include "secret.h"

/*
 * One-time passwords: HOTP (RFC 4226) and TOTP (RFC 6238), and their keys as
 * people and authenticator apps exchange them.
 */
enum otp_kind { OTP_TOTP = 1, OTP_HOTP = 2 };
enum otp_algorithm { OTP_SHA1 = 1, OTP_SHA256 = 2, OTP_SHA512 = 3 };

#define OTP_KEY_MIN	16	/* bytes; RFC 4226 section 4 R6: 128 bits */
#define OTP_KEY_MAX	64
#define OTP_KEY_OLD	10	/* the one length below it that is let through:
				 * keys that google-authenticator once made */
#define OTP_CODE_MAX	9	/* 8 digits and the terminator */
#define OTP_NAME_MAX	64	/* of a token, printable, with the terminator */

/* What makes a token, without its key. */
struct otp_params {
	enum otp_kind kind;
	enum otp_algorithm algorithm;
	unsigned int digits;	/* 6, 7 or 8 */
	unsigned int period;	/* seconds, 30 or 60; OTP_TOTP only */
};

/* TOTP, SHA-1, 6 digits, 30 s: what every authenticator app understands. */
extern const struct otp_params otp_default;

/* MFA_E_INVALID unless every value is in its range; the period of an OTP_HOTP
 * is not looked at. */
int otp_check(const struct otp_params *p);

/* MFA_E_INVALID unless its length is OTP_KEY_MIN … OTP_KEY_MAX or OTP_KEY_OLD. */
int otp_key_check(const struct secret *key);

/* Loads what OpenSSL loads on first use, so that a forked child finds it
 * there.  Call once before the sandbox; nothing here opens a file after it. */
int otp_warm_up(void);

/* The value for one counter (a TOTP time step or a HOTP counter), as digits
 * with leading zeros (RFC 4226 section 5.3).  MFA_E_CRYPTO, MFA_E_INVALID. */
int otp_code(const struct otp_params *p, const struct secret *key, uint64_t counter,
    char code[OTP_CODE_MAX]);

/* The time step that holds the time t, in seconds since 1970 (RFC 6238
 * section 4.2, T0 = 0); 0 for a time before that or a token without period. */
uint64_t otp_step(const struct otp_params *p, int64_t t);

/* Looks for a typed code among the counters first … last, all of them, in
 * constant time for given bounds.  *match is the lowest that matches, else 0.
 * MFA_E_REFUSED when none does; MFA_E_INVALID when the code is not `digits`
 * digits or last < first or last - first > 200. */
int otp_find(const struct otp_params *p, const struct secret *key, const char *code,
    uint64_t first, uint64_t last, uint64_t *match);

/* A typed code without its blanks and hyphens; MFA_E_INVALID when what is
 * left is empty, does not fit, or holds anything but digits.  out is size
 * bytes (1 or more), and empty on error. */
int otp_normalise(const struct secret *typed, char *out, size_t size);

/* A new random key of the length that RFC 4226 R6 recommends: 20 bytes for
 * SHA-1, 32 for SHA-256, 64 for SHA-512. */
int otp_key_new(enum otp_algorithm algorithm, struct secret *key);

/* RFC 4648 base32: encoding without padding; decoding takes lower case,
 * blanks, hyphens and padding as people type them.  MFA_E_INVALID for
 * anything else (base32.h) or a key that otp_key_check refuses. */
#define OTP_BASE32_MAX 112
int otp_key_export(const struct secret *key, char out[OTP_BASE32_MAX]);
int otp_key_import(const char *base32, struct secret *key);

/* The otpauth:// URL ("Key URI Format"): label issuer:user, and the
 * parameters secret, issuer, algorithm, digits, and period or counter;
 * percent-encoded.  An empty issuer is left out of both.  MFA_E_INVALID when it
 * does not fit, for an empty user, and for a colon (which parts the label) or
 * an unprintable character in either name.  The result is a secret. */
int otp_url(const struct otp_params *p, const struct secret *key, const char *issuer,
    const char *user, uint64_t counter, struct secret *out);

const char *otp_kind_name(enum otp_kind kind);			/* "totp", "hotp" */
const char *otp_algorithm_name(enum otp_algorithm a);		/* "SHA1" … */
/* In either case; MFA_E_INVALID. */
int otp_kind_parse(const char *s, enum otp_kind *out);
int otp_algorithm_parse(const char *s, enum otp_algorithm *out);

#endif
