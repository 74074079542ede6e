/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl test: one push from this host to a user's phone and back, hop by hop,
 * each with its time and what is wrong with it.  Nobody is let in by it.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../client/link.h"
#include "../helper/login/revoked.h"
#include "approval.h"
#include "base64url.h"
#include "ctl.h"
#include "error.h"
#include "paths.h"
#include "remote.h"
#include "state.h"
#include "text.h"
#include "user.h"

/* ---- all limits ---- */
#define LIFE		60	/* seconds that the phone has */
#define PAUSE_MS	500	/* between two questions that came back at once */
#define SERVICE_NAME	"mfactl-test"

struct trial {
	const char *user;
	struct api api;
	struct authority believed[AUTHORITIES_MAX];
	size_t believed_count;
	struct state st;
	struct revoked revoked;		/* as this host remembers them */
	enum refusal why;		/* of the phone that was looked at last */
	char login[LINK_ID_LEN + 1];
	struct statement s;		/* as it is asked */
	const char *outcome;		/* what the phone is told in the end */
	int64_t began;			/* of this hop */
};

/* ---- hops ---- */

static void
begin(struct trial *t)
{
	t->began = monotonic_ms();
}

static int
arrived(struct trial *t, const char *hop, const char *words)
{
	(void)printf("%-14s%6" PRId64 " ms  %s\n", hop, monotonic_ms() - t->began, words);
	(void)fflush(stdout);
	begin(t);
	return CTL_DONE;
}

static int
failed(struct trial *t, const char *hop, int status)
{
	(void)arrived(t, hop, "failed");
	return status;
}

/* A question of one hop; the reply is the caller's. */
static int
ask(struct trial *t, struct fetch_request *rq, const char *hop, struct api_reply *reply)
{
	int r = remote_ask(&t->api, rq, true, reply);

	return r == CTL_DONE ? CTL_DONE : failed(t, hop, r);
}

/* ---- what needs nobody ---- */

static int
reach(struct trial *t)
{
	char name[STATEMENT_HOST_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	api_request(&rq, "GET", "/v1/hosts/self");
	r = ask(t, &rq, "service", &reply);
	if (r == CTL_DONE && api_text(reply.json, "name", name, sizeof(name)) != MFA_OK)
		r = failed(t, "service", remote_nonsense("host"));
	api_reply_free(&reply);
	if (r == CTL_DONE && (r = text_copy(t->s.host, sizeof(t->s.host), name)) == MFA_OK)
		r = arrived(t, "service", "reached, and it knows this host");
	return r;
}

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
	r = ask(t, &rq, "certificates", &reply);
	if (r == CTL_DONE)
		found = json_texts(reply.json, "certificates", keep_one, t);
	api_reply_free(&reply);
	if (r != CTL_DONE)
		return r;
	if (found == MFA_E_EXISTS)
		return arrived(t, "certificates", "there is a phone that this host believes");
	if (found == MFA_OK && t->why == REFUSAL_REVOKED)
		return failed(t, "certificates", complain(CTL_NO, "the phone is revoked: the user "
		    "enrols again"));
	return failed(t, "certificates", found != MFA_OK ? remote_nonsense("list") :
	    complain(CTL_NO, "the user has no phone that this host believes%s%s: mfactl phone "
	    "enrols one", t->why != REFUSAL_NONE ? ": " : "",
	    t->why != REFUSAL_NONE ? refusal_text(t->why) : ""));
}

/* ---- the push ---- */

static int
write_push(struct trial *t, struct fetch_request *rq)
{
	char nonce[BASE64URL_CHARS(STATEMENT_NONCE_LEN) + 1];
	struct json_writer w;
	int r;

	(void)text_copy(t->s.user, sizeof(t->s.user), t->user);
	(void)text_copy(t->s.service, sizeof(t->s.service), SERVICE_NAME);
	(void)text_copy(t->s.origin, sizeof(t->s.origin), "unknown");
	t->s.expires = (int64_t)time(NULL) + LIFE;
	t->s.decision = DECISION_APPROVE;
	api_request(rq, "POST", "/v1/logins");
	if ((r = statement_challenge(&t->s, 6)) != MFA_OK || (r = api_once(rq)) != MFA_OK ||
	    (r = base64url_encode(t->s.nonce, sizeof(t->s.nonce), nonce, sizeof(nonce))) != MFA_OK)
		return r;
	json_begin(&w, rq->body, sizeof(rq->body));
	json_put_text(&w, "user", t->s.user);
	json_put_text(&w, "service", t->s.service);
	json_put_text(&w, "origin", t->s.origin);
	json_put_text(&w, "nonce", nonce);
	json_put_number(&w, "expires", (uint32_t)t->s.expires);
	json_put_number(&w, "digits", 6);
	return json_end(&w);
}

static int
push(struct trial *t)
{
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	if (write_push(t, &rq) != MFA_OK)
		return failed(t, "push", complain(CTL_STATE, "it cannot be written"));
	r = ask(t, &rq, "push", &reply);
	if (r == CTL_DONE && api_id(reply.json, "login", 'l', t->login, sizeof(t->login)) != MFA_OK)
		r = failed(t, "push", remote_nonsense("login"));
	api_reply_free(&reply);
	if (r != CTL_DONE)
		return r;
	(void)arrived(t, "push", "the service has it");
	(void)printf("\nApprove on the phone: number %.3s %s\n\n", t->s.number, t->s.number + 3);
	(void)fflush(stdout);
	return CTL_DONE;
}

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
		return failed(t, "answer", remote_nonsense("answer"));
	if (strcmp(decision, "approve") != 0)
		return failed(t, "answer", complain(CTL_NO, "the phone said no"));
	(void)arrived(t, "phone", "it answered");
	if (approval_verify(&t->s, text, len, &trust, &e, (int64_t)time(NULL), &found) == MFA_OK)
		return arrived(t, "signature", "right, of this number, by a phone that is "
		    "believed");
	t->outcome = found.why == REFUSAL_PROOF ? "wrong_number" : "refused";
	return failed(t, "signature", complain(CTL_NO, "%s%s", refusal_text(found.why),
	    found.why == REFUSAL_PROOF ? ": was it this number?" : ""));
}

/* WAITING: not yet. */
enum { WAITING = -1 };

static int
look(struct trial *t)
{
	struct json_object *answer;
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	char state[16];
	int r;

	api_request(&rq, "GET", "/v1/logins/%s?wait=%d", t->login, API_WAIT);
	if ((r = api_ask(&t->api, &rq, deadline_in(API_HELD_MS), &reply)) != MFA_OK)
		r = failed(t, "phone", r == MFA_E_CLOSED ? complain(CTL_REFUSED, "interrupted") :
		    remote_complain(r, &reply));
	else if (reply.json == NULL ||
	    api_text(reply.json, "state", state, sizeof(state)) != MFA_OK)
		r = failed(t, "phone", remote_nonsense("login"));
	else if (strcmp(state, "waiting") == 0)
		r = WAITING;
	else if (strcmp(state, "answered") != 0)
		r = failed(t, "phone", complain(CTL_NO, "it did not answer in time"));
	else if (json_object_member(reply.json, "answer", &answer) != MFA_OK)
		r = failed(t, "phone", remote_nonsense("login"));
	else
		r = judge(t, answer);
	api_reply_free(&reply);
	return r;
}

static int
wait_for_phone(struct trial *t)
{
	struct pollfd heed = { .fd = t->api.heed, .events = POLLIN };
	struct deadline end = deadline_in((LIFE + 2) * INT64_C(1000));
	int r;

	while ((r = look(t)) == WAITING) {
		if (deadline_left(end) == 0)
			return failed(t, "phone", complain(CTL_NO, "it did not answer in time"));
		if (poll(&heed, 1, PAUSE_MS) > 0)
			return failed(t, "phone", complain(CTL_REFUSED, "interrupted"));
	}
	return r;
}

/* The phone is told what became of it, also when we were interrupted. */
static void
close_login(struct trial *t)
{
	struct fetch_request rq;
	struct api_reply reply;

	t->api.heed = -1;
	api_request(&rq, "POST", "/v1/logins/%s/close", t->login);
	(void)snprintf(rq.body, sizeof(rq.body), "{\"outcome\":\"%s\"}", t->outcome);
	(void)api_ask(&t->api, &rq, deadline_in(API_MS / 6), &reply);
	api_reply_free(&reply);
}

/* ---- the command ---- */

static int
try_all(struct trial *t)
{
	int r;

	begin(t);
	if ((r = reach(t)) != CTL_DONE || (r = find_phone(t)) != CTL_DONE ||
	    (r = push(t)) != CTL_DONE)
		return r;
	r = wait_for_phone(t);
	if (r == CTL_DONE)
		t->outcome = "granted";
	close_login(t);
	if (r == CTL_DONE)
		(void)puts("\nA login would go on.");
	return r;
}

/* Files are read as root; after that nothing here needs it. */
static int
prepare(struct trial *t)
{
	const char *path, *why;
	unsigned int line;
	sigset_t set;
	int r;

	if ((r = need_root()) != CTL_DONE || (r = user_known(t->user)) != CTL_DONE ||
	    (r = remote_open_host(&t->api)) != CTL_DONE)
		return r;
	path = config_service(t->api.service.config, "")->authorities;
	if (path == NULL || authorities_read(path, 0, t->believed, AUTHORITIES_MAX,
	    &t->believed_count, &line, &why) != MFA_OK)
		return complain(CTL_CONFIG, "%s: this host believes no authority: see mfactl check",
		    path != NULL ? path : "authorities");
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (t->api.heed = signalfd(-1, &set, SFD_CLOEXEC)) == -1)
		return complain(CTL_STATE, "signals cannot be caught: %s", strerror(errno));
	if ((r = state_open(&t->st, STATE_MAYBE)) != CTL_DONE)
		return r;
	r = t->st.store != NULL ? revoked_read(t->st.store, t->user, &t->revoked) : MFA_OK;
	return r == MFA_OK ? CTL_DONE : r == MFA_E_REFUSED ? complain(CTL_NO,
	    "so many phones of the user are revoked that none is believed") :
	    state_fault(&t->st, r);
}

int
cmd_test(int argc, char **argv)
{
	static struct trial t;
	int first, r;

	t.api.heed = -1;
	t.outcome = "cancelled";
	if ((r = opts_read(argc, argv, NULL, 0, 1, 1, &first)) != CTL_DONE)
		return r;
	t.user = argv[first];
	if ((r = prepare(&t)) == CTL_DONE)
		r = try_all(&t);
	remote_close(&t.api);
	state_close(&t.st);
	return r;
}
