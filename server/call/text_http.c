/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request to a gateway, by the administrator's template: TLS 1.2 or later with
 * certificate and name verified (or this machine's loopback), no redirect, no proxy,
 * no second try, since what was sent costs and rings.
 */
#include <curl/curl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/fetch_reply.h"
#include "../../helper/http/seclude.h"
#include "error.h"
#include "text_form.h"
#include "texting.h"

struct request {
	const struct call_config *c;
	CURL *easy;
	CURLM *multi;
	struct curl_slist *headers;
	char url[TEMPLATE_FILLED_MAX], body[TEMPLATE_FILLED_MAX];
	char error[CURL_ERROR_SIZE];
	struct fetch_incoming in;
	CURLcode result;
};

/* ---- what is asked ---- */

static int
add_line(struct request *q, const char *line)
{
	struct curl_slist *longer = curl_slist_append(q->headers, line);

	if (longer == NULL)
		return MFA_E_MEMORY;
	q->headers = longer;
	return MFA_OK;
}

static int
add_headers(struct request *q, const struct template_values *v)
{
	const char *at = q->c->text_http_headers != NULL ? q->c->text_http_headers : "";
	char line[TEXT_FORM_HEADER_MAX], filled[TEMPLATE_FILLED_MAX];
	int r = add_line(q, "Expect:");	/* no asking first whether a body is welcome */

	if (r == MFA_OK && q->c->text_http_method == TEXT_HTTP_POST)
		r = add_line(q, q->c->text_http_type == TEXT_HTTP_JSON ?
		    "Content-Type: application/json" :
		    "Content-Type: application/x-www-form-urlencoded");
	while (r == MFA_OK && text_form_header(&at, line)) {
		if ((r = template_fill(line, TEMPLATE_HEADER, v, filled)) == MFA_OK)
			r = add_line(q, filled);
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

/* ---- how ---- */

#define SET(option, value) \
	(r = r == CURLE_OK ? curl_easy_setopt(q->easy, option, value) : r)

static CURLcode
set_tls(struct request *q)
{
	char *directory = NULL;
	CURLcode r = CURLE_OK;

	/* A directory of hashed names is read only for the one that is needed. */
	(void)curl_easy_getinfo(q->easy, CURLINFO_CAPATH, &directory);
	if (q->c->text_http_ca != NULL) {
		SET(CURLOPT_CAINFO, q->c->text_http_ca);
		SET(CURLOPT_CAPATH, NULL);
	} else if (directory != NULL) {
		SET(CURLOPT_CAINFO, NULL);
	}
	/* http is to the loopback: text_form_check. */
	SET(CURLOPT_PROTOCOLS_STR, strncmp(q->url, "https", 5) == 0 ? "https" : "http");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	return r;
}

static CURLcode
set_http(struct request *q)
{
	CURLcode r = CURLE_OK;

	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PROXY, "");	/* none, whatever the environment says */
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_USERAGENT, "mfa-call");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);	/* a resolver that hangs holds up nobody */
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_ERRORBUFFER, q->error);
	SET(CURLOPT_HEADERFUNCTION, fetch_take_header);
	SET(CURLOPT_HEADERDATA, &q->in);
	SET(CURLOPT_WRITEFUNCTION, fetch_take_body);
	SET(CURLOPT_WRITEDATA, &q->in);
	return r;
}

static CURLcode
set_request(struct request *q, struct deadline deadline)
{
	int left = deadline_left(deadline);
	CURLcode r = CURLE_OK;

	SET(CURLOPT_URL, q->url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_HTTPHEADER, q->headers);
	SET(CURLOPT_TIMEOUT_MS, left > 0 ? (long)left : 1L);
	if (q->c->text_http_method == TEXT_HTTP_POST) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE, (long)strlen(q->body));
		SET(CURLOPT_POSTFIELDS, q->body);
	} else {
		SET(CURLOPT_HTTPGET, 1L);
	}
	return r;
}

static int
open_request(struct request *q, const struct text *t)
{
	int r = fill(q, t);

	if (r != MFA_OK)
		return r;
	if ((q->easy = curl_easy_init()) == NULL || (q->multi = curl_multi_init()) == NULL)
		return MFA_E_MEMORY;
	return set_tls(q) == CURLE_OK && set_http(q) == CURLE_OK &&
	    set_request(q, t->deadline) == CURLE_OK &&
	    curl_multi_add_handle(q->multi, q->easy) == CURLM_OK ? MFA_OK : MFA_E_SYSTEM;
}

static void
close_request(struct request **request)
{
	struct request *q = *request;
	struct curl_slist *at;

	for (at = q->headers; at != NULL; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	if (q->multi != NULL && q->easy != NULL)
		(void)curl_multi_remove_handle(q->multi, q->easy);
	curl_slist_free_all(q->headers);
	curl_easy_cleanup(q->easy);
	(void)curl_multi_cleanup(q->multi);
	explicit_bzero(q, sizeof(*q));
	free(q);
	*request = NULL;
}

/* ---- doing it ---- */

static bool
collect(struct request *q)
{
	CURLMsg *m;
	int more;

	while ((m = curl_multi_info_read(q->multi, &more)) != NULL)
		if (m->msg == CURLMSG_DONE) {
			q->result = m->data.result;
			return true;
		}
	return false;
}

/* MFA_E_CLOSED: mfad gives it up. */
static int
perform(struct request *q, const struct text *t)
{
	struct curl_waitfd heard = { .fd = t->mfad, .events = CURL_WAIT_POLLIN };
	int running;

	for (;;) {
		if (curl_multi_perform(q->multi, &running) != CURLM_OK)
			return MFA_E_SYSTEM;
		if (collect(q))
			return MFA_OK;
		if (heard.revents != 0)
			return MFA_E_CLOSED;
		/* libcurl looks at its own time limit, which is the same. */
		if (curl_multi_poll(q->multi, &heard, 1, deadline_left(t->deadline) + 10,
		    NULL) != CURLM_OK)
			return MFA_E_SYSTEM;
	}
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

	fetch_finish(&q->in, q->easy, q->result, q->error);
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
	int r = open_request(q, t);

	if (r == MFA_OK)
		r = perform(q, t);
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
	close_request(&q);
	return outcome;
}

const struct text_gateway text_gateway_http = { "http", send_text };
