/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "state.h"
#include "text.h"

#define REASON "by an administrator"

struct locking {
	const char *user, *reason;
	struct user_state before;
	unsigned int forgotten;
};

/* Whoever is locked is asked again, everywhere. */
static int
apply_lock(struct state *st, void *arg)
{
	struct locking *l = arg;
	int r;

	if ((r = store_user_lock(st->store, l->user, st->now, l->reason)) != MFA_OK)
		return r;
	return store_grants_forget(st->store, l->user, &l->forgotten);
}

static int
lock(struct state *st, struct locking *l)
{
	struct change c = { .event = "lock", .user = l->user };
	char user[SHOW_MAX];
	int r;

	change_add(&c, "reason", l->reason);
	if ((r = state_change(st, &c, apply_lock, l)) != MFA_OK)
		return state_fault(st, r);
	show(user, sizeof(user), l->user);
	(void)printf("Locked: no code of %s is accepted until mfactl unlock %s.\n", user, user);
	return CTL_DONE;
}

static int
apply_unlock(struct state *st, void *arg)
{
	struct locking *l = arg;

	return store_user_unlock(st->store, l->user);
}

static int
unlock(struct state *st, struct locking *l)
{
	struct change c = { .event = "unlock", .user = l->user };
	char user[SHOW_MAX];
	int r;

	if ((r = state_user(st, l->user, &l->before)) != CTL_DONE)
		return r;
	if ((r = state_change(st, &c, apply_unlock, l)) != MFA_OK)
		return state_fault(st, r);
	show(user, sizeof(user), l->user);
	if (l->before.locked)
		(void)printf("Unlocked: codes of %s are accepted again.\n", user);
	else
		(void)printf("%s was not locked; %u failure%s forgotten.\n", user,
		    l->before.failures, l->before.failures == 1 ? " is" : "s are");
	return CTL_DONE;
}

/* The row keeps a bounded text. */
static int
reason_valid(const char *reason)
{
	size_t len = strlen(reason);

	if (len == 0 || len >= sizeof(((struct user_state *)NULL)->lock_reason) ||
	    !text_printable(reason, len))
		return complain(CTL_USAGE, "--reason: not 1 to 127 printable characters");
	return CTL_DONE;
}

int
cmd_lock(int argc, char **argv)
{
	struct locking l = { .reason = REASON };
	const struct opt opts[] = { { "reason", &l.reason, NULL } };
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 1, 1, &first)) != CTL_DONE ||
	    (r = reason_valid(l.reason)) != CTL_DONE || (r = need_root()) != CTL_DONE ||
	    (r = user_known(argv[first])) != CTL_DONE)
		return r;
	l.user = argv[first];
	if ((r = state_open(&st, STATE_CHANGE | STATE_MAKE)) == CTL_DONE)
		r = lock(&st, &l);
	state_close(&st);
	return r;
}

int
cmd_unlock(int argc, char **argv)
{
	struct locking l = { .reason = NULL };
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 1, 1, &first)) != CTL_DONE)
		return r;
	l.user = argv[first];
	if ((r = state_open(&st, STATE_CHANGE)) == CTL_DONE)
		r = unlock(&st, &l);
	state_close(&st);
	return r;
}
