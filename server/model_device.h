/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_DEVICE_H
#define MFAD_MODEL_DEVICE_H

#include "model.h"

/* ---- enrolments ---- */

struct model_enrolment {
	char id[MODEL_ID_MAX];
	int64_t expires;
};

/* POST /v1/enrolments, by a host.  Writes. */
int model_enrol_open(struct db *db, const struct model_once *once, const char *host,
    const char *user, int64_t life, int64_t now, struct model_enrolment *out);

struct model_offer {
	const char *name;		/* of the phone, for people */
	const char *kind, *key, *origin, *proof;
};

struct model_offered {
	char device[MODEL_ID_MAX];	/* model_enrol_device */
	char secret[MODEL_SECRET_MAX];	/* shown once */
};

/* PUT /v1/enrolments/{e}/device, by anybody who knows the id; once.  The caller
 * of `once` is the enrolment, whatever it says.
 * PROBLEM_NOT_FOUND, PROBLEM_GONE (expired), PROBLEM_ALREADY_USED.  Writes. */
int model_enrol_offer(struct db *db, const struct model_once *once, const char *enrolment,
    const struct model_offer *in, int64_t now, struct model_offered *out);

/* The id that the enrolment's device will have: the same characters, so that a
 * phone knows it before it proves anything. */
void model_enrol_device(const char *enrolment, char device[MODEL_ID_MAX]);

enum model_enrol_state { MODEL_ENROL_OPEN, MODEL_ENROL_OFFERED, MODEL_ENROL_DONE,
	MODEL_ENROL_EXPIRED };
const char *model_enrol_state_name(enum model_enrol_state s);

struct model_enrolled {
	char enrolment[MODEL_ID_MAX];
	char user[MODEL_NAME_MAX];
	enum model_enrol_state state;
	int64_t expires;
	/* Once offered, else "". */
	char device[MODEL_ID_MAX];
	char name[MODEL_LABEL_MAX], kind[16], key[MODEL_KEY_MAX], origin[MODEL_ORIGIN_MAX];
	char proof[MODEL_SECRET_MAX];
	char certificate[MODEL_CERTIFICATE_MAX];	/* once done, else "" */
};

/* GET /v1/enrolments/{e}, by the host that made it; PROBLEM_NOT_FOUND. */
int model_enrolment(struct db *db, const char *host, const char *enrolment, int64_t now,
    struct model_enrolled *out);

/* PUT /v1/enrolments/{e}/certificate, by that host; text is what an authority
 * signed, of exactly this device and valid at now (PROBLEM_BAD_CERTIFICATE); its signature
 * is the hosts' to verify.  The same text again is MFA_OK.  PROBLEM_NOT_OFFERED,
 * PROBLEM_ALREADY_USED, PROBLEM_GONE, PROBLEM_TOO_MANY.  Writes. */
int model_enrol_certify(struct db *db, const char *host, const char *enrolment, const char *text,
    int64_t now);

/* ---- devices ---- */

struct model_device {
	char device[MODEL_ID_MAX];
	char user[MODEL_NAME_MAX];
	char name[MODEL_LABEL_MAX], kind[16];
	int64_t created, used;		/* used: 0 never */
	int64_t expires;		/* 0: has no certificate */
	bool certified;			/* with a certificate that is valid at now */
};

/* GET /v1/device; PROBLEM_NOT_FOUND also when it is revoked. */
int model_device(struct db *db, const char *device, int64_t now, struct model_device *out);

/* GET /v1/users/{user}/devices; fn returns false to stop. */
int model_devices(struct db *db, const char *user, int64_t now,
    bool (*fn)(void *arg, const struct model_device *d), void *arg);

/* DELETE /v1/devices/{device}: its secret is void, the login of its user that
 * waits and what it answered and nobody used are cancelled.  text is the
 * revocation that an authority signed, or NULL where that is done elsewhere.
 * PROBLEM_NOT_FOUND.  Writes. */
int model_device_revoke(struct db *db, const char *device, const char *text, const char *by,
    int64_t now);

/* GET /v1/users/{user}/certificates: those that are valid at now, and the
 * revocations of the user's devices. */
int model_certificates(struct db *db, const char *user, int64_t now,
    bool (*fn)(void *arg, const char *text), void *arg);
int model_user_revocations(struct db *db, const char *user,
    bool (*fn)(void *arg, const char *text), void *arg);

/* GET /v1/revocations: at most `limit` with a higher number than `after`; *next
 * is the last one's number. */
int model_revocations(struct db *db, int64_t after, unsigned int limit,
    bool (*fn)(void *arg, const char *text), void *arg, int64_t *next);

#endif
