/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server pass: a temporary access pass for all hosts, shown once.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "server.h"
#include "when.h"

#define LIFE		"8h"
#define LIFE_MAX	(31 * 86400)
#define USES_MAX	100
#define PASS_MAX	65

static int
ask(struct api *a, const char *user, int64_t life, unsigned int uses, struct api_reply *reply)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct json_writer w;

	api_request(&rq, "POST", "/v1/users/%s/passes", api_segment(segment, user));
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_number(&w, "life", (uint32_t)life);
	json_put_number(&w, "uses", uses);
	if (json_end(&w) != MFA_OK || api_once(&rq) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	return remote_ask(a, &rq, true, reply);
}

static int
tell(struct json_object *o, bool json)
{
	char pass[PASS_MAX], until[WHEN_MAX];
	int64_t expires;
	int r = CTL_DONE;

	if (api_text(o, "pass", pass, sizeof(pass)) != MFA_OK ||
	    api_number(o, "expires", 1, RECORD_TIME_MAX, &expires) != MFA_OK)
		r = remote_nonsense("pass");
	else if (json)
		(void)printf("{ \"pass\": \"%s\", \"expires\": \"%s\" }\n", pass,
		    when_format_full(until, expires));
	else
		(void)printf("%s\n\nIt works until %s.\n", pass, when_format(until, expires));
	explicit_bzero(pass, sizeof(pass));
	if (fflush(stdout) != 0)
		return complain(CTL_STATE, "the pass could not be shown: issue another");
	return r;
}

int
server_pass(struct api *a, int argc, char **argv)
{
	const char *life = LIFE, *uses = "1";
	bool json = false;
	const struct opt opts[] = {
		{ "life", &life, NULL }, { "uses", &uses, NULL }, { "json", NULL, &json },
	};
	struct api_reply reply = { .json = NULL };
	unsigned int n;
	int64_t seconds;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 3, 1, 1, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE ||
	    (r = opts_number("uses", uses, 1, USES_MAX, &n)) != CTL_DONE)
		return r;
	if (duration_parse(life, &seconds) != MFA_OK || seconds > LIFE_MAX)
		return complain(CTL_USAGE, "--life: not a time like 30m, 8h or 2d, of at most 31d");
	if ((r = ask(a, argv[first], seconds, n, &reply)) == CTL_DONE)
		r = tell(reply.json, json);
	api_reply_free(&reply);
	return r;
}
