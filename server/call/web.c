/* SPDX-License-Identifier: BSD-2-Clause */
#include "web.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/service.h"
#include "error.h"

struct request {
	CURL *easy;
	CURLM *multi;
	struct fetch_incoming *in;
	char error[CURL_ERROR_SIZE];
};

/* ---- addresses ---- */

/* Without TLS only to this machine: a code travels in it. */
static bool
is_loopback(const char *authority)
{
	struct in_addr v4;
	char host[64];
	size_t len = strcspn(authority, authority[0] == '[' ? "]" : ":");

	if (authority[0] == '[')
		return strncmp(authority, "[::1]", 5) == 0;
	if (len >= sizeof(host))
		return false;
	memcpy(host, authority, len);
	host[len] = '\0';
	return strcmp(host, "localhost") == 0 ||
	    (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

const char *
web_url_check(const char *url)
{
	bool tls = strncmp(url, "https://", 8) == 0;
	size_t scheme = tls ? 8 : 7, len;
	char base[SERVICE_URL_MAX], out[SERVICE_URL_MAX];

	if (!tls && strncmp(url, "http://", 7) != 0)
		return "https:// was expected";
	len = scheme + strcspn(url + scheme, "/?");
	if (len >= sizeof(base))
		return "the name of the host is too long";
	memcpy(base, url, len);
	base[len] = '\0';
	if (service_url(base, tls ? "https" : "http", out) != MFA_OK)
		return "a host name, perhaps a port, and a path were expected";
	if (!tls && !is_loopback(base + scheme))
		return "https:// was expected: http:// is for 127.0.0.1, [::1] and localhost only";
	return NULL;
}

/* ---- headers ---- */

int
web_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer == NULL)
		return MFA_E_MEMORY;
	*list = longer;
	return MFA_OK;
}

void
web_headers_free(struct curl_slist **list)
{
	struct curl_slist *at;

	for (at = *list; at != NULL; at = at->next)
		explicit_bzero(at->data, strlen(at->data));
	curl_slist_free_all(*list);
	*list = NULL;
}

/* ---- how ---- */

#define SET(option, value) \
	(r = r == CURLE_OK ? curl_easy_setopt(q->easy, option, value) : r)

static CURLcode
set_tls(struct request *q, const struct web_request *w)
{
	char *directory = NULL;
	CURLcode r = CURLE_OK;

	/* A directory of hashed names is read only for the one that is needed. */
	(void)curl_easy_getinfo(q->easy, CURLINFO_CAPATH, &directory);
	if (w->ca != NULL) {
		SET(CURLOPT_CAINFO, w->ca);
		SET(CURLOPT_CAPATH, NULL);
	} else if (directory != NULL) {
		SET(CURLOPT_CAINFO, NULL);
	}
	/* http is to the loopback: web_url_check. */
	SET(CURLOPT_PROTOCOLS_STR, strncmp(w->url, "https", 5) == 0 ? "https" : "http");
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
	SET(CURLOPT_HEADERDATA, q->in);
	SET(CURLOPT_WRITEFUNCTION, fetch_take_body);
	SET(CURLOPT_WRITEDATA, q->in);
	return r;
}

static CURLcode
set_request(struct request *q, const struct web_request *w, struct deadline deadline)
{
	int left = deadline_left(deadline);
	CURLcode r = CURLE_OK;

	SET(CURLOPT_URL, w->url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_HTTPHEADER, w->headers);
	SET(CURLOPT_TIMEOUT_MS, left > 0 ? (long)left : 1L);
	if (w->user != NULL) {
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(CURLOPT_USERNAME, w->user);
		SET(CURLOPT_PASSWORD, w->password);
	}
	if (w->body != NULL) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE, (long)strlen(w->body));
		SET(CURLOPT_POSTFIELDS, w->body);
	} else {
		SET(CURLOPT_HTTPGET, 1L);
	}
	return r;
}

static int
open_request(struct request *q, const struct web_request *w, struct deadline deadline)
{
	if ((q->easy = curl_easy_init()) == NULL || (q->multi = curl_multi_init()) == NULL)
		return MFA_E_MEMORY;
	return set_tls(q, w) == CURLE_OK && set_http(q) == CURLE_OK &&
	    set_request(q, w, deadline) == CURLE_OK &&
	    curl_multi_add_handle(q->multi, q->easy) == CURLM_OK ? MFA_OK : MFA_E_SYSTEM;
}

/* ---- doing it ---- */

static bool
collect(struct request *q, CURLcode *result)
{
	CURLMsg *m;
	int more;

	while ((m = curl_multi_info_read(q->multi, &more)) != NULL)
		if (m->msg == CURLMSG_DONE) {
			*result = m->data.result;
			return true;
		}
	return false;
}

/* MFA_E_CLOSED: mfad gives it up. */
static int
perform(struct request *q, int mfad, struct deadline deadline, CURLcode *result)
{
	struct curl_waitfd heard = { .fd = mfad, .events = CURL_WAIT_POLLIN };
	int running;

	for (;;) {
		if (curl_multi_perform(q->multi, &running) != CURLM_OK)
			return MFA_E_SYSTEM;
		if (collect(q, result))
			return MFA_OK;
		if (heard.revents != 0)
			return MFA_E_CLOSED;
		/* libcurl looks at its own time limit, which is the same. */
		if (curl_multi_poll(q->multi, &heard, mfad != -1,
		    deadline_left(deadline) + 10, NULL) != CURLM_OK)
			return MFA_E_SYSTEM;
	}
}

int
web_ask(const struct web_request *w, int mfad, struct deadline deadline,
    struct fetch_incoming *in, CURLcode *result)
{
	struct request q = { .in = in };
	int r = open_request(&q, w, deadline);

	memset(in, 0, sizeof(*in));
	if (r == MFA_OK)
		r = perform(&q, mfad, deadline, result);
	if (r == MFA_OK)
		fetch_finish(in, q.easy, *result, q.error);
	if (q.multi != NULL && q.easy != NULL)
		(void)curl_multi_remove_handle(q.multi, q.easy);
	curl_easy_cleanup(q.easy);
	(void)curl_multi_cleanup(q.multi);
	return r;
}
