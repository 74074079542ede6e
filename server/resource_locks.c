/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks of users: everything, or their phones alone.
 */
#include <string.h>

#include "error.h"
#include "jobs.h"
#include "model_user.h"
#include "resources.h"

#define REASON "by the administrator"	/* when none is given */

struct locking {
	struct work work;
	char user[MODEL_NAME_MAX];
	const char *word, *reason;
	enum model_lock what;
};

static const struct body_member members[] = {
	{ "what", BODY_TEXT, false, offsetof(struct locking, word), 8 },
	{ "reason", BODY_TEXT, true, offsetof(struct locking, reason), MODEL_REASON_MAX },
	{ .name = NULL },
};

static int
read_word(const char *word, enum model_lock *what)
{
	*what = strcmp(word, "push") == 0 ? MODEL_LOCK_PUSH : MODEL_LOCK_ALL;
	return *what == MODEL_LOCK_PUSH || strcmp(word, "all") == 0 ? MFA_OK : PROBLEM_INVALID;
}

static int
run_lock(struct db *db, struct work *w)
{
	const struct locking *l = (const struct locking *)w;

	return model_user_lock(db, l->user, l->what, l->reason, CALLER_ADMIN_ID, w->now);
}

static int
run_unlock(struct db *db, struct work *w)
{
	const struct locking *l = (const struct locking *)w;

	return model_user_unlock(db, l->user, l->what, CALLER_ADMIN_ID, w->now);
}

static void
submit(struct locking *l, const char *word, int (*run)(struct db *db, struct work *w))
{
	if (read_word(word, &l->what) != MFA_OK) {
		work_refuse(&l->work, PROBLEM_INVALID, "what", "push or all");
		return;
	}
	l->work.run = run;
	l->work.answer = work_done;
	work_submit(&l->work);
}

static void
put_lock(struct request *r)
{
	struct locking *l = work_begin(r, CALLER_ADMIN, sizeof(*l));

	if (l == NULL || !work_param(&l->work, "user", l->user, sizeof(l->user)) ||
	    !work_body(&l->work, members))
		return;
	if (l->reason == NULL || l->reason[0] == '\0')
		l->reason = REASON;
	submit(l, l->word, run_lock);
}

static void
delete_lock(struct request *r)
{
	struct locking *l = work_begin(r, CALLER_ADMIN, sizeof(*l));
	char word[8];

	if (l == NULL || !work_param(&l->work, "user", l->user, sizeof(l->user)))
		return;
	if (request_query(r, "what", word, sizeof(word)) != MFA_OK)
		word[0] = '\0';
	submit(l, word, run_unlock);
}

const struct route lock_routes[] = {
	{ HTTP_PUT, "/v1/users/{user}/lock", put_lock },
	{ HTTP_DELETE, "/v1/users/{user}/lock", delete_lock },
	{ .handle = NULL },
};
