/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fetch_reply.h"
#include "text.h"

struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	bool running, told;
	char error[CURL_ERROR_SIZE];
	struct fetch_request request;
	struct fetch_incoming in;
};

struct fetch {
	const struct service *service;
	CURLM *multi;
	struct transfer transfers[FETCH_SLOTS];
};

int
fetch_start_up(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? MFA_OK : MFA_E_SYSTEM;
}

/* ---- one handle ---- */

#define SET(option, value) \
	(r = r == CURLE_OK ? curl_easy_setopt(t->easy, option, value) : r)

/* A directory of hashed names is read only for the one that is needed. */
static CURLcode
set_authorities(struct transfer *t, const char *file)
{
	char *directory = NULL;
	CURLcode r = CURLE_OK;

	(void)curl_easy_getinfo(t->easy, CURLINFO_CAPATH, &directory);
	if (file[0] != '\0') {
		SET(CURLOPT_CAINFO, file);
		SET(CURLOPT_CAPATH, NULL);
	} else if (directory != NULL) {
		SET(CURLOPT_CAINFO, NULL);
	}
	return r;
}

/* From memory: nothing of it can be opened in the sandbox. */
static CURLcode
set_certificate(struct transfer *t, const struct service *s)
{
	struct curl_blob certificate = { s->certificate.data, s->certificate.len,
	    CURL_BLOB_NOCOPY };
	struct curl_blob key = { s->certificate_key.data, s->certificate_key.len,
	    CURL_BLOB_NOCOPY };
	CURLcode r = CURLE_OK;

	if (s->certificate.data == NULL)
		return r;
	SET(CURLOPT_SSLCERT_BLOB, &certificate);
	SET(CURLOPT_SSLKEY_BLOB, &key);
	SET(CURLOPT_KEYPASSWD, "");	/* nobody is there to be asked for one */
	return r;
}

static CURLcode
set_tls(struct transfer *t, const struct service *s)
{
	CURLcode r = set_authorities(t, s->ca);

	if (r == CURLE_OK)
		r = set_certificate(t, s);

	SET(CURLOPT_PROTOCOLS_STR, s->socket[0] != '\0' ? "http" : "https");
	SET(CURLOPT_UNIX_SOCKET_PATH, s->socket[0] != '\0' ? s->socket : NULL);
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	return r;
}

static CURLcode
set_http(struct transfer *t, const struct service *s)
{
	CURLcode r = CURLE_OK;

	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PROXY, s->proxy);	/* "" is none, whatever the environment says */
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	SET(CURLOPT_USERAGENT, "mfa-http");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);	/* a resolver that hangs holds up nobody */
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
	return r;
}

static CURLcode
set_callbacks(struct transfer *t)
{
	CURLcode r = CURLE_OK;

	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_HEADERFUNCTION, fetch_take_header);
	SET(CURLOPT_HEADERDATA, &t->in);
	SET(CURLOPT_WRITEFUNCTION, fetch_take_body);
	SET(CURLOPT_WRITEDATA, &t->in);
	return r;
}

static int
open_transfer(struct transfer *t, const struct service *s)
{
	if ((t->easy = curl_easy_init()) == NULL)
		return MFA_E_MEMORY;
	return set_tls(t, s) == CURLE_OK && set_http(t, s) == CURLE_OK &&
	    set_callbacks(t) == CURLE_OK ? MFA_OK : MFA_E_SYSTEM;
}

int
fetch_open(const struct service *s, struct fetch **out)
{
	struct fetch *f = calloc(1, sizeof(*f));
	int i, r = MFA_OK;

	*out = NULL;
	if (f == NULL)
		return MFA_E_MEMORY;
	f->service = s;
	if ((f->multi = curl_multi_init()) == NULL)
		r = MFA_E_MEMORY;
	for (i = 0; r == MFA_OK && i < FETCH_SLOTS; i++)
		r = open_transfer(&f->transfers[i], s);
	if (r != MFA_OK)
		fetch_close(&f);
	*out = f;
	return r;
}

/* ---- a request ---- */

static void
free_headers(struct curl_slist **list)
{
	struct curl_slist *at;

	for (at = *list; at != NULL; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	curl_slist_free_all(*list);
	*list = NULL;
}

void
fetch_drop(struct fetch *f, enum fetch_slot slot)
{
	struct transfer *t = &f->transfers[slot];

	if (t->running)
		(void)curl_multi_remove_handle(f->multi, t->easy);
	t->running = t->told = false;
	free_headers(&t->headers);
	explicit_bzero(&t->request, sizeof(t->request));
}

static int
add_line(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);

	if (longer == NULL)
		return MFA_E_MEMORY;
	t->headers = longer;
	return MFA_OK;
}

static int
add_header(struct transfer *t, const char *name, const char *value)
{
	char line[SECRET_MAX + 64];
	int r;

	(void)snprintf(line, sizeof(line), "%s %s", name, value);
	r = add_line(t, line);
	explicit_bzero(line, sizeof(line));
	return r;
}

static int
add_headers(struct transfer *t, const struct secret *key)
{
	int r = MFA_OK;

	if (key->len > 0)
		r = add_header(t, "Authorization: Bearer", (const char *)key->data);
	if (r != MFA_OK ||
	    (r = add_line(t, "Accept: application/json, application/problem+json")) != MFA_OK ||
	    !t->request.post)
		return r;
	/* No asking first whether a body is welcome. */
	if ((r = add_line(t, "Expect:")) != MFA_OK ||
	    (r = add_line(t, "Content-Type: application/json")) != MFA_OK ||
	    t->request.key[0] == '\0')
		return r;
	return add_header(t, "Idempotency-Key:", t->request.key);
}

static CURLcode
set_request(struct transfer *t, const char *base, struct deadline deadline)
{
	char url[SERVICE_URL_MAX + FETCH_PATH_MAX];
	CURLcode r = CURLE_OK;
	int left = deadline_left(deadline);

	(void)snprintf(url, sizeof(url), "%s%s", base, t->request.path);
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_HTTPHEADER, t->headers);
	SET(CURLOPT_FRESH_CONNECT, t->request.once ? 1L : 0L);
	SET(CURLOPT_TIMEOUT_MS, left > 0 ? (long)left : 1L);
	SET(CURLOPT_CUSTOMREQUEST, t->request.method[0] != '\0' ? t->request.method : NULL);
	if (t->request.post) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE, (long)strlen(t->request.body));
		SET(CURLOPT_POSTFIELDS, t->request.body);
	} else {
		SET(CURLOPT_HTTPGET, 1L);
	}
	return r;
}

int
fetch_begin(struct fetch *f, enum fetch_slot slot, const struct fetch_request *rq,
    struct deadline deadline)
{
	struct transfer *t = &f->transfers[slot];
	int r;

	fetch_drop(f, slot);
	memset(&t->in, 0, sizeof(t->in));
	t->error[0] = '\0';
	t->request = *rq;
	if ((r = add_headers(t, &f->service->key)) != MFA_OK)
		return r;
	if (set_request(t, f->service->url, deadline) != CURLE_OK ||
	    curl_multi_add_handle(f->multi, t->easy) != CURLM_OK)
		return MFA_E_SYSTEM;
	t->running = true;
	return MFA_OK;
}

/* ---- working on them ---- */

static void
collect(struct fetch *f)
{
	struct transfer *t = NULL;
	CURLMsg *m;
	CURLcode result;
	int more;

	while ((m = curl_multi_info_read(f->multi, &more)) != NULL) {
		result = m->data.result;
		if (m->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t) != CURLE_OK)
			continue;
		(void)curl_multi_remove_handle(f->multi, t->easy);
		t->running = false;
		t->told = true;
		fetch_finish(&t->in, t->easy, result, t->error);
	}
}

static bool
tell(struct fetch *f, enum fetch_slot slot)
{
	bool told = f->transfers[slot].told;

	f->transfers[slot].told = false;
	return told;
}

enum fetch_event
fetch_wait(struct fetch *f, int fd, struct deadline deadline)
{
	struct curl_waitfd heard = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int running;

	for (;;) {
		if (curl_multi_perform(f->multi, &running) != CURLM_OK)
			return FETCH_BROKEN;
		collect(f);
		if (heard.revents != 0)
			return FETCH_HEARD;
		if (tell(f, FETCH_NOW))
			return FETCH_DONE;
		if (tell(f, FETCH_HELD))
			return FETCH_HELD_DONE;
		if (deadline_left(deadline) == 0)
			return FETCH_LATE;
		if (curl_multi_poll(f->multi, &heard, fd == -1 ? 0 : 1,
		    deadline_left(deadline), NULL) != CURLM_OK)
			return FETCH_BROKEN;
	}
}

bool
fetch_running(const struct fetch *f, enum fetch_slot slot)
{
	return f->transfers[slot].running;
}

const struct fetch_reply *
fetch_reply(const struct fetch *f, enum fetch_slot slot)
{
	return &f->transfers[slot].in.reply;
}

void
fetch_close(struct fetch **f)
{
	enum fetch_slot i;

	if (*f == NULL)
		return;
	for (i = FETCH_NOW; i < FETCH_SLOTS; i++) {
		if ((*f)->transfers[i].easy == NULL)
			continue;
		fetch_drop(*f, i);
		curl_easy_cleanup((*f)->transfers[i].easy);
	}
	if ((*f)->multi != NULL)
		(void)curl_multi_cleanup((*f)->multi);
	explicit_bzero(*f, sizeof(**f));
	free(*f);
	*f = NULL;
}
