/* SPDX-License-Identifier: BSD-2-Clause */
#include "dialogue.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base64url.h"
#include "crypto.h"
#include "dialogue_private.h"
#include "error.h"
#include "log.h"
#include "text.h"

/* ---- all limits ---- */
#define BEGIN_MS	5000	/* for the helper to say whose login it is */
#define WORD_MS		1000	/* for one message to or from it, once there is one */
#define OP_MS		4500	/* for the service to answer, all tries together; the
				 * helper waits 5 seconds */
#define CLOSE_MS	1000	/* for the service to hear how it ended */
#define LATE_MS		500	/* past the deadline, for the helper's last word */
#define TRIES_MAX	3	/* of one request */
#define PAUSE_MS	200	/* before another, where the service does not say */

/* ---- with the helper ---- */

void
dialogue_say(struct dialogue *d)
{
	if (query_permit(&d->state, QUERY_HTTP, &d->out) != MFA_OK ||
	    query_send(d->fd, &d->out, deadline_in(WORD_MS)) != MFA_OK)
		d->deaf = true;
}

void
dialogue_fail(struct dialogue *d, uint32_t failure, const char *words)
{
	memset(&d->out, 0, sizeof(d->out));
	d->out.type = QUERY_FAILED;
	d->out.failure = failure;
	(void)text_copy(d->out.words, sizeof(d->out.words), words);
}

/* ---- with the service ---- */

/* The request in FETCH_NOW is done: MFA_OK.  MFA_E_CLOSED: the helper has said
 * something, which can only be its last word, and the request goes on. */
static int
wait_now(struct dialogue *d, int fd, struct deadline until)
{
	for (;;) {
		switch (fetch_wait(d->fetch, fd, until)) {
		case FETCH_DONE:
			return MFA_OK;
		case FETCH_HELD_DONE:
			d->polling.done = true;
			break;
		case FETCH_HEARD:
			return MFA_E_CLOSED;
		case FETCH_LATE:
			return MFA_E_DEADLINE;
		case FETCH_BROKEN:
			return MFA_E_SYSTEM;
		}
	}
}

static int
pause_for(struct dialogue *d, int64_t ms)
{
	int r = wait_now(d, d->fd, deadline_in(ms));

	return r == MFA_E_DEADLINE ? MFA_OK : r;
}

int64_t
dialogue_pause(const struct fetch_reply *r)
{
	if (r->failure != 0)
		return r->again ? PAUSE_MS : -1;
	if (r->status != 503 && !(r->status == 429 && r->retry_after > 0))
		return -1;
	return r->retry_after > 0 ? (int64_t)r->retry_after * 1000 : PAUSE_MS;
}

/* One request, and again if the service was only just not there. */
static int
request(struct dialogue *d, const struct fetch_request *rq, struct deadline until)
{
	const struct fetch_reply *reply = fetch_reply(d->fetch, FETCH_NOW);
	int64_t pause;
	int tries, r;

	for (tries = 1;; tries++) {
		if ((r = fetch_begin(d->fetch, FETCH_NOW, rq, until)) != MFA_OK ||
		    (r = wait_now(d, d->fd, until)) != MFA_OK)
			return r;
		pause = dialogue_pause(reply);
		if (pause == -1 || tries == TRIES_MAX || pause >= deadline_left(until) ||
		    (reply->failure != 0 && rq->once))
			return MFA_OK;
		if ((r = pause_for(d, pause)) != MFA_OK)
			return r;
	}
}

void
dialogue_take(struct dialogue *d, const struct provider_op *op, enum fetch_slot slot,
    unsigned int step)
{
	const struct fetch_reply *reply = fetch_reply(d->fetch, slot);

	if (step == 0)
		memset(&d->out, 0, sizeof(d->out));
	if (reply->failure != 0)
		dialogue_fail(d, reply->failure, reply->words);
	else if (op->read(&d->errand, reply, step, &d->out) != MFA_OK)
		dialogue_fail(d, QUERY_SERVICE, "the reply is not of the form that was agreed");
}

/* Step by step, as long as there is nothing to tell. */
static int
exchange(struct dialogue *d, const struct provider_op *op, struct deadline until)
{
	struct fetch_request rq;
	unsigned int step;
	int r = MFA_OK;

	memset(&d->out, 0, sizeof(d->out));
	for (step = 0; r == MFA_OK && d->out.type == 0; step++) {
		memset(&rq, 0, sizeof(rq));
		if (op->ask(&d->errand, &d->in, step, &rq))
			r = request(d, &rq, until);
		else
			r = MFA_E_INVALID;
		explicit_bzero(&rq, sizeof(rq));
		if (r == MFA_OK)
			dialogue_take(d, op, FETCH_NOW, step);
	}
	return r;
}

/* ---- what the helper asks ---- */

static int
new_key(struct errand *e)
{
	unsigned char random[16];
	int r = crypto_random(random, sizeof(random));

	return r != MFA_OK ? r : base64url_encode(random, sizeof(random), e->key, sizeof(e->key));
}

static void
serve(struct dialogue *d, const struct provider_op *op)
{
	struct deadline until = deadline_min(d->deadline, deadline_in(OP_MS));
	int r;

	if (d->service->fault[0] != '\0') {
		dialogue_fail(d, QUERY_MISCONFIGURED, d->service->fault);
		dialogue_say(d);
		return;
	}
	if ((r = new_key(&d->errand)) == MFA_OK)
		r = exchange(d, op, until);
	if (r == MFA_E_CLOSED)
		return;		/* what was said is heard next */
	if (r == MFA_E_DEADLINE)
		dialogue_fail(d, QUERY_UNREACHABLE, "no answer in time");
	else if (r == MFA_E_INVALID)
		dialogue_fail(d, QUERY_MISCONFIGURED, "this cannot be asked");
	else if (r != MFA_OK)
		dialogue_fail(d, QUERY_MISCONFIGURED, mfa_strerror(r));
	fetch_drop(d->fetch, FETCH_NOW);
	if (d->out.type == QUERY_PUSHED || (d->out.type == QUERY_AGAIN && d->out.again != 0))
		poll_start(d);
	if (d->out.type == QUERY_CODED) {
		d->out.nonce_len = d->in.nonce_len;
		memcpy(d->out.nonce, d->in.nonce, sizeof(d->out.nonce));
	}
	dialogue_say(d);
}

static void
serve_push(struct dialogue *d)
{
	d->errand.method = d->in.method;
	serve(d, &d->provider->choose);
}

static void
serve_begin(struct dialogue *d)
{
	uint32_t most = STATEMENT_LIFE_MAX * 1000;

	d->deadline = deadline_in(d->in.ms_left < most ? d->in.ms_left : most);
	memcpy(d->errand.user, d->in.user, sizeof(d->errand.user));
	if (d->in.version == QUERY_VERSION) {
		serve(d, &d->provider->begin);
		return;
	}
	dialogue_fail(d, QUERY_MISCONFIGURED, "mfa-helper and mfa-http are of different versions");
	dialogue_say(d);
}

/* ---- the end ---- */

/* A push that nobody knows the name of cannot be taken back. */
static void
finish_choosing(struct dialogue *d, struct deadline until)
{
	if (d->choosing && fetch_running(d->fetch, FETCH_NOW) && wait_now(d, -1, until) == MFA_OK)
		dialogue_take(d, &d->provider->choose, FETCH_NOW, 0);
}

/* The poll stays held meanwhile, so that the service hears why before it sees
 * us leave. */
static void
end(struct dialogue *d, uint32_t outcome)
{
	struct deadline until = deadline_in(CLOSE_MS);
	struct fetch_request rq = { .post = false };

	d->state.over = true;
	finish_choosing(d, until);
	d->in.outcome = outcome;
	if (d->provider->cancel.ask(&d->errand, &d->in, 0, &rq) &&
	    fetch_begin(d->fetch, FETCH_NOW, &rq, until) == MFA_OK)
		(void)wait_now(d, -1, until);
}

static void
hear(struct dialogue *d, struct deadline until)
{
	struct query *in = &d->in;
	int r;

	d->choosing = d->state.asked == QUERY_PUSH;
	if ((r = query_recv(d->fd, in, until)) == MFA_OK)
		r = query_permit(&d->state, QUERY_HELPER, in);
	if (r != MFA_OK)
		end(d, QUERY_CANCELLED);
	else if (in->type == QUERY_CLOSE)
		end(d, in->outcome);
	else if (in->type == QUERY_BEGIN)
		serve_begin(d);
	else if (in->type == QUERY_PUSH)
		serve_push(d);
	else
		serve(d, in->type == QUERY_WRONG ? &d->provider->wrong : &d->provider->code);
	secret_wipe(&in->code);
}

/* ---- the whole ---- */

static void
attend(struct dialogue *d, enum fetch_event event)
{
	switch (event) {
	case FETCH_HEARD:
		hear(d, deadline_in(WORD_MS));
		return;
	case FETCH_HELD_DONE:
		poll_take(d);
		return;
	case FETCH_DONE:
		return;
	case FETCH_LATE:
		if (!poll_due(d))
			end(d, QUERY_CANCELLED);
		return;
	case FETCH_BROKEN:
		end(d, QUERY_CANCELLED);
		return;
	}
}

static void
converse(struct dialogue *d)
{
	struct deadline late = { d->deadline.at_ms + LATE_MS };

	while (!d->state.over) {
		if (d->deaf)
			end(d, QUERY_CANCELLED);
		else if (d->polling.done)
			poll_take(d);
		else
			attend(d, fetch_wait(d->fetch, d->fd, d->polling.on ?
			    deadline_min(d->polling.next, late) : late));
	}
}

void
dialogue_run(const struct service *service, int fd)
{
	struct dialogue *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return;
	d->fd = fd;
	d->service = service;
	d->provider = &provider_mfad;
	d->deadline = deadline_in(BEGIN_MS);
	if (fetch_open(service, &d->fetch) == MFA_OK) {
		hear(d, d->deadline);
		converse(d);
	} else {
		log_line(LOG_ERR, "libcurl cannot be used");
	}
	fetch_close(&d->fetch);
	explicit_bzero(d, sizeof(*d));
	free(d);
}
