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
#include "tls_peer.h"

#define SCHEME		"Bearer "
#define DETAIL_MAX	200	/* about a certificate */

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

/* NULL: it is its host's own. */
static const char *
fault_of(const struct tls_peer *p)
{
	return p->fault != NULL ? p->fault : p->name == NULL ?
	    "it does not have exactly one DNS name" : NULL;
}

/* A certificate that does not count is no reason to look at anything weaker,
 * and the credential beside it must be the same host's. */
static int
by_certificate(struct request *r, const struct tls_peer *p, const char *field,
    struct model_caller *out, const char **why)
{
	struct model_caller other = { .certified = false };
	enum caller_kind kind;
	int64_t now = api_now();
	int result;

	if ((*why = fault_of(p)) != NULL)
		return PROBLEM_UNAUTHENTICATED;
	*why = "no host has joined under its name since it was made";
	if ((result = model_host_by_certificate(api_of(r)->db, p->name, p->since, now, out)) !=
	    MFA_OK)
		return result;
	*why = "the credential beside it is another's";
	if (field != NULL && (result = authenticate(api_of(r), field, now, &kind, &other)) !=
	    MFA_OK)
		return result;
	if (field != NULL && (kind != CALLER_HOST || strcmp(other.id, out->id) != 0))
		return PROBLEM_UNAUTHENTICATED;
	if (out->note && field == NULL)
		note_seen(api_of(r), out, now);
	return MFA_OK;
}

/* *why is about a certificate that was shown. */
static int
find(struct request *r, enum caller_kind *kind, struct model_caller *out, const char **why)
{
	const struct tls_peer *certificate = request_certificate(r);
	const char *field = request_field(r, HTTP_AUTHORIZATION);

	if (request_is_admin(r)) {
		*kind = CALLER_ADMIN;
		(void)snprintf(out->id, sizeof(out->id), "%s", CALLER_ADMIN_ID);
		return MFA_OK;
	}
	if (field != NULL && strncasecmp(field, SCHEME, strlen(SCHEME)) != 0)
		return PROBLEM_UNAUTHENTICATED;
	if (field != NULL)
		field += strlen(SCHEME);
	if (certificate != NULL) {
		*kind = CALLER_HOST;
		return by_certificate(r, certificate, field, out, why);
	}
	return field == NULL ? PROBLEM_UNAUTHENTICATED :
	    authenticate(api_of(r), field, api_now(), kind, out);
}

bool
caller_is(struct request *r, enum caller_kind kind, struct model_caller *out)
{
	enum caller_kind is = kind;
	const char *why = NULL;
	char detail[DETAIL_MAX];
	int result;

	memset(out, 0, sizeof(*out));
	if ((result = find(r, &is, out, &why)) == MFA_OK && is != kind)
		result = PROBLEM_FORBIDDEN;
	if (result == MFA_OK)
		return true;
	memset(out, 0, sizeof(*out));
	(void)snprintf(detail, sizeof(detail), "the host's certificate: %s",
	    why != NULL ? why : "");
	if (result < 0)
		log_line(LOG_ERR, "a caller cannot be looked up: %s", db_message(api_of(r)->db));
	why = result == PROBLEM_UNAUTHENTICATED && why != NULL ? detail : NULL;
	answer_problem(r, result, NULL, why);
	return false;
}
