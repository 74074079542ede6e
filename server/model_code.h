/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_CODE_H
#define MFAD_MODEL_CODE_H

#include "model.h"
#include "onetime.h"
#include "otp.h"

/*
 * Codes whose tokens live here, so that each is spent for all hosts at once:
 * TOTP and HOTP, recovery codes and passes.
 */

/* ---- all limits ---- */
#define MODEL_TOKENS_MAX	16	/* of a user */
#define MODEL_PASSES_MAX	16	/* of a user, valid */
#define MODEL_PASS_LIFE_MAX	(30 * 86400)
#define MODEL_PASS_USES_MAX	99
#define MODEL_TYPED_MAX		65	/* what a person may have typed */
#define MODEL_PASS_TEXT_MAX	(PASS_CHARS_MAX + PASS_CHARS_MAX / 4 + 1)

/* As in mfad.conf; the default ones are its defaults. */
struct model_code_rules {
	unsigned int totp_window, hotp_look_ahead, hotp_resync;
	unsigned int delay_after, max_failures;
	int64_t delay, delay_max;
};
extern const struct model_code_rules model_code_default;

/* ---- trying one ---- */

/* What was typed, as far as it can be understood without the lock. */
struct model_code {
	char digits[OTP_CODE_MAX];	/* or "" */
	bool hashed;			/* it may be a recovery code or a pass */
	unsigned char hash[ONETIME_HASH_LEN];
};

/* Will model_code_read take the slow hash of it (30 to 60 ms)?  Then it belongs
 * in another thread than the loop's, with a connection of that thread. */
bool model_code_is_slow(const char *typed);

/* Reads; wiped by the caller.  PROBLEM_NOT_FOUND for a login that is not the
 * host's.  What is no code is MFA_OK, and will be refused without being
 * counted. */
int model_code_read(struct db *db, const char *host, const char *login, const char *typed,
    struct model_code *out);

/* The same for a user of whom no login is open. */
int model_code_read_user(struct db *db, const char *user, const char *typed,
    struct model_code *out);

enum model_code_result { MODEL_CODE_REFUSED, MODEL_CODE_ACCEPTED, MODEL_CODE_REPLAYED,
	MODEL_CODE_TOO_SOON, MODEL_CODE_LOCKED };
const char *model_code_result_name(enum model_code_result r);

struct model_code_tried {
	enum model_code_result result;
	const char *factor;		/* "totp", "hotp", "recovery", "pass", "sms"; else "" */
	unsigned int left;		/* recovery codes or uses of the pass */
};

/* POST /v1/logins/{login}/code: compares, counts and spends in one step; an
 * accepted one ends the login, so that no phone can answer it any more.
 * PROBLEM_NOT_FOUND, PROBLEM_GONE (the login has ended).  Writes. */
int model_code_try(struct db *db, const struct model_once *once, const char *host,
    const char *login, const struct model_code *code, const struct model_code_rules *rules,
    int64_t now, struct model_code_tried *out);

/* POST /v1/users/{user}/code: the same without a login.  Writes. */
int model_code_try_user(struct db *db, const struct model_once *once, const char *host,
    const char *user, const struct model_code *code, const struct model_code_rules *rules,
    int64_t now, struct model_code_tried *out);

/* ---- having some ---- */

/* Adds a token; last is the step or counter that was spent (-1: none).
 * PROBLEM_NAME_TAKEN, PROBLEM_TOO_MANY.  Writes. */
int model_token_add(struct db *db, const char *user, const char *name,
    const struct otp_params *params, const struct secret *key, int64_t last, const char *by,
    int64_t now, int64_t *id);
/* DELETE /v1/users/{user}/tokens/{token}: PROBLEM_NOT_FOUND.  Writes. */
int model_token_remove(struct db *db, const char *user, int64_t id, const char *by,
    int64_t now);

/* POST /v1/users/{user}/tokens.  Without a key one is made, and out->secret is
 * it in base32; else "".  A code must be the token's now, and is spent by
 * that: PROBLEM_WRONG_CODE.  next is the first counter of HOTP, else 0.  As
 * model_token_add; with the same key of `once`, the first answer.  Writes. */
struct model_token_asked {
	const char *name;
	struct otp_params params;
	struct secret key;		/* of length 0: none; wiped by the caller */
	int64_t next;
	const char *code;		/* or NULL */
};
struct model_token_given {
	int64_t id;
	char secret[OTP_BASE32_MAX];	/* wiped by the caller */
};
int model_token_give(struct db *db, const struct model_once *once, const char *user,
    const struct model_token_asked *in, const struct model_code_rules *rules, const char *by,
    int64_t now, struct model_token_given *out);

/* GET /v1/users/{user}/tokens: without their keys; fn returns false to stop. */
struct model_token_row {
	int64_t id;
	char name[OTP_NAME_MAX];
	struct otp_params params;
	int64_t created, used;		/* 0: never */
};
int model_token_list(struct db *db, const char *user,
    bool (*fn)(void *arg, const struct model_token_row *t), void *arg);

/* The salt of the user's slow hashes, made at the first call.  The hash itself is taken
 * between two transactions.  Writes. */
int model_salt(struct db *db, const char *user, unsigned char salt[ONETIME_SALT_LEN]);

/* Replaces all of the user's recovery codes; at most RECOVERY_CODES.  Writes. */
int model_recovery_set(struct db *db, const char *user, unsigned char hashes[][ONETIME_HASH_LEN],
    size_t count, const char *by, int64_t now);

/* POST /v1/users/{user}/recovery: hashes are the slow ones of codes under
 * model_salt.  out is the codes; with the same key, the first ones.  Writes. */
struct model_recovery {
	char codes[RECOVERY_CODES][RECOVERY_TEXT_MAX];
};
int model_recovery_renew(struct db *db, const struct model_once *once, const char *user,
    const struct model_recovery *codes, unsigned char hashes[RECOVERY_CODES][ONETIME_HASH_LEN],
    const char *by, int64_t now, struct model_recovery *out);

/* How many of them work still. */
int model_recovery_left(struct db *db, const char *user, int64_t *left);

/* POST /v1/users/{user}/passes: text is pass_new's, and hash its slow hash under
 * model_salt.  out is the text and when it expires; with the same key, the first
 * ones.  PROBLEM_TOO_MANY.  Writes. */
struct model_pass {
	char text[MODEL_PASS_TEXT_MAX];
	int64_t expires;
};
int model_pass_add(struct db *db, const struct model_once *once, const char *user,
    const char *text, const unsigned char hash[ONETIME_HASH_LEN], int64_t life,
    unsigned int uses, const char *by, int64_t now, struct model_pass *out);

#endif
