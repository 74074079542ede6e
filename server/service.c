/* SPDX-License-Identifier: BSD-2-Clause */
#include "service.h"

#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <syslog.h>

#include "absent.h"
#include "authority_key.h"
#include "call_login.h"
#include "call_metrics.h"
#include "call_proof.h"
#include "error.h"
#include "log.h"
#include "login_metrics.h"
#include "model.h"
#include "resources.h"
#include "server.h"
#include "timer.h"

#define TIDY_FIRST_MS	(60 * 1000)
#define TIDY_MS		(3600 * 1000)
#define TIDY_MORE_MS	1000	/* between two rounds of a long one */

/* ---- keys ---- */

static int
explain(const char *path, int r, const char *why)
{
	if (r == MFA_E_SYSTEM)
		log_line(LOG_ERR, "%s %s: %s", path, why, strerror(errno));
	else
		log_line(LOG_ERR, "%s %s", path, why);
	return r;
}

static int
read_authority(struct api *api, const char *path)
{
	struct authority public;
	const char *why;
	int r;

	if (path == NULL)
		return MFA_OK;
	if ((r = authority_key_read(path, &api->authority, &why)) != MFA_OK) {
		if (r != MFA_E_ABSENT)
			return explain(path, r, why);
		log_line(LOG_INFO, "%s is missing: certificates are signed elsewhere", path);
		return MFA_OK;
	}
	if ((r = authority_set(&public, api->authority.public.data)) != MFA_OK)
		return explain(path, r, "cannot be used");
	authority_format(&public, api->authority_line);
	api->has_authority = true;
	return MFA_OK;
}

static struct model_code_rules
rules_of(const struct mfad_config *c)
{
	return (struct model_code_rules){ .totp_window = c->totp_window,
	    .hotp_look_ahead = c->hotp_look_ahead, .hotp_resync = c->hotp_resync,
	    .delay_after = c->delay_after, .max_failures = c->max_failures,
	    .delay = c->delay, .delay_max = c->delay_max };
}

static struct model_dial_rules
dial_rules_of(const struct mfad_config *c)
{
	struct model_dial_rules rules = { .per_user = c->calls_per_user,
	    .per_number = c->calls_per_number, .per_hour = c->calls_per_hour,
	    .text_digits = c->text_digits };
	size_t i;

	for (i = 0; i < c->telephone.count; i++) {
		rules.call |= strcmp(c->telephone.word[i], "call") == 0;
		rules.text |= strcmp(c->telephone.word[i], "text") == 0;
	}
	return rules;
}

int
service_keys(struct api *api, const struct mfad_config *config)
{
	const char *why;
	int r;

	*api = (struct api){ .config = config, .rules = rules_of(config),
	    .dial_rules = dial_rules_of(config) };
	if ((r = seal_key_read(config->state_key, &api->key, &why)) != MFA_OK)
		return explain(config->state_key, r, why);
	if ((r = seal_warm_up()) != MFA_OK)
		return explain("OpenSSL", r, "cannot be used");
	return read_authority(api, config->authority_key);
}

/* ---- what comes from other threads ---- */

/* One call of each poster is under way at a time. */
struct mail {
	struct post post;
	struct server *server;
	void (*fn)(void *arg);
	void *arg;
};

static struct mail from_writer, from_worker;

static void
on_mail(struct post *p)
{
	const struct mail *m = (const struct mail *)p;

	m->fn(m->arg);
}

static void
post_mail(void *ctx, void (*fn)(void *arg), void *arg)
{
	struct mail *m = ctx;

	m->post.run = on_mail;
	m->fn = fn;
	m->arg = arg;
	server_post(m->server, &m->post);
}

static struct poster
poster_of(struct mail *m, struct server *s)
{
	m->server = s;
	return (struct poster){ post_mail, m };
}

/* ---- what is over ---- */

static struct {
	struct job job;
	struct timer *timer;
	struct api *api;
	bool more, busy;
} tidy;

static int
run_tidy(struct db *db, void *arg)
{
	(void)arg;
	return model_tidy(db, api_now(), tidy.api->config->audit_days, &tidy.more);
}

static void
done_tidy(struct job *job)
{
	tidy.busy = false;
	if (job->result < 0)
		log_line(LOG_ERR, "what is over cannot be deleted: %s", job->why);
	if (!tidy.api->stopping)
		timer_set(tidy.timer, job->result == MFA_OK && tidy.more ? TIDY_MORE_MS : TIDY_MS);
}

static void
on_tidy(void *arg)
{
	(void)arg;
	tidy.job = (struct job){ .run = run_tidy, .done = done_tidy };
	tidy.busy = writer_submit(tidy.api->writer, &tidy.job) == MFA_OK;
	if (!tidy.busy)
		timer_set(tidy.timer, TIDY_FIRST_MS);
}

static int
start_tidying(struct api *api)
{
	tidy.api = api;
	if ((tidy.timer = timer_new(api->server, on_tidy, NULL)) == NULL)
		return MFA_E_MEMORY;
	timer_set(tidy.timer, TIDY_FIRST_MS);
	return MFA_OK;
}

/* ---- life ---- */

static int
open_state(struct api *api)
{
	const char *path = api->config->state;
	char why[256] = "";
	int r;

	if ((r = writer_start(path, &api->key, poster_of(&from_writer, api->server),
	    &api->writer, why, sizeof(why))) != MFA_OK ||
	    (r = db_open(path, &api->key, DB_READ, &api->db, why, sizeof(why))) != MFA_OK ||
	    (r = worker_start(path, &api->key, poster_of(&from_worker, api->server),
	    &api->worker, why, sizeof(why))) != MFA_OK)
		log_line(LOG_ERR, "the state cannot be used: %s: %s", path, why);
	return r;
}

static int
add_routes(struct server *s)
{
	static const struct route *const tables[] = {
		health_routes, metrics_routes, host_routes, login_routes, device_routes,
		enrolment_routes, user_routes, code_routes, callback_routes, policy_routes,
		admin_routes, lock_routes, telephone_routes, token_routes, recovery_routes,
		pass_routes, record_routes, openapi_routes,
	};
	size_t i;
	int r = MFA_OK;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && r == MFA_OK; i++)
		r = server_routes(s, tables[i]);
	return r;
}

int
service_start(struct api *api, struct server *s)
{
	int r;

	api->server = s;
	if ((api->waiters = waiters_new()) == NULL)
		return MFA_E_MEMORY;
	if ((r = open_state(api)) != MFA_OK)
		return r;
	login_metrics_add();
	call_metrics_add();
	metrics_start(api->config->metrics, api->writer);
	server_set_context(s, api);
	if ((r = call_login_begin(api)) != MFA_OK || (r = absent_note_all(api)) != MFA_OK)
		log_line(LOG_ERR, "the logins that wait cannot be read: %s", db_message(api->db));
	if (r == MFA_OK && (r = add_routes(s)) == MFA_OK)
		r = start_tidying(api);
	return r;
}

void
service_stop(struct api *api)
{
	api->stopping = true;
	metrics_start(api->config->metrics, NULL);
	worker_stop(&api->worker);
	writer_stop(&api->writer);
	absent_drop_all();
	call_login_drop_all();
	call_proof_drop_all();
	dialler_drop_all();
	timer_free(&tidy.timer);
}

void
service_free(struct api *api)
{
	db_close(&api->db);
	waiters_free(&api->waiters);
	alarm_stop(&api->alarm);
	sign_key_wipe(&api->authority);
	seal_key_wipe(&api->key);
}
