/* SPDX-License-Identifier: BSD-2-Clause */
#include "trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base64url.h"
#include "ctl.h"
#include "error.h"
#include "text.h"

#define SERVICE_NAME	"mfactl-test"
#define DIGITS		6	/* of the number */

/* ---- hops ---- */

void
trial_begin(struct trial *t)
{
	t->began = monotonic_ms();
}

int
trial_arrived(struct trial *t, const char *hop, const char *words)
{
	(void)printf("%-14s%6" PRId64 " ms  %s\n", hop, monotonic_ms() - t->began, words);
	(void)fflush(stdout);
	trial_begin(t);
	return CTL_DONE;
}

int
trial_failed(struct trial *t, const char *hop, int status)
{
	(void)trial_arrived(t, hop, "failed");
	return status;
}

int
trial_ask(struct trial *t, struct fetch_request *rq, const char *hop, struct api_reply *reply)
{
	int r = remote_ask(&t->api, rq, true, reply);

	return r == CTL_DONE ? CTL_DONE : trial_failed(t, hop, r);
}

int
trial_reach(struct trial *t)
{
	char name[STATEMENT_HOST_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	api_request(&rq, "GET", "/v1/hosts/self");
	r = trial_ask(t, &rq, "service", &reply);
	if (r == CTL_DONE && api_text(reply.json, "name", name, sizeof(name)) != MFA_OK)
		r = trial_failed(t, "service", remote_nonsense("host"));
	api_reply_free(&reply);
	if (r == CTL_DONE && (r = text_copy(t->s.host, sizeof(t->s.host), name)) == MFA_OK)
		r = trial_arrived(t, "service", "reached, and it knows this host");
	return r;
}

/* ---- the login ---- */

/* What is keyed in has no key twice in a row: see text_repeats. */
static int
challenge(struct statement *s, const char *method)
{
	int r;

	do
		r = statement_challenge(s, DIGITS);
	while (r == MFA_OK && strcmp(method, "call") == 0 && text_repeats(s->number));
	return r;
}

static int
write_login(struct trial *t, const char *method, unsigned int life, struct fetch_request *rq)
{
	char nonce[BASE64URL_CHARS(STATEMENT_NONCE_LEN) + 1];
	struct json_writer w;
	int r;

	(void)text_copy(t->s.user, sizeof(t->s.user), t->user);
	(void)text_copy(t->s.service, sizeof(t->s.service), SERVICE_NAME);
	(void)text_copy(t->s.origin, sizeof(t->s.origin), "unknown");
	t->s.expires = (int64_t)time(NULL) + life;
	t->s.decision = DECISION_APPROVE;
	api_request(rq, "POST", "/v1/logins");
	if ((r = challenge(&t->s, method)) != MFA_OK || (r = api_once(rq)) != MFA_OK ||
	    (r = base64url_encode(t->s.nonce, sizeof(t->s.nonce), nonce, sizeof(nonce))) != MFA_OK)
		return r;
	json_begin(&w, rq->body, sizeof(rq->body));
	json_put_text(&w, "user", t->s.user);
	json_put_text(&w, "service", t->s.service);
	json_put_text(&w, "origin", t->s.origin);
	json_put_text(&w, "nonce", nonce);
	json_put_number(&w, "expires", (uint32_t)t->s.expires);
	json_put_number(&w, "digits", DIGITS);
	if (strcmp(method, "push") != 0)
		json_put_text(&w, "method", method);
	return json_end(&w);
}

int
trial_open(struct trial *t, const char *method, unsigned int life, const char *words)
{
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	if (write_login(t, method, life, &rq) != MFA_OK)
		return trial_failed(t, method, complain(CTL_STATE, "it cannot be written"));
	r = trial_ask(t, &rq, method, &reply);
	if (r == CTL_DONE && api_id(reply.json, "login", 'l', t->login, sizeof(t->login)) !=
	    MFA_OK) {
		t->login[0] = '\0';
		r = trial_failed(t, method, remote_nonsense("login"));
	}
	api_reply_free(&reply);
	return r == CTL_DONE ? trial_arrived(t, method, words) : r;
}

int
trial_look(struct trial *t, const char *hop, unsigned int wait, char state[TRIAL_STATE_MAX],
    struct api_reply *reply)
{
	struct fetch_request rq;
	int r;

	api_request(&rq, "GET", "/v1/logins/%s?wait=%u", t->login, wait);
	r = api_ask(&t->api, &rq, deadline_in(API_HELD_MS), reply);
	if (r == MFA_E_CLOSED)
		return trial_failed(t, hop, complain(CTL_REFUSED, "interrupted"));
	if (r != MFA_OK)
		return trial_failed(t, hop, remote_complain(r, reply));
	if (reply->json == NULL || api_text(reply->json, "state", state, TRIAL_STATE_MAX) != MFA_OK)
		return trial_failed(t, hop, remote_nonsense("login"));
	return CTL_DONE;
}

void
trial_close(struct trial *t)
{
	struct fetch_request rq;
	struct api_reply reply;

	if (t->login[0] == '\0')
		return;
	t->api.heed = -1;
	api_request(&rq, "POST", "/v1/logins/%s/close", t->login);
	(void)snprintf(rq.body, sizeof(rq.body), "{\"outcome\":\"%s\"}", t->outcome);
	(void)api_ask(&t->api, &rq, deadline_in(API_MS / 6), &reply);
	api_reply_free(&reply);
}
