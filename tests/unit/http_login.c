/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_login.h"

#include <stdio.h>

void
http_login_world(struct login_world *w, const char *configuration, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "%s%s", configuration, more);
	login_world_make(w, text);
	w->authorities[0] = world_authority;
	w->authority_count = 1;
}

void
http_login_drop(struct login_world *w)
{
	http_stop();
	if (w->store != NULL)
		login_world_drop(w);
}
