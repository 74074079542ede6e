/* SPDX-License-Identifier: BSD-2-Clause */
#include "jobs.h"
#include "resources.h"

static void
get_policy(struct request *r)
{
	const struct mfad_config *config = api_of(r)->config;
	struct model_caller caller;
	struct answer a;

	if (!caller_is(r, CALLER_HOST, &caller))
		return;
	answer_begin(&a);
	answer_time(&a, "compulsory_from", config->compulsory_from);
	answer_number(&a, "number_digits", config->number_digits);
	answer_send(&a, r, 200);
}

const struct route policy_routes[] = {
	{ HTTP_GET, "/v1/policy", get_policy },
	{ .handle = NULL },
};
