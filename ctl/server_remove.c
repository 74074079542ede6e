/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server remove: a phone, or a host; what it is its id says.
 */
#include <stdio.h>

#include "../client/link.h"
#include "ctl.h"
#include "server.h"

int
server_remove(struct api *a, int argc, char **argv)
{
	struct fetch_request rq;
	const char *id;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 1, 1, &first)) != CTL_DONE)
		return r;
	id = argv[first];
	if (!link_id(id, 'd') && !link_id(id, 'h'))
		return complain(CTL_USAGE, "remove: the id of a phone (d_...) or a host (h_...): "
		    "see mfactl --server devices USER, mfactl --server hosts");
	api_request(&rq, "DELETE", "/v1/%s/%s", *id == 'd' ? "devices" : "hosts", id);
	if ((r = server_do(a, &rq)) == CTL_DONE)
		(void)printf(*id == 'd' ? "The phone %s approves nothing any more.\n" :
		    "The host %s is not known any more.\n", id);
	return r;
}
