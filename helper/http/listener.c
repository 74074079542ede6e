/* SPDX-License-Identifier: BSD-2-Clause */
#include "listener.h"

#include <stdlib.h>

#include "child.h"
#include "forker.h"
#include "paths.h"
#include "service.h"

/* ---- all limits ---- */
#define CHILDREN_MAX	256	/* logins at once; more are turned away, which to them
				 * is a service that cannot be reached */

static void
look_again(void *ctx)
{
	struct service *s = ctx;

	if (service_stale(s))
		service_load(s);
}

static void
serve(void *ctx)
{
	child_serve(ctx);
}

int
listener_run(int listening)
{
	struct service *s = calloc(1, sizeof(*s));
	struct forker f = {
		.name = "mfa-http", .what = "login", .user = MFA_USER, .most = CHILDREN_MAX,
		.prepare = look_again, .serve = serve, .ctx = s,
	};
	int status;

	if (s == NULL)
		return EXIT_FAILURE;
	service_load(s);
	status = forker_run(&f, listening);
	service_drop(s);
	free(s);
	return status;
}
