/* SPDX-License-Identifier: BSD-2-Clause */
#include "absent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "call_login.h"
#include "error.h"
#include "log.h"
#include "login_metrics.h"
#include "model_decoy.h"
#include "model_login.h"
#include "timer.h"

#define PREFIX "absent "	/* in the table of waiters; nothing wakes it */

struct absent {
	struct waiter waiter;
	LIST_ENTRY(absent) all;
	struct api *api;
	struct timer *timer;
	struct job job;
	unsigned int attempts;		/* to write it */
	char host[MODEL_ID_MAX], login[MODEL_ID_MAX];
};

LIST_HEAD(everybody, absent);
static struct everybody everybody = LIST_HEAD_INITIALIZER(everybody);

static void
leave(struct absent *a)
{
	LIST_REMOVE(a, all);
	waiters_remove(&a->waiter);
	timer_free(&a->timer);
}

static struct absent *
find(struct api *api, const char *login)
{
	char what[sizeof(((struct waiter *)NULL)->what)];

	(void)snprintf(what, sizeof(what), PREFIX "%s", login);
	return (struct absent *)waiters_find(api->waiters, what);
}

/* ---- cancelling ---- */

static int
run(struct db *db, void *arg)
{
	const struct absent *a = arg;

	return model_login_close(db, a->host, a->login, MODEL_CANCELLED, api_now());
}

/* Unless it is noted anew already. */
static void
try_again(const struct absent *a)
{
	struct absent *again;

	if (a->api->stopping || a->attempts >= ABSENT_ATTEMPTS || find(a->api, a->login) != NULL)
		return;
	absent_note(a->api, a->host, a->login, ABSENT_BUSY_MS);
	if ((again = find(a->api, a->login)) != NULL)
		again->attempts = a->attempts + 1;
}

static void
done(struct job *job)
{
	struct absent *a = job->arg;

	if (job->result < 0) {
		log_line(LOG_ERR, "a login that was left cannot be cancelled: %s", job->why);
		try_again(a);
	}
	if (job->result == MFA_OK && job->wakes != NULL)
		login_count_outcome(MODEL_CANCELLED);
	waiters_wake(a->api->waiters, job->wakes);
	/* A decoy wakes nobody. */
	if (job->result == MFA_OK)
		call_login_closed(a->login, MODEL_CANCELLED);
	free(a);
}

static void
on_time(void *arg)
{
	struct absent *a = arg;

	/* It polls on another connection. */
	if (waiters_find(a->api->waiters, a->login) != NULL) {
		leave(a);
		free(a);
		return;
	}
	a->job = (struct job){ .run = run, .done = done, .arg = a };
	if (writer_submit(a->api->writer, &a->job) == MFA_OK)
		leave(a);
	else
		timer_set(a->timer, ABSENT_BUSY_MS);
}

/* ---- who is away ---- */

static void
on_woken(struct waiter *w)
{
	(void)w;
}

void
absent_note(struct api *api, const char *host, const char *login, unsigned int ms)
{
	struct absent *a;

	absent_forget(api, host, login);
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return;
	if ((a->timer = timer_new(api->server, on_time, a)) == NULL) {
		free(a);
		return;
	}
	a->api = api;
	a->waiter.woken = on_woken;
	(void)snprintf(a->host, sizeof(a->host), "%s", host);
	(void)snprintf(a->login, sizeof(a->login), "%s", login);
	(void)snprintf(a->waiter.what, sizeof(a->waiter.what), PREFIX "%s", login);
	waiters_add(api->waiters, &a->waiter);
	LIST_INSERT_HEAD(&everybody, a, all);
	timer_set(a->timer, ms);
}

void
absent_forget(struct api *api, const char *host, const char *login)
{
	struct absent *a = find(api, login);

	if (a == NULL || strcmp(a->host, host) != 0)
		return;
	leave(a);
	free(a);
}

struct start {
	struct api *api;
	unsigned int ms;
};

static bool
note_next(void *arg, const struct model_pending *p)
{
	struct start *s = arg;

	/* Those that were called for are lost (call_login_begin). */
	if (p->push || p->dial == MODEL_DIAL_TEXT)
		absent_note(s->api, p->host_id, p->login, s->ms);
	s->ms += ABSENT_SPREAD_MS;
	return true;
}

int
absent_note_all(struct api *api)
{
	struct start s = { api, ABSENT_START_MS };

	int r = model_logins_waiting(api->db, api_now(), note_next, &s);

	return r != MFA_OK ? r : model_decoys_waiting(api->db, api_now(), note_next, &s);
}

void
absent_drop_all(void)
{
	struct absent *a;

	while ((a = LIST_FIRST(&everybody)) != NULL) {
		leave(a);
		free(a);
	}
}
