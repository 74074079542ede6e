/* SPDX-License-Identifier: BSD-2-Clause */
#include <event2/buffer.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "conn.h"
#include "http_syntax.h"
#include "log.h"
#include "status.h"

/* ---- fields ---- */

static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

void
reply_field(struct request *r, const char *name, const char *value)
{
	size_t had = r->fields != NULL ? strlen(r->fields) : 0;
	size_t len = had + strlen(name) + strlen(value) + sizeof(": \r\n");
	char *grown = NULL;

	if (http_is_token(name) && is_plain(value) && len <= FIELDS_MAX)
		grown = realloc(r->fields, len);
	if (grown == NULL) {
		r->broken = true;
		return;
	}
	(void)snprintf(grown + had, len - had, "%s: %s\r\n", name, value);
	r->fields = grown;
}

/* Answers are about one person at one moment, unless the handler knows better. */
static const char *
caching(const struct request *r)
{
	return r->fields != NULL && strcasestr(r->fields, "cache-control:") != NULL ?
	    "" : "Cache-Control: no-store\r\n";
}

/* ---- the answer ---- */

static bool
write_head(struct request *r, int status, const char *type, size_t len)
{
	struct conn *c = r->conn;
	struct evbuffer *out = bufferevent_get_output(c->bev);

	if (evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n%s%s"
	    "X-Content-Type-Options: nosniff\r\n%s", status, status_phrase(status),
	    server_date(c->server), caching(r), r->fields != NULL ? r->fields : "",
	    c->closing || c->server->draining ? "Connection: close\r\n" : "") == -1)
		return false;
	if (type != NULL && evbuffer_add_printf(out, "Content-Type: %s\r\n", type) == -1)
		return false;
	/* RFC 9110 section 8.6: these two never have it. */
	if (status != 204 && status != 304 &&
	    evbuffer_add_printf(out, "Content-Length: %zu\r\n", len) == -1)
		return false;
	return evbuffer_add(out, "\r\n", 2) == 0;
}

void
reply(struct request *r, int status, const char *type, const void *body, size_t len)
{
	struct conn *c = r->conn;

	if (c->state != CONN_HANDLING && c->state != CONN_HELD) {
		log_line(LOG_ERR, "a request was answered out of turn");
		return;
	}
	if (r->broken) {
		log_line(LOG_ERR, "an answer could not be put together");
		free(r->fields);
		r->fields = NULL;
		status = 500;
		type = NULL;
		len = 0;
	}
	reply_count(status);
	if (write_head(r, status, type, len) &&
	    (len == 0 || evbuffer_add(bufferevent_get_output(c->bev), body, len) == 0))
		conn_written_soon(c);
	else
		conn_doom(c);
}

void
reply_json(struct request *r, int status, const char *json)
{
	reply(r, status, "application/json", json, strlen(json));
}

static bool
put(struct json_object *o, const char *key, struct json_object *value)
{
	if (value != NULL && json_object_object_add(o, key, value) == 0)
		return true;
	(void)json_object_put(value);
	return false;
}

void
reply_problem(struct request *r, int status, const char *type, const char *title,
    const char *detail)
{
	struct json_object *o = json_object_new_object();
	const char *text = NULL;

	if (o != NULL &&
	    put(o, "type", json_object_new_string(type != NULL ? type : "about:blank")) &&
	    put(o, "title", json_object_new_string(title != NULL ? title :
	    status_phrase(status))) &&
	    put(o, "status", json_object_new_int(status)) &&
	    (detail == NULL || put(o, "detail", json_object_new_string(detail))))
		text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
		    JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text != NULL)
		reply(r, status, "application/problem+json", text, strlen(text));
	else
		reply(r, status, NULL, NULL, 0);
	(void)json_object_put(o);
}
