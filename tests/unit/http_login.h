/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TEST_HTTP_LOGIN_H
#define MFA_TEST_HTTP_LOGIN_H

#include <check.h>

#include "http_world.h"
#include "login_world.h"

/* A login_world that asks the service of http_world.h, and believes its
 * authority; what it is configured with, and more. */
#define HTTP_CONFIGURATION "server = https://mfa.example.org\nhost_name = web1.example.org\n" \
	"authorities = none\n"
void http_login_world(struct login_world *w, const char *configuration, const char *more);
void http_login_drop(struct login_world *w);	/* the service stops, too */

/* Where a call counts, and who has it called first. */
#define HTTP_ATTESTED_CALL HTTP_CONFIGURATION "attested = call\n"
#define HTTP_CALLS .methods = QUERY_CAN_CALL, .preferred = QUERY_BY_CALL

#define PATIENCE_MS 150		/* a person's; HASTE_MS and some */

/* A login_script of alice, who reads what is shown and is not in haste. */
struct login_script http_login_script(const char *answer);

/* A suite of tests, each in the world, with *w dropped after it; the exit status. */
int http_login_main(struct login_world *w, const char *name, void (*add)(TCase *t));

/* What is kept of alice. */
struct user_state http_login_state(struct login_world *w);

#endif
