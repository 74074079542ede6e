/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_STATEMENT_H
#define MFA_STATEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "origin.h"
#include "record.h"

/*
 * What a phone signs about one login, and what the login host rebuilds from
 * what it asked: see PROTOCOL.md.  The nonce and the number come from the
 * host; the number reaches the phone through the person only.
 */

/* ---- all limits ---- */
#define STATEMENT_HOST_MAX	257	/* with the terminator, as are the next three */
#define STATEMENT_USER_MAX	257	/* as in message.h */
#define STATEMENT_SERVICE_MAX	65	/* as in message.h */
#define STATEMENT_ORIGIN_MAX	ORIGIN_TEXT_MAX
#define STATEMENT_NONCE_LEN	16
#define STATEMENT_DIGITS_MIN	2
#define STATEMENT_DIGITS_MAX	8
#define STATEMENT_LIFE_MAX	600	/* seconds: the longest deadline of a login */
#define STATEMENT_DIGEST_LEN	32

/* Words, so that no zeroed or one-bit-wrong decision approves. */
enum phone_decision {
	DECISION_APPROVE = 0x61707072,	/* "appr" */
	DECISION_DENY = 0x64656e79,	/* "deny" */
	DECISION_REPORT = 0x7265706f,	/* "repo": and it was not me */
};

struct statement {
	char host[STATEMENT_HOST_MAX];		/* the login host's name */
	char user[STATEMENT_USER_MAX];
	char service[STATEMENT_SERVICE_MAX];	/* PAM_SERVICE */
	char origin[STATEMENT_ORIGIN_MAX];	/* as origin_format writes it */
	unsigned char nonce[STATEMENT_NONCE_LEN];
	char number[STATEMENT_DIGITS_MAX + 1];	/* digits to approve, else "-" */
	int64_t expires;			/* seconds since 1970 */
	uint32_t decision;			/* enum phone_decision */
};

/* Fills in a new nonce, and a new number of so many digits, all equally
 * likely.  MFA_E_INVALID outside STATEMENT_DIGITS_MIN … _MAX, MFA_E_SYSTEM. */
int statement_challenge(struct statement *s, unsigned int digits);

/* The exact bytes that are signed, with a terminator, in buf (size bytes,
 * RECORD_MAX + 1 is always enough).  *len is set.  MFA_E_INVALID (buf empty)
 * for a value that is not of its form, and for a number that does not fit the
 * decision. */
int statement_format(const struct statement *s, char *buf, size_t size, size_t *len);

/* The reverse, from outside data; MFA_OK only for bytes that statement_format
 * writes.  *s is zeroed on error; error may be NULL. */
int statement_parse(const char *text, size_t len, struct statement *s,
    struct record_error *error);

/* SHA-256 of those bytes: the challenge of WebAuthn.  MFA_E_INVALID,
 * MFA_E_CRYPTO, and then it is zeros. */
int statement_digest(const struct statement *s, unsigned char digest[STATEMENT_DIGEST_LEN]);

#endif
