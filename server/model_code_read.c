/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person typed, as far as it can be understood without the lock.
 */
#include <string.h>

#include "error.h"
#include "model_decoy.h"
#include "model_private.h"
#include "model_token.h"

static const char user_sql[] = "SELECT user FROM login WHERE id = ?1 AND host = ?2";

static bool
is_digits(const struct secret *typed, char *out, size_t size)
{
	return otp_normalise(typed, out, size) == MFA_OK;
}

bool
model_code_is_slow(const char *typed)
{
	struct secret text, normalised;
	char digits[OTP_CODE_MAX];
	bool slow;

	slow = secret_set(&text, typed, strnlen(typed, MODEL_TYPED_MAX)) == MFA_OK &&
	    !is_digits(&text, digits, sizeof(digits)) &&
	    onetime_normalise(&text, &normalised) == MFA_OK;
	secret_wipe(&text);
	secret_wipe(&normalised);
	explicit_bzero(digits, sizeof(digits));
	return slow;
}

/* A user without a salt gets one that fits nobody, and the same work. */
static int
hash_typed(struct db *db, const char *user, const struct secret *typed, struct model_code *out)
{
	unsigned char salt[ONETIME_SALT_LEN] = { 0 };
	struct secret normalised;
	int r = onetime_normalise(typed, &normalised);

	if (r == MFA_OK) {
		r = model_salt_find(db, user, salt);
		if (r == MFA_OK || r == MFA_E_ABSENT)
			r = onetime_hash(&normalised, salt, out->hash);
		out->hashed = r == MFA_OK;
	} else if (r == MFA_E_INVALID) {
		r = MFA_OK;
	}
	secret_wipe(&normalised);
	return r;
}

int
model_code_read_user(struct db *db, const char *user, const char *typed, struct model_code *out)
{
	struct secret text;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_check_text(db, "code", typed, MODEL_TYPED_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "user", user, MODEL_NAME_MAX)) != MFA_OK)
		return r;
	r = secret_set(&text, typed, strlen(typed));
	if (r == MFA_OK && !is_digits(&text, out->digits, sizeof(out->digits)))
		r = hash_typed(db, user, &text, out);
	secret_wipe(&text);
	return r;
}

int
model_code_read(struct db *db, const char *host, const char *login, const char *typed,
    struct model_code *out)
{
	struct model_login decoy;
	char user[MODEL_NAME_MAX];
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_check_text(db, "code", typed, MODEL_TYPED_MAX)) != MFA_OK)
		return r;
	r = db_first(db, user_sql, ARGS(TEXT(login), TEXT(host),), &st);
	if (r == MFA_E_ABSENT)
		return (r = model_decoy(db, host, login, 0, &decoy)) != MFA_OK ? r :
		    model_code_read_user(db, decoy.user, typed, out);
	if (r != MFA_OK)
		return r;
	db_text(db, st, 0, user, sizeof(user));
	r = db_end(db, st, MFA_OK);
	return r != MFA_OK ? r : model_code_read_user(db, user, typed, out);
}

