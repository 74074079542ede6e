/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_REVOKED_H
#define MFA_REVOKED_H

#include <stddef.h>

#include "certificate.h"
#include "store.h"

/*
 * The devices of a user that this host remembers as revoked, for struct trust.
 */
#define REVOKED_MAX 256	/* of one user; with more, none is believed */

struct revoked {
	const char *user;
	struct revocation list[REVOKED_MAX];
	size_t count;
};

/* user must outlive *out.  MFA_E_REFUSED for one who has too many. */
int revoked_read(struct store *store, const char *user, struct revoked *out);

#endif
