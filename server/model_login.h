/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_LOGIN_H
#define MFAD_MODEL_LOGIN_H

#include "model.h"
#include "model_telephone.h"
#include "model_user.h"

/* What became of a login.  Stored as they are; MODEL_EXPIRED is what a waiting
 * one is from its `expires` on, whether anybody has written so or not. */
enum login_state {
	MODEL_WAITING, MODEL_ANSWERED, MODEL_CANCELLED, MODEL_EXPIRED,
	MODEL_GRANTED, MODEL_WRONG_NUMBER, MODEL_REFUSED, MODEL_CODE
};
const char *model_login_state_name(enum login_state s);	/* as the API has it */

/* The word of a close request: MODEL_GRANTED, MODEL_CODE …; PROBLEM_INVALID. */
int model_login_outcome(const char *word, enum login_state *out);

enum model_decision { MODEL_APPROVE = 1, MODEL_DENY, MODEL_REPORT };
const char *model_decision_name(enum model_decision d);
int model_decision(const char *word, enum model_decision *out);	/* PROBLEM_INVALID */

/* ---- the host's side ---- */

struct model_login_asked {
	const char *user, *service, *origin, *nonce;
	int64_t expires;		/* at most now + MODEL_LOGIN_LIFE, or _TEXT_LIFE */
	unsigned int digits;
	bool push;			/* false: for a code only; no phone hears of it */
	bool decoy;			/* as if; see model_decoy.h */
	enum model_dial dial;		/* a telephone is asked instead of phones; 0: not */
	const struct model_dial_rules *dial_rules;	/* for that */
};

struct model_login_opened {
	char login[MODEL_ID_MAX];
	int64_t expires;
	struct { bool push, totp, hotp, recovery, pass, call, text; } methods;
	/* What is dialled, and what a text says. */
	struct model_telephone_number to;
	char code[MODEL_PROOF_MAX];
};

/*
 * POST /v1/logins.  PROBLEM_LOCKED; PROBLEM_NO_DEVICE when there is nothing to
 * ask the user with.  With push also PROBLEM_PUSH_LOCKED,
 * PROBLEM_ALREADY_WAITING (a user has one that waits), and
 * PROBLEM_TOO_MANY_UNANSWERED after MODEL_UNANSWERED within
 * MODEL_UNANSWERED_TIME that ended without an answer or with a wrong number:
 * then *retry is the seconds until one is allowed, else 0.  For a call or a text
 * PROBLEM_NO_GATEWAY and PROBLEM_TOO_MANY_CALLS.  Writes.
 */
int model_login_open(struct db *db, const struct model_once *once, const char *host,
    const struct model_login_asked *in, int64_t now, struct model_login_opened *out,
    int64_t *retry);

struct model_login {
	char login[MODEL_ID_MAX];
	char user[MODEL_NAME_MAX];
	int64_t expires;
	enum login_state state;		/* waiting, answered, cancelled or expired */
	bool push, decoy;		/* what it was opened as */
	enum model_dial dial;
	/* When it is answered, else zeros. */
	enum model_decision decision;
	char device[MODEL_ID_MAX];
	char kind[16];
	char certificate[MODEL_CERTIFICATE_MAX];
	char signature[MODEL_SIGNATURE_MAX];
	char authenticator_data[MODEL_AUTHENTICATOR_MAX], client_data[MODEL_CLIENT_MAX]; /* or "" */
};

/* GET /v1/logins/{login}; PROBLEM_NOT_FOUND also for another host's. */
int model_login(struct db *db, const char *host, const char *login, int64_t now,
    struct model_login *out);

/* POST /v1/logins/{login}/close; also for a host that went away
 * (MODEL_CANCELLED).  The first outcome stands.  PROBLEM_NOT_FOUND.  Writes. */
int model_login_close(struct db *db, const char *host, const char *login,
    enum login_state outcome, int64_t now);

/* ---- the phone's side ---- */

struct model_pending {
	char login[MODEL_ID_MAX];
	char host[MODEL_NAME_MAX], user[MODEL_NAME_MAX];
	char service[MODEL_SERVICE_MAX], origin[64];
	char nonce[MODEL_ID_MAX];
	int64_t expires;
	unsigned int digits;
	/* The administrator's: */
	char host_id[MODEL_ID_MAX];
	bool push, decoy;
	enum model_dial dial;
};

/* GET /v1/device/logins: *waits says whether there is one, *out is it.  *seq
 * is another number whenever that is not the same any more, or the user's phones are
 * others; none comes back for another login. */
int model_device_pending(struct db *db, const char *device, int64_t now, bool *waits,
    struct model_pending *out, int64_t *seq);

/* GET /v1/device/logins/{login}; PROBLEM_NOT_FOUND also for another user's. */
int model_device_login(struct db *db, const char *device, const char *login, int64_t now,
    enum login_state *out);

struct model_answer {
	enum model_decision decision;
	const char *signature, *authenticator_data, *client_data;	/* the latter: a
						 * passkey's, else NULL */
};

/* For the alert and the log. */
struct model_answered {
	bool report;			/* the user's phones are not asked any more */
	char user[MODEL_NAME_MAX], host[MODEL_NAME_MAX];
	char service[MODEL_SERVICE_MAX], origin[64];
};

/* POST /v1/device/logins/{login}/answer.  PROBLEM_FORBIDDEN for a device without
 * a valid certificate, PROBLEM_NOT_FOUND, PROBLEM_ALREADY_ANSWERED, PROBLEM_GONE.
 * Repeated with its key it is MFA_OK, and *out is zeros: nothing happened.  Writes. */
int model_device_answer(struct db *db, const struct model_once *once, const char *device,
    const char *login, const struct model_answer *in, int64_t now, struct model_answered *out);

/* "This was not me", keyed in on a telephone that was called for it: ends it, and what else
 * the user was asked, and locks the user's phones, also when it has ended meanwhile.
 * PROBLEM_GONE: there is none such.  Writes. */
int model_login_report(struct db *db, const char *login, int64_t now,
    struct model_answered *out);

/* ---- the administrator's ---- */

/* GET /v1/logins: all that wait now; fn returns false to stop. */
int model_logins_waiting(struct db *db, int64_t now,
    bool (*fn)(void *arg, const struct model_pending *p), void *arg);

#endif
