/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_QUERY_H
#define MFA_QUERY_H

#include <stdint.h>

#include "certificate.h"
#include "secret.h"
#include "signature.h"
#include "statement.h"
#include "webauthn.h"
#include "wire.h"

/*
 * The messages between mfa-helper, which decides, and mfa-http, which brings
 * evidence from an approval service, in the wire form of wire.h.  What comes
 * back is outside data through and through: it grants nothing.  The number of
 * a push is in no message.
 */

/* ---- all limits ---- */
#define QUERY_VERSION		2
#define QUERY_METHODS_MAX	8	/* of a user */
#define QUERY_REVOCATIONS_MAX	4096	/* bytes of them, one after another */
#define QUERY_WORDS_MAX		200	/* what the service says about a failure, for the log */

enum query_type {
	QUERY_BEGIN = 1,	/* helper: whose login this is */
	QUERY_METHODS = 2,	/* http: what the service has for that user */
	QUERY_PUSH = 3,		/* helper: ask the phone */
	QUERY_PUSHED = 4,	/* http: the service has asked it */
	QUERY_ANSWERED = 5,	/* http: what came back, at any time from then on */
	QUERY_ENDED = 6,	/* http: nothing will come back: expired, or cancelled */
	QUERY_CODE = 7,		/* helper: check a code of a token that the service has */
	QUERY_CODED = 8,	/* http: what the service says about it */
	QUERY_CLOSE = 9,	/* helper: what became of the login; the last message */
	QUERY_FAILED = 10,	/* http: instead of any of its answers */
};

/* Bits of query.methods. */
#define QUERY_CAN_PUSH		0x1u
#define QUERY_CAN_CODE		0x2u	/* a token of the user's is in the service */
#define QUERY_PUSH_LOCKED	0x4u	/* "this was not me" */

enum query_outcome {
	QUERY_GRANTED = 1,	/* by the push */
	QUERY_BY_CODE = 2,	/* otherwise: the push is void */
	QUERY_WRONG_NUMBER = 3,
	QUERY_REFUSED = 4,	/* evidence that does not count */
	QUERY_CANCELLED = 5,	/* given up */
};

enum query_failure {
	QUERY_UNREACHABLE = 1,	/* no connection, no name, no TLS, no answer in time */
	QUERY_MISCONFIGURED = 2,	/* mfa-http itself: no server, no host key … */
	QUERY_NOT_ACCEPTED = 3,	/* the service does not know this host */
	QUERY_SERVICE = 4,	/* the service failed, or said what it may not */
	QUERY_NO_DEVICE = 5,
	QUERY_WAITING = 6,	/* another push of this user is */
	QUERY_TOO_MANY = 7,	/* unanswered pushes: later */
	QUERY_LOCKED = 8,	/* pushes, by a report */
	QUERY_CLOCKS = 9,	/* by its clock the request is over, or ends too late */
};

enum query_code_result {
	QUERY_CODE_ACCEPTED = 0x636f6465,	/* "code" */
	QUERY_CODE_REFUSED = 2,
	QUERY_CODE_REPLAYED = 3,
	QUERY_CODE_TOO_SOON = 4,
	QUERY_CODE_LOCKED = 5,
};

struct query {
	unsigned int type;		/* enum query_type */

	/* QUERY_BEGIN */
	uint32_t version;
	uint32_t ms_left;
	char user[STATEMENT_USER_MAX];

	/* QUERY_METHODS */
	uint32_t methods;		/* bits */
	uint32_t compulsory_from;	/* seconds since 1970, of a user without a phone; 0: never,
					 * or not asked */
	uint32_t revocations_len;
	unsigned char revocations[QUERY_REVOCATIONS_MAX];

	/* QUERY_PUSH */
	char service[STATEMENT_SERVICE_MAX];
	char origin[STATEMENT_ORIGIN_MAX];
	uint32_t nonce_len;		/* also of QUERY_CODE, and of the QUERY_CODED to it */
	unsigned char nonce[STATEMENT_NONCE_LEN];
	uint32_t digits;		/* of the number, for the phone's field */
	uint32_t expires;		/* seconds since 1970, exactly as it is signed */
	uint32_t decoy;			/* not 0: no phone is to hear of it */

	/* QUERY_ANSWERED */
	uint32_t decision;		/* enum phone_decision */
	uint32_t certificate_len;
	unsigned char certificate[SIGNED_MAX];
	uint32_t signature_len;
	unsigned char signature[SIGNATURE_P256_MAX];
	uint32_t authenticator_data_len;
	unsigned char authenticator_data[WEBAUTHN_AUTHENTICATOR_DATA_MAX];
	uint32_t client_data_len;
	unsigned char client_data[WEBAUTHN_CLIENT_DATA_MAX];

	/* QUERY_CODE; QUERY_CODED */
	struct secret code;
	uint32_t result;		/* enum query_code_result */

	/* QUERY_CLOSE */
	uint32_t outcome;		/* enum query_outcome */

	/* QUERY_FAILED */
	uint32_t failure;		/* enum query_failure */
	uint32_t retry_after;		/* seconds; 0: unknown */
	char words[QUERY_WORDS_MAX];
};

enum query_side { QUERY_HELPER, QUERY_HTTP };

/*
 * What has been said, as each side keeps it.  The helper begins; it then asks
 * one thing at a time, and each is answered or fails; after a push was taken
 * there is at most one ANSWERED, ENDED or FAILED more, whenever it comes; CLOSE
 * may be said at any time and ends it.
 */
struct query_dialogue {
	unsigned int asked;	/* enum query_type that waits for its answer; 0: none */
	bool begun, pushed, waits, over;
};

/* May `from` send `type` now?  0 and the dialogue moves on, or
 * MFA_E_PROTOCOL and it is over. */
int query_permit(struct query_dialogue *d, enum query_side from, unsigned int type);

/* As in wire.h. */
int query_pack(const struct query *q, unsigned char *buf, size_t *len);
int query_unpack(const unsigned char *buf, size_t len, struct query *q);
int query_send(int fd, const struct query *q, struct deadline deadline);
int query_recv(int fd, struct query *q, struct deadline deadline);

#endif
