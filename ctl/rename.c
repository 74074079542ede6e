/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "ctl.h"
#include "error.h"
#include "state.h"
#include "token_name.h"

struct renaming {
	const char *user, *from, *to;
};

static int
apply(struct state *st, void *arg)
{
	const struct renaming *n = arg;

	return store_token_rename(st->store, n->user, n->from, n->to);
}

static int
rename_token(struct state *st, struct renaming *n)
{
	struct change c = { .event = "rename", .user = n->user };
	char user[SHOW_MAX], from[SHOW_MAX], to[SHOW_MAX];
	int r;

	show(user, sizeof(user), n->user);
	show(from, sizeof(from), n->from);
	show(to, sizeof(to), n->to);
	change_add(&c, "token", n->from);
	change_add(&c, "to", n->to);
	r = state_change(st, &c, apply, n);
	if (r == MFA_E_ABSENT)
		return complain(CTL_ABSENT, "%s has no token %s: see mfactl list", user, from);
	if (r == MFA_E_EXISTS)
		return complain(CTL_REFUSED, "%s has a token %s already: choose another name", user,
		    to);
	if (r != MFA_OK)
		return state_fault(st, r);
	(void)printf("Renamed: the token %s of %s is now %s.\n", from, user, to);
	return CTL_DONE;
}

int
cmd_rename(int argc, char **argv)
{
	struct renaming n;
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 3, 3, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE ||
	    (r = token_name_valid(argv[first + 2])) != CTL_DONE)
		return r;
	n = (struct renaming){ argv[first], argv[first + 1], argv[first + 2] };
	if ((r = state_open(&st, STATE_CHANGE)) == CTL_DONE)
		r = rename_token(&st, &n);
	state_close(&st);
	return r;
}
