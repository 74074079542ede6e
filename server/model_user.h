/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_USER_H
#define MFAD_MODEL_USER_H

#include "model.h"

enum model_lock { MODEL_LOCK_PUSH = 1, MODEL_LOCK_ALL = 2 };

/* What a user has; zeros for one who is not known, which is no error. */
struct model_user {
	bool push, totp, hotp, recovery, pass;	/* methods that would work at now */
	bool telephone;				/* that was proved */
	char method[8];				/* that the user prefers, or "" */
	bool locked, push_locked;
	char lock_reason[MODEL_REASON_MAX], push_lock_reason[MODEL_REASON_MAX];
	unsigned int devices, tokens;		/* devices: certified at now */
	unsigned int failures;			/* of codes, in a row */
	int64_t last_failure;
};

/* GET /v1/users/{user}. */
int model_user(struct db *db, const char *user, int64_t now, struct model_user *out);

/* GET /v1/users: at most `limit` after that name (NULL: from the start); fn
 * returns false to stop. */
struct model_user_row {
	char name[MODEL_NAME_MAX];
	unsigned int devices, tokens;
	bool locked, push_locked;
};
int model_users(struct db *db, const char *after, unsigned int limit, int64_t now,
    bool (*fn)(void *arg, const struct model_user_row *u), void *arg);

/* PUT and DELETE /v1/users/{user}/lock.  Locking cancels the login that waits;
 * unlocking everything also forgets failures.  Write. */
int model_user_lock(struct db *db, const char *user, enum model_lock what, const char *reason,
    const char *by, int64_t now);
int model_user_unlock(struct db *db, const char *user, enum model_lock what, const char *by,
    int64_t now);

#endif
