/* SPDX-License-Identifier: BSD-2-Clause */
#include "statement.h"

#include <stdbool.h>
#include <string.h>

#include "crypto.h"
#include "error.h"
#include "message.h"

#define NO_NUMBER "-"

/* A user and a service are what the module may send. */
_Static_assert(STATEMENT_USER_MAX == sizeof(((struct msg *)NULL)->user), "user");
_Static_assert(STATEMENT_SERVICE_MAX == sizeof(((struct msg *)NULL)->service), "service");

static const struct record_word decisions[] = {
	{ "approve", DECISION_APPROVE },
	{ "deny", DECISION_DENY },
	{ "report", DECISION_REPORT },
	{ NULL, 0 },
};

#define AT(member) offsetof(struct statement, member), sizeof(((struct statement *)NULL)->member)

static const struct record_field fields[] = {
	{ "pam_mfa", RECORD_CONSTANT, 0, 0, "approval 1", NULL },
	{ "host", RECORD_TEXT, AT(host), NULL, NULL },
	{ "user", RECORD_TEXT, AT(user), NULL, NULL },
	{ "service", RECORD_TEXT, AT(service), NULL, NULL },
	{ "origin", RECORD_TEXT, AT(origin), NULL, NULL },
	{ "nonce", RECORD_BYTES, AT(nonce), NULL, NULL },
	{ "number", RECORD_TEXT, AT(number), NULL, NULL },
	{ "expires", RECORD_TIME, AT(expires), NULL, NULL },
	{ "decision", RECORD_WORD, AT(decision), NULL, decisions },
};

static const struct record_type type = RECORD_TYPE(fields, struct statement);

/* ---- a new challenge ---- */

int
statement_challenge(struct statement *s, unsigned int digits)
{
	uint32_t power = 1, n, limit;
	unsigned int i;
	int r;

	explicit_bzero(s->nonce, sizeof(s->nonce));
	explicit_bzero(s->number, sizeof(s->number));
	if (digits < STATEMENT_DIGITS_MIN || digits > STATEMENT_DIGITS_MAX)
		return MFA_E_INVALID;
	for (i = 0; i < digits; i++)
		power *= 10;
	/* What is above the last multiple would favour small numbers. */
	limit = UINT32_MAX - UINT32_MAX % power;
	do {
		if ((r = crypto_random(&n, sizeof(n))) != MFA_OK)
			return r;
	} while (n >= limit);
	for (i = digits; i-- > 0; n /= 10)
		s->number[i] = (char)('0' + n % 10);
	explicit_bzero(&n, sizeof(n));
	return crypto_random(s->nonce, sizeof(s->nonce));
}

/* ---- what the table does not say ---- */

static bool
is_number(const char *s)
{
	size_t len = strlen(s);

	return len >= STATEMENT_DIGITS_MIN && len <= STATEMENT_DIGITS_MAX &&
	    strspn(s, "0123456789") == len;
}

/* An approval has a number; nothing else has one, so that a server cannot
 * try numbers on the signature of a denial. */
static bool
number_fits(const struct statement *s)
{
	if (s->decision == DECISION_APPROVE)
		return is_number(s->number);
	return strcmp(s->number, NO_NUMBER) == 0;
}

/* Nobody is shown another text as the place that a login comes from. */
static bool
is_origin(const char *s)
{
	struct origin o;
	char again[ORIGIN_TEXT_MAX];

	return origin_parse(s, &o) == MFA_OK && strcmp(origin_format(&o, again), s) == 0;
}

static bool
is_sound(const struct statement *s, struct record_error *error)
{
	*error = (struct record_error){ 7, "the number does not fit the decision" };
	if (!number_fits(s))
		return false;
	*error = (struct record_error){ 5, "the origin is no address, \"console\" or \"unknown\"" };
	return is_origin(s->origin);
}

/* ---- writer and reader ---- */

int
statement_format(const struct statement *s, char *buf, size_t size, size_t *len)
{
	struct record_error error;
	int r = record_format(&type, s, buf, size, len);

	if (r == MFA_OK && !is_sound(s, &error)) {
		explicit_bzero(buf, size);
		*len = 0;
		r = MFA_E_INVALID;
	}
	return r;
}

int
statement_parse(const char *text, size_t len, struct statement *s, struct record_error *error)
{
	struct record_error where;
	int r = record_parse(&type, text, len, s, &where);

	if (r == MFA_OK && !is_sound(s, &where)) {
		memset(s, 0, sizeof(*s));
		r = MFA_E_INVALID;
	}
	if (error != NULL)
		*error = r == MFA_OK ? (struct record_error){ 0, "" } : where;
	return r;
}

int
statement_digest(const struct statement *s, unsigned char digest[STATEMENT_DIGEST_LEN])
{
	char text[RECORD_MAX + 1];
	size_t len;
	int r;

	memset(digest, 0, STATEMENT_DIGEST_LEN);
	if ((r = statement_format(s, text, sizeof(text), &len)) == MFA_OK)
		r = crypto_sha256(text, len, digest);
	explicit_bzero(text, sizeof(text));
	return r;
}
