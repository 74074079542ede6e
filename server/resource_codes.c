/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes that a person typed at a host, of tokens, recovery codes and passes that
 * are kept here for all hosts.
 */
#include <string.h>

#include "call_metrics.h"
#include "error.h"
#include "jobs.h"
#include "login_metrics.h"
#include "model_code.h"
#include "resources.h"

struct trying {
	struct work work;
	char login[MODEL_ID_MAX];	/* "": user */
	char user[MODEL_NAME_MAX];
	const char *typed;
	struct model_code code;
	struct model_code_tried out;
	bool read;
};

static const struct body_member members[] = {
	{ "code", BODY_TEXT, false, offsetof(struct trying, typed), MODEL_TYPED_MAX },
	{ .name = NULL },
};

/* In a worker when it takes long, else right before it is tried. */
static int
understand(struct db *db, struct work *w)
{
	struct trying *t = (struct trying *)w;

	t->read = true;
	if (t->login[0] != '\0')
		return model_code_read(db, w->caller.id, t->login, t->typed, &t->code);
	return model_code_read_user(db, t->user, t->typed, &t->code);
}

static int
run(struct db *db, struct work *w)
{
	struct trying *t = (struct trying *)w;
	int r = t->read ? MFA_OK : understand(db, w);

	if (r != MFA_OK)
		return r;
	if (t->login[0] != '\0')
		return model_code_try(db, work_once(w), w->caller.id, t->login, &t->code,
		    &w->api->rules, w->now, &t->out);
	return model_code_try_user(db, work_once(w), w->caller.id, t->user, &t->code,
	    &w->api->rules, w->now, &t->out);
}

static void
tried(struct work *w)
{
	const struct trying *t = (const struct trying *)w;

	if (w->job.result != MFA_OK)
		return;
	login_count_code(t->out.result);
	if (t->out.result == MODEL_CODE_ACCEPTED && w->job.wakes != NULL)
		login_count_outcome(MODEL_CODE);
	if (t->out.result == MODEL_CODE_ACCEPTED && w->job.wakes != NULL &&
	    strcmp(t->out.factor, "sms") == 0)
		call_count(CALL_APPROVED);
}

static void
answer(struct work *w)
{
	const struct trying *t = (const struct trying *)w;
	struct answer a;

	answer_begin(&a);
	answer_text(&a, "result", model_code_result_name(t->out.result));
	if (t->out.result == MODEL_CODE_ACCEPTED) {
		answer_text(&a, "factor", t->out.factor);
		answer_number(&a, "left", t->out.left);
	}
	answer_send(&a, w->request, 200);
}

static void
post(struct request *r, const char *name)
{
	struct trying *t = work_begin(r, CALLER_HOST, sizeof(*t));
	bool login = name[0] == 'l';

	if (t == NULL || !work_param(&t->work, name, login ? t->login : t->user,
	    login ? sizeof(t->login) : sizeof(t->user)) || !work_body(&t->work, members))
		return;
	t->work.run = run;
	t->work.answer = answer;
	t->work.concluded = tried;
	if (model_code_is_slow(t->typed))
		work_submit_slow(&t->work, understand);
	else
		work_submit(&t->work);
}

static void
post_login_code(struct request *r)
{
	post(r, "login");
}

static void
post_user_code(struct request *r)
{
	post(r, "user");
}

const struct route code_routes[] = {
	{ HTTP_POST, "/v1/logins/{login}/code", post_login_code },
	{ HTTP_POST, "/v1/users/{user}/code", post_user_code },
	{ .handle = NULL },
};
