/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TEST_HTTP_LOGIN_H
#define MFA_TEST_HTTP_LOGIN_H

#include "http_world.h"
#include "login_world.h"

/* A login_world that asks the service of http_world.h, and believes its
 * authority; what it is configured with, and more. */
#define HTTP_CONFIGURATION "server = https://mfa.example.org\nhost_name = web1.example.org\n" \
	"authorities = none\n"
void http_login_world(struct login_world *w, const char *configuration, const char *more);
void http_login_drop(struct login_world *w);	/* the service stops, too */

#endif
