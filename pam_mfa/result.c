/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "error.h"
#include "module.h"

/* What a phase says for each kind of denial. */
static const struct codes {
	uint32_t phase;
	int refused;	/* judged, and not allowed */
	int tries;	/* tries used up */
	int fault;	/* could not be judged */
	int conv;	/* could not be asked */
} codes[] = {
	{ PHASE_AUTH, PAM_AUTH_ERR, PAM_MAXTRIES, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR },
	{ PHASE_SPLIT, PAM_AUTH_ERR, PAM_MAXTRIES, PAM_AUTHINFO_UNAVAIL, PAM_CONV_ERR },
	{ PHASE_ACCOUNT, PAM_PERM_DENIED, PAM_PERM_DENIED, PAM_PERM_DENIED, PAM_PERM_DENIED },
	{ PHASE_OPEN, PAM_SESSION_ERR, PAM_SESSION_ERR, PAM_SESSION_ERR, PAM_SESSION_ERR },
	{ PHASE_CLOSE, PAM_SESSION_ERR, PAM_SESSION_ERR, PAM_SESSION_ERR, PAM_SESSION_ERR },
};

static const struct codes *
codes_of(uint32_t phase)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].phase == phase)
			return &codes[i];
	return NULL;
}

static int
of_error(const struct codes *c, int error)
{
	switch (error) {
	case MFA_E_CONV:
		return c->conv;
	case MFA_E_CONFIG:
	case MFA_E_REFUSED:
		return c->refused;
	default:
		return c->fault;
	}
}

/* The split phase grants nothing: all it can say is "go on". */
static int
of_verdict(const struct codes *c, uint32_t verdict)
{
	bool split = c->phase == PHASE_SPLIT;

	switch (verdict) {
	case VERDICT_GRANT:
		return split ? c->fault : PAM_SUCCESS;
	case VERDICT_SPLIT:
	case VERDICT_NO_SPLIT:
		return split ? PAM_IGNORE : c->fault;
	case VERDICT_DENY:
		return c->refused;
	case VERDICT_TRIES:
		return c->tries;
	default:
		return c->fault;
	}
}

int
result_pam(uint32_t phase, int error, uint32_t verdict)
{
	const struct codes *c = codes_of(phase);

	if (c == NULL)
		return PAM_AUTH_ERR;
	return error == MFA_OK ? of_verdict(c, verdict) : of_error(c, error);
}

int
result_pam_setcred(int error)
{
	return error == MFA_OK ? PAM_SUCCESS : PAM_CRED_ERR;
}
