/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CTL_SERVER_TOKENS_H
#define MFA_CTL_SERVER_TOKENS_H

#include "server.h"
#include "store.h"

/* A user's tokens as the service has them: names, and their numbers there. */
struct fleet_tokens {
	struct token tokens[TOKENS_MAX];
	size_t count;
	char issuer[256];
};

/* A ctl_exit. */
int fleet_tokens(struct api *a, const char *user, struct fleet_tokens *out);

#endif
