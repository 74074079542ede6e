/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * users.oath: blank-separated fields, TYPE USER PIN KEY, and once a code was
 * used COUNTER LAST-CODE TIME.
 */
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "import_line.h"
#include "text.h"

#define TOKEN_NAME	"oath"
#define TIME_LEN	20	/* 2009-12-07T23:23:49L */
/* Steps to either side in which the last code is looked for: pam_oath's
 * window is the administrator's, up to 50 by its manual. */
#define SEARCH		100

static const struct {
	const char *type;
	enum otp_kind kind;
	unsigned int period, digits;
} types[] = {
	{ "HOTP", OTP_HOTP, 0, 6 },
	{ "HOTP/E", OTP_HOTP, 0, 6 },
	{ "HOTP/E/6", OTP_HOTP, 0, 6 },
	{ "HOTP/E/7", OTP_HOTP, 0, 7 },
	{ "HOTP/E/8", OTP_HOTP, 0, 8 },
	{ "HOTP/T30", OTP_TOTP, 30, 6 },
	{ "HOTP/T30/6", OTP_TOTP, 30, 6 },
	{ "HOTP/T30/7", OTP_TOTP, 30, 7 },
	{ "HOTP/T30/8", OTP_TOTP, 30, 8 },
	{ "HOTP/T60", OTP_TOTP, 60, 6 },
	{ "HOTP/T60/6", OTP_TOTP, 60, 6 },
	{ "HOTP/T60/7", OTP_TOTP, 60, 7 },
	{ "HOTP/T60/8", OTP_TOTP, 60, 8 },
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

static int
read_type(struct import_reader *r, const char *word, struct otp_params *p)
{
	size_t i;

	for (i = 0; i < N_TYPES && strcmp(word, types[i].type) != 0; i++)
		;
	if (i == N_TYPES)
		return import_fail(r, "the type of token is none of HOTP, HOTP/E, HOTP/T30 and "
		    "HOTP/T60, with /6, /7 or /8 for the digits");
	*p = (struct otp_params){ types[i].kind, OTP_SHA1, types[i].digits, types[i].period };
	return MFA_OK;
}

static int
read_user(struct import_reader *r, const char *word, char user[IMPORT_USER_MAX])
{
	if (word == NULL)
		return import_fail(r, "no user");
	if (!text_printable(word, strlen(word)) ||
	    text_copy(user, IMPORT_USER_MAX, word) != MFA_OK)
		return import_fail(r, "a user's name that is too long or not printable");
	return MFA_OK;
}

static int
read_pin(struct import_reader *r, const char *word)
{
	if (word == NULL)
		return import_fail(r, "no PIN: - or + says that there is none");
	if (strcmp(word, "-") != 0 && strcmp(word, "+") != 0)
		import_remark(r, "the PIN is not moved: pam_mfa asks for the code alone");
	return MFA_OK;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
read_key(struct import_reader *r, const char *word, struct secret *key)
{
	int high, low;

	if (word == NULL)
		return import_fail(r, "no key");
	for (; *word != '\0'; word += 2) {
		high = hex_value(word[0]);
		low = high == -1 ? -1 : hex_value(word[1]);
		if (low == -1)
			return import_fail(r, "the key is not pairs of hexadecimal digits");
		if (key->len == SECRET_MAX)
			break;
		key->data[key->len++] = (unsigned char)(high << 4 | low);
	}
	if (otp_key_check(key) != MFA_OK)
		return import_fail(r, "the key is not %d to %d bytes long: enrol the user anew",
		    OTP_KEY_MIN, OTP_KEY_MAX);
	return MFA_OK;
}

static bool
is_code(const char *word)
{
	size_t len = strlen(word);

	return len >= 6 && len <= 8 && strspn(word, "0123456789") == len;
}

/* The time is local, as pam_oath wrote it. */
static int
read_time(const char *word, int64_t *out)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *end = strptime(word, "%Y-%m-%dT%H:%M:%SL", &tm);
	time_t t;

	if (strlen(word) != TIME_LEN || end == NULL || *end != '\0')
		return MFA_E_INVALID;
	tm.tm_isdst = -1;
	if ((t = mktime(&tm)) == (time_t)-1 || t < 0)
		return MFA_E_INVALID;
	*out = t;
	return MFA_OK;
}

/* The step whose code was used at time t; at least the step of t itself. */
static int64_t
step_used(const struct import_token *token, const char *code, int64_t t)
{
	uint64_t step = otp_step(&token->params, t), match;
	uint64_t first = step > SEARCH ? step - SEARCH : 0;

	if (otp_find(&token->params, &token->key, code, first, step + SEARCH, &match) == MFA_OK &&
	    match > step)
		step = match;
	return (int64_t)step;
}

/* For HOTP the counter is the one that was used, or, before any was, the next
 * one.  For TOTP it means nothing. */
static int
read_state(struct import_reader *r, struct import_token *token)
{
	const char *counter = import_word(r), *code = import_word(r), *when = import_word(r);
	int64_t n = 0, t = 0;

	if (counter != NULL && import_counter(counter, &n) != MFA_OK)
		return import_fail(r, "the counter is not a number from 0 on");
	if (code != NULL && !is_code(code))
		return import_fail(r, "the last code is not 6 to 8 digits");
	if (when != NULL && read_time(when, &t) != MFA_OK)
		return import_fail(r, "the time is not of the form 2024-12-31T23:59:59L");
	if (import_word(r) != NULL)
		return import_fail(r, "more than seven fields");
	if (token->params.kind == OTP_HOTP)
		token->last = code != NULL ? n : n - 1;
	else if (when != NULL)
		token->last = step_used(token, code, t);
	return MFA_OK;
}

static int
read_token(struct import_reader *r, struct import_token *token)
{
	const char *type = import_word(r);
	int e;

	if (type == NULL || *type == '#')
		return MFA_E_ABSENT;
	token->line = r->line;
	token->last = -1;
	if ((e = read_type(r, type, &token->params)) != MFA_OK ||
	    (e = read_user(r, import_word(r), token->user)) != MFA_OK ||
	    (e = read_pin(r, import_word(r))) != MFA_OK ||
	    (e = read_key(r, import_word(r), &token->key)) != MFA_OK ||
	    (e = read_state(r, token)) != MFA_OK)
		return e;
	return text_copy(token->name, sizeof(token->name), TOKEN_NAME);
}

int
import_oath(FILE *in, const struct import_sink *sink, struct import_error *error)
{
	struct import_reader r;
	struct import_token token = { .line = 0 };
	int e;

	import_begin(&r, in, sink, error);
	while ((e = import_next(&r)) == MFA_OK) {
		if ((e = read_token(&r, &token)) == MFA_OK)
			e = sink->token(sink->arg, &token);
		else if (e == MFA_E_ABSENT)
			e = MFA_OK;
		explicit_bzero(&token, sizeof(token));
		if (e != MFA_OK)
			break;
	}
	import_end(&r);
	return e == MFA_E_CLOSED ? MFA_OK : e;
}
