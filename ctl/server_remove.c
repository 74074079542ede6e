/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server remove: a phone, or a host, whose id says what it is; or a
 * token of a user, by its name.
 */
#include <stdio.h>

#include "../client/link.h"
#include "ctl.h"
#include "server_tokens.h"
#include "token_name.h"

static int
remove_token(struct api *a, const char *user, const char *name)
{
	static struct fleet_tokens f;
	char segment[API_SEGMENT_MAX], shown[SHOW_MAX], whose[SHOW_MAX];
	const struct token *t;
	struct fetch_request rq;
	int r;

	show(whose, sizeof(whose), user);
	show(shown, sizeof(shown), name);
	if ((r = user_valid(user)) != CTL_DONE || (r = fleet_tokens(a, user, &f)) != CTL_DONE)
		return r;
	if ((t = token_named(f.tokens, f.count, name)) == NULL)
		return complain(CTL_ABSENT, "%s has no token %s: see mfactl --server tokens "
		    "%s", whose, shown, whose);
	api_request(&rq, "DELETE", "/v1/users/%s/tokens/%lld", api_segment(segment, user),
	    (long long)t->id);
	if ((r = server_do(a, &rq)) == CTL_DONE)
		(void)printf("The token %s of %s is worth nothing any more.\n", shown, whose);
	return r;
}

int
server_remove(struct api *a, int argc, char **argv)
{
	struct fetch_request rq;
	const char *id;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 1, 2, &first)) != CTL_DONE)
		return r;
	if (argc - first == 2)
		return remove_token(a, argv[first], argv[first + 1]);
	id = argv[first];
	if (!link_id(id, 'd') && !link_id(id, 'h'))
		return complain(CTL_USAGE, "remove: the id of a phone (d_...) or a host (h_...): "
		    "see mfactl --server devices USER, mfactl --server hosts; or USER TOKEN");
	api_request(&rq, "DELETE", "/v1/%s/%s", *id == 'd' ? "devices" : "hosts", id);
	if ((r = server_do(a, &rq)) == CTL_DONE)
		(void)printf(*id == 'd' ? "The phone %s approves nothing any more.\n" :
		    "The host %s is not known any more.\n", id);
	return r;
}
