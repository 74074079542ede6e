/* SPDX-License-Identifier: BSD-2-Clause */
#include "salt.h"

#include <string.h>

#include "error.h"

int
salt_make(struct state *st, const char *user, unsigned char salt[ONETIME_SALT_LEN])
{
	int r = store_begin(st->store, CTL_STORE_MS);

	if (r != MFA_OK)
		return r;
	if ((r = store_salt_make(st->store, user, salt)) == MFA_OK)
		r = store_commit(st->store, true);
	if (r != MFA_OK)
		store_rollback(st->store);
	return r;
}

int
salt_same(struct state *st, const char *user, const unsigned char salt[ONETIME_SALT_LEN])
{
	unsigned char current[ONETIME_SALT_LEN];
	int r = store_salt_make(st->store, user, current);

	if (r == MFA_OK && memcmp(current, salt, sizeof(current)) != 0)
		r = MFA_E_BUSY;
	return r;
}
