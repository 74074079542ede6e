/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "error.h"
#include "log.h"
#include "login.h"
#include "text.h"
#include "words.h"

#define TOKEN_NAME "authenticator"

/* The key in groups of four, as people type it. */
static int
show_key(struct login *l, const struct secret *key)
{
	char base32[OTP_BASE32_MAX], grouped[OTP_BASE32_MAX * 5 / 4 + 1];
	size_t i, at = 0;
	struct secret url;
	int r;

	if ((r = otp_key_export(key, base32)) != MFA_OK)
		return r;
	for (i = 0; base32[i] != '\0' && at + 2 < sizeof(grouped); i++) {
		if (i > 0 && i % 4 == 0)
			grouped[at++] = ' ';
		grouped[at++] = (char)tolower((unsigned char)base32[i]);
	}
	grouped[at] = '\0';
	(void)talk_info(l, "Set up your authenticator app: add an account with this key: %s",
	    grouped);
	if ((r = otp_url(&otp_default, key, l->settings->issuer, l->begin.user, 0, &url)) == MFA_OK)
		(void)talk_info(l, "Or open this address on your phone: %s",
		    (const char *)url.data);
	secret_wipe(&url);
	explicit_bzero(base32, sizeof(base32));
	explicit_bzero(grouped, sizeof(grouped));
	return r;
}

/* A code from the app proves that the key arrived; *step is the one it used. */
static int
ask_back(struct login *l, const struct secret *key, uint64_t *step)
{
	static const char *const asks[ENROL_TRIES] = {
		N_("Type the code that the app shows now: "),
		N_("That was not it. Type the code that the app shows now: "),
		N_("That was not it. Type the code that the app shows now: "),
	};
	char code[OTP_CODE_MAX];
	struct secret typed;
	int64_t now, took;
	int i, r = MFA_E_REFUSED;

	for (i = 0; i < ENROL_TRIES && r == MFA_E_REFUSED; i++) {
		if ((r = talk_prompt(l, asks[i], l->settings->echo, &typed, &took,
		    NULL)) != MFA_OK ||
		    (r = wall_clock(&now)) != MFA_OK)
			break;
		r = MFA_E_REFUSED;
		if (otp_normalise(&typed, code, sizeof(code)) == MFA_OK &&
		    strlen(code) == otp_default.digits)
			r = otp_find(&otp_default, key, code, otp_step(&otp_default, now) - 1,
			    otp_step(&otp_default, now) + 1, step);
	}
	secret_wipe(&typed);
	explicit_bzero(code, sizeof(code));
	return r;
}

static int
keep(struct login *l, const struct secret *key, uint64_t step)
{
	struct token t = { .name = TOKEN_NAME, .params = otp_default, .key = *key,
	    .last = (int64_t)step, .resync = -1 };
	struct store *s = l->w->store;
	struct user_state u;
	struct audit a;
	int64_t now;
	int r;

	report_audit(l, "enrol", &a);
	if ((r = wall_clock(&now)) != MFA_OK || (r = login_begin_change(l)) != MFA_OK)
		goto out;
	/* Still the first, whatever its name: while this login asked, another
	 * with the same pass, or mfactl, may have added one or locked the user. */
	if ((r = store_user(s, l->begin.user, now, &u)) == MFA_OK &&
	    (r = u.tokens > 0 ? MFA_E_EXISTS : u.locked ? MFA_E_REFUSED : MFA_OK) == MFA_OK &&
	    (r = store_token_add(s, l->begin.user, &t, now)) == MFA_OK &&
	    (r = store_audit(s, &a, now)) == MFA_OK)
		r = store_commit(s, true);
	if (r != MFA_OK)
		store_rollback(s);
out:
	secret_wipe(&t.key);
	return r;
}

void
enrol_at_login(struct login *l)
{
	char user[300];
	struct secret key;
	uint64_t step = 0;
	int r;

	if ((r = otp_key_new(otp_default.algorithm, &key)) == MFA_OK &&
	    (r = show_key(l, &key)) == MFA_OK && (r = ask_back(l, &key, &step)) == MFA_OK)
		r = keep(l, &key, step);
	secret_wipe(&key);
	text_escape(user, sizeof(user), l->begin.user);
	if (r == MFA_OK) {
		log_line(LOG_NOTICE, "enrolled user=%s token=" TOKEN_NAME " by=pass", user);
		(void)talk_info(l, "Your authenticator app is set up. From now on, type its code.");
	} else {
		log_line(LOG_WARNING, "not enrolled user=%s by=pass: %s", user, mfa_strerror(r));
		(void)talk_info(l, "Your authenticator app is not set up. Ask your administrator.");
	}
}
