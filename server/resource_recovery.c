/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POST /v1/users/{user}/recovery: new recovery codes for a printed list.  As
 * with a pass, their slow hashes are taken between two transactions.
 */
#include <string.h>

#include "error.h"
#include "jobs.h"
#include "model_code.h"
#include "resources.h"

struct renewing {
	struct work work;
	char user[MODEL_NAME_MAX];
	unsigned char salt[ONETIME_SALT_LEN];
	struct model_recovery made, out;
	unsigned char hashes[RECOVERY_CODES][ONETIME_HASH_LEN];
};

static const struct body_member no_members[] = { { .name = NULL } };

static int
run_salt(struct db *db, struct work *w)
{
	struct renewing *n = (struct renewing *)w;

	return model_salt(db, n->user, n->salt);
}

static int
slow_hashes(struct db *db, struct work *w)
{
	struct renewing *n = (struct renewing *)w;
	size_t i;
	int r = MFA_OK;

	(void)db;
	for (i = 0; i < RECOVERY_CODES && r == MFA_OK; i++)
		if ((r = recovery_new(n->made.codes[i])) == MFA_OK)
			r = onetime_hash_text(n->made.codes[i], n->salt, n->hashes[i]);
	return r;
}

static int
run_renew(struct db *db, struct work *w)
{
	struct renewing *n = (struct renewing *)w;

	return model_recovery_renew(db, work_once(w), n->user, &n->made, n->hashes,
	    CALLER_ADMIN_ID, w->now, &n->out);
}

static void
have_salt(struct work *w)
{
	w->run = run_renew;
	work_go_slow(w, slow_hashes);
}

static void
answer(struct work *w)
{
	const struct renewing *n = (const struct renewing *)w;
	struct answer a;
	size_t i;

	answer_begin(&a);
	answer_open(&a, "codes", '[');
	for (i = 0; i < RECOVERY_CODES; i++)
		answer_text(&a, NULL, n->out.codes[i]);
	answer_close(&a, ']');
	answer_send(&a, w->request, 201);
}

static void
post_recovery(struct request *r)
{
	struct renewing *n = work_begin(r, CALLER_ADMIN, sizeof(*n));

	if (n == NULL || !work_param(&n->work, "user", n->user, sizeof(n->user)) ||
	    !work_body(&n->work, no_members))
		return;
	n->work.run = run_salt;
	n->work.then = have_salt;
	n->work.answer = answer;
	work_submit(&n->work);
}

const struct route recovery_routes[] = {
	{ HTTP_POST, "/v1/users/{user}/recovery", post_recovery },
	{ .handle = NULL },
};
