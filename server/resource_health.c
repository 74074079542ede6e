/* SPDX-License-Identifier: BSD-2-Clause */
#include "api.h"
#include "resources.h"

/* Not another status: what only reads is served, and a proxy should not turn away. */
static void
get_health(struct request *r)
{
	const struct api *api = api_of(r);
	struct writer_counts n = { .failing = false };

	if (api != NULL && api->writer != NULL)
		writer_counts(api->writer, &n);
	reply_json(r, 200, n.failing ? "{\"status\":\"cannot-write\"}" : "{\"status\":\"ok\"}");
}

const struct route health_routes[] = {
	{ HTTP_GET, "/v1/health", get_health },
	{ .handle = NULL },
};
