/* SPDX-License-Identifier: BSD-2-Clause */
/* What a handler sees of its request, and how it finds its handler. */
#include <string.h>
#include <syslog.h>

#include "conn.h"
#include "conn_dispatch.h"
#include "error.h"
#include "http_syntax.h"
#include "log.h"
#include "text.h"

#define NUMBER_MAX 24	/* bytes of a number in a query */

/* ---- finding ---- */

void
conn_dispatch(struct conn *c)
{
	struct route_match *m = &c->request.match;
	const struct server *s = c->server;
	char *path = c->parser.head + c->parser.path, allow[ROUTE_ALLOW_MAX];
	size_t i;

	for (i = 0; i < s->table_count; i++)
		route_find(s->tables[i], c->parser.method, path, m);
	if (m->route != NULL && route_cut(m) == MFA_OK) {
		m->route->handle(&c->request);
	} else if (m->route != NULL) {
		reply_problem(&c->request, 400, NULL, NULL, "a name in the path is not "
		    "printable text");
	} else if (m->methods != 0) {
		reply_field(&c->request, "Allow", route_allow(m, allow));
		reply_problem(&c->request, 405, NULL, NULL, NULL);
	} else {
		reply_problem(&c->request, 404, NULL, NULL, "there is nothing at this path");
	}
}

/* ---- looking ---- */

enum http_method
request_method(const struct request *r)
{
	return r->conn->parser.method;
}

const char *
request_param(const struct request *r, const char *name)
{
	const struct route_match *m = &r->match;
	size_t i;

	for (i = 0; i < m->count; i++)
		if (m->params[i].name_len == strlen(name) &&
		    memcmp(m->params[i].name, name, m->params[i].name_len) == 0)
			return m->params[i].value;
	return NULL;
}

const char *
request_param_at(const struct request *r, size_t i)
{
	return i < r->match.count ? r->match.params[i].value : NULL;
}

const char *
request_field(const struct request *r, enum http_field f)
{
	return http_parsed_field(&r->conn->parser, f);
}

const char *
request_body(const struct request *r, size_t *len)
{
	*len = r->conn->parser.body_len;
	return r->conn->parser.body != NULL ? r->conn->parser.body : "";
}

int
request_query(const struct request *r, const char *name, char *out, size_t size)
{
	return http_query_value(http_parsed_query(&r->conn->parser), name, out, size);
}

int
request_query_number(const struct request *r, const char *name, unsigned long max,
    unsigned long otherwise, unsigned long *out)
{
	char text[NUMBER_MAX];
	int result = request_query(r, name, text, sizeof(text));

	*out = otherwise;
	if (result == MFA_E_ABSENT)
		return MFA_OK;
	return result == MFA_OK ? text_number(text, 0, max, out) : result;
}

const struct address *
request_address(const struct request *r)
{
	return r->conn->peer != NULL ? &r->conn->address : NULL;
}

const char *
request_peer(const struct request *r)
{
	static char shown[ADDRESS_TEXT_MAX];	/* until the next call */

	return r->conn->peer != NULL ? address_format(&r->conn->address, shown) : "unix";
}

bool
request_is_admin(const struct request *r)
{
	return r->conn->admin;
}

const struct tls_peer *
request_certificate(const struct request *r)
{
	return r->conn->certificate;
}

struct server *
request_server(const struct request *r)
{
	return r->conn->server;
}

void *
request_context(const struct request *r)
{
	return r->conn->server->context;
}

/* ---- holding ---- */

void
request_hold(struct request *r, unsigned int ms, void (*again)(struct request *r, void *arg),
    void (*gone)(void *arg), void *arg)
{
	if (r->conn->state != CONN_HANDLING) {
		log_line(LOG_ERR, "a request was held out of turn");
		return;
	}
	r->again = again;
	r->gone = gone;
	r->arg = arg;
	conn_held(r->conn, ms < HOLD_MAX_MS ? ms : HOLD_MAX_MS);
}
