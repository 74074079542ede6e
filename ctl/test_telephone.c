/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl test USER call and text: the user's telephone, and the line to it.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "ctl.h"
#include "error.h"
#include "line.h"
#include "trial.h"

/* ---- all limits ---- */
#define LOOK_MS		1000	/* between two looks at a text, which nobody holds */
#define KEYS_SIZE	32	/* what is keyed in, and more */

/* WAITING: not yet. */
enum { WAITING = -1 };

/* It is over, without the telephone's number or code. */
static int
ended(struct trial *t, const char *state, const struct api_reply *reply)
{
	char end[LINE_END_MAX];

	if (strcmp(state, "cancelled") != 0)
		return trial_failed(t, "telephone", complain(CTL_NO, "nothing came in time"));
	if (api_text(reply->json, "why", end, sizeof(end)) != MFA_OK)
		return trial_failed(t, "telephone", complain(CTL_NO, "the service ended it"));
	return trial_failed(t, "telephone", complain(CTL_NO, "%s", line_end_words(end)));
}

static int
finished(struct trial *t, const char *outcome, const char *attested)
{
	t->outcome = outcome;
	(void)printf("\nA login would go on, of a service whose attested lists %s.\n", attested);
	return CTL_DONE;
}

/* ---- a call ---- */

/* At full length: what follows the terminators is zero in both. */
static bool
is_right(const struct trial *t, struct json_object *o, bool *nonsense)
{
	char keyed[KEYS_SIZE] = "", number[KEYS_SIZE] = "";
	bool right;
	size_t len;

	*nonsense = json_text(o, "keys", keyed, sizeof(keyed), &len) != MFA_OK;
	(void)snprintf(number, sizeof(number), "%s", t->s.number);
	right = !*nonsense && number[0] != '\0' && secret_equal(keyed, number, sizeof(number));
	explicit_bzero(keyed, sizeof(keyed));
	explicit_bzero(number, sizeof(number));
	return right;
}

/* Another number: does the telephone ask once more? */
static int
refuse_keys(struct trial *t)
{
	struct api_reply reply = { .json = NULL };
	struct fetch_request rq;
	struct json_writer w;
	bool again = false;
	int r;

	t->outcome = "wrong_number";
	api_request(&rq, "POST", "/v1/logins/%s/keys", t->login);
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_flag(&w, "right", false);
	if (json_end(&w) != MFA_OK || api_once(&rq) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	r = trial_ask(t, &rq, "telephone", &reply);
	if (r == CTL_DONE && json_flag(reply.json, "again", &again) != MFA_OK)
		r = trial_failed(t, "telephone", remote_nonsense("answer"));
	api_reply_free(&reply);
	if (r != CTL_DONE)
		return r;
	if (!again)
		return trial_failed(t, "telephone", complain(CTL_NO, "%s",
		    line_end_words("wrong")));
	(void)trial_arrived(t, "telephone", "another number was keyed in: once more");
	return WAITING;
}

static int
look_for_keys(struct trial *t)
{
	struct api_reply reply = { .json = NULL };
	char state[TRIAL_STATE_MAX];
	bool nonsense, right;
	int r = trial_look(t, "telephone", API_WAIT, state, &reply);

	if (r == CTL_DONE && strcmp(state, "waiting") == 0) {
		r = WAITING;
	} else if (r == CTL_DONE && strcmp(state, "keyed") != 0) {
		r = ended(t, state, &reply);
	} else if (r == CTL_DONE) {
		right = is_right(t, reply.json, &nonsense);
		r = right ? trial_arrived(t, "telephone", "the number was keyed in") :
		    nonsense ? trial_failed(t, "telephone", remote_nonsense("login")) :
		    refuse_keys(t);
	}
	api_reply_free(&reply);
	return r;
}

static int
wait_for_keys(struct trial *t)
{
	struct pollfd heed = { .fd = t->api.heed, .events = POLLIN };
	struct deadline end = deadline_in((TRIAL_CALL_LIFE + 2) * INT64_C(1000));
	int r;

	while ((r = look_for_keys(t)) == WAITING) {
		if (deadline_left(end) == 0)
			return trial_failed(t, "telephone", complain(CTL_NO,
			    "nothing came in time"));
		if (poll(&heed, 1, TRIAL_PAUSE_MS) > 0)
			return trial_failed(t, "telephone", complain(CTL_REFUSED, "interrupted"));
	}
	return r;
}

int
trial_call(struct trial *t)
{
	int r = trial_open(t, "call", TRIAL_CALL_LIFE, "the service has it placed");

	if (r != CTL_DONE)
		return r;
	(void)printf("\nKey in on the telephone: %.3s %s and #\n\n", t->s.number,
	    t->s.number + 3);
	(void)fflush(stdout);
	r = wait_for_keys(t);
	return r == CTL_DONE ? finished(t, "granted", "call") : r;
}

/* ---- a text ---- */

static int
look_at_text(struct trial *t)
{
	struct api_reply reply = { .json = NULL };
	char state[TRIAL_STATE_MAX];
	int r = trial_look(t, "telephone", 0, state, &reply);

	if (r == CTL_DONE && strcmp(state, "waiting") != 0)
		r = ended(t, state, &reply);
	api_reply_free(&reply);
	return r;
}

/* The service is asked all the while: it cancels the login of a host that is gone, and says
 * when the text is not sent. */
static int
wait_for_line(struct trial *t)
{
	struct pollfd p[2] = {
		{ .fd = t->api.heed, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN },
	};
	struct deadline end = deadline_in((TRIAL_TEXT_LIFE + 2) * INT64_C(1000));
	int r;

	while (deadline_left(end) > 0) {
		if ((r = look_at_text(t)) != CTL_DONE)
			return r;
		if (poll(p, 2, LOOK_MS) <= 0)
			continue;
		return p[0].revents == 0 ? CTL_DONE : trial_failed(t, "telephone",
		    complain(CTL_REFUSED, "interrupted"));
	}
	return trial_failed(t, "telephone", complain(CTL_NO, "nothing came in time"));
}

/* One try: a wrong one counts, as at a login. */
static int
ask_about(struct trial *t, const char *code)
{
	char result[TRIAL_STATE_MAX], factor[TRIAL_STATE_MAX];
	struct api_reply reply = { .json = NULL };
	struct fetch_request rq;
	struct json_writer w;
	int r;

	api_request(&rq, "POST", "/v1/logins/%s/code", t->login);
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "code", code);
	if (json_end(&w) != MFA_OK || api_once(&rq) != MFA_OK)
		return trial_failed(t, "code", complain(CTL_REFUSED, "that is no code"));
	r = trial_ask(t, &rq, "code", &reply);
	if (r == CTL_DONE && api_text(reply.json, "result", result, sizeof(result)) != MFA_OK)
		r = trial_failed(t, "code", remote_nonsense("answer"));
	else if (r == CTL_DONE && strcmp(result, "accepted") != 0)
		r = trial_failed(t, "code", complain(CTL_NO, "it is not accepted (%s): was it that "
		    "of this text?", result));
	else if (r == CTL_DONE && (api_text(reply.json, "factor", factor, sizeof(factor)) !=
	    MFA_OK || strcmp(factor, "sms") != 0))
		r = trial_failed(t, "code", complain(CTL_NO, "it is another code of the user's"));
	api_reply_free(&reply);
	return r == CTL_DONE ? trial_arrived(t, "code", "right, of this text") : r;
}

static int
read_code(struct trial *t)
{
	struct secret code = { .len = 0 };
	int r;

	if (ask("", true, &code) != MFA_OK || code.len == 0)
		r = trial_failed(t, "telephone", complain(CTL_REFUSED, "no code was typed"));
	else if ((r = trial_arrived(t, "telephone", "a code was typed")) == CTL_DONE)
		r = ask_about(t, (const char *)code.data);
	secret_wipe(&code);
	return r;
}

int
trial_text(struct trial *t)
{
	int r = trial_open(t, "text", TRIAL_TEXT_LIFE, "the service has it sent");

	if (r != CTL_DONE)
		return r;
	(void)fputs("\nThe code of the text: ", stdout);
	(void)fflush(stdout);
	if ((r = wait_for_line(t)) == CTL_DONE)
		r = read_code(t);
	return r == CTL_DONE ? finished(t, "code", "sms") : r;
}
