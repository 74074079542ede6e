/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_IMPORT_H
#define MFA_IMPORT_H

#include <stdint.h>
#include <stdio.h>

#include "otp.h"
#include "secret.h"

/*
 * Reads the tokens of other modules.  Nothing here changes anything: each
 * token is handed to a function of the caller's, which had better keep them
 * until the whole file has been read.
 */
#define IMPORT_USER_MAX 257

struct import_token {
	unsigned int line;		/* where it begins */
	char user[IMPORT_USER_MAX];	/* printable; empty when the file does not say */
	char name[OTP_NAME_MAX];	/* one that fits; not unique */
	struct otp_params params;
	struct secret key;
	int64_t last;			/* as in struct token: what was spent last, or -1 */
};

/* What is wrong with a line, or what of it is not moved.  Never a secret. */
struct import_error {
	unsigned int line;		/* 0: of the whole file */
	char text[160];
};

struct import_sink {
	/* The token is wiped afterwards.  Anything but MFA_OK ends the import,
	 * which returns it. */
	int (*token)(void *arg, const struct import_token *token);
	/* Something that is understood, and that cannot be moved. */
	void (*remark)(void *arg, const struct import_error *what);
	void *arg;
};

/*
 * MFA_OK; MFA_E_INVALID at the first line that is not of the format, with
 * *error; MFA_E_SYSTEM (errno) when the file cannot be read; or what token()
 * returned.  Lines are at most 4,096 bytes long and there are at most
 * 1,000,000.  The stream's own buffer holds secrets: the caller gives it one
 * (setvbuf) that it wipes.
 *
 * import_google reads a .google_authenticator file of pam_google_authenticator
 * (its FILEFORMAT): one token, TOTP or HOTP, SHA-1, 6 digits.  What it spent
 * last is moved from DISALLOW_REUSE or HOTP_COUNTER.  RATE_LIMIT and the
 * progress of a clock adjustment are dropped, since limits and clocks are
 * pam_mfa's own; other options and scratch codes get a remark.
 *
 * import_oath reads a users.oath file of pam_oath (the UsersFile of
 * mod_authn_otp, as liboath understands it): one token a line.  A PIN gets a
 * remark.
 */
int import_google(FILE *in, const struct import_sink *sink, struct import_error *error);
int import_oath(FILE *in, const struct import_sink *sink, struct import_error *error);

#endif
