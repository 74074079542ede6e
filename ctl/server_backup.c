/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server backup: mfad copies its state while it runs.
 */
#include <stdio.h>

#include "ctl.h"
#include "error.h"
#include "server.h"

int
server_backup(struct api *a, int argc, char **argv)
{
	char path[SHOW_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	struct json_writer w;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 1, 1, &first)) != CTL_DONE)
		return r;
	if (argv[first][0] != '/')
		return complain(CTL_USAGE, "backup: an absolute path, which mfad can write");
	api_request(&rq, "POST", "/v1/backup");
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "path", argv[first]);
	if (json_end(&w) != MFA_OK)
		return complain(CTL_USAGE, "backup: the path is too long, or not printable");
	r = remote_ask(a, &rq, false, &reply);
	api_reply_free(&reply);
	if (r == CTL_DONE)
		(void)printf("The state is copied to %s.  The keys of mfad are not in it.\n",
		    show(path, sizeof(path), argv[first]));
	return r;
}
