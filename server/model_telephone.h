/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_TELEPHONE_H
#define MFAD_MODEL_TELEPHONE_H

#include "e164.h"
#include "model.h"

/*
 * Telephones of users, and what is dialled.  A number counts once its owner has
 * proved it, by keying in or typing back a code that went over it; it is sealed,
 * shown masked, and one user's alone.
 */

/* ---- all limits ---- */
#define MODEL_TELEPHONES_MAX	3	/* of a user */
#define MODEL_PROOF_LIFE	300	/* seconds, of a number that is not proved */
#define MODEL_PROOF_TRIES	3	/* then it begins again */
#define MODEL_CALL_DIGITS	6	/* that prove a number by a call */
#define MODEL_PROOF_MAX		9	/* eight digits, terminator */
#define MODEL_DIAL_TIME		3600	/* in which calls and texts are counted */
#define MODEL_DIALLED_LIFE	86400	/* what was dialled is kept */

enum model_dial { MODEL_DIAL_CALL = 1, MODEL_DIAL_TEXT = 2 };

/* As in mfad.conf. */
struct model_dial_rules {
	bool call, text;		/* there is a gateway for them */
	unsigned int per_user, per_number, per_hour;	/* each in an hour */
	unsigned int text_digits;	/* of a code */
};

/* ---- having one ---- */

struct model_telephone_asked {
	const char *number;		/* as e164_read made it */
	const char *language;		/* "en", "nl" */
	enum model_dial by;		/* how it is proved */
	bool vouched;			/* the administrator does without consent */
};

struct model_telephone_made {
	int64_t id;
	char number[E164_MAX], language[8];
	char proof[MODEL_PROOF_MAX];	/* what the owner keys in, or is sent */
	bool consents;			/* to another; it counts itself already */
};

/* POST /v1/users/{user}/telephones.  A number of the user's that is not proved yet
 * gets a new proof.  PROBLEM_NO_CONSENT: see model_telephone_consent; PROBLEM_NAME_TAKEN:
 * the user has it, or somebody else; PROBLEM_TOO_MANY, PROBLEM_TOO_MANY_CALLS,
 * PROBLEM_NO_GATEWAY.  Writes. */
int model_telephone_add(struct db *db, const struct model_once *once, const char *user,
    const struct model_telephone_asked *in, const struct model_dial_rules *rules,
    const char *by, int64_t now, struct model_telephone_made *out);

/* What was keyed in (over a call) or typed (of a text): is it the proof, and did it come
 * that way?  A wrong one is counted.  PROBLEM_GONE: its time or tries are over;
 * PROBLEM_NAME_TAKEN: somebody else proved it meanwhile; PROBLEM_NOT_FOUND.  Writes. */
struct model_telephone_proved {
	bool right, added;		/* added: it counts from now on; else it consented */
};
int model_telephone_prove(struct db *db, const char *user, int64_t id, enum model_dial over,
    const char *keys, const char *by, int64_t now, struct model_telephone_proved *out);

/* POST /v1/users/{user}/telephones/{telephone}/consent: one that counts is asked whether
 * its user wants another (SP 800-63B, binding of an additional authenticator).  Once it
 * has proved that, as it was proved itself, one number may be added within
 * MODEL_PROOF_LIFE.  PROBLEM_NOT_FOUND, and as model_dial.  Writes. */
int model_telephone_consent(struct db *db, const struct model_once *once, const char *user,
    int64_t id, enum model_dial by, const struct model_dial_rules *rules, int64_t now,
    struct model_telephone_made *out);

struct model_telephone_row {
	int64_t id, created, proved, consented;	/* 0: not, or not yet */
	char shown[E164_MASKED_MAX], language[8];
};
int model_telephone_list(struct db *db, const char *user,
    bool (*fn)(void *arg, const struct model_telephone_row *t), void *arg);

/* Whose a number is, as e164_read made it: of the one who has proved it.
 * PROBLEM_NOT_FOUND. */
struct model_telephone_owner {
	char user[MODEL_NAME_MAX];
	int64_t id, proved;
};
int model_telephone_whose(struct db *db, const char *number, struct model_telephone_owner *out);

struct model_telephone_number {
	int64_t id;
	char number[E164_MAX], language[8];
};

/* Each proved number of the user's but this; fn returns false to stop. */
int model_telephone_numbers(struct db *db, const char *user, int64_t but,
    bool (*fn)(void *arg, const struct model_telephone_number *n), void *arg);

/* The one that is dialled: the first proved.  MFA_E_ABSENT. */
int model_telephone_of(struct db *db, const char *user, struct model_telephone_number *out);

/* Also ends a login that waits for it; with the last one that was proved, a user who was
 * called or sent a text first has no such method any more.  *gone has the number if it was
 * proved, so that its owner can be told, else "".  PROBLEM_NOT_FOUND.  Writes. */
int model_telephone_remove(struct db *db, const char *user, int64_t id, const char *by,
    int64_t now, struct model_telephone_number *gone);

/* ---- model_method.c ---- */

/* PUT /v1/users/{user}/method: "push", "call", "text", or "" for none.
 * PROBLEM_INVALID; PROBLEM_NO_DEVICE: the user has no telephone that was proved.  Writes. */
int model_method_set(struct db *db, const char *user, const char *method, const char *by,
    int64_t now);

/* ---- dialling ---- */

/* May this number of this user's be dialled now?  Then it is noted.
 * PROBLEM_NO_GATEWAY, PROBLEM_TOO_MANY_CALLS.  Writes. */
int model_dial(struct db *db, const struct model_dial_rules *rules, enum model_dial kind,
    const char *user, const char *number, int64_t now);

/* Is the hour's number of all calls and texts not reached?  PROBLEM_TOO_MANY_CALLS. */
int model_dial_room(struct db *db, const struct model_dial_rules *rules, int64_t now);

/* A text to it that tells of a change: counted as any, but not as the user's, who would
 * have fewer logins for it.  As model_dial.  Writes. */
int model_dial_notice(struct db *db, const struct model_dial_rules *rules, const char *number,
    int64_t now);

/* The last of these was not dialled after all, and cost nothing; "" as the user: a text that
 * tells of a change.  Writes. */
int model_dial_undo(struct db *db, enum model_dial kind, const char *user, const char *number);

/* ---- telling of a change ---- */

struct model_notice {
	bool added;			/* else removed */
	unsigned int unsent;		/* more would be too many in this hour */
	size_t count;
	struct model_telephone_number to[MODEL_TELEPHONES_MAX];
};

/* Who is sent a text: that this telephone counts now, the user's others; and that one
 * counts no more, itself.  Where there is no line for texts, nobody.  Both write. */
int model_notice_added(struct db *db, const struct model_dial_rules *rules, const char *user,
    int64_t id, int64_t now, struct model_notice *out);
int model_notice_removed(struct db *db, const struct model_dial_rules *rules,
    const struct model_telephone_number *gone, int64_t now, struct model_notice *out);

/* What a number is found by in the state. */
int model_telephone_mac(struct db *db, const char *number, unsigned char mac[MODEL_HASH_LEN]);

#endif
