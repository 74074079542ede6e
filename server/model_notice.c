/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts that tell people of a change of their telephones.
 */
#include <string.h>

#include "error.h"
#include "model_private.h"
#include "model_telephone.h"

static int
add(struct db *db, const struct model_dial_rules *rules,
    const struct model_telephone_number *n, int64_t now, struct model_notice *out)
{
	int r = model_dial_notice(db, rules, n->number, now);

	if (r == MFA_OK)
		out->to[out->count++] = *n;
	out->unsent += r == PROBLEM_TOO_MANY_CALLS;
	return r == PROBLEM_TOO_MANY_CALLS || r == PROBLEM_NO_GATEWAY ? MFA_OK : r;
}

struct others {
	size_t count;
	struct model_telephone_number list[MODEL_TELEPHONES_MAX];
};

static bool
take(void *arg, const struct model_telephone_number *n)
{
	struct others *o = arg;

	o->list[o->count++] = *n;
	return o->count < MODEL_TELEPHONES_MAX;
}

int
model_notice_added(struct db *db, const struct model_dial_rules *rules, const char *user,
    int64_t id, int64_t now, struct model_notice *out)
{
	struct others o = { .count = 0 };
	size_t i;
	int r;

	memset(out, 0, sizeof(*out));
	out->added = true;
	/* One that does not open any more keeps no other from counting. */
	if ((r = model_telephone_numbers(db, user, id, take, &o)) == MFA_E_STATE)
		r = MFA_OK;
	for (i = 0; r == MFA_OK && i < o.count; i++)
		r = add(db, rules, &o.list[i], now, out);
	explicit_bzero(&o, sizeof(o));
	return r;
}

int
model_notice_removed(struct db *db, const struct model_dial_rules *rules,
    const struct model_telephone_number *gone, int64_t now, struct model_notice *out)
{
	memset(out, 0, sizeof(*out));
	return gone->number[0] != '\0' ? add(db, rules, gone, now, out) : MFA_OK;
}
