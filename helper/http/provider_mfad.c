/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfad: the requests.  provider_mfad_read.c and provider_mfad_poll.c read the replies.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "error.h"
#include "json.h"
#include "provider_mfad.h"

static void path(struct fetch_request *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The arguments fit by their own limits. */
static void
path(struct fetch_request *out, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(out->path, sizeof(out->path), format, ap);
	va_end(ap);
}

/* RFC 3986 section 2.1: all but the unreserved characters. */
#define ESCAPED_USER_MAX (3 * STATEMENT_USER_MAX)

static void
escape(char out[ESCAPED_USER_MAX], const char *s)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_~";	/* a dot could make a segment that means another place */

	for (; *s != '\0'; s++) {
		if (strchr(plain, *s) != NULL) {
			*out++ = *s;
			continue;
		}
		*out++ = '%';
		*out++ = hex[(unsigned char)*s >> 4];
		*out++ = hex[(unsigned char)*s & 15];
	}
	*out = '\0';
}

static void
post(const struct errand *e, struct fetch_request *out)
{
	out->post = true;
	(void)snprintf(out->key, sizeof(out->key), "%s", e->key);
}

/* ---- one for each op ---- */

static bool
ask_begin(const struct errand *e, const struct query *q, unsigned int step,
    struct fetch_request *out)
{
	char user[ESCAPED_USER_MAX];

	(void)q;
	escape(user, e->user);
	if (step == 1 && !e->has_phone)
		path(out, "/v1/policy");
	else
		path(out, "/v1/users/%s%s", user, step == 0 ? "" : "/certificates");
	return step < 2;
}

/* How the person is to be asked; the phone, where nothing is said. */
static void
put_method(struct json_writer *w, const struct query *q)
{
	if (q->method == QUERY_BY_CALL)
		json_put_text(w, "method", "call");
	else if (q->method == QUERY_BY_TEXT)
		json_put_text(w, "method", "text");
	if (q->method == QUERY_BY_CALL && q->form == QUERY_FORM_HASH)
		json_put_text(w, "form", "hash");
}

static bool
is_method(uint32_t method)
{
	return method == QUERY_BY_PUSH || method == QUERY_BY_CALL || method == QUERY_BY_TEXT;
}

static bool
ask_choose(const struct errand *e, const struct query *q, unsigned int step,
    struct fetch_request *out)
{
	char nonce[BASE64URL_CHARS(STATEMENT_NONCE_LEN) + 1];
	struct json_writer w;

	path(out, "/v1/logins");
	post(e, out);
	json_begin(&w, out->body, sizeof(out->body));
	json_put_text(&w, "user", e->user);
	json_put_text(&w, "service", q->service);
	json_put_text(&w, "origin", q->origin);
	(void)base64url_encode(q->nonce, q->nonce_len, nonce, sizeof(nonce));
	json_put_text(&w, "nonce", nonce);
	json_put_number(&w, "expires", q->expires);
	json_put_number(&w, "digits", q->digits);
	put_method(&w, q);
	if (q->decoy != 0)
		json_put_flag(&w, "decoy", true);
	return step == 0 && is_method(q->method) && json_end(&w) == MFA_OK;
}

static bool
ask_poll(const struct errand *e, const struct query *q, unsigned int step,
    struct fetch_request *out)
{
	(void)q;
	path(out, "/v1/logins/%s?wait=%lu", e->login, (unsigned long)e->wait);
	return step == 0;
}

/* What was keyed in stays here. */
static bool
ask_wrong(const struct errand *e, const struct query *q, unsigned int step,
    struct fetch_request *out)
{
	struct json_writer w;

	(void)q;
	path(out, "/v1/logins/%s/keys", e->login);
	post(e, out);
	json_begin(&w, out->body, sizeof(out->body));
	json_put_flag(&w, "right", false);
	return step == 0 && json_end(&w) == MFA_OK;
}

/* Where no login is open, the code is the user's alone.  It may be spent when its
 * answer is lost. */
static bool
ask_code(const struct errand *e, const struct query *q, unsigned int step,
    struct fetch_request *out)
{
	char user[ESCAPED_USER_MAX];
	struct json_writer w;

	escape(user, e->user);
	if (e->login[0] != '\0')
		path(out, "/v1/logins/%s/code", e->login);
	else
		path(out, "/v1/users/%s/code", user);
	post(e, out);
	out->once = true;
	json_begin(&w, out->body, sizeof(out->body));
	json_put_text(&w, "code", (const char *)q->code.data);
	return step == 0 && json_end(&w) == MFA_OK;
}

static const char *
outcome_word(uint32_t outcome)
{
	switch (outcome) {
	case QUERY_GRANTED:
		return "granted";
	case QUERY_BY_CODE:
		return "code";
	case QUERY_WRONG_NUMBER:
		return "wrong_number";
	case QUERY_REFUSED:
		return "refused";
	default:
		return "cancelled";
	}
}

static bool
ask_cancel(const struct errand *e, const struct query *q, unsigned int step,
    struct fetch_request *out)
{
	struct json_writer w;

	path(out, "/v1/logins/%s/close", e->login);
	out->post = true;	/* idempotent by nature */
	json_begin(&w, out->body, sizeof(out->body));
	json_put_text(&w, "outcome", outcome_word(q->outcome));
	return step == 0 && e->login[0] != '\0' && json_end(&w) == MFA_OK;
}

const struct provider provider_mfad = {
	.name = "mfad",
	.begin = { ask_begin, mfad_read_begin },
	.choose = { ask_choose, mfad_read_choose },
	.poll = { ask_poll, mfad_read_poll },
	.wrong = { ask_wrong, mfad_read_keys },
	.code = { ask_code, mfad_read_code },
	.cancel = { ask_cancel, mfad_read_cancel },
};
