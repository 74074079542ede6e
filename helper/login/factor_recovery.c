/* SPDX-License-Identifier: BSD-2-Clause */
#include "error.h"
#include "login.h"

int
factor_recovery(struct attempt *a)
{
	if (!a->onetime)
		return MFA_E_REFUSED;
	return store_recovery_spend(a->l->w->store, a->l->begin.user, a->hash, a->now, &a->left);
}
