/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_H
#define MFAD_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "problem.h"

/*
 * What mfad knows and promises, one file for each resource of the API.  Every
 * function is one request; it returns MFA_OK, an enum problem, or an mfa_error,
 * and its *out is zeros unless it returns MFA_OK.  Those that write run in a job of the
 * writer (writer.h), whose transaction makes what they look at and what they do
 * one step; those that read run on any connection.  Strings that come in are
 * judged here and live until the job is done.  `now` is the wall clock, seconds
 * since 1970.
 */

/* ---- all limits ---- */
#define MODEL_ID_MAX		25	/* "l_", 22 characters, terminator */
#define MODEL_SECRET_MAX	44	/* 43 characters of base64url, terminator */
#define MODEL_CREDENTIAL_MAX	(MODEL_ID_MAX + MODEL_SECRET_MAX) /* with a dot */
#define MODEL_HASH_LEN		32	/* SHA-256 */
#define MODEL_NAME_MAX		257	/* of a host or user; as in statement.h */
#define MODEL_LABEL_MAX		65	/* what people call a device */
#define MODEL_SERVICE_MAX	65
#define MODEL_ORIGIN_MAX	268	/* of a page; a login's is shorter */
#define MODEL_REASON_MAX	128
#define MODEL_CERTIFICATE_MAX	2146	/* RECORD_MAX and its signature line */
#define MODEL_SIGNATURE_MAX	97	/* 72 bytes in base64url */
#define MODEL_AUTHENTICATOR_MAX	1367	/* 1,024 bytes */
#define MODEL_CLIENT_MAX	2732	/* 2,048 bytes */
#define MODEL_KEY_MAX		88	/* 65 bytes */
#define MODEL_DEVICES_MAX	16	/* of a user, that have a certificate */

#define MODEL_LOGIN_LIFE	120	/* seconds, at most */
#define MODEL_TEXT_LIFE		300	/* of one with a text, whose code has to arrive */
#define MODEL_UNANSWERED	3	/* logins of a user in that time, and then no push */
#define MODEL_UNANSWERED_TIME	600
#define MODEL_ANSWER_LIFE	600	/* an answer may be asked for once more */
#define MODEL_KEY_LIFE		3600	/* an old host key works on, until the new one is used */
#define MODEL_TOKEN_LIFE_MAX	(30 * 86400)	/* of a join token */
#define MODEL_ENROL_LIFE_MAX	86400
#define MODEL_CERTIFICATE_LIFE_MAX (366 * 86400)	/* as in certificate.h */
#define MODEL_SEEN_EVERY	60	/* seconds between two notes of having seen a host */

/* ---- the same request once more ---- */

/*
 * Who asks, the Idempotency-Key, and what stands for the body that came and the
 * names in the path (a user, a login).  Within MODEL_ANSWER_LIFE the same key
 * gives the first answer again and does nothing; with another body, for another
 * name, or for another request, it is PROBLEM_IDEMPOTENCY_MISMATCH.  Only what
 * was done is an answer: a refusal may be asked again.  Where a function takes
 * one, NULL is a request without a key.
 */
struct model_once {
	const char *caller;	/* an id, or "admin" */
	const char *key;	/* 22 to 64 characters A-Z a-z 0-9 _ - */
	unsigned char body[MODEL_HASH_LEN];
};

/* ---- who calls ---- */

struct model_caller {
	char id[MODEL_ID_MAX];
	char name[MODEL_NAME_MAX];	/* of the host, or of the device's user */
	bool certified;			/* a device that may approve */
	bool note;			/* of a host: have model_host_seen run */
	unsigned char key[MODEL_HASH_LEN];	/* for that */
};

/* Looks up "h_….SECRET" and "d_….SECRET"; PROBLEM_UNAUTHENTICATED when the id is
 * none, is revoked, or the secret is another.  They read. */
int model_host_authenticate(struct db *db, const char *credential, int64_t now,
    struct model_caller *out);
int model_device_authenticate(struct db *db, const char *credential, int64_t now,
    struct model_caller *out);

/* ---- all that is over ---- */

/* Deletes it, a bounded number of rows at a time; *more says whether another
 * round is worth while.  Writes. */
int model_tidy(struct db *db, int64_t now, unsigned int audit_days, bool *more);

#endif
