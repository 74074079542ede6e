/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token that an administrator gives to a user.
 */
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_token.h"
#include "text.h"

/* The step or counter that the code is of: it is spent by having been shown. */
static int
prove(struct db *db, const struct model_token_asked *in, const struct secret *key,
    const struct model_code_rules *rules, int64_t now, int64_t *last)
{
	uint64_t step = otp_step(&in->params, now), first = (uint64_t)in->next;
	uint64_t end = first + rules->hotp_look_ahead, match;
	int r = MFA_E_INVALID;

	if (in->params.kind == OTP_TOTP) {
		first = step > rules->totp_window ? step - rules->totp_window : 0;
		end = step + rules->totp_window;
	}
	if (strlen(in->code) == in->params.digits)
		r = otp_find(&in->params, key, in->code, first, end, &match);
	if (r == MFA_E_INVALID || r == MFA_E_REFUSED) {
		db_blame(db, "code");
		return PROBLEM_WRONG_CODE;
	}
	*last = r == MFA_OK ? (int64_t)match : -1;
	return r;
}

static int
give(struct db *db, const char *user, const struct model_token_asked *in,
    const struct secret *key, const struct model_code_rules *rules, const char *by, int64_t now,
    int64_t *id)
{
	int64_t last = in->next - 1;
	int r = MFA_OK;

	if (in->code != NULL)
		r = prove(db, in, key, rules, now, &last);
	return r != MFA_OK ? r :
	    model_token_add(db, user, in->name, &in->params, key, last, by, now, id);
}

int
model_token_give(struct db *db, const struct model_once *once, const char *user,
    const struct model_token_asked *in, const struct model_code_rules *rules, const char *by,
    int64_t now, struct model_token_given *out)
{
	struct secret made = { .len = 0 };
	bool found;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_once_find(db, once, "token", now, out, sizeof(*out), &found)) != MFA_OK ||
	    found)
		return r;
	if (in->key.len > 0)
		r = give(db, user, in, &in->key, rules, by, now, &out->id);
	else if ((r = otp_key_new(in->params.algorithm, &made)) == MFA_OK &&
	    (r = give(db, user, in, &made, rules, by, now, &out->id)) == MFA_OK)
		r = otp_key_export(&made, out->secret);
	secret_wipe(&made);
	if (r == MFA_OK)
		r = model_once_keep(db, once, "token", now, out, sizeof(*out));
	if (r != MFA_OK)
		explicit_bzero(out, sizeof(*out));
	return r;
}
