/* SPDX-License-Identifier: BSD-2-Clause */
#include "conn.h"

#include <event2/bufferevent_ssl.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <syslog.h>

#include "conn_dispatch.h"
#include "error.h"
#include "log.h"
#include "tls_peer.h"

/* Nothing would come of waiting: the state ends as soon as the loop comes round.
 * It is not said to be a timeout, which another one would take back. */
static void
end_state(struct conn *c)
{
	event_active(&c->timer, EV_READ, 1);
}

static void
set_timer(struct conn *c, unsigned int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };

	if (event_add(&c->timer, &tv) == -1)
		end_state(c);
}

static void
hear(struct conn *c, short what)
{
	if (bufferevent_enable(c->bev, what) == -1)
		end_state(c);
}

static void
set_timer_seconds(struct conn *c, unsigned int seconds)
{
	set_timer(c, seconds * 1000);
}

static void
enter(struct conn *c, enum conn_state state)
{
	if (c->state == CONN_IDLE)
		TAILQ_REMOVE(&c->server->idle, c, idle);
	if (c->state == CONN_HELD)
		conn_count_held(-1);
	c->state = state;
	if (state == CONN_IDLE)
		TAILQ_INSERT_TAIL(&c->server->idle, c, idle);
	if (state == CONN_HELD)
		conn_count_held(1);
}

/* ---- the end ---- */

void
conn_free(struct conn *c)
{
	struct server *s = c->server;
	bool held = c->state == CONN_HELD;

	enter(c, CONN_DOOMED);
	if (held)
		c->request.gone(c->request.arg);
	TAILQ_REMOVE(&s->all, c, all);
	(void)event_del(&c->timer);
	if (c->bev != NULL)
		bufferevent_free(c->bev);
	http_parse_free(&c->parser);
	peers_leave(s->peers, &c->peer);
	conn_count(c, -1);
	free(c->request.fields);
	tls_peer_free(&c->certificate);
	free(c);
	server_freed_one(s);
}

void
conn_doom(struct conn *c)
{
	enter(c, CONN_DOOMED);
	(void)bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	set_timer(c, 0);
}

/* Everything was said and has left us; the peer may still be speaking. */
void
conn_linger(struct conn *c)
{
	enter(c, CONN_LINGERING);
	if (c->tls)
		(void)SSL_shutdown(bufferevent_openssl_get_ssl(c->bev));
	(void)shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	hear(c, EV_READ);
	set_timer(c, LINGER_MS);
}

static void
read_past(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	c->lingered += (uint32_t)evbuffer_get_length(in);
	(void)evbuffer_drain(in, evbuffer_get_length(in));
	if (c->lingered > LINGER_BYTES)
		conn_free(c);
}

/* ---- requests ---- */

static void
refuse(struct conn *c, int status, const char *why)
{
	c->closing = true;
	enter(c, CONN_HANDLING);
	reply_problem(&c->request, status, NULL, NULL, why);
}

/* What was held is not to be answered any more. */
static void
let_go(struct conn *c)
{
	enter(c, CONN_HANDLING);
	c->request.gone(c->request.arg);
}

static void
refuse_pipelined(struct conn *c)
{
	let_go(c);
	refuse(c, 400, "a request is not sent before the answer to the last has come");
}

/* As much of the input as belongs to this request. */
static enum http_progress
consume(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	enum http_progress r = HTTP_MORE;
	struct evbuffer_iovec piece;
	size_t used;

	while (r == HTTP_MORE && evbuffer_peek(in, -1, NULL, &piece, 1) > 0) {
		r = http_parse(&c->parser, piece.iov_base, piece.iov_len, &used);
		(void)evbuffer_drain(in, used);
	}
	return r;
}

/* The timer of a state runs from its beginning, whatever arrives meanwhile. */
static void
await(struct conn *c, enum conn_state state, unsigned int seconds)
{
	if (c->state == state)
		return;
	enter(c, state);
	set_timer_seconds(c, seconds);
}

static void
await_more(struct conn *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct mfad_config *config = c->server->config;

	if (c->parser.state == PARSE_BODY)
		await(c, CONN_BODY, config->body_timeout);
	else if (c->parser.seen > 0)
		await(c, CONN_HEAD, config->head_timeout);
	if (c->parser.wants_continue && !c->continued) {
		c->continued = true;
		(void)bufferevent_write(c->bev, go_on, sizeof(go_on) - 1);
	}
}

static void
handle(struct conn *c)
{
	enter(c, CONN_HANDLING);
	(void)event_del(&c->timer);
	c->closing = c->parser.close || c->server->draining;
	conn_dispatch(c);
	if (c->state == CONN_HANDLING) {
		log_line(LOG_ERR, "a handler neither answered nor held its request");
		reply_problem(&c->request, 500, NULL, NULL, NULL);
	}
	if (c->state != CONN_HELD)
		return;
	http_parse_trim(&c->parser);
	if (evbuffer_get_length(bufferevent_get_input(c->bev)) > 0)
		refuse_pipelined(c);
}

static void
read_request(struct conn *c)
{
	switch (consume(c)) {
	case HTTP_MORE:
		await_more(c);
		return;
	case HTTP_WHOLE:
		handle(c);
		return;
	case HTTP_REFUSED:
		refuse(c, c->parser.status, c->parser.why);
		return;
	}
}

void
conn_held(struct conn *c, unsigned int ms)
{
	enter(c, CONN_HELD);
	set_timer(c, ms);
}

void
conn_written_soon(struct conn *c)
{
	enter(c, CONN_WRITING);
	(void)bufferevent_disable(c->bev, EV_READ);
	set_timer_seconds(c, c->server->config->write_timeout);
}

/* The answer has left: the next request may be here already. */
static void
begin_next(struct conn *c)
{
	http_parse_free(&c->parser);
	http_parse_start(&c->parser);
	free(c->request.fields);
	c->request = (struct request){ .conn = c };
	c->continued = false;
	enter(c, CONN_IDLE);
	set_timer_seconds(c, c->server->config->idle_timeout);
	hear(c, EV_READ);
	if (evbuffer_get_length(bufferevent_get_input(c->bev)) > 0)
		read_request(c);
}

/* ---- what libevent calls; nothing touches c after what may free it ---- */

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	switch (c->state) {
	case CONN_HEAD:
	case CONN_BODY:
	case CONN_IDLE:
		read_request(c);
		return;
	case CONN_HELD:
		refuse_pipelined(c);
		return;
	case CONN_LINGERING:
		read_past(c);
		return;
	case CONN_HANDSHAKE:
	case CONN_HANDLING:
	case CONN_WRITING:
	case CONN_DOOMED:
	case CONN_STATES:
		return;		/* it stays in the buffer */
	}
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	if (c->state != CONN_WRITING || evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	if (c->closing || c->server->draining)
		conn_linger(c);
	else
		begin_next(c);
}

static void
on_handshake(struct conn *c)
{
	conn_count_handshake(true);
	if (c->server->config->host_ca != NULL && tls_peer_read(
	    bufferevent_openssl_get_ssl(c->bev), &c->certificate) != MFA_OK) {
		conn_free(c);	/* it would look as if it had none */
		return;
	}
	enter(c, CONN_HEAD);
	set_timer_seconds(c, c->server->config->head_timeout);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED) {
		on_handshake(c);
		return;
	}
	if (c->state == CONN_HANDSHAKE)
		conn_count_handshake(false);
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		conn_free(c);
}

static void
on_held_enough(struct conn *c)
{
	c->request.again(&c->request, c->request.arg);
	if (c->state != CONN_HELD)
		return;
	let_go(c);
	reply_field(&c->request, "Retry-After", "1");
	reply_problem(&c->request, 503, NULL, NULL, "this took too long: ask again");
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	conn_count_timeout(c->state);
	if (c->state == CONN_HELD)
		on_held_enough(c);
	else if ((c->state == CONN_HEAD || c->state == CONN_BODY) && c->parser.seen > 0)
		refuse(c, 408, "the request did not arrive in time");
	else if (c->state == CONN_HEAD || c->state == CONN_IDLE)
		conn_linger(c);
	else
		conn_free(c);
}

void
conn_begin(struct conn *c)
{
	const struct mfad_config *config = c->server->config;

	c->request.conn = c;
	http_parse_start(&c->parser);
	(void)event_assign(&c->timer, c->server->loop.base, -1, 0, on_timer, c);
	bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
	hear(c, EV_READ | EV_WRITE);
	set_timer_seconds(c, c->tls ? config->handshake_timeout : config->head_timeout);
}
