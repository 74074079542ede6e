/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ENROL_H
#define MFA_ENROL_H

#include <stddef.h>

#include "device.h"
#include "refusal.h"

/*
 * How a phone proves to a host that it is the one whose person saw the code
 * that the host showed: an HMAC (SHA-256, RFC 2104) under the secret in that
 * code, over the record that says what it signs with.  The same record, without
 * the HMAC, is what an authority is asked to sign.
 */
#define ENROL_SECRET_LEN	32	/* random, used once */
#define ENROL_MAC_LEN		32

/* The record of a device, with a terminator, in buf (RECORD_MAX + 1 is always
 * enough); *len is set.  MFA_E_INVALID, and then buf is empty. */
int enrol_format(const struct device *d, char *buf, size_t size, size_t *len);

/* The reverse, from outside data; *d is zeroed on error: MFA_E_INVALID.  error
 * may be NULL. */
int enrol_parse(const char *text, size_t len, struct device *d, struct record_error *error);

/* What the phone sends with the text.  MFA_E_CRYPTO. */
int enrol_mac(const unsigned char secret[ENROL_SECRET_LEN], const char *text, size_t len,
    unsigned char mac[ENROL_MAC_LEN]);

/* MFA_OK only when mac is that of exactly this text, and it is the record of a
 * device of `user`; compared in constant time before anything of it is read.
 * Otherwise *d is zeroed: MFA_E_REFUSED (REFUSAL_PROOF, REFUSAL_USER),
 * MFA_E_INVALID (REFUSAL_FORM), MFA_E_CRYPTO (REFUSAL_FAULT). */
int enrol_verify(const unsigned char secret[ENROL_SECRET_LEN], const char *text, size_t len,
    const unsigned char *mac, size_t mac_len, const char *user, struct device *d,
    enum refusal *why);

#endif
