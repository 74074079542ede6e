/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHECK_SERVICE_H
#define MFA_CHECK_SERVICE_H

#include "check.h"
#include "check_stack.h"

/* One PAM service and its stacks. */
struct service {
	const char *name;
	const char *file;		/* the file of that name */
	struct stack auth, account, session;
	bool enabled, combined, guard;	/* its settings, or the defaults */
	unsigned int deadline;
};

/* Both look at every way through the stack. */
void check_auth(const struct service *s, struct findings *f);
void check_account(const struct service *s, struct findings *f);

#endif
