/* SPDX-License-Identifier: BSD-2-Clause */
#include "api.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../helper/http/fetch_reply.h"
#include "base64url.h"
#include "crypto.h"
#include "error.h"
#include "text.h"

#define PROBLEM_PREFIX	"urn:pam-mfa:problem:"
#define KEY_BYTES	16	/* FETCH_KEY_LEN characters */

int
api_open(struct api *a)
{
	int r;

	a->fetch = NULL;
	a->held_done = false;
	if ((r = fetch_start_up()) != MFA_OK)
		return r;
	return fetch_open(&a->service, &a->fetch);
}

void
api_close(struct api *a)
{
	fetch_close(&a->fetch);
	secret_wipe(&a->service.key);
}

/* ---- a request ---- */

void
api_request(struct fetch_request *rq, const char *method, const char *format, ...)
{
	va_list ap;

	memset(rq, 0, sizeof(*rq));
	(void)snprintf(rq->method, sizeof(rq->method), "%s", method);
	rq->post = strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
	va_start(ap, format);
	(void)vsnprintf(rq->path, sizeof(rq->path), format, ap);
	va_end(ap);
}

int
api_once(struct fetch_request *rq)
{
	unsigned char random[KEY_BYTES];
	int r = crypto_random(random, sizeof(random));

	return r != MFA_OK ? r : base64url_encode(random, sizeof(random), rq->key, sizeof(rq->key));
}

const char *
api_segment(char dst[API_SEGMENT_MAX], const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";
	size_t at = 0;

	for (; *text != '\0' && at + 4 <= API_SEGMENT_MAX; text++)
		at += (size_t)snprintf(dst + at, API_SEGMENT_MAX - at,
		    strchr(plain, *text) != NULL ? "%c" : "%%%02X",
		    (unsigned int)(unsigned char)*text);
	dst[at] = '\0';
	return dst;
}

/* ---- what came ---- */

static int
refuse(struct api_reply *out, int error, const char *words)
{
	fetch_words(out->words, words);
	return error;
}

/* RFC 9457.  Whoever answers in another form refuses as well. */
static int
read_problem(const struct fetch_reply *in, struct api_reply *out)
{
	char type[API_PROBLEM_MAX + sizeof(PROBLEM_PREFIX)] = "", words[QUERY_WORDS_MAX] = "";
	size_t skip = strlen(PROBLEM_PREFIX);

	(void)snprintf(out->words, sizeof(out->words), "the service answered with status %ld",
	    in->status);
	if (!in->problem || json_read(in->body, in->len, &out->json) != MFA_OK)
		return MFA_E_REFUSED;
	if (api_text(out->json, "type", type, sizeof(type)) == MFA_OK &&
	    strncmp(type, PROBLEM_PREFIX, skip) == 0)
		(void)text_copy(out->problem, sizeof(out->problem), type + skip);
	if (api_text(out->json, "detail", words, sizeof(words)) == MFA_OK ||
	    api_text(out->json, "title", words, sizeof(words)) == MFA_OK)
		(void)text_copy(out->words, sizeof(out->words), words);
	json_drop(&out->json);
	return MFA_E_REFUSED;
}

int
api_read(const struct fetch_reply *in, struct api_reply *out)
{
	memset(out, 0, sizeof(*out));
	if (in->failure != 0)
		return refuse(out, in->failure == QUERY_MISCONFIGURED ? MFA_E_CONFIG :
		    in->failure == QUERY_SERVICE ? MFA_E_PROTOCOL : MFA_E_ABSENT, in->words);
	out->status = in->status;
	out->retry_after = in->retry_after;
	if (in->status >= 400 && in->status <= 599)
		return read_problem(in, out);
	if (in->status == 204 && in->len == 0)
		return MFA_OK;
	if (in->status != 200 && in->status != 201)
		return refuse(out, MFA_E_PROTOCOL, "the service answers with a status that it may "
		    "not");
	if (!in->json || json_read(in->body, in->len, &out->json) != MFA_OK)
		return refuse(out, MFA_E_PROTOCOL, "the service answers with something that is no "
		    "JSON object");
	return MFA_OK;
}

void
api_reply_free(struct api_reply *reply)
{
	json_drop(&reply->json);
}

/* ---- asking ---- */

/* Nothing but a pause, unless somebody wants us to stop. */
static int
pause_for(struct api *a, int64_t ms, struct deadline deadline)
{
	struct deadline end = deadline_min(deadline_in(ms), deadline);

	while (deadline_left(end) > 0)
		switch (api_wait(a, a->heed, end)) {
		case FETCH_HEARD:
			return MFA_E_CLOSED;
		case FETCH_HELD_DONE:
			a->held_done = true;
			return MFA_OK;
		case FETCH_BROKEN:
			return MFA_E_SYSTEM;
		case FETCH_DONE:
		case FETCH_LATE:
			break;
		}
	return MFA_OK;
}

static int
ask_once(struct api *a, const struct fetch_request *rq, struct deadline deadline,
    struct api_reply *reply)
{
	bool held = a->held_done;
	int r = fetch_begin(a->fetch, FETCH_NOW, rq, deadline);

	if (r != MFA_OK)
		return refuse(reply, r, mfa_strerror(r));
	/* The request fails at the deadline by itself, a little late. */
	for (;;) {
		switch (fetch_wait(a->fetch, a->heed, deadline_in(API_MS))) {
		case FETCH_HEARD:
			fetch_drop(a->fetch, FETCH_NOW);
			a->held_done = held;
			return refuse(reply, MFA_E_CLOSED, "interrupted");
		case FETCH_DONE:
			a->held_done = held;
			return api_read(fetch_reply(a->fetch, FETCH_NOW), reply);
		case FETCH_HELD_DONE:
			held = true;
			break;
		case FETCH_LATE:
			break;
		case FETCH_BROKEN:
			return refuse(reply, MFA_E_SYSTEM, "the connection cannot be waited for");
		}
	}
}

int
api_ask(struct api *a, struct fetch_request *rq, struct deadline deadline, struct api_reply *reply)
{
	bool again = rq->key[0] != '\0' || strcmp(rq->method, "GET") == 0;
	int i, r = MFA_E_ABSENT;

	memset(reply, 0, sizeof(*reply));
	for (i = 0; i < API_TRIES && r == MFA_E_ABSENT; i++) {
		if (i > 0 && (!again || deadline_left(deadline) == 0 ||
		    pause_for(a, API_PAUSE_MS, deadline) != MFA_OK))
			break;
		r = ask_once(a, rq, deadline, reply);
	}
	explicit_bzero(rq, sizeof(*rq));
	fetch_drop(a->fetch, FETCH_NOW);
	return r;
}

/* ---- held ---- */

int
api_hold(struct api *a, struct fetch_request *rq)
{
	int r;

	a->held_done = false;
	r = fetch_begin(a->fetch, FETCH_HELD, rq, deadline_in(API_HELD_MS));
	explicit_bzero(rq, sizeof(*rq));
	return r;
}

enum fetch_event
api_wait(struct api *a, int fd, struct deadline deadline)
{
	if (!a->held_done)
		return fetch_wait(a->fetch, fd, deadline);
	a->held_done = false;
	return FETCH_HELD_DONE;
}

int
api_held(struct api *a, struct api_reply *reply)
{
	return api_read(fetch_reply(a->fetch, FETCH_HELD), reply);
}
