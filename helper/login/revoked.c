/* SPDX-License-Identifier: BSD-2-Clause */
#include "revoked.h"

#include "error.h"
#include "text.h"

static bool
take(void *arg, const char *device)
{
	struct revoked *r = arg;
	struct revocation *at = &r->list[r->count++];

	(void)text_copy(at->user, sizeof(at->user), r->user);
	(void)text_copy(at->device, sizeof(at->device), device);
	return r->count < REVOKED_MAX;
}

int
revoked_read(struct store *store, const char *user, struct revoked *out)
{
	int r;

	out->user = user;
	out->count = 0;
	if ((r = store_revocations(store, user, take, out)) != MFA_OK)
		return r;
	return out->count < REVOKED_MAX ? MFA_OK : MFA_E_REFUSED;
}
