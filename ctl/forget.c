/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "ctl.h"
#include "error.h"
#include "state.h"

struct forgetting {
	const char *user;	/* NULL: everybody */
	unsigned int count;
};

static int
apply(struct state *st, void *arg)
{
	struct forgetting *f = arg;

	return store_grants_forget(st->store, f->user, &f->count);
}

static int
forget(struct state *st, struct forgetting *f)
{
	struct change c = { .event = "forget", .user = f->user != NULL ? f->user : "" };
	struct user_state u;
	int r;

	/* A name mistyped would look like a success. */
	if (f->user != NULL && store_user(st->store, f->user, st->now, &u) == MFA_OK &&
	    !u.exists && (r = user_known(f->user)) != CTL_DONE)
		return r;
	r = state_change(st, &c, apply, f);
	if (r != MFA_OK)
		return state_fault(st, r);
	(void)printf("%u remembered login%s forgotten.\n", f->count,
	    f->count == 1 ? " is" : "s are");
	return CTL_DONE;
}

int
cmd_forget(int argc, char **argv)
{
	struct forgetting f = { .user = NULL };
	bool all = false;
	const struct opt opts[] = { { "all", NULL, &all } };
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 0, 1, &first)) != CTL_DONE)
		return r;
	if (all == (first < argc))
		return complain(CTL_USAGE, "forget: whom? Give a user, or --all");
	if (!all && (r = user_valid(f.user = argv[first])) != CTL_DONE)
		return r;
	if ((r = state_open(&st, STATE_CHANGE)) == CTL_DONE)
		r = forget(&st, &f);
	state_close(&st);
	return r;
}
