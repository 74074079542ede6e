/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the API for what becomes of logins.
 */
#include <string.h>

#include "error.h"
#include "model_login.h"

static const char *const states[] = {
	"waiting", "answered", "cancelled", "expired", "granted", "wrong_number", "refused", "code",
};
static const char *const decisions[] = { "", "approve", "deny", "report" };

const char *
model_login_state_name(enum login_state s)
{
	return states[s];
}

int
model_login_outcome(const char *word, enum login_state *out)
{
	static const enum login_state outcomes[] = { MODEL_GRANTED, MODEL_WRONG_NUMBER,
	    MODEL_REFUSED, MODEL_CODE, MODEL_CANCELLED };
	size_t i;

	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		if (strcmp(word, states[outcomes[i]]) == 0) {
			*out = outcomes[i];
			return MFA_OK;
		}
	}
	return PROBLEM_INVALID;
}

const char *
model_decision_name(enum model_decision d)
{
	return decisions[d];
}

int
model_decision(const char *word, enum model_decision *out)
{
	int i;

	for (i = MODEL_APPROVE; i <= MODEL_REPORT; i++) {
		if (strcmp(word, decisions[i]) == 0) {
			*out = (enum model_decision)i;
			return MFA_OK;
		}
	}
	return PROBLEM_INVALID;
}
