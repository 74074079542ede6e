/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl test USER: a push to the user's phone, and what it signs.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base64url.h"
#include "ctl.h"
#include "error.h"
#include "trial.h"

/* ---- what needs nobody ---- */

static struct trust
trust_of(const struct trial *t)
{
	return (struct trust){ t->believed, t->believed_count, t->revoked.list,
	    t->revoked.count };
}

static int
keep_one(void *arg, const char *text, size_t len)
{
	struct trial *t = arg;
	const struct trust trust = trust_of(t);
	struct certificate c;
	enum refusal why;

	if (certificate_verify(text, len, &trust, t->user, (int64_t)time(NULL), &c, &why) ==
	    MFA_OK)
		return MFA_E_EXISTS;
	if (t->why != REFUSAL_REVOKED)
		t->why = why;
	return MFA_OK;
}

/* Is there a phone that this host would believe? */
static int
find_phone(struct trial *t)
{
	char user[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r, found = MFA_OK;

	api_request(&rq, "GET", "/v1/users/%s/certificates", api_segment(user, t->user));
	r = trial_ask(t, &rq, "certificates", &reply);
	if (r == CTL_DONE)
		found = json_texts(reply.json, "certificates", keep_one, t);
	api_reply_free(&reply);
	if (r != CTL_DONE)
		return r;
	if (found == MFA_E_EXISTS)
		return trial_arrived(t, "certificates", "there is a phone that this host believes");
	if (found == MFA_OK && t->why == REFUSAL_REVOKED)
		return trial_failed(t, "certificates", complain(CTL_NO, "the phone is revoked: the "
		    "user enrols again"));
	return trial_failed(t, "certificates", found != MFA_OK ? remote_nonsense("list") :
	    complain(CTL_NO, "the user has no phone that this host believes%s%s: mfactl phone "
	    "enrols one", t->why != REFUSAL_NONE ? ": " : "",
	    t->why != REFUSAL_NONE ? refusal_text(t->why) : ""));
}

/* ---- the answer ---- */

/* A passkey's; another phone sends none. */
static int
read_assertion(struct json_object *o, struct webauthn_assertion *a)
{
	static unsigned char data[WEBAUTHN_AUTHENTICATOR_DATA_MAX];
	static unsigned char client[WEBAUTHN_CLIENT_DATA_MAX];
	static char text[BASE64URL_CHARS(WEBAUTHN_CLIENT_DATA_MAX) + 1];
	size_t data_len, client_len;
	int r;

	if (api_text(o, "client_data", text, sizeof(text)) != MFA_OK)
		return MFA_OK;
	if ((r = base64url_decode(text, strlen(text), client, sizeof(client), &client_len)) !=
	    MFA_OK ||
	    (r = api_text(o, "authenticator_data", text, sizeof(text))) != MFA_OK ||
	    (r = base64url_decode(text, strlen(text), data, sizeof(data), &data_len)) != MFA_OK)
		return r;
	*a = (struct webauthn_assertion){ data, data_len, client, client_len };
	return MFA_OK;
}

/* What the evidence is worth, as at a login. */
static int
judge(struct trial *t, struct json_object *answer)
{
	const struct trust trust = trust_of(t);
	char text[SIGNED_MAX + 1], signature[BASE64URL_CHARS(RECORD_BYTES_MAX) + 1], decision[16];
	struct evidence e = { .signature = { .len = 0 } };
	struct approval found;
	size_t len;

	if (api_text(answer, "decision", decision, sizeof(decision)) != MFA_OK ||
	    json_text(answer, "certificate", text, sizeof(text), &len) != MFA_OK ||
	    api_text(answer, "signature", signature, sizeof(signature)) != MFA_OK ||
	    base64url_decode(signature, strlen(signature), e.signature.data,
	    sizeof(e.signature.data), &e.signature.len) != MFA_OK ||
	    read_assertion(answer, &e.assertion) != MFA_OK)
		return trial_failed(t, "answer", remote_nonsense("answer"));
	if (strcmp(decision, "approve") != 0)
		return trial_failed(t, "answer", complain(CTL_NO, "the phone said no"));
	(void)trial_arrived(t, "phone", "it answered");
	if (approval_verify(&t->s, text, len, &trust, &e, (int64_t)time(NULL), &found) == MFA_OK)
		return trial_arrived(t, "signature", "right, of this number, by a phone that is "
		    "believed");
	t->outcome = found.why == REFUSAL_PROOF ? "wrong_number" : "refused";
	return trial_failed(t, "signature", complain(CTL_NO, "%s%s", refusal_text(found.why),
	    found.why == REFUSAL_PROOF ? ": was it this number?" : ""));
}

/* WAITING: not yet. */
enum { WAITING = -1 };

static int
look(struct trial *t)
{
	struct json_object *answer;
	struct api_reply reply = { .json = NULL };
	char state[TRIAL_STATE_MAX];
	int r = trial_look(t, "phone", API_WAIT, state, &reply);

	if (r == CTL_DONE && strcmp(state, "waiting") == 0)
		r = WAITING;
	else if (r == CTL_DONE && strcmp(state, "answered") != 0)
		r = trial_failed(t, "phone", complain(CTL_NO, "it did not answer in time"));
	else if (r == CTL_DONE && json_object_member(reply.json, "answer", &answer) != MFA_OK)
		r = trial_failed(t, "phone", remote_nonsense("login"));
	else if (r == CTL_DONE)
		r = judge(t, answer);
	api_reply_free(&reply);
	return r;
}

static int
wait_for_phone(struct trial *t)
{
	struct pollfd heed = { .fd = t->api.heed, .events = POLLIN };
	struct deadline end = deadline_in((TRIAL_LIFE + 2) * INT64_C(1000));
	int r;

	while ((r = look(t)) == WAITING) {
		if (deadline_left(end) == 0)
			return trial_failed(t, "phone", complain(CTL_NO,
			    "it did not answer in time"));
		if (poll(&heed, 1, TRIAL_PAUSE_MS) > 0)
			return trial_failed(t, "phone", complain(CTL_REFUSED, "interrupted"));
	}
	return r;
}

int
trial_push(struct trial *t)
{
	int r;

	if ((r = find_phone(t)) != CTL_DONE ||
	    (r = trial_open(t, "push", TRIAL_LIFE, "the service has it")) != CTL_DONE)
		return r;
	(void)printf("\nApprove on the phone: number %.3s %s\n\n", t->s.number, t->s.number + 3);
	(void)fflush(stdout);
	r = wait_for_phone(t);
	if (r == CTL_DONE) {
		t->outcome = "granted";
		(void)puts("\nA login would go on.");
	}
	return r;
}
