/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "ctl.h"
#include "error.h"
#include "json.h"
#include "salt.h"
#include "state.h"

struct recovery {
	const char *user;
	bool json;
	unsigned char salt[ONETIME_SALT_LEN];
	char codes[RECOVERY_CODES][RECOVERY_TEXT_MAX];
	unsigned char hashes[RECOVERY_CODES][ONETIME_HASH_LEN];
};

static int
make_codes(struct recovery *v)
{
	size_t i;
	int r = MFA_OK;

	for (i = 0; i < RECOVERY_CODES && r == MFA_OK; i++)
		if ((r = recovery_new(v->codes[i])) == MFA_OK)
			r = onetime_hash_text(v->codes[i], v->salt, v->hashes[i]);
	return r;
}

static int
apply(struct state *st, void *arg)
{
	struct recovery *v = arg;
	int r = salt_same(st, v->user, v->salt);

	if (r != MFA_OK)
		return r;
	return store_recovery_set(st->store, v->user, v->hashes, RECOVERY_CODES, st->now);
}

static int
renew(struct state *st, struct recovery *v)
{
	struct change c = { .event = "recovery", .user = v->user };
	int r;

	change_add(&c, "codes", "10");
	if ((r = salt_make(st, v->user, v->salt)) == MFA_OK && (r = make_codes(v)) == MFA_OK)
		r = state_change(st, &c, apply, v);
	if (r != MFA_OK)
		return state_fault(st, r);
	return codes_show(v->user, v->codes, v->json);
}

static int
count(struct state *st, const struct recovery *v)
{
	struct user_state u;
	int r = state_user(st, v->user, &u);

	if (r != CTL_DONE)
		return r;
	if (v->json) {
		struct json_object *o = json_new();

		json_add_text(o, "user", v->user);
		json_add_number(o, "recovery", u.recovery);
		json_print(o);
	} else {
		(void)printf("%u\n", u.recovery);
	}
	return CTL_DONE;
}

int
cmd_recovery(int argc, char **argv)
{
	static struct recovery v;
	bool only_count = false;
	const struct opt opts[] = { { "count", NULL, &only_count }, { "json", NULL, &v.json } };
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 2, 1, 1, &first)) != CTL_DONE ||
	    (r = need_root()) != CTL_DONE ||
	    (!only_count && (r = user_known(argv[first])) != CTL_DONE))
		return r;
	v.user = argv[first];
	if ((r = state_open(&st, only_count ? 0 :
	    STATE_CHANGE | STATE_MAKE | STATE_SEAL)) == CTL_DONE)
		r = only_count ? count(&st, &v) : renew(&st, &v);
	state_close(&st);
	explicit_bzero(&v, sizeof(v));
	return r;
}
