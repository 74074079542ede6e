/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who waits now, who did what, and a copy of it all.
 */
#include <string.h>
#include <syslog.h>

#include "error.h"
#include "jobs.h"
#include "log.h"
#include "model_audit.h"
#include "model_login.h"
#include "report.h"
#include "resources.h"
#include "text.h"

#define RECORDS_DEFAULT	100
#define RECORDS_MAX	1000	/* in one answer */
#define PATH_TEXT_MAX	256

/* ---- GET /v1/logins ---- */

static bool
put_pending(void *arg, const struct model_pending *p)
{
	pending_put(arg, p);
	return true;
}

static void
get_waiting(struct request *r)
{
	struct answer a;
	int result;

	if (!jobs_list(r, &a, "logins"))
		return;
	result = model_logins_waiting(api_of(r)->db, api_now(), put_pending, &a);
	answer_close(&a, ']');
	answer_finish(&a, r, result);
}

/* ---- GET /v1/audit ---- */

struct listing {
	struct answer answer;
	int64_t last;
};

static bool
put_record(void *arg, const struct model_audit *m)
{
	struct listing *l = arg;
	struct answer *a = &l->answer;

	answer_open(a, NULL, '{');
	answer_number(a, "id", m->id);
	answer_number(a, "at", m->at);
	answer_text(a, "event", m->event);
	answer_text(a, "user", m->user);
	answer_text(a, "host", m->host);
	answer_text(a, "service", m->service);
	answer_text(a, "origin", m->origin);
	answer_text(a, "device", m->device);
	answer_text(a, "outcome", m->outcome);
	answer_text(a, "by", m->by);
	answer_close(a, '}');
	l->last = m->id;
	return true;
}

static void
list_records(struct request *r, int64_t after, const char *user, unsigned long limit)
{
	struct listing l = { .last = after };
	int result;

	answer_begin(&l.answer);
	answer_open(&l.answer, "records", '[');
	result = model_audit_read(api_of(r)->db, after, user, (unsigned int)limit, put_record, &l);
	answer_close(&l.answer, ']');
	answer_number(&l.answer, "next", l.last);
	answer_finish(&l.answer, r, result);
}

static void
get_audit(struct request *r)
{
	char user[MODEL_NAME_MAX];
	struct model_caller caller;
	unsigned long after, limit;
	int named;

	if (!caller_is(r, CALLER_ADMIN, &caller))
		return;
	named = request_query(r, "user", user, sizeof(user));
	if (named != MFA_OK && named != MFA_E_ABSENT)
		answer_problem(r, PROBLEM_INVALID, "user", NULL);
	else if (request_query_number(r, "after", INT64_MAX, 0, &after) != MFA_OK)
		answer_problem(r, PROBLEM_INVALID, "after", "the next of an earlier answer");
	else if (request_query_number(r, "limit", RECORDS_MAX, RECORDS_DEFAULT, &limit) !=
	    MFA_OK || limit == 0)
		answer_problem(r, PROBLEM_INVALID, "limit", "a number from 1 to 1000");
	else
		list_records(r, (int64_t)after, named == MFA_OK ? user : NULL, limit);
}

/* ---- POST /v1/backup ---- */

struct backup {
	struct work work;
	const char *path;
};

static const struct body_member members[] = {
	{ "path", BODY_TEXT, false, offsetof(struct backup, path), PATH_TEXT_MAX },
	{ .name = NULL },
};

static int
copy(struct db *db, struct work *w)
{
	int r = db_backup(db, ((const struct backup *)w)->path);

	return r == MFA_E_EXISTS ? PROBLEM_EXISTS : r;
}

static void
answer(struct work *w)
{
	const char *path = ((const struct backup *)w)->path;
	char shown[4 * PATH_TEXT_MAX];
	struct answer a;

	log_line(LOG_NOTICE, "the state was copied path=%s",
	    text_escape(shown, sizeof(shown), path));
	answer_begin(&a);
	answer_text(&a, "path", path);
	answer_send(&a, w->request, 201);
}

/* The sandbox lets us write beside the database only, and SQLite has files of
 * its own there whose names begin with the database's. */
static bool
may_write(const char *path, const char *state)
{
	size_t dir = (size_t)(strrchr(state, '/') + 1 - state);

	return strncmp(path, state, dir) == 0 && strncmp(path, state, strlen(state)) != 0 &&
	    path[dir] != '\0' && strchr(path + dir, '/') == NULL &&
	    text_printable(path, strlen(path));
}

static void
post_backup(struct request *r)
{
	struct backup *b = work_begin(r, CALLER_ADMIN, sizeof(*b));

	if (b == NULL || !work_body(&b->work, members))
		return;
	if (!may_write(b->path, b->work.api->config->state)) {
		work_refuse(&b->work, PROBLEM_INVALID, "path", "the absolute path of a new file "
		    "beside the database, whose name does not begin with the database's");
		return;
	}
	b->work.answer = answer;
	work_submit_slow(&b->work, copy);
}

const struct route record_routes[] = {
	{ HTTP_GET, "/v1/logins", get_waiting },
	{ HTTP_GET, "/v1/audit", get_audit },
	{ HTTP_POST, "/v1/backup", post_backup },
	{ .handle = NULL },
};
