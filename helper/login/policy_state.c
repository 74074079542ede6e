/* SPDX-License-Identifier: BSD-2-Clause */
/* What the policy asks of the state. */
#include <stdio.h>

#include "error.h"
#include "policy.h"

int
policy_remember_key(const struct settings *s, const char *service, const struct origin *origin,
    const char *boot, uint32_t sessionid, char *key)
{
	char text[ORIGIN_TEXT_MAX];
	int n;

	key[0] = '\0';
	if (s->remember == 0)
		return MFA_E_ABSENT;
	if (s->remember_for == REMEMBER_SESSION) {
		if (sessionid == UID_UNSET || boot[0] == '\0')
			return MFA_E_ABSENT;
		n = snprintf(key, POLICY_KEY_MAX, "session %s %lu", boot, (unsigned long)sessionid);
	} else {
		if (origin->kind == ORIGIN_UNKNOWN)
			return MFA_E_ABSENT;
		n = snprintf(key, POLICY_KEY_MAX, "origin %s %s", origin_format(origin, text),
		    s->service_class != NULL ? s->service_class : service);
	}
	if (n < 0 || n >= POLICY_KEY_MAX) {
		key[0] = '\0';
		return MFA_E_INVALID;
	}
	return MFA_OK;
}

/* Which kinds of token there are, without their keys. */
static int
read_kinds(struct store *store, const char *user, struct policy_state *out)
{
	int r;

	if (out->user.tokens > 0 &&
	    (r = store_token_kinds(store, user, &out->kinds[FACTOR_TOTP],
	    &out->kinds[FACTOR_HOTP])) != MFA_OK)
		return r;
	out->kinds[FACTOR_RECOVERY] = out->user.recovery > 0;
	out->kinds[FACTOR_PASS] = out->user.passes > 0;
	return MFA_OK;
}

int
policy_read_state(struct store *store, const char *user, const char *key, int64_t now,
    struct policy_state *out)
{
	int r;

	if ((r = store_user(store, user, now, &out->user)) != MFA_OK ||
	    (r = read_kinds(store, user, out)) != MFA_OK ||
	    ((r = store_told(store, STORE_COMPULSORY, &out->compulsory_from)) != MFA_OK &&
	    r != MFA_E_ABSENT))
		return r;
	if (key[0] == '\0')
		return MFA_OK;
	r = store_grant_find(store, user, key, now, &out->remembered_until);
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
