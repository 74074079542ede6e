/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch_reply.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "error.h"
#include "text.h"

#define RETRY_AFTER_MAX	86400	/* seconds; more is that much */

void
fetch_words(char dst[QUERY_WORDS_MAX], const char *src)
{
	(void)snprintf(dst, QUERY_WORDS_MAX, "%s", src);
	if (!text_printable(dst, strlen(dst)))
		(void)text_escape(dst, QUERY_WORDS_MAX, src);
}

/* ---- the head ---- */

/* The value of a header line by this name, without blanks around it and its
 * end of line, in value; false when it is another or does not fit. */
static bool
header_value(const char *line, size_t len, const char *name, char *value, size_t size)
{
	size_t skip = strlen(name);

	if (len <= skip || strncasecmp(line, name, skip) != 0 || line[skip] != ':')
		return false;
	for (skip++; skip < len && (line[skip] == ' ' || line[skip] == '\t'); skip++)
		;
	while (len > skip && isspace((unsigned char)line[len - 1]))
		len--;
	if (len - skip >= size || memchr(line, '\0', len) != NULL)
		return false;
	memcpy(value, line + skip, len - skip);
	value[len - skip] = '\0';
	return true;
}

static bool
is_type(const char *value, const char *type)
{
	size_t len = strlen(type);

	return strncasecmp(value, type, len) == 0 &&
	    (value[len] == '\0' || value[len] == ';' || value[len] == ' ');
}

/* RFC 9110 section 10.2.3; a date is not taken. */
static uint32_t
retry_after(const char *value)
{
	unsigned long n;

	if (value[0] == '\0' || value[strspn(value, "0123456789")] != '\0')
		return 0;
	return text_number(value, 0, RETRY_AFTER_MAX, &n) == MFA_OK ? (uint32_t)n :
	    RETRY_AFTER_MAX;
}

/* A new head after a proxy's, or after a provisional one, begins anew. */
static void
take_line(struct fetch_reply *r, const char *line, size_t len)
{
	char value[128] = "";

	if (len > 5 && memcmp(line, "HTTP/", 5) == 0) {
		r->json = r->problem = false;
		r->retry_after = 0;
	} else if (header_value(line, len, "Content-Type", value, sizeof(value))) {
		r->json = is_type(value, "application/json");
		r->problem = is_type(value, "application/problem+json");
	} else if (header_value(line, len, "Retry-After", value, sizeof(value))) {
		r->retry_after = retry_after(value);
	}
}

size_t
fetch_take_header(char *data, size_t one, size_t len, void *incoming)
{
	struct fetch_incoming *in = incoming;

	(void)one;
	in->head_len += len;
	in->head_lines++;
	if (in->head_len > FETCH_HEAD_MAX || in->head_lines > FETCH_HEAD_LINES) {
		in->too_large = true;
		return 0;
	}
	take_line(&in->reply, data, len);
	return len;
}

/* ---- the body ---- */

size_t
fetch_take_body(char *data, size_t one, size_t len, void *incoming)
{
	struct fetch_incoming *in = incoming;

	(void)one;
	if (len > FETCH_REPLY_MAX - in->reply.len) {
		in->too_large = true;
		return 0;
	}
	memcpy(in->reply.body + in->reply.len, data, len);
	in->reply.len += len;
	return len;
}

/* ---- the end ---- */

static uint32_t
failure_of(CURLcode result)
{
	switch ((int)result) {
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:	/* this host's own */
	case CURLE_URL_MALFORMAT:
	case CURLE_FAILED_INIT:
		return QUERY_MISCONFIGURED;
	case CURLE_UNSUPPORTED_PROTOCOL:	/* another version of HTTP */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WRITE_ERROR:
		return QUERY_SERVICE;
	default:
		return QUERY_UNREACHABLE;
	}
}

/* What a server that is just starting, or just stopping, looks like, also to who
 * comes before its TLS is done, or through something in front of it; not a proxy
 * that refuses, nor a certificate that is not the right one. */
static bool
is_passing(CURL *easy, CURLcode result)
{
	long proxy = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (proxy != 0 && proxy != 200)
		return false;
	return result == CURLE_COULDNT_CONNECT || result == CURLE_SSL_CONNECT_ERROR ||
	    result == CURLE_GOT_NOTHING ||
	    result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR ||
	    result == CURLE_PARTIAL_FILE;
}

void
fetch_finish(struct fetch_incoming *in, CURL *easy, CURLcode result, const char *error)
{
	struct fetch_reply *r = &in->reply;

	r->body[r->len] = '\0';
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &r->status);
	if (result == CURLE_OK)
		return;
	r->again = !in->too_large && is_passing(easy, result);
	r->failure = in->too_large ? QUERY_SERVICE : failure_of(result);
	fetch_words(r->words, in->too_large ? "the reply is too large" :
	    error[0] != '\0' ? error : curl_easy_strerror(result));
}
