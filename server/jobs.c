/* SPDX-License-Identifier: BSD-2-Clause */
#include "jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>

#include "crypto.h"
#include "deadline.h"
#include "error.h"
#include "log.h"
#include "server.h"
#include "text.h"

#define TIMER_SLACK_MS 20	/* a timer of the loop may be early by its clock's grain */

/* ---- what resources share ---- */

struct api *
api_of(const struct request *r)
{
	return request_context(r);
}

int64_t
api_now(void)
{
	struct timespec now = { .tv_sec = 0 };

	/* time(2) may be some milliseconds behind what api_ms_until counts with. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}

unsigned int
api_ms_until(int64_t then, unsigned int most)
{
	struct timespec now = { .tv_sec = 0 };
	int64_t ms;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	ms = (then - (int64_t)now.tv_sec) * 1000 - now.tv_nsec / 1000000 + TIMER_SLACK_MS;
	if (then - (int64_t)now.tv_sec > most / 1000 + 1 || ms > most)
		return most;
	return ms > 0 ? (unsigned int)ms : 0;
}

/* Never more than the problem's own words: those of a database are the log's. */
static void
refuse(struct request *r, int result, const char *field, const char *detail, const char *why)
{
	if (result < 0 && (result != MFA_E_BUSY || server_may_complain(api_of(r)->server)))
		log_line(LOG_ERR, "a request failed: %s: %s", mfa_strerror(result), why);
	answer_problem(r, result, field, result < 0 ? NULL : detail);
}

void
jobs_problem(struct request *r, int result)
{
	struct db *db = api_of(r)->db;

	refuse(r, result, db_blamed(db), NULL, db_message(db));
}

bool
jobs_list(struct request *r, struct answer *a, const char *name)
{
	struct model_caller caller;

	if (!caller_is(r, CALLER_ADMIN, &caller))
		return false;
	answer_begin(a);
	answer_open(a, name, '[');
	return true;
}

void
answer_finish(struct answer *a, struct request *r, int result)
{
	if (result == MFA_OK) {
		answer_send(a, r, 200);
		return;
	}
	answer_drop(a);
	jobs_problem(r, result);
}

void
work_done(struct work *w)
{
	answer_done(w->request);
}

/* ---- life ---- */

void
work_drop(struct work *w)
{
	body_free(&w->body);
	explicit_bzero(w, w->size);
	free(w);
}

void *
work_begin(struct request *r, unsigned int kind, size_t size)
{
	struct model_caller caller = { .id = "" };
	struct work *w;

	if (kind != 0 && !caller_is(r, (enum caller_kind)kind, &caller))
		return NULL;
	if ((w = calloc(1, size)) == NULL) {
		answer_problem(r, MFA_E_MEMORY, NULL, NULL);
		return NULL;
	}
	w->size = size;
	w->api = api_of(r);
	w->request = r;
	w->caller = caller;
	w->now = api_now();
	return w;
}

void
work_refuse(struct work *w, int result, const char *field, const char *detail)
{
	refuse(w->request, result, field, detail, "this request");
	work_drop(w);
}

bool
work_param(struct work *w, const char *name, char *out, size_t size)
{
	if (text_copy(out, size, request_param(w->request, name)) == MFA_OK)
		return true;
	work_refuse(w, PROBLEM_NOT_FOUND, NULL, NULL);
	return false;
}

bool
work_number(struct work *w, const char *name, int64_t *out)
{
	const char *s = request_param(w->request, name);
	size_t len = strspn(s, "0123456789");

	if (len == 0 || len > 18 || s[len] != '\0' || (s[0] == '0' && len > 1)) {
		work_refuse(w, PROBLEM_NOT_FOUND, NULL, NULL);
		return false;
	}
	for (*out = 0; *s != '\0'; s++)
		*out = *out * 10 + (*s - '0');
	return true;
}

/* ---- the body ---- */

/* One key follows from another and a text. */
static int
next_key(unsigned char key[CRYPTO_SHA256_LEN], const char *text)
{
	unsigned char last[CRYPTO_SHA256_LEN];
	int r;

	memcpy(last, key, sizeof(last));
	r = crypto_hmac_sha256(last, sizeof(last), text, strlen(text), key);
	explicit_bzero(last, sizeof(last));
	return r;
}

/* Kept beside an answer so that another body, or another name in the path, shows;
 * a code that was typed cannot be found from it without the key. */
static int
hash_request(const struct work *w, const char *text, size_t len,
    unsigned char out[MODEL_HASH_LEN])
{
	static const char label[] = "mfad body 1";
	unsigned char key[CRYPTO_SHA256_LEN];
	const char *value;
	size_t i;
	int r = crypto_hmac_sha256(w->api->key.bytes, sizeof(w->api->key.bytes), label,
	    sizeof(label), key);

	for (i = 0; r == MFA_OK && (value = request_param_at(w->request, i)) != NULL; i++)
		r = next_key(key, value);
	if (r == MFA_OK)
		r = crypto_hmac_sha256(key, sizeof(key), text, len, out);
	explicit_bzero(key, sizeof(key));
	return r;
}

static int
read_key(struct work *w, const char *text, size_t len)
{
	const char *key = request_field(w->request, HTTP_IDEMPOTENCY_KEY);

	if (key == NULL)
		return MFA_OK;
	if (text_copy(w->key, sizeof(w->key), key) != MFA_OK || key[0] == '\0')
		return PROBLEM_INVALID;
	w->once.key = w->key;
	w->once.caller = w->caller.id;
	return hash_request(w, text, len, w->once.body);
}

const struct model_once *
work_once(const struct work *w)
{
	return w->once.key != NULL ? &w->once : NULL;
}

static bool
is_json(const char *type)
{
	size_t len = strlen("application/json");

	return type == NULL || (strncasecmp(type, "application/json", len) == 0 &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' '));
}

bool
work_body(struct work *w, const struct body_member *members)
{
	const char *field, *why, *text;
	size_t len;
	int r;

	text = request_body(w->request, &len);
	if (!is_json(request_field(w->request, HTTP_CONTENT_TYPE))) {
		reply_problem(w->request, 415, NULL, NULL, "the body must be application/json");
		work_drop(w);
		return false;
	}
	if ((r = read_key(w, text, len)) != MFA_OK) {
		work_refuse(w, r, "Idempotency-Key", "22 to 64 characters A-Z a-z 0-9 _ -");
		return false;
	}
	if ((r = body_read(&w->body, text, len, members, w, &field, &why)) != MFA_OK) {
		work_refuse(w, r, field, why);
		return false;
	}
	return true;
}

/* ---- on its way ---- */

static void
on_gone(void *arg)
{
	struct work *w = arg;

	w->request = NULL;
}

/* At a stop there is still time for what the writer has. */
static void
on_again(struct request *r, void *arg)
{
	(void)r;
	(void)arg;
}

static void
conclude(struct work *w)
{
	struct request *r = w->request;
	const struct job *job = &w->job;

	waiters_wake(w->api->waiters, job->wakes);
	if (w->concluded != NULL)
		w->concluded(w);
	if (r != NULL && job->result == MFA_OK)
		w->answer(w);
	else if (r != NULL)
		refuse(r, job->result, job->field, w->refused, job->why);
	else if (job->result < 0)
		log_line(LOG_ERR, "%s: %s", mfa_strerror(job->result), job->why);
	work_drop(w);
}

static int
run(struct db *db, void *arg)
{
	struct work *w = arg;

	return w->run(db, w);
}

static void
done(struct job *job)
{
	struct work *w = job->arg;
	void (*then)(struct work *w) = w->then;

	if (job->result != MFA_OK || then == NULL) {
		conclude(w);
		return;
	}
	waiters_wake(w->api->waiters, job->wakes);
	w->then = NULL;
	then(w);
}

static void
refuse_held(struct work *w, int r)
{
	w->job.result = r;
	w->job.field = NULL;
	w->job.wakes = NULL;
	(void)snprintf(w->job.why, sizeof(w->job.why), "too many requests wait");
	conclude(w);
}

static void
give_to_writer(struct work *w)
{
	int r;

	w->job.run = run;
	w->job.done = done;
	w->job.arg = w;
	if ((r = writer_submit(w->api->writer, &w->job)) != MFA_OK)
		refuse_held(w, r);
}

static int
run_slow(struct db *db, void *arg)
{
	struct work *w = arg;

	return w->slow(db, w);
}

/* Also when the peer left: a guess is counted, whoever hears of it. */
static void
done_slow(struct job *job)
{
	struct work *w = job->arg;

	if (job->result == MFA_OK && w->run != NULL)
		give_to_writer(w);
	else
		conclude(w);
}

void
work_submit(struct work *w)
{
	request_hold(w->request, HOLD_MAX_MS, on_again, on_gone, w);
	give_to_writer(w);
}

void
work_go_slow(struct work *w, int (*slow)(struct db *db, struct work *w))
{
	int r;

	w->slow = slow;
	w->job.run = run_slow;
	w->job.done = done_slow;
	w->job.arg = w;
	if ((r = worker_submit(w->api->worker, &w->job)) != MFA_OK)
		refuse_held(w, r);
}

void
work_submit_slow(struct work *w, int (*slow)(struct db *db, struct work *w))
{
	request_hold(w->request, HOLD_MAX_MS, on_again, on_gone, w);
	work_go_slow(w, slow);
}
