/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "error.h"
#include "http_syntax.h"
#include "text.h"

#define HEAD_FIRST	512	/* bytes: enough for most heads */
#define BODY_FIRST	1024

static enum http_progress
refuse(struct http_parser *p, int status, const char *why)
{
	p->state = PARSE_REFUSED;
	p->status = status;
	p->why = why;
	return HTTP_REFUSED;
}

void
http_parse_start(struct http_parser *p)
{
	*p = (struct http_parser){ .state = PARSE_LINE };
}

/* Room for one byte more.  What the old place held may be a secret. */
static bool
grow(char **buf, uint32_t *size, uint32_t first, uint32_t most)
{
	uint32_t larger = *size == 0 ? first : *size * 2;
	char *fresh;

	if (larger > most)
		larger = most;
	if ((fresh = malloc(larger)) == NULL)
		return false;
	if (*buf != NULL) {
		memcpy(fresh, *buf, *size);
		explicit_bzero(*buf, *size);
		free(*buf);
	}
	*buf = fresh;
	*size = larger;
	return true;
}

static enum http_progress
keep(struct http_parser *p, char c)
{
	if (p->len == p->size && !grow(&p->head, &p->size, HEAD_FIRST, HTTP_HEAD_MAX))
		return refuse(p, 503, "no memory for this request: try again");
	p->head[p->len++] = c;
	return HTTP_MORE;
}

/* ---- the request line ---- */

static enum http_progress
read_target(struct http_parser *p, char *target)
{
	char *query = strchr(target, '?');

	if (query != NULL)
		*query++ = '\0';
	if (!http_is_path(target))
		return refuse(p, 400, "the target must be a path of plain characters, "
		    "without // or dot segments, and % only where it must be");
	if (query != NULL && !http_is_query(query))
		return refuse(p, 400, "the query has a character that must be encoded, "
		    "or encodes one that may not be there");
	p->path = (uint32_t)(target - p->head);
	p->query = query != NULL ? (uint32_t)(query - p->head) : 0;
	return HTTP_MORE;
}

static enum http_progress
read_request_line(struct http_parser *p, char *line)
{
	char *target = strchr(line, ' '), *version = strrchr(line, ' ');

	if (target == NULL || target == version)
		return refuse(p, 400, "METHOD TARGET VERSION was expected");
	*target++ = '\0';
	*version++ = '\0';
	if (!http_is_version(version))
		return refuse(p, 400, "the request line must end in a version of HTTP");
	if (strcmp(version, "HTTP/1.1") != 0)
		return refuse(p, 505, "only HTTP/1.1 is spoken here");
	if (line[strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0' || line[0] == '\0')
		return refuse(p, 400, "a method is written in capital letters");
	if ((p->method = http_method_of(line)) == HTTP_METHODS)
		return refuse(p, 501, "the method is not known here");
	return read_target(p, target);
}

/* ---- fields ---- */

static char *
trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	for (len = strlen(s); len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'); len--)
		s[len - 1] = '\0';
	return s;
}

/* Only the value of a known field stays in the buffer. */
static enum http_progress
read_field(struct http_parser *p, char *line)
{
	char *colon = strchr(line, ':'), *value;
	enum http_field f;
	size_t len;

	if (line[0] == ' ' || line[0] == '\t')
		return refuse(p, 400, "a field may not be folded over lines");
	if (colon == NULL)
		return refuse(p, 400, "NAME: VALUE was expected in every line of the head");
	*colon = '\0';
	if (!http_is_token(line))
		return refuse(p, 400, "a field's name has a character that may not be there");
	p->len = p->line;
	if ((f = http_field_of(line)) == HTTP_FIELDS)
		return HTTP_MORE;
	if (p->fields[f] != 0)
		return refuse(p, 400, "a field stands twice that may stand once");
	value = trim(colon + 1);
	len = strlen(value) + 1;
	memmove(line, value, len);
	p->fields[f] = p->line;
	p->len += (uint32_t)len;
	return HTTP_MORE;
}

/* ---- the end of the head ---- */

static enum http_progress
read_length(struct http_parser *p)
{
	const char *field = http_parsed_field(p, HTTP_CONTENT_LENGTH);
	bool carries = p->method != HTTP_GET && p->method != HTTP_DELETE;
	unsigned long n = 0;

	if (field == NULL && carries)
		return refuse(p, 411, "Content-Length is missing");
	if (field != NULL && text_number(field, 0, UINT32_MAX, &n) != MFA_OK)
		return http_is_digits(field) && field[0] != '0' ?
		    refuse(p, 413, "a body has at most 65536 bytes") :
		    refuse(p, 400, "Content-Length is one plain number");
	if (n > HTTP_BODY_MAX)
		return refuse(p, 413, "a body has at most 65536 bytes");
	if (n > 0 && !carries)
		return refuse(p, 400, "this method has no body");
	p->length = (uint32_t)n;
	return HTTP_MORE;
}

static enum http_progress
end_head(struct http_parser *p)
{
	const char *expect = http_parsed_field(p, HTTP_EXPECT);
	const char *host = http_parsed_field(p, HTTP_HOST);
	const char *connection = http_parsed_field(p, HTTP_CONNECTION);

	if (p->fields[HTTP_TRANSFER_ENCODING] != 0)
		return refuse(p, 501, "Transfer-Encoding is not taken: send Content-Length");
	if (host == NULL)
		return refuse(p, 400, "Host is missing");
	if (!http_is_host(host))
		return refuse(p, 400, "Host is a name or address, and perhaps a port");
	if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
		return refuse(p, 417, "nothing but 100-continue can be expected");
	if (read_length(p) == HTTP_REFUSED)
		return HTTP_REFUSED;
	p->close = connection != NULL && http_has_token(connection, "close");
	p->wants_continue = expect != NULL && p->length > 0;
	p->state = p->length > 0 ? PARSE_BODY : PARSE_END;
	return p->state == PARSE_END ? HTTP_WHOLE : HTTP_MORE;
}

static enum http_progress
end_line(struct http_parser *p)
{
	uint32_t number = p->lines++;
	enum http_progress r;
	char *line;

	p->state = PARSE_LINE;
	if (keep(p, '\0') == HTTP_REFUSED)
		return HTTP_REFUSED;
	line = p->head + p->line;
	if (number > 0 && line[0] == '\0')
		return end_head(p);
	if (number > HTTP_LINES_MAX)
		return refuse(p, 431, "the head has too many fields");
	r = number == 0 ? read_request_line(p, line) : read_field(p, line);
	p->line = p->len;
	return r;
}

/* ---- bytes ---- */

static enum http_progress
read_head_byte(struct http_parser *p, char c)
{
	if (++p->seen > HTTP_HEAD_MAX)
		return refuse(p, 431, "a head has at most 8192 bytes");
	if (p->state == PARSE_LF)
		return c == '\n' ? end_line(p) : refuse(p, 400, "a CR stands without its LF");
	if (c == '\r') {
		p->state = PARSE_LF;
		return HTTP_MORE;
	}
	if (c == '\n')
		return refuse(p, 400, "an LF stands without its CR");
	if ((c < ' ' && c != '\t') || c > '~')
		return refuse(p, 400, "the head has a byte that is not printable ASCII");
	return keep(p, c);
}

static enum http_progress
read_body(struct http_parser *p, const char *data, size_t len, size_t *used)
{
	size_t n = p->length - p->body_len;

	p->wants_continue = false;
	if (n > len)
		n = len;
	*used += n;
	while (p->body_size - p->body_len < n)
		if (!grow(&p->body, &p->body_size, BODY_FIRST, HTTP_BODY_MAX))
			return refuse(p, 503, "no memory for this request: try again");
	memcpy(p->body + p->body_len, data, n);
	p->body_len += (uint32_t)n;
	if (p->body_len < p->length)
		return HTTP_MORE;
	p->state = PARSE_END;
	return HTTP_WHOLE;
}

enum http_progress
http_parse(struct http_parser *p, const char *data, size_t len, size_t *used)
{
	enum http_progress r = HTTP_MORE;

	*used = 0;
	if (p->state == PARSE_REFUSED)
		return HTTP_REFUSED;
	while (r == HTTP_MORE && *used < len && (p->state == PARSE_LINE || p->state == PARSE_LF))
		r = read_head_byte(p, data[(*used)++]);
	if (r == HTTP_MORE && *used < len && p->state == PARSE_BODY)
		r = read_body(p, data + *used, len - *used, used);
	return p->state == PARSE_END ? HTTP_WHOLE : r;
}

/* ---- what came out ---- */

const char *
http_parsed_path(const struct http_parser *p)
{
	return p->head + p->path;
}

const char *
http_parsed_query(const struct http_parser *p)
{
	return p->query != 0 ? p->head + p->query : NULL;
}

const char *
http_parsed_field(const struct http_parser *p, enum http_field f)
{
	return p->fields[f] != 0 ? p->head + p->fields[f] : NULL;
}

static void
shrink(char **buf, uint32_t *size, uint32_t len)
{
	char *smaller;

	if (*buf == NULL || len == *size || len == 0 || (smaller = malloc(len)) == NULL)
		return;
	memcpy(smaller, *buf, len);
	explicit_bzero(*buf, *size);
	free(*buf);
	*buf = smaller;
	*size = len;
}

void
http_parse_trim(struct http_parser *p)
{
	shrink(&p->head, &p->size, p->len);
	shrink(&p->body, &p->body_size, p->body_len);
}

void
http_parse_free(struct http_parser *p)
{
	if (p->head != NULL)
		explicit_bzero(p->head, p->size);
	if (p->body != NULL)
		explicit_bzero(p->body, p->body_size);
	free(p->head);
	free(p->body);
	p->head = p->body = NULL;
	p->size = p->body_size = 0;
}
