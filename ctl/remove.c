/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "ctl.h"
#include "error.h"
#include "state.h"

struct removal {
	const char *user, *name;
	struct user_state left;
};

/* A token that is gone may be in other hands: so nothing that it opened stays
 * remembered. */
static int
apply(struct state *st, void *arg)
{
	struct removal *m = arg;
	unsigned int forgotten;
	int r;

	if ((r = store_token_remove(st->store, m->user, m->name)) != MFA_OK ||
	    (r = store_grants_forget(st->store, m->user, &forgotten)) != MFA_OK)
		return r;
	return store_user(st->store, m->user, st->now, &m->left);
}

static int
remove_token(struct state *st, struct removal *m)
{
	struct change c = { .event = "remove", .user = m->user };
	char user[SHOW_MAX], name[SHOW_MAX];
	int r;

	show(user, sizeof(user), m->user);
	show(name, sizeof(name), m->name);
	change_add(&c, "token", m->name);
	r = state_change(st, &c, apply, m);
	if (r == MFA_E_ABSENT)
		return complain(CTL_ABSENT, "%s has no token %s: see mfactl list", user, name);
	if (r != MFA_OK)
		return state_fault(st, r);
	(void)printf("Removed: %s no longer has the token %s.\n", user, name);
	if (m->left.tokens == 0)
		(void)printf("That was the last one: mfactl enroll %s sets up another.\n", user);
	return CTL_DONE;
}

int
cmd_remove(int argc, char **argv)
{
	struct removal m = { .user = NULL };
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 2, 2, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	m.user = argv[first];
	m.name = argv[first + 1];
	if ((r = state_open(&st, STATE_CHANGE)) == CTL_DONE)
		r = remove_token(&st, &m);
	state_close(&st);
	return r;
}
