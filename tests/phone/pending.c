/* SPDX-License-Identifier: BSD-2-Clause */
#include "pending.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base64url.h"
#include "error.h"
#include "phone.h"
#include "text.h"

/* ---- reading ---- */

struct reader {
	const char *user;
	struct pendings *out;
};

static int
read_nonce(struct json_object *o, unsigned char nonce[STATEMENT_NONCE_LEN])
{
	char text[BASE64URL_CHARS(STATEMENT_NONCE_LEN) + 1];
	size_t len;
	int r;

	if ((r = api_text(o, "nonce", text, sizeof(text))) != MFA_OK ||
	    (r = base64url_decode(text, strlen(text), nonce, STATEMENT_NONCE_LEN, &len)) != MFA_OK)
		return r;
	return len == STATEMENT_NONCE_LEN ? MFA_OK : MFA_E_INVALID;
}

static int
read_one(void *arg, struct json_object *o)
{
	struct reader *in = arg;
	struct pending *p = &in->out->list[in->out->count];
	struct statement *s = &p->asked;
	int64_t digits;
	int r;

	if ((r = api_id(o, "login", 'l', p->login, sizeof(p->login))) != MFA_OK ||
	    (r = api_text(o, "host", s->host, sizeof(s->host))) != MFA_OK ||
	    (r = api_text(o, "user", s->user, sizeof(s->user))) != MFA_OK ||
	    (r = api_text(o, "service", s->service, sizeof(s->service))) != MFA_OK ||
	    (r = api_text(o, "origin", s->origin, sizeof(s->origin))) != MFA_OK ||
	    (r = read_nonce(o, s->nonce)) != MFA_OK ||
	    (r = api_number(o, "expires", 1, RECORD_TIME_MAX, &s->expires)) != MFA_OK ||
	    (r = api_number(o, "digits", STATEMENT_DIGITS_MIN, STATEMENT_DIGITS_MAX,
	    &digits)) != MFA_OK)
		return r;
	if (strcmp(s->user, in->user) != 0)
		return MFA_E_INVALID;
	p->digits = (unsigned int)digits;
	in->out->count++;
	return MFA_OK;
}

int
pending_read(struct json_object *o, const char *user, struct pendings *out)
{
	struct reader in = { user, out };
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = api_objects(o, "logins", PENDING_MAX, read_one, &in)) == MFA_OK)
		r = api_number(o, "seq", 0, INT64_MAX, &out->seq);
	if (r != MFA_OK)
		memset(out, 0, sizeof(*out));
	return r;
}

/* ---- for the person ---- */

static void
line(const char *label, const char *value)
{
	char shown[4 * STATEMENT_HOST_MAX];

	(void)printf("  %-9s%s\n", label, text_escape(shown, sizeof(shown), value));
}

void
pending_show(const struct pending *p, int64_t now)
{
	const time_t until = (time_t)p->asked.expires;
	struct tm tm;
	char text[16] = "?";

	if (localtime_r(&until, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	(void)puts("Somebody logs in:");
	line("user", p->asked.user);
	line("host", p->asked.host);
	line("service", p->asked.service);
	line("from", p->asked.origin);
	(void)printf("  %-9s%s (%" PRId64 " s)\n", "until", text, p->asked.expires - now);
}

/* ---- signing ---- */

static int
sign_statement(const struct statement *s, const struct card *c, struct blob *signature)
{
	struct sign_key key = { .public = { .len = 0 } };
	char text[RECORD_MAX + 1];
	size_t len;
	int r;

	if ((r = statement_format(s, text, sizeof(text), &len)) == MFA_OK &&
	    (r = card_key(c, &key)) == MFA_OK)
		r = sign(&key, text, len, signature);
	sign_key_wipe(&key);
	return r;
}

static const char *
decision_word(enum phone_decision d)
{
	return d == DECISION_APPROVE ? "approve" : d == DECISION_DENY ? "deny" : "report";
}

int
pending_answer(const struct pending *p, const struct card *c, enum phone_decision decision,
    const char *number, const struct wishes *w, struct fetch_request *rq)
{
	char text[BASE64URL_CHARS(RECORD_BYTES_MAX) + 1];
	struct statement s = p->asked;
	struct blob signature;
	struct json_writer out;
	int r;

	s.decision = decision;
	if ((r = text_copy(s.number, sizeof(s.number), number)) != MFA_OK ||
	    (w->sign_as != NULL && (r = text_copy(s.user, sizeof(s.user), w->sign_as)) != MFA_OK) ||
	    (w->sign_host != NULL &&
	    (r = text_copy(s.host, sizeof(s.host), w->sign_host)) != MFA_OK) ||
	    (r = sign_statement(&s, c, &signature)) != MFA_OK ||
	    (r = base64url_encode(signature.data, signature.len, text, sizeof(text))) != MFA_OK)
		return r;
	api_request(rq, "POST", "/v1/device/logins/%s/answer", p->login);
	if ((r = api_once(rq)) != MFA_OK)
		return r;
	json_begin(&out, rq->body, sizeof(rq->body));
	json_put_text(&out, "decision", decision_word(decision));
	json_put_text(&out, "signature", text);
	return json_end(&out);
}
