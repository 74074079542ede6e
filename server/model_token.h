/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_TOKEN_H
#define MFAD_MODEL_TOKEN_H

#include "model_code.h"

/* The rows behind model_code.h. */
struct model_token {
	int64_t id;
	struct otp_params params;
	struct secret key;		/* wiped by the caller */
	int64_t last, resync;		/* -1: none */
};

/* The user's tokens, unsealed, in order of creation. */
int model_tokens(struct db *db, const char *user, struct model_token *tokens, size_t *count);

/* Spends: last becomes counter only if that is greater, else MFA_E_REFUSED. */
int model_token_spend(struct db *db, int64_t id, int64_t counter, int64_t now);
int model_token_resync(struct db *db, int64_t id, int64_t counter);

/* The salt, if there is anything to compare with; MFA_E_ABSENT. */
int model_salt_find(struct db *db, const char *user, unsigned char salt[ONETIME_SALT_LEN]);

/* Spend the unused one with this hash; MFA_E_REFUSED when there is none. */
int model_recovery_spend(struct db *db, const char *user,
    const unsigned char hash[ONETIME_HASH_LEN], int64_t now, unsigned int *left);
int model_pass_spend(struct db *db, const char *user, const unsigned char hash[ONETIME_HASH_LEN],
    int64_t now, unsigned int *left);

#endif
