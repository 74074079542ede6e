/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_PARSE_H
#define MFA_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"

/*
 * One HTTP/1.1 request (RFC 9112), fed as it arrives.  Where the RFC lets a
 * server be lenient this one is not: a proxy in front and we must agree on
 * where a request ends and what it says, so there is one spelling of each.
 *
 *  1. A body has the length that its one Content-Length says; any
 *     Transfer-Encoding is refused.
 *  2. Lines end in CR LF.  A lone CR or LF, another control character, a byte
 *     that is not ASCII, a folded line, and a blank before a colon are refused.
 *  3. The target is a path without empty or dot segments, and then perhaps a
 *     query, in which "%XX" may stand for anything but a control character; in
 *     the path also for no letter, digit or slash.  Only a {name} of a route may
 *     have it.
 *  4. A known field stands at most once; Host exactly once.
 *  5. Only version 1.1, and no empty line before a request.
 *
 * Whatever the pieces in which the bytes come, the outcome is the same.
 */

/* ---- all limits ---- */
#define HTTP_HEAD_MAX		8192	/* bytes, with the empty line at its end */
#define HTTP_BODY_MAX		65536	/* bytes */
#define HTTP_LINES_MAX		64	/* fields, known or not */

enum http_progress { HTTP_MORE, HTTP_WHOLE, HTTP_REFUSED };

struct http_parser {
	enum { PARSE_LINE, PARSE_LF, PARSE_BODY, PARSE_END, PARSE_REFUSED } state;
	enum http_method method;
	bool close;			/* Connection: close */
	bool wants_continue;		/* Expect: 100-continue, and no byte of a body yet */
	char *head;			/* the strings that were kept, each terminated */
	char *body;
	uint32_t size, len, line;	/* of head; where the line that is read begins */
	uint32_t seen, lines;		/* bytes and lines of the head so far */
	uint32_t path, query, fields[HTTP_FIELDS];	/* in head; 0: none */
	uint32_t body_size, body_len, length;
	int status;			/* of a refusal: 400, 413 … */
	const char *why;		/* and its sentence */
};

void http_parse_start(struct http_parser *p);

/* Takes up to len bytes and sets *used to how many: all of them, or less when
 * the request ends before.  HTTP_REFUSED stays so; then status and why say
 * what to answer, and nothing else of *p may be read. */
enum http_progress http_parse(struct http_parser *p, const char *data, size_t len, size_t *used);

/* Once the request is whole.  Owned by *p; NULL when there is none. */
const char *http_parsed_path(const struct http_parser *p);
const char *http_parsed_query(const struct http_parser *p);	/* without the "?" */
const char *http_parsed_field(const struct http_parser *p, enum http_field f);

/* Gives back what was allocated but is not used, for a request that stays. */
void http_parse_trim(struct http_parser *p);

/* Wipes and frees what *p holds; ready for another http_parse_start. */
void http_parse_free(struct http_parser *p);

#endif
