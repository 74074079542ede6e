/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server recovery: new recovery codes for all hosts, shown once.
 */
#include <string.h>

#include "codes.h"
#include "ctl.h"
#include "error.h"
#include "server.h"

struct codes {
	char text[RECOVERY_CODES][RECOVERY_TEXT_MAX];
	size_t count;
};

static int
take(void *arg, const char *text, size_t len)
{
	struct codes *c = arg;

	if (c->count == RECOVERY_CODES || len != RECOVERY_TEXT_MAX - 1 ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz234567-") != len)
		return MFA_E_INVALID;
	memcpy(c->text[c->count++], text, len + 1);
	return MFA_OK;
}

static int
ask(struct api *a, const char *user, struct codes *c)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	struct json_writer w;
	int r;

	api_request(&rq, "POST", "/v1/users/%s/recovery", api_segment(segment, user));
	json_begin(&w, rq.body, sizeof(rq.body));
	if (json_end(&w) != MFA_OK || api_once(&rq) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	r = remote_ask(a, &rq, true, &reply);
	if (r == CTL_DONE && (json_texts(reply.json, "codes", take, c) != MFA_OK ||
	    c->count != RECOVERY_CODES))
		r = remote_nonsense("recovery code");
	api_reply_free(&reply);
	return r;
}

int
server_recovery(struct api *a, int argc, char **argv)
{
	struct codes c = { .count = 0 };
	bool json = false;
	const struct opt opts[] = { { "json", NULL, &json } };
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 1, 1, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	if ((r = ask(a, argv[first], &c)) == CTL_DONE)
		r = codes_show(argv[first], c.text, json);
	explicit_bzero(&c, sizeof(c));
	return r;
}
