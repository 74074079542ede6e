/* SPDX-License-Identifier: BSD-2-Clause */
/* A gateway's API over HTTP, by the administrator's template. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/seclude.h"
#include "error.h"
#include "text_form.h"
#include "texting.h"
#include "web.h"

struct request {
	const struct call_config *c;
	struct curl_slist *headers;
	char url[TEMPLATE_FILLED_MAX], body[TEMPLATE_FILLED_MAX];
	struct fetch_incoming in;
	CURLcode result;
};

/* ---- what is asked ---- */

static int
add_headers(struct request *q, const struct template_values *v)
{
	const char *at = q->c->text_http_headers != NULL ? q->c->text_http_headers : "";
	char line[TEXT_FORM_HEADER_MAX], filled[TEMPLATE_FILLED_MAX];
	/* No asking first whether a body is welcome. */
	int r = web_header(&q->headers, "Expect:");

	if (r == MFA_OK && q->c->text_http_method == TEXT_HTTP_POST)
		r = web_header(&q->headers, q->c->text_http_type == TEXT_HTTP_JSON ?
		    "Content-Type: application/json" :
		    "Content-Type: application/x-www-form-urlencoded");
	while (r == MFA_OK && text_form_header(&at, line)) {
		if ((r = template_fill(line, TEMPLATE_HEADER, v, filled)) == MFA_OK)
			r = web_header(&q->headers, filled);
		explicit_bzero(filled, sizeof(filled));
	}
	return r;
}

static int
fill(struct request *q, const struct text *t)
{
	const struct template_values v = {
		.to = t->to, .id = t->id, .text = t->bytes, .text_len = t->len,
		.secret = &t->line->text_secret,
	};
	const char *body = q->c->text_http_body != NULL ? q->c->text_http_body : "";
	int r;

	if ((r = template_fill(q->c->text_http_url, TEMPLATE_URL, &v, q->url)) != MFA_OK ||
	    (r = template_fill(body, text_form_body_place(q->c), &v, q->body)) != MFA_OK)
		return r;
	return add_headers(q, &v);
}

/* ---- what became of it ---- */

static bool
says_success(const struct request *q)
{
	const struct fetch_reply *reply = &q->in.reply;
	regex_t pattern;
	bool matches;

	if (q->c->text_http_success == NULL)
		return true;
	if (memchr(reply->body, '\0', reply->len) != NULL ||
	    regcomp(&pattern, q->c->text_http_success, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	matches = regexec(&pattern, reply->body, 0, NULL, 0) == 0;
	regfree(&pattern);
	return matches;
}

/* Of the reply nothing but its status is passed on: it may repeat the text. */
static enum dial_outcome
judge(struct request *q, const struct text *t, uint32_t *units, char words[DIAL_WORDS_MAX])
{
	const struct fetch_reply *reply = &q->in.reply;

	if (q->result == CURLE_OPERATION_TIMEDOUT) {
		(void)snprintf(words, DIAL_WORDS_MAX, "no answer in time");
	} else if (reply->failure != 0) {
		text_words(t, reply->words, words);
	} else if (reply->status < 200 || reply->status > 299) {
		(void)snprintf(words, DIAL_WORDS_MAX, "HTTP status %ld", reply->status);
	} else if (!says_success(q)) {
		(void)snprintf(words, DIAL_WORDS_MAX, "HTTP status %ld, and a reply that "
		    "text_http_success does not match", reply->status);
	} else {
		*units = q->c->text_units;
		return DIAL_DONE;
	}
	return reply->failure == QUERY_MISCONFIGURED ? DIAL_MISCONFIGURED : DIAL_GATEWAY;
}

static enum dial_outcome
make_request(struct request *q, const struct text *t, uint32_t *units,
    char words[DIAL_WORDS_MAX])
{
	struct web_request w = { .url = q->url, .ca = q->c->text_http_ca };
	int r = fill(q, t);

	w.headers = q->headers;
	w.body = q->c->text_http_method == TEXT_HTTP_POST ? q->body : NULL;
	if (r == MFA_OK)
		r = web_ask(&w, t->mfad, t->deadline, &q->in, &q->result);
	if (r == MFA_OK)
		return judge(q, t, units, words);
	if (r == MFA_E_CLOSED)
		return DIAL_CANCELLED;
	(void)snprintf(words, DIAL_WORDS_MAX, "the request cannot be made: %s", mfa_strerror(r));
	return DIAL_GATEWAY;
}

static enum dial_outcome
send_text(const struct text *t, uint32_t *units, char words[DIAL_WORDS_MAX])
{
	const struct call_config *c = t->line->config;
	struct request *q = calloc(1, sizeof(*q));
	enum dial_outcome outcome = DIAL_GATEWAY;

	if (q == NULL || seclude(c->text_http_ca != NULL ? c->text_http_ca : "") != MFA_OK) {
		(void)snprintf(words, DIAL_WORDS_MAX, "the sandbox cannot be entered");
		free(q);
		return outcome;
	}
	q->c = c;
	outcome = make_request(q, t, units, words);
	web_headers_free(&q->headers);
	explicit_bzero(q, sizeof(*q));
	free(q);
	return outcome;
}

const struct text_gateway text_gateway_http = { "http", send_text };
