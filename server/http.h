/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_H
#define MFA_HTTP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a resource of mfad sees of HTTP.  A handler is called in the loop's
 * thread with a request that is whole, and does one of two things with it
 * before it returns: reply, or hold it and reply later.  A request is answered
 * once; the pointer is void after the reply, and after its `gone` was called.
 * Nothing here may be called from another thread, except server_post.
 */

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHODS };

/* The fields that are kept; others are read past.  None may stand twice. */
enum http_field {
	HTTP_HOST, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING, HTTP_CONNECTION, HTTP_EXPECT,
	HTTP_AUTHORIZATION, HTTP_CONTENT_TYPE, HTTP_IDEMPOTENCY_KEY, HTTP_ACCEPT,
	HTTP_ACCEPT_LANGUAGE, HTTP_COOKIE, HTTP_IF_NONE_MATCH, HTTP_LAST_EVENT_ID, HTTP_ORIGIN,
	HTTP_SEC_FETCH_SITE, HTTP_USER_AGENT, HTTP_TWILIO_SIGNATURE,
	HTTP_FIELDS
};

/* ---- all limits ---- */
#define ROUTE_PARAMS	4	/* {names} in one path */
#define HOLD_MAX_MS	55000	/* a poll, below the minute at which proxies give up */

struct request;
struct server;
struct address;

/* ---- the table ---- */

struct route {
	enum http_method method;
	const char *path;	/* "/v1/logins/{id}": {name} stands for one segment */
	void (*handle)(struct request *r);	/* NULL ends a table */
};

/* Adds a resource's table, which stays the caller's.  A path that no table has
 * is a 404, a method that its path does not have a 405 with Allow. */
int server_routes(struct server *s, const struct route *table);

/* What all handlers share, such as the storage. */
void server_set_context(struct server *s, void *context);

/* ---- what was asked; owned by the request ---- */

const char *http_method_name(enum http_method m);
enum http_method request_method(const struct request *r);
const char *request_param(const struct request *r, const char *name);	/* never NULL for
						 * a {name} of its route */
const char *request_param_at(const struct request *r, size_t i);	/* in the path's
						 * order; NULL: no more */
const char *request_field(const struct request *r, enum http_field f);	/* NULL: none */
const char *request_body(const struct request *r, size_t *len);	/* not terminated */

/* The decoded value of NAME=VALUE in the query.  MFA_E_ABSENT; MFA_E_INVALID
 * when it stands twice, does not fit, or is not printable text. */
int request_query(const struct request *r, const char *name, char *out, size_t size);

/* The number of a query, or `otherwise` when it is absent; MFA_E_INVALID when
 * it is not from 0 to max. */
int request_query_number(const struct request *r, const char *name, unsigned long max,
    unsigned long otherwise, unsigned long *out);

/* Who asks: "unix" and NULL on a Unix socket.  The text is valid until the next
 * call. */
const char *request_peer(const struct request *r);
const struct address *request_address(const struct request *r);

/* Came by the administrator's socket, from one who may. */
bool request_is_admin(const struct request *r);

/* The client certificate (tls_peer.h), which need not be one to believe.  NULL
 * without one.  The peer has proved that the key is its own. */
struct tls_peer;
const struct tls_peer *request_certificate(const struct request *r);

struct server *request_server(const struct request *r);
void *request_context(const struct request *r);

/* ---- answers ---- */

/* A field of the answer to come, such as Retry-After: plain ASCII. */
void reply_field(struct request *r, const char *name, const char *value);

/* Answers; body is copied.  type is NULL for an answer without a body. */
void reply(struct request *r, int status, const char *type, const void *body, size_t len);
void reply_json(struct request *r, int status, const char *json);	/* terminated text */

/* A problem document (RFC 9457).  type NULL is "about:blank", title NULL the
 * status' own phrase, detail NULL none. */
void reply_problem(struct request *r, int status, const char *type, const char *title,
    const char *detail);

/*
 * Keeps the request to be answered later, by anybody in the loop's thread.
 * After ms (at most HOLD_MAX_MS), and when the server is told to stop, `again`
 * is called: it replies what makes the client ask again.  If it does not, the
 * answer after ms is a 503; at a stop the request is held on, for as long as
 * the server may still take.  `gone` is called once, at once, when the peer
 * leaves or sends what it may not, and after a 503 of ours; not after a reply.
 */
void request_hold(struct request *r, unsigned int ms,
    void (*again)(struct request *r, void *arg), void (*gone)(void *arg), void *arg);

/* ---- from other threads ---- */

struct post {
	struct post *next;
	void (*run)(struct post *p);	/* in the loop's thread; may free p */
};

/* Has p->run called soon, in the order of posting; from any thread.  p is the
 * loop's until then, so that this cannot fail.  Whoever has threads ends them
 * before the server is freed; what they posted after the loop ended is not run. */
void server_post(struct server *s, struct post *p);

#endif
