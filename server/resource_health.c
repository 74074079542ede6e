/* SPDX-License-Identifier: BSD-2-Clause */
#include "resources.h"

static void
get_health(struct request *r)
{
	reply_json(r, 200, "{\"status\":\"ok\"}");
}

const struct route health_routes[] = {
	{ HTTP_GET, "/v1/health", get_health },
	{ .handle = NULL },
};
