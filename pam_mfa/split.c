/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_appl.h>
#include <string.h>

#include "error.h"
#include "module.h"

static const char question[] = "Password and code: ";

/* How much of the end of the answer is the code.  An answer that does not end
 * in one goes on whole, as a password with an empty code: whoever watches from
 * outside cannot tell which of the two was refused. */
static size_t
code_length(const struct secret *answer, size_t digits)
{
	size_t i;

	if (answer->len <= digits)
		return 0;
	for (i = answer->len - digits; i < answer->len; i++)
		if (answer->data[i] < '0' || answer->data[i] > '9')
			return 0;
	return digits;
}

static int
pass_on(struct request *rq, struct secret *answer)
{
	size_t code = code_length(answer, rq->digits);
	size_t password = answer->len - code;
	int r;

	r = memory_hold_code(rq->pamh, answer->data + password, code);
	if (r != MFA_OK)
		return r;
	explicit_bzero(answer->data + password, code);
	if (pam_set_item(rq->pamh, PAM_AUTHTOK, answer->data) != PAM_SUCCESS)
		return MFA_E_MEMORY;
	return MFA_OK;
}

int
split_run(struct request *rq)
{
	struct secret answer;
	int r;

	memory_forget_code(rq->pamh);
	if ((r = relay_run(rq)) != MFA_OK || rq->verdict != VERDICT_SPLIT)
		return r;
	if (rq->digits < SPLIT_DIGITS_MIN || rq->digits > SPLIT_DIGITS_MAX)
		return MFA_E_PROTOCOL;
	if ((r = conv_ask(rq->pamh, false, question, &answer)) == MFA_OK)
		r = pass_on(rq, &answer);
	secret_wipe(&answer);
	return r;
}
