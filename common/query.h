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
 * a push or call is in no message of the helper's; what was keyed in comes back.
 */

/* ---- all limits ---- */
#define QUERY_VERSION		3
#define QUERY_METHODS_MAX	8	/* of a user */
#define QUERY_REVOCATIONS_MAX	4096	/* bytes of them, one after another */
#define QUERY_WORDS_MAX		200	/* what the service says about a failure, for the log */
#define QUERY_KEYS_MAX		33	/* that are pressed before "#", with the terminator */
#define QUERY_KEYED_MAX		2	/* times that a call hears a number */

enum query_type {
	QUERY_BEGIN = 1,	/* helper: whose login this is */
	QUERY_METHODS = 2,	/* http: what the service has for that user */
	QUERY_PUSH = 3,		/* helper: ask the phone, or call, or send a text message */
	QUERY_PUSHED = 4,	/* http: the service has asked it */
	QUERY_ANSWERED = 5,	/* http: what came back, at any time from then on */
	QUERY_ENDED = 6,	/* http: nothing will come back: expired, or cancelled */
	QUERY_CODE = 7,		/* helper: check a code of a token that the service has */
	QUERY_CODED = 8,	/* http: what the service says about it */
	QUERY_CLOSE = 9,	/* helper: what became of the login; the last message */
	QUERY_FAILED = 10,	/* http: instead of any of its answers */
	QUERY_KEYED = 11,	/* http: what was keyed in during the call */
	QUERY_WRONG = 12,	/* helper: that is not the number */
	QUERY_AGAIN = 13,	/* http: whether the telephone asks once more */
	QUERY_LAST = QUERY_AGAIN
};

/* How a person is asked. */
enum query_method {
	QUERY_NO_METHOD = 0,
	QUERY_BY_PUSH = 1,
	QUERY_BY_CALL = 2,
	QUERY_BY_TEXT = 3,	/* a message with a code */
};

/* What a call asks for. */
enum query_form {
	QUERY_FORM_NUMBER = 0,
	QUERY_FORM_HASH = 1,	/* "#" alone will do */
};

/* Why nothing will come back. */
enum query_why {
	QUERY_WHY_UNKNOWN = 0,	/* or it expired */
	QUERY_WHY_NO_ANSWER = 1,
	QUERY_WHY_BUSY = 2,
	QUERY_WHY_DECLINED = 3,
	QUERY_WHY_HUNG_UP = 4,
	QUERY_WHY_NO_KEYS = 5,
	QUERY_WHY_GATEWAY = 6,	/* no line, or the message could not be sent */
	QUERY_WHY_NOT_ALLOWED = 7,	/* such numbers are not called */
	QUERY_WHY_REPORTED = 8,	/* "this was not me" */
	QUERY_WHY_TWICE = 9,	/* keys came through twice, again and again */
};

/* Bits of query.methods. */
#define QUERY_CAN_PUSH		0x1u
#define QUERY_CAN_CODE		0x2u	/* a token of the user's is in the service */
#define QUERY_PUSH_LOCKED	0x4u	/* "this was not me" */
#define QUERY_CAN_CALL		0x8u	/* there is a telephone, and a line to it */
#define QUERY_CAN_TEXT		0x10u

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
	QUERY_TOO_MANY_CALLS = 10,	/* or text messages: they cost */
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
	uint32_t preferred;		/* enum query_method: the user's choice */
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
	uint32_t method;		/* enum query_method */
	uint32_t form;			/* enum query_form */

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
	uint32_t by_text;		/* not 0: it was the code of a text message */

	/* QUERY_KEYED; QUERY_AGAIN */
	char keys[QUERY_KEYS_MAX];	/* before "#" */
	uint32_t again;			/* not 0: once more */

	/* QUERY_ENDED */
	uint32_t why;			/* enum query_why */

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
 * one thing at a time, and each is answered or fails.  After a push was taken
 * there is at most one ANSWERED, ENDED or FAILED more, whenever it comes; after a
 * text message the same without ANSWERED.  After a call there is one KEYED, ENDED
 * or FAILED, and after KEYED nothing but the answer to WRONG: where that says so, it
 * begins anew, QUERY_KEYED_MAX times in all.  CLOSE may be said at any time and
 * ends it.
 */
struct query_dialogue {
	unsigned int asked;	/* enum query_type that waits for its answer; 0: none */
	uint32_t method;	/* of what was asked of the person */
	unsigned int times;	/* that something was keyed in */
	bool begun, pushed, waits, keyed, over;
};

/* May `from` send q now?  Its type is looked at, a PUSH's method and an AGAIN's
 * flag.  0 and the dialogue moves on, or MFA_E_PROTOCOL and it is over. */
int query_permit(struct query_dialogue *d, enum query_side from, const struct query *q);

/* As in wire.h. */
int query_pack(const struct query *q, unsigned char *buf, size_t *len);
int query_unpack(const unsigned char *buf, size_t len, struct query *q);
int query_send(int fd, const struct query *q, struct deadline deadline);
int query_recv(int fd, struct query *q, struct deadline deadline);

#endif
