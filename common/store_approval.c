/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Approvals that were used, and revocations of devices that were seen.
 */
#include "error.h"
#include "store_private.h"

int
store_approval_spend(struct store *s, const unsigned char *nonce, size_t len, const char *user,
    const char *device, int64_t now)
{
	int r = store_do(s, STMT_APPROVAL_SPEND,
	    ARGS(BYTES(nonce, len), TEXT(user), TEXT(device), NUMBER(now),), NULL);

	return r == MFA_E_EXISTS ? MFA_E_REFUSED : r;
}

int
store_user_approved(struct store *s, const char *user, int64_t now)
{
	return store_do(s, STMT_USER_APPROVED, ARGS(TEXT(user), NUMBER(now),), NULL);
}

int
store_revocation_add(struct store *s, const char *device, const char *user, int64_t now)
{
	return store_do(s, STMT_REVOCATION_ADD, ARGS(TEXT(device), TEXT(user), NUMBER(now),), NULL);
}

int
store_revocations(struct store *s, const char *user, bool (*fn)(void *arg, const char *device),
    void *arg)
{
	char device[STORE_DEVICE_MAX];
	sqlite3_stmt *st;
	int r = store_first(s, STMT_REVOCATIONS, ARGS(TEXT(user),), &st);

	for (; r == MFA_OK; r = store_next(s, st)) {
		/* One that cannot be read would count as another's. */
		if (!sql_text(st, 0, device, sizeof(device))) {
			sql_end(st);
			return store_say(s, MFA_E_MEMORY, "%s: out of memory", s->path);
		}
		if (!fn(arg, device)) {
			sql_end(st);
			return MFA_OK;
		}
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
