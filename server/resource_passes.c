/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Temporary access passes.  Their slow hash needs the user's salt, which is
 * made in one transaction, and is taken before the one that adds the pass.
 */
#include "error.h"
#include "jobs.h"
#include "model_code.h"
#include "resources.h"

struct passing {
	struct work work;
	char user[MODEL_NAME_MAX];
	int64_t life, uses;
	unsigned char salt[ONETIME_SALT_LEN], hash[ONETIME_HASH_LEN];
	char text[MODEL_PASS_TEXT_MAX];
	struct model_pass out;
};

static const struct body_member members[] = {
	{ "life", BODY_NUMBER, false, offsetof(struct passing, life), 0 },
	{ "uses", BODY_NUMBER, true, offsetof(struct passing, uses), 0 },
	{ .name = NULL },
};

static int
run_salt(struct db *db, struct work *w)
{
	struct passing *p = (struct passing *)w;

	return model_salt(db, p->user, p->salt);
}

static int
slow_hash(struct db *db, struct work *w)
{
	struct passing *p = (struct passing *)w;
	int r = pass_new(PASS_CHARS_DEFAULT, p->text, sizeof(p->text));

	(void)db;
	return r != MFA_OK ? r : onetime_hash_text(p->text, p->salt, p->hash);
}

static int
run_add(struct db *db, struct work *w)
{
	struct passing *p = (struct passing *)w;

	return model_pass_add(db, work_once(w), p->user, p->text, p->hash, p->life,
	    (unsigned int)p->uses, CALLER_ADMIN_ID, w->now, &p->out);
}

static void
have_salt(struct work *w)
{
	w->run = run_add;
	work_go_slow(w, slow_hash);
}

static void
answer(struct work *w)
{
	const struct passing *p = (const struct passing *)w;
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "pass", p->out.text);
	answer_number(&a, "expires", p->out.expires);
	answer_send(&a, w->request, 201);
}

static void
post_pass(struct request *r)
{
	struct passing *p = work_begin(r, CALLER_ADMIN, sizeof(*p));

	if (p == NULL)
		return;
	p->uses = 1;
	if (!work_param(&p->work, "user", p->user, sizeof(p->user)) ||
	    !work_body(&p->work, members))
		return;
	if (p->uses < 1 || p->uses > MODEL_PASS_USES_MAX) {
		work_refuse(&p->work, PROBLEM_INVALID, "uses", "a number from 1 to 99");
		return;
	}
	if (p->life < 1 || p->life > MODEL_PASS_LIFE_MAX) {
		work_refuse(&p->work, PROBLEM_INVALID, "life", "seconds, up to 30 days");
		return;
	}
	p->work.run = run_salt;
	p->work.then = have_salt;
	p->work.answer = answer;
	work_submit(&p->work);
}

const struct route pass_routes[] = {
	{ HTTP_POST, "/v1/users/{user}/passes", post_pass },
	{ .handle = NULL },
};
