/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/http_parse.h"
#include "../../server/http_syntax.h"

/*
 * The first byte says in what pieces the rest arrives.  The outcome is that
 * of the whole; what was taken has one framing, and says the same when it is
 * written anew in its plainest form.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum http_progress progress;
	size_t used;
	int status;
};

static struct http_parser whole, again;
static char anew[HTTP_HEAD_MAX + HTTP_BODY_MAX + 1024];

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* In pieces of so many bytes, each in an allocation of its own length. */
static struct outcome
feed(struct http_parser *p, const char *bytes, size_t len, size_t piece)
{
	struct outcome o = { HTTP_MORE, 0, 0 };
	size_t n, used;
	char *exact;

	http_parse_start(p);
	while (o.progress == HTTP_MORE && o.used < len) {
		n = len - o.used < piece ? len - o.used : piece;
		check((exact = malloc(n)) != NULL);
		memcpy(exact, bytes + o.used, n);
		o.progress = http_parse(p, exact, n, &used);
		free(exact);
		check(used <= n && (used == n || o.progress != HTTP_MORE));
		o.used += used;
	}
	o.status = o.progress == HTTP_REFUSED ? p->status : 0;
	return o;
}

static void
check_refusal(const struct http_parser *p)
{
	static const int known[] = { 400, 411, 413, 417, 431, 501, 505 };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]) && known[i] != p->status; i++)
		;
	check(i < sizeof(known) / sizeof(known[0]) && p->why != NULL && p->why[0] != '\0');
}

/* What is encoded names no other place. */
static void
check_decoded(const char *path)
{
	char text[HTTP_HEAD_MAX + 2];
	size_t slashes = 0, i;

	if (http_decode(path, strlen(path), text, sizeof(text) - 1) != 0)
		return;
	for (i = 0; path[i] != '\0'; i++)
		slashes += path[i] == '/';
	for (i = 0; text[i] != '\0'; i++)
		slashes -= text[i] == '/';
	check(slashes == 0);
	memcpy(text + strlen(text), "/", 2);
	check(strstr(text, "/./") == NULL && strstr(text, "/../") == NULL);
}

/* What a second look at the bytes themselves says of where the request ends. */
static void
check_framing(const struct http_parser *p, const char *bytes, size_t used)
{
	const char *end = memmem(bytes, used, "\r\n\r\n", 4);
	const char *length = http_parsed_field(p, HTTP_CONTENT_LENGTH);
	size_t body = length != NULL ? strtoul(length, NULL, 10) : 0;

	check(end != NULL && used == (size_t)(end - bytes) + 4 + body);
	check(http_parsed_field(p, HTTP_TRANSFER_ENCODING) == NULL);
	check(body == p->body_len && body <= HTTP_BODY_MAX && used - body <= HTTP_HEAD_MAX);
	check(body == 0 || memcmp(p->body, end + 4, body) == 0);
	check(memchr(bytes, '\0', used - body) == NULL);
	check(http_is_path(http_parsed_path(p)));
	check_decoded(http_parsed_path(p));
	check(strstr(http_parsed_path(p), "//") == NULL);
}

static bool
same(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static void
check_anew(const struct http_parser *p)
{
	FILE *f = fmemopen(anew, sizeof(anew), "w");
	const char *query = http_parsed_query(p);
	enum http_field i;
	size_t len;

	check(f != NULL);
	fprintf(f, "%s %s%s%s HTTP/1.1\r\n", http_method_name(p->method), http_parsed_path(p),
	    query != NULL ? "?" : "", query != NULL ? query : "");
	for (i = HTTP_HOST; i < HTTP_FIELDS; i++)
		if (http_parsed_field(p, i) != NULL)
			fprintf(f, "%s:%s\r\n", http_field_name(i), http_parsed_field(p, i));
	fputs("\r\n", f);
	fwrite(p->body_len > 0 ? p->body : "", 1, p->body_len, f);
	len = (size_t)ftell(f);
	fclose(f);
	check(feed(&again, anew, len, len).progress == HTTP_WHOLE);
	check(again.method == p->method && again.close == p->close);
	check(same(http_parsed_path(&again), http_parsed_path(p)));
	check(same(http_parsed_query(&again), query));
	for (i = HTTP_HOST; i < HTTP_FIELDS; i++)
		check(same(http_parsed_field(&again, i), http_parsed_field(p, i)));
	http_parse_free(&again);
}

static void
check_query(const struct http_parser *p)
{
	char value[32];

	(void)http_query_value(http_parsed_query(p), "a", value, sizeof(value));
	check(strnlen(value, sizeof(value)) < sizeof(value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;
	struct outcome a, b;

	if (size < 2)
		return 0;
	size--;
	a = feed(&whole, bytes, size, size);
	if (a.progress == HTTP_REFUSED) {
		check_refusal(&whole);
	} else if (a.progress == HTTP_WHOLE) {
		http_parse_trim(&whole);
		check_framing(&whole, bytes, a.used);
		check_query(&whole);
		check_anew(&whole);
	}
	http_parse_free(&whole);
	b = feed(&again, bytes, size, 1 + (size_t)data[0] % 97);
	check(a.progress == b.progress && a.status == b.status);
	/* A whole one ends where it ends; a refused one was given up there. */
	check(a.used == b.used);
	http_parse_free(&again);
	return 0;
}
