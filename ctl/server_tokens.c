/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server tokens, and what the other subcommands ask about them.
 */
#include "server_tokens.h"

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"

static const struct column columns[] = {
	{ "name", COLUMN_TEXT, "token" },
	{ "kind", COLUMN_TEXT, "kind" },
	{ "algorithm", COLUMN_TEXT, "algorithm" },
	{ "digits", COLUMN_NUMBER, "digits" },
	{ "period", COLUMN_NUMBER, "period" },
	{ "created", COLUMN_DAY, "since" },
	{ "last_used", COLUMN_DAY, "used" },
};
static const struct rows rows = { "tokens", columns, sizeof(columns) / sizeof(columns[0]),
    "The user has no token.", false };

int
server_tokens(struct api *a, int argc, char **argv)
{
	return rows_of_user(a, argc, argv, &rows, "tokens");
}

static int
keep(void *arg, struct json_object *o)
{
	struct fleet_tokens *f = arg;
	struct token *t = &f->tokens[f->count];

	if (api_text(o, "name", t->name, sizeof(t->name)) != MFA_OK ||
	    api_number(o, "token", 1, INT64_MAX, &t->id) != MFA_OK)
		return MFA_E_INVALID;
	f->count++;
	return MFA_OK;
}

int
fleet_tokens(struct api *a, const char *user, struct fleet_tokens *out)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	memset(out, 0, sizeof(*out));
	api_request(&rq, "GET", "/v1/users/%s/tokens", api_segment(segment, user));
	r = remote_ask(a, &rq, true, &reply);
	if (r == CTL_DONE && (api_objects(reply.json, "tokens", TOKENS_MAX, keep, out) != MFA_OK ||
	    api_text(reply.json, "issuer", out->issuer, sizeof(out->issuer)) != MFA_OK))
		r = remote_nonsense("list");
	api_reply_free(&reply);
	return r;
}
