/* SPDX-License-Identifier: BSD-2-Clause */
#include "../../server/http_parse.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/http_syntax.h"
#include "../suite.h"
#include "error.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))
#define GET		"GET /v1/health HTTP/1.1\r\n"
#define HOST		"Host: mfa.example.org\r\n"
#define POST		"POST /v1/logins HTTP/1.1\r\n" HOST
#define A8		"A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\nA: 6\r\nA: 7\r\nA: 8\r\n"
#define A64		A8 A8 A8 A8 A8 A8 A8 A8

struct sample {
	const char *bytes;
	size_t len;		/* a sample may hold zeros */
	int status;		/* 0: it is taken */
	const char *said;	/* a word of why, or what was understood */
	size_t rest;		/* bytes behind the end of the request */
};
#define TAKEN(bytes, understood)	{ bytes, sizeof(bytes) - 1, 0, understood, 0 }
#define TAKEN_REST(bytes, understood, rest) { bytes, sizeof(bytes) - 1, 0, understood, rest }
#define REFUSED(bytes, status, word)	{ bytes, sizeof(bytes) - 1, status, word, 0 }

static const struct sample samples[] = {
	/* ---- well-formed ---- */
	TAKEN(GET HOST "\r\n", "GET /v1/health Host=mfa.example.org"),
	TAKEN("GET / HTTP/1.1\r\n" HOST "\r\n", "GET / Host=mfa.example.org"),
	TAKEN("GET /u/zo%C3%AB%2Ex HTTP/1.1\r\n" HOST "\r\n",
	    "GET /u/zo%C3%AB%2Ex Host=mfa.example.org"),
	TAKEN("GET /a?b=c&d=%20e HTTP/1.1\r\n" HOST "\r\n", "GET /a ?b=c&d=%20e Host=mfa.example.org"),
	TAKEN("GET /a? HTTP/1.1\r\n" HOST "\r\n", "GET /a ? Host=mfa.example.org"),
	TAKEN("GET /users/al-i_c.e~@example.org HTTP/1.1\r\n" HOST "\r\n",
	    "GET /users/al-i_c.e~@example.org Host=mfa.example.org"),
	TAKEN("GET /... HTTP/1.1\r\n" HOST "\r\n", "GET /... Host=mfa.example.org"),
	TAKEN("GET /a/ HTTP/1.1\r\n" HOST "\r\n", "GET /a/ Host=mfa.example.org"),
	TAKEN(GET "host:mfa.example.org:8443\r\n\r\n", "GET /v1/health Host=mfa.example.org:8443"),
	TAKEN(GET "HOST: \t [2001:db8::1]:443 \t\r\n\r\n", "GET /v1/health Host=[2001:db8::1]:443"),
	TAKEN(GET HOST "X: 1\r\nX: 2\r\n\r\n", "GET /v1/health Host=mfa.example.org"),
	TAKEN(GET HOST "X:\r\n\r\n", "GET /v1/health Host=mfa.example.org"),
	TAKEN(GET HOST "Authorization: Bearer a.b\r\nAccept: */*\r\n\r\n",
	    "GET /v1/health Host=mfa.example.org Authorization=Bearer a.b Accept=*/*"),
	TAKEN(GET HOST "Cookie:\r\n\r\n", "GET /v1/health Host=mfa.example.org Cookie="),
	TAKEN(GET HOST "Content-Length: 0\r\n\r\n",
	    "GET /v1/health Host=mfa.example.org Content-Length=0"),
	TAKEN(GET HOST "Connection: keep-alive, Close\r\n\r\n",
	    "GET /v1/health Host=mfa.example.org Connection=keep-alive, Close close"),
	TAKEN(GET HOST "Connection: closer\r\n\r\n",
	    "GET /v1/health Host=mfa.example.org Connection=closer"),
	TAKEN(POST "Content-Length: 2\r\n\r\n{}",
	    "POST /v1/logins Host=mfa.example.org Content-Length=2 body={}"),
	TAKEN("DELETE /v1/x HTTP/1.1\r\n" HOST "\r\n", "DELETE /v1/x Host=mfa.example.org"),
	TAKEN("PUT /v1/x HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
	    "PUT /v1/x Host=mfa.example.org Content-Length=0"),
	TAKEN("PATCH /v1/x HTTP/1.1\r\nContent-Length: 3\r\n" HOST "\r\n\r\n\r",
	    "PATCH /v1/x Host=mfa.example.org Content-Length=3 body=\r\n\r"),
	TAKEN(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n1",
	    "POST /v1/logins Host=mfa.example.org Content-Length=1 Expect=100-Continue body=1"),
	TAKEN(GET HOST A8 A8 A8 A8 A8 A8 A8 "\r\n", "GET /v1/health Host=mfa.example.org"),
	TAKEN_REST(GET HOST "\r\nGET ", "GET /v1/health Host=mfa.example.org", 4),
	TAKEN_REST(POST "Content-Length: 1\r\n\r\n12",
	    "POST /v1/logins Host=mfa.example.org Content-Length=1 body=1", 1),
	TAKEN_REST(GET HOST "\r\n\0", "GET /v1/health Host=mfa.example.org", 1),

	/* ---- the request line ---- */
	REFUSED("\r\n" GET HOST "\r\n", 400, "METHOD"),
	REFUSED("\n", 400, "without its CR"),
	REFUSED("GET\r\n", 400, "METHOD"),
	REFUSED("GET /\r\n", 400, "METHOD"),
	REFUSED("GET  / HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET / HTTP/1.1 \r\n", 400, "version"),
	REFUSED("GET /  HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET / x HTTP/1.1\r\n", 400, "target"),
	REFUSED(" GET / HTTP/1.1\r\n", 400, "capital"),
	REFUSED("GET\t/\tHTTP/1.1\r\n", 400, "METHOD"),
	REFUSED("GET / HTTP/1.0\r\n", 505, "HTTP/1.1"),
	REFUSED("GET / HTTP/1.2\r\n", 505, "HTTP/1.1"),
	REFUSED("GET / HTTP/2.0\r\n", 505, "HTTP/1.1"),
	REFUSED("PRI * HTTP/2.0\r\n", 505, "HTTP/1.1"),
	REFUSED("GET / HTTP/1.10\r\n", 400, "version"),
	REFUSED("GET / HTTP/11\r\n", 400, "version"),
	REFUSED("GET / http/1.1\r\n", 400, "version"),
	REFUSED("GET / HTTP/x.1\r\n", 400, "version"),
	REFUSED("GET / HTTP/1.1x\r\n", 400, "version"),
	REFUSED("get / HTTP/1.1\r\n", 400, "capital"),
	REFUSED("G=T / HTTP/1.1\r\n", 400, "capital"),
	REFUSED("HEAD / HTTP/1.1\r\n", 501, "method"),
	REFUSED("TRACE / HTTP/1.1\r\n", 501, "method"),
	REFUSED("CONNECT a:443 HTTP/1.1\r\n", 501, "method"),
	REFUSED("GETX / HTTP/1.1\r\n", 501, "method"),
	REFUSED("\x16\x03\x01", 400, "printable"),

	/* ---- targets ---- */
	REFUSED("GET http://mfa.example.org/ HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET * HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET v1/health HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET ?a HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET //v1 HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1//health HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /. HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /../etc HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/../health HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/.. HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/%68ealth HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/%2e%2e/ HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/.%2E HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/a%2fb HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/a%7f HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /v1/a%0 HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /a%00 HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /a#b HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /a\\b HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /a\"b HTTP/1.1\r\n", 400, "target"),
	REFUSED("GET /a\xc3\xa9 HTTP/1.1\r\n", 400, "printable"),
	REFUSED("GET /a?b#c HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=% HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=%4 HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=%4g HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=%00 HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=%0d%0a HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=%7F HTTP/1.1\r\n", 400, "query"),
	REFUSED("GET /a?b=<c> HTTP/1.1\r\n", 400, "query"),

	/* ---- line ends and bytes ---- */
	REFUSED("GET / HTTP/1.1\n", 400, "without its CR"),
	REFUSED("GET / HTTP/1.1\rHost", 400, "without its LF"),
	REFUSED("GET / HTTP/1.1\r\r\n", 400, "without its LF"),
	REFUSED(GET "Host: a\n", 400, "without its CR"),
	REFUSED(GET HOST "\n", 400, "without its CR"),
	REFUSED(GET HOST "\r\r\n", 400, "without its LF"),
	REFUSED(GET "Host: a\0b\r\n", 400, "printable"),
	REFUSED("GET /\0 HTTP/1.1\r\n", 400, "printable"),
	REFUSED("\0", 400, "printable"),
	REFUSED(GET "Host: a\x01\r\n", 400, "printable"),
	REFUSED(GET "X: a\x7f\r\n", 400, "printable"),
	REFUSED(GET "X: \x1b[2J\r\n", 400, "printable"),
	REFUSED(GET "X: caf\xe9\r\n", 400, "printable"),
	REFUSED(GET "X: a\vb\r\n", 400, "printable"),

	/* ---- fields ---- */
	REFUSED(GET " Host: a\r\n", 400, "folded"),
	REFUSED(GET HOST "X: a\r\n b\r\n", 400, "folded"),
	REFUSED(GET HOST "X: a\r\n\tb\r\n", 400, "folded"),
	REFUSED(GET HOST " \r\n", 400, "folded"),
	REFUSED(GET "Host : a\r\n", 400, "name"),
	REFUSED(GET "Host\t: a\r\n", 400, "name"),
	REFUSED(GET HOST "Content-Length : 5\r\n", 400, "name"),
	REFUSED(GET ": a\r\n", 400, "name"),
	REFUSED(GET "X(y): a\r\n", 400, "name"),
	REFUSED(GET "X\"y: a\r\n", 400, "name"),
	REFUSED(GET HOST "nonsense\r\n", 400, "NAME"),
	REFUSED(GET HOST HOST, 400, "twice"),
	REFUSED(GET HOST "hOST: other\r\n", 400, "twice"),
	REFUSED(GET HOST "Authorization: a\r\nauthorization: a\r\n", 400, "twice"),
	REFUSED(GET HOST "Cookie: a\r\nCookie: b\r\n", 400, "twice"),
	REFUSED(GET HOST "Connection: close\r\nConnection: close\r\n", 400, "twice"),
	REFUSED(POST "Content-Length: 1\r\nContent-Length: 1\r\n", 400, "twice"),
	REFUSED(POST "Content-Length: 1\r\nContent-Length: 2\r\n", 400, "twice"),
	REFUSED(POST "Transfer-Encoding: a\r\nTransfer-Encoding: b\r\n", 400, "twice"),
	REFUSED(POST "Idempotency-Key: a\r\nIdempotency-Key: b\r\n", 400, "twice"),

	/* ---- Host ---- */
	REFUSED(GET "\r\n", 400, "Host is missing"),
	REFUSED(GET "Host:\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: a b\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: a,b\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: a/b\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: user@a\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: a:\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: a:b\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: a:123456\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: [::1\r\n\r\n", 400, "Host is a name"),
	REFUSED(GET "Host: []\r\n\r\n", 400, "Host is a name"),

	/* ---- where a request ends ---- */
	REFUSED(POST "\r\n", 411, "missing"),
	REFUSED(POST "Transfer-Encoding: chunked\r\n\r\n", 501, "Transfer-Encoding"),
	REFUSED(POST "Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\n", 501, "Transfer-Encoding"),
	REFUSED(POST "Transfer-Encoding:\r\nContent-Length: 1\r\n\r\n", 501, "Transfer-Encoding"),
	REFUSED(POST "Content-Length: 1\r\ntransfer-encoding: \tchunked\r\n\r\n", 501, "Transfer-Encoding"),
	REFUSED(POST "Content-Length:\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: +1\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: -1\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: 01\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: 0x1\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: 1, 1\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: 1 1\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: 1.0\r\n\r\n", 400, "plain number"),
	REFUSED(POST "Content-Length: 65537\r\n\r\n", 413, "65536"),
	REFUSED(POST "Content-Length: 4294967297\r\n\r\n", 413, "65536"),
	REFUSED(POST "Content-Length: 18446744073709551617\r\n\r\n", 413, "65536"),
	REFUSED(GET HOST "Content-Length: 1\r\n\r\n", 400, "no body"),
	REFUSED("DELETE /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 400, "no body"),
	REFUSED(POST "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417, "100-continue"),

	/* ---- too much ---- */
	REFUSED(GET A64 "B: 65\r\n", 431, "too many"),
};

/* ---- feeding ---- */

static struct http_parser p;
static char shown[HTTP_HEAD_MAX * 2];

/* What was understood, in one line. */
static const char *
understood(void)
{
	FILE *f = fmemopen(shown, sizeof(shown), "w");
	enum http_field i;

	ck_assert_ptr_nonnull(f);
	fprintf(f, "%s %s", http_method_name(p.method), http_parsed_path(&p));
	if (http_parsed_query(&p) != NULL)
		fprintf(f, " ?%s", http_parsed_query(&p));
	for (i = HTTP_HOST; i < HTTP_FIELDS; i++)
		if (http_parsed_field(&p, i) != NULL)
			fprintf(f, " %s=%s", http_field_name(i), http_parsed_field(&p, i));
	if (p.close)
		fputs(" close", f);
	if (p.body_len > 0)
		fprintf(f, " body=%.*s", (int)p.body_len, p.body);
	fclose(f);
	return shown;
}

static void
judge(const struct sample *s, enum http_progress r, size_t used)
{
	if (s->status == 0) {
		ck_assert_msg(r == HTTP_WHOLE, "%s: %d %s", s->bytes, p.status,
		    r == HTTP_REFUSED ? p.why : "more");
		ck_assert_str_eq(understood(), s->said);
		http_parse_trim(&p);
		ck_assert_str_eq(understood(), s->said);
		ck_assert_uint_eq(s->len - used, s->rest);
	} else {
		ck_assert_msg(r == HTTP_REFUSED, "%s: taken as %s", s->bytes,
		    r == HTTP_WHOLE ? understood() : "not yet whole");
		ck_assert_int_eq(p.status, s->status);
		ck_assert_msg(strstr(p.why, s->said) != NULL, "%s: %s", s->bytes, p.why);
	}
	http_parse_free(&p);
}

/* From an allocation of its own length, for the sanitizers. */
static enum http_progress
feed(const char *bytes, size_t len, size_t *used)
{
	char *exact = malloc(len + 1);
	enum http_progress r;
	size_t n;

	memcpy(exact, bytes, len);
	r = http_parse(&p, exact, len, &n);
	ck_assert_uint_le(n, len);
	ck_assert(r != HTTP_MORE || n == len);
	free(exact);
	*used += n;
	return r;
}

START_TEST(whole)
{
	const struct sample *s = &samples[_i];
	enum http_progress r;
	size_t used = 0;

	http_parse_start(&p);
	r = feed(s->bytes, s->len, &used);
	judge(s, r, used);
}
END_TEST

START_TEST(byte_by_byte)
{
	const struct sample *s = &samples[_i];
	enum http_progress r = HTTP_MORE;
	size_t used = 0;

	http_parse_start(&p);
	while (r == HTTP_MORE && used < s->len)
		r = feed(s->bytes + used, 1, &used);
	judge(s, r, used);
}
END_TEST

START_TEST(split_at_every_offset)
{
	const struct sample *s = &samples[_i];
	enum http_progress r;
	size_t at, used;

	for (at = 0; at <= s->len; at += at < 600 || at > s->len - 60 ? 1 : 41) {
		used = 0;
		http_parse_start(&p);
		r = feed(s->bytes, at, &used);
		if (r == HTTP_MORE)
			r = feed(s->bytes + at, s->len - at, &used);
		judge(s, r, used);
	}
}
END_TEST

/* ---- the rest ---- */

START_TEST(a_refusal_stays)
{
	size_t used = 0;

	http_parse_start(&p);
	ck_assert_int_eq(feed("\n", 1, &used), HTTP_REFUSED);
	ck_assert_int_eq(feed(GET HOST "\r\n", sizeof(GET HOST) + 1, &used), HTTP_REFUSED);
	ck_assert_uint_eq(used, 1);
	http_parse_free(&p);
}
END_TEST

START_TEST(nothing_is_taken_behind_the_end)
{
	size_t used = 0;

	http_parse_start(&p);
	ck_assert_int_eq(feed(GET HOST "\r\n", sizeof(GET HOST) + 1, &used), HTTP_WHOLE);
	ck_assert_int_eq(feed("GET ", 4, &used), HTTP_WHOLE);
	ck_assert_uint_eq(used, sizeof(GET HOST) + 1);
	http_parse_free(&p);
}
END_TEST

/* Fills the gap between two ends, so that the head has so many bytes. */
static enum http_progress
feed_head(size_t len, const char *before, const char *after)
{
	char *head = malloc(len);
	size_t used = 0, front = strlen(before), back = strlen(after);
	enum http_progress r;

	memset(head, 'x', len);
	memcpy(head, before, front);
	memcpy(head + len - back, after, back);
	http_parse_start(&p);
	r = feed(head, len, &used);
	free(head);
	return r;
}

static const struct { const char *before, *after; } long_heads[] = {
	{ "GET /", " HTTP/1.1\r\n" HOST "\r\n" },
	{ "GET /?", " HTTP/1.1\r\n" HOST "\r\n" },
	{ GET HOST "Y: ", "\r\n\r\n" },
	{ GET HOST "Cookie: ", "\r\n\r\n" },
	{ GET HOST, ": y\r\n\r\n" },
};

START_TEST(a_head_has_8192_bytes_and_no_more)
{
	const char *before = long_heads[_i].before, *after = long_heads[_i].after;

	ck_assert_int_eq(feed_head(HTTP_HEAD_MAX, before, after), HTTP_WHOLE);
	http_parse_free(&p);
	ck_assert_int_eq(feed_head(HTTP_HEAD_MAX + 1, before, after), HTTP_REFUSED);
	ck_assert_int_eq(p.status, 431);
	http_parse_free(&p);
	ck_assert_int_eq(feed_head(HTTP_HEAD_MAX + 1, before, ""), HTTP_REFUSED);
	ck_assert_int_eq(p.status, 431);
	http_parse_free(&p);
}
END_TEST

START_TEST(the_largest_body_is_taken)
{
	static const char head[] = POST "Content-Length: 65536\r\n\r\n";
	char *body = malloc(HTTP_BODY_MAX);
	size_t used = 0, i;

	for (i = 0; i < HTTP_BODY_MAX; i++)
		body[i] = (char)i;
	http_parse_start(&p);
	ck_assert_int_eq(feed(head, sizeof(head) - 1, &used), HTTP_MORE);
	ck_assert_int_eq(feed(body, HTTP_BODY_MAX - 1, &used), HTTP_MORE);
	ck_assert_int_eq(feed(body + HTTP_BODY_MAX - 1, 1, &used), HTTP_WHOLE);
	ck_assert_uint_eq(p.body_len, HTTP_BODY_MAX);
	ck_assert(memcmp(p.body, body, HTTP_BODY_MAX) == 0);
	http_parse_free(&p);
	free(body);
}
END_TEST

START_TEST(a_client_that_waits_for_100_is_seen)
{
	static const char head[] = POST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n";
	size_t used = 0;

	http_parse_start(&p);
	ck_assert_int_eq(feed(head, sizeof(head) - 3, &used), HTTP_MORE);
	ck_assert(!p.wants_continue);
	ck_assert_int_eq(feed("\r\n", 2, &used), HTTP_MORE);
	ck_assert(p.wants_continue);
	ck_assert_int_eq(feed("1", 1, &used), HTTP_WHOLE);
	ck_assert(!p.wants_continue);
	http_parse_free(&p);
}
END_TEST

static const struct {
	const char *query, *name;
	int result;
	const char *value;
} queries[] = {
	{ NULL, "a", MFA_E_ABSENT, "" },
	{ "", "a", MFA_E_ABSENT, "" },
	{ "a", "a", MFA_E_ABSENT, "" },
	{ "b=1", "a", MFA_E_ABSENT, "" },
	{ "aa=1", "a", MFA_E_ABSENT, "" },
	{ "a=", "a", MFA_OK, "" },
	{ "a=1", "a", MFA_OK, "1" },
	{ "b=2&a=1", "a", MFA_OK, "1" },
	{ "a=1&b=2", "b", MFA_OK, "2" },
	{ "a=x+y%2B%26%3d", "a", MFA_OK, "x+y+&=" },
	{ "a=caf%C3%A9", "a", MFA_OK, "caf\xc3\xa9" },
	{ "a=1=2", "a", MFA_OK, "1=2" },
	{ "a=%ff", "a", MFA_E_INVALID, NULL },
	{ "a=%C2%85", "a", MFA_E_INVALID, NULL },
	{ "a=1&a=1", "a", MFA_E_INVALID, NULL },
	{ "a=1234567890123456", "a", MFA_E_INVALID, NULL },
	{ "a=123456789012345", "a", MFA_OK, "123456789012345" },
};

START_TEST(values_in_a_query)
{
	char value[16];

	ck_assert_int_eq(http_query_value(queries[_i].query, queries[_i].name, value,
	    sizeof(value)), queries[_i].result);
	if (queries[_i].value != NULL)
		ck_assert_str_eq(value, queries[_i].value);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("http_parse");
	TCase *t = tcase_create("requests");

	tcase_add_loop_test(t, whole, 0, COUNT(samples));
	tcase_add_loop_test(t, byte_by_byte, 0, COUNT(samples));
	tcase_add_loop_test(t, split_at_every_offset, 0, COUNT(samples));
	tcase_add_test(t, a_refusal_stays);
	tcase_add_test(t, nothing_is_taken_behind_the_end);
	tcase_add_loop_test(t, a_head_has_8192_bytes_and_no_more, 0, COUNT(long_heads));
	tcase_add_test(t, the_largest_body_is_taken);
	tcase_add_test(t, a_client_that_waits_for_100_is_seen);
	tcase_add_loop_test(t, values_in_a_query, 0, COUNT(queries));
	suite_add_tcase(s, t);
	return suite_run(s);
}
