/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code of a text message.  The approval service made it, and it alone compares it,
 * for the login that asked for it: here there is nothing that it could be compared to.
 */
#include <string.h>

#include "error.h"
#include "login.h"
#include "otp.h"
#include "words.h"

/* ---- all limits ---- */
#define DIGITS_MIN	6
#define DIGITS_MAX	8

static const char unchecked[] = N_("The approval service cannot check your code now. "
    "Try again, or type another code: ");

static int
read_code(const struct secret *typed, struct secret *code)
{
	char digits[OTP_CODE_MAX] = "";
	size_t len;
	int r = otp_normalise(typed, digits, sizeof(digits));

	secret_wipe(code);
	len = strlen(digits);
	if (r == MFA_OK && (len < DIGITS_MIN || len > DIGITS_MAX ||
	    strspn(digits, "0123456789") != len))
		r = MFA_E_INVALID;
	if (r == MFA_OK)
		r = secret_set(code, digits, len);
	explicit_bzero(digits, sizeof(digits));
	return r;
}

bool
sms_is_code(const struct secret *typed)
{
	struct secret code;
	bool is = read_code(typed, &code) == MFA_OK;

	secret_wipe(&code);
	return is;
}

bool
sms_is_out(struct login *l, enum reason *reason, const char **sentence)
{
	static const struct query gone = { .type = QUERY_FAILED };
	const struct query *q = &gone;

	if (courier_text_is_out(l))
		return true;
	if (l->courier.early != NULL)
		q = l->courier.early;
	*reason = ended_reason(l, FACTOR_SMS, q);
	*sentence = ended_sentence(l, FACTOR_SMS, q);
	return false;
}

/* The service knows more codes than that of its message; each counts as what it is. */
static int
judge_coded(struct login *l, const struct decision *d, const struct coded *coded,
    struct judgement *out)
{
	return judge_attested(l, d, coded->result, coded->by_text ||
	    coded->result != QUERY_CODE_ACCEPTED ? FACTOR_SMS : FACTOR_SERVER_CODE, out);
}

int
sms_code(struct login *l, const struct decision *d, const struct secret *typed,
    struct judgement *out, const char **sentence)
{
	struct coded coded;
	struct secret code;
	enum reason reason;
	bool sent;
	int r = read_code(typed, &code);

	*out = (struct judgement){ .reason = REASON_FAULT };
	if (r != MFA_OK)
		return r;
	if (!sms_is_out(l, &reason, sentence)) {
		secret_wipe(&code);
		out->reason = reason;
		return MFA_OK;
	}
	/* As server_code: a decoy asks about no code, and what is refused unseen is not
	 * spent there. */
	sent = d->outcome == OUTCOME_ASK && !judge_refuses_unseen(l);
	r = courier_text(l, sent ? &code : NULL, &coded);
	secret_wipe(&code);
	if (!sent)
		coded = (struct coded){ .result = QUERY_CODE_REFUSED };
	if (r == MFA_OK)
		return judge_coded(l, d, &coded, out);
	*out = (struct judgement){ .reason = REASON_NOT_CHECKED };
	*sentence = unchecked;
	return MFA_OK;
}
