/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server lock, unlock: everything of a user, or the phones alone.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "server.h"
#include "text.h"

#define REASON_MAX 128	/* with the terminator */

int
server_lock(struct api *a, int argc, char **argv)
{
	const char *reason = "";
	bool phones = false;
	const struct opt opts[] = { { "reason", &reason, NULL }, { "phones", NULL, &phones } };
	char segment[API_SEGMENT_MAX], user[SHOW_MAX];
	struct fetch_request rq;
	struct json_writer w;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 2, 1, 1, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	if (strlen(reason) >= REASON_MAX || !text_printable(reason, strlen(reason)))
		return complain(CTL_USAGE, "--reason: at most %d bytes on one line",
		    REASON_MAX - 1);
	api_request(&rq, "PUT", "/v1/users/%s/lock", api_segment(segment, argv[first]));
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "what", phones ? "push" : "all");
	json_put_text(&w, "reason", reason);
	if (json_end(&w) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	if ((r = server_do(a, &rq)) == CTL_DONE)
		(void)printf("%s of %s is locked, at every host.\n", phones ? "Every phone" :
		    "Everything", show(user, sizeof(user), argv[first]));
	return r;
}

int
server_unlock(struct api *a, int argc, char **argv)
{
	bool phones = false;
	const struct opt opts[] = { { "phones", NULL, &phones } };
	char segment[API_SEGMENT_MAX], user[SHOW_MAX];
	struct fetch_request rq;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 1, 1, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	api_request(&rq, "DELETE", "/v1/users/%s/lock?what=%s", api_segment(segment, argv[first]),
	    phones ? "push" : "all");
	if ((r = server_do(a, &rq)) == CTL_DONE)
		(void)printf("%s%s %s not locked any more%s.\n", phones ? "The phones of " : "",
		    show(user, sizeof(user), argv[first]), phones ? "are" : "is",
		    phones ? "" : "; phones that are stay so without --phones");
	return r;
}
