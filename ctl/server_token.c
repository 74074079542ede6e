/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server token: what a host joins with, shown once.
 */
#include <stdio.h>
#include <string.h>

#include "../client/link.h"
#include "ctl.h"
#include "error.h"
#include "server.h"
#include "text.h"
#include "when.h"

#define LIFE		"1h"
#define LIFE_MAX	(30 * 86400)
#define TOKEN_MAX	(LINK_ID_LEN + 1 + API_SECRET_MAX)

static int
ask(struct api *a, const char *name, int64_t life, struct api_reply *reply)
{
	struct fetch_request rq;
	struct json_writer w;

	api_request(&rq, "POST", "/v1/join-tokens");
	json_begin(&w, rq.body, sizeof(rq.body));
	if (name != NULL)
		json_put_text(&w, "name", name);
	json_put_number(&w, "life", (uint32_t)life);
	if (json_end(&w) != MFA_OK || api_once(&rq) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	return remote_ask(a, &rq, true, reply);
}

static int
tell(struct json_object *o, bool json)
{
	char token[TOKEN_MAX], until[WHEN_MAX];
	int64_t expires;
	int r = CTL_DONE;

	if (api_text(o, "token", token, sizeof(token)) != MFA_OK || strchr(token, '.') == NULL ||
	    api_number(o, "expires", 1, RECORD_TIME_MAX, &expires) != MFA_OK)
		r = remote_nonsense("token");
	else if (json)
		(void)printf("{ \"token\": \"%s\", \"expires\": \"%s\" }\n", token,
		    when_format_full(until, expires));
	else
		(void)printf("%s\n\nIt lets one host join, until %s; on that host:\n"
		    "    mfactl join URL\n", token, when_format(until, expires));
	explicit_bzero(token, sizeof(token));
	if (fflush(stdout) != 0)
		return complain(CTL_STATE, "the token could not be shown: make another");
	return r;
}

int
server_token(struct api *a, int argc, char **argv)
{
	const char *name = NULL, *life = LIFE;
	bool json = false;
	const struct opt opts[] = {
		{ "name", &name, NULL }, { "life", &life, NULL }, { "json", NULL, &json },
	};
	struct api_reply reply = { .json = NULL };
	int64_t seconds;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 3, 0, 0, &first)) != CTL_DONE)
		return r;
	if (duration_parse(life, &seconds) != MFA_OK || seconds > LIFE_MAX)
		return complain(CTL_USAGE, "--life: not a time like 30m, 8h or 2d, of at most 30d");
	if (name != NULL && (*name == '\0' || strpbrk(name, " \t") != NULL ||
	    strlen(name) >= STATEMENT_HOST_MAX || !text_printable(name, strlen(name))))
		return complain(CTL_USAGE, "--name: not one word");
	if ((r = ask(a, name, seconds, &reply)) == CTL_DONE)
		r = tell(reply.json, json);
	api_reply_free(&reply);
	return r;
}
