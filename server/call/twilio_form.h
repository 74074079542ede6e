/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_TWILIO_FORM_H
#define MFA_CALL_TWILIO_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "secret.h"

/*
 * What Twilio posts, and whether it was Twilio.
 */

/* ---- all limits ---- */
#define TWILIO_FIELDS_MAX	64
#define TWILIO_BODY_MAX		6000	/* as DIAL_BODY_MAX */
#define TWILIO_SIGNATURE_MAX	32	/* base64 of 20 bytes, with its terminator */

struct twilio_form {
	size_t count;
	struct { const char *name, *value; } fields[TWILIO_FIELDS_MAX];	/* in decoded */
	char decoded[2 * TWILIO_BODY_MAX];
};

/* application/x-www-form-urlencoded.  MFA_E_INVALID: broken, too much, a zero byte, or
 * a name twice, which signatures leave open. */
int twilio_form_read(const unsigned char *body, size_t len, struct twilio_form *form);

/* "" when there is none. */
const char *twilio_form_value(const struct twilio_form *form, const char *name);

/* X-Twilio-Signature: base64 of HMAC-SHA1, with the account's token, of the whole
 * address and then the fields, sorted by name, name and value each.  MFA_E_CRYPTO,
 * MFA_E_MEMORY. */
int twilio_sign(const struct secret *token, const char *url, const struct twilio_form *form,
    char signature[TWILIO_SIGNATURE_MAX]);

/* Is it this one?  In constant time. */
bool twilio_signed(const struct secret *token, const char *url, const struct twilio_form *form,
    const char *signature);

#endif
