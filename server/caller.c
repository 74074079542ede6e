/* SPDX-License-Identifier: BSD-2-Clause */
#include "caller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "answer.h"
#include "api.h"
#include "error.h"
#include "log.h"
#include "model_host.h"

#define SCHEME "Bearer "

/* ---- a host was seen ---- */

struct seen {
	struct job job;
	struct model_caller host;
	int64_t now;
};

static int
run_seen(struct db *db, void *arg)
{
	const struct seen *s = arg;

	return model_host_seen(db, &s->host, s->now);
}

static void
done_seen(struct job *job)
{
	if (job->result < 0)
		log_line(LOG_ERR, "a host that was seen cannot be noted: %s", job->why);
	free(job->arg);
}

/* Nobody waits for this: when there is no room, another request will do it. */
static void
note_seen(struct api *api, const struct model_caller *host, int64_t now)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return;
	*s = (struct seen){ .job = { .run = run_seen, .done = done_seen, .arg = s },
	    .host = *host, .now = now };
	if (writer_submit(api->writer, &s->job) != MFA_OK)
		free(s);
}

/* ---- who ---- */

static int
authenticate(struct api *api, const char *credential, int64_t now, enum caller_kind *kind,
    struct model_caller *out)
{
	int r;

	*kind = credential[0] == 'd' ? CALLER_DEVICE : CALLER_HOST;
	if (*kind == CALLER_DEVICE)
		return model_device_authenticate(api->db, credential, now, out);
	if ((r = model_host_authenticate(api->db, credential, now, out)) == MFA_OK && out->note)
		note_seen(api, out, now);
	return r;
}

static int
find(struct request *r, enum caller_kind *kind, struct model_caller *out)
{
	const char *field = request_field(r, HTTP_AUTHORIZATION);

	if (request_is_admin(r)) {
		*kind = CALLER_ADMIN;
		(void)snprintf(out->id, sizeof(out->id), "%s", CALLER_ADMIN_ID);
		return MFA_OK;
	}
	if (field == NULL || strncasecmp(field, SCHEME, strlen(SCHEME)) != 0)
		return PROBLEM_UNAUTHENTICATED;
	return authenticate(api_of(r), field + strlen(SCHEME), api_now(), kind, out);
}

bool
caller_is(struct request *r, enum caller_kind kind, struct model_caller *out)
{
	enum caller_kind is = kind;
	int result;

	memset(out, 0, sizeof(*out));
	if ((result = find(r, &is, out)) == MFA_OK && is != kind)
		result = PROBLEM_FORBIDDEN;
	if (result == MFA_OK)
		return true;
	if (result < 0)
		log_line(LOG_ERR, "a caller cannot be looked up: %s", db_message(api_of(r)->db));
	answer_problem(r, result, NULL, NULL);
	return false;
}
