/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_FETCH_H
#define MFA_HTTP_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "deadline.h"
#include "query.h"
#include "service.h"

/*
 * The one place that talks HTTP: TLS 1.2 or later, certificate and name always
 * verified, HTTP/1.1, one server.  No redirects, no cookies, no credentials but
 * the caller's key, no proxy but the configured one.  Two requests can be under
 * way, so that a held one stays held while another is made.
 */

/* ---- all limits ---- */
#define FETCH_PATH_MAX		1024	/* a user of 256 bytes, escaped, and some */
#define FETCH_BODY_MAX		4096	/* that we send */
#define FETCH_REPLY_MAX		65536	/* bytes of a reply's body */
#define FETCH_HEAD_MAX		16384	/* and of its head, a proxy's included */
#define FETCH_HEAD_LINES	100	/* of the head */
#define FETCH_CONNECT_MS	4000	/* to resolve, connect and agree on TLS */
#define FETCH_KEY_LEN		22	/* characters of an Idempotency-Key */

enum fetch_slot { FETCH_NOW, FETCH_HELD, FETCH_SLOTS };

struct fetch_request {
	char method[8];			/* "": POST or GET, as post says; else its name */
	bool post;
	bool once;			/* not made again when a connection that was kept turns
					 * out to be gone: it gets a new one */
	char path[FETCH_PATH_MAX];	/* from the first slash on, escaped */
	char body[FETCH_BODY_MAX];	/* of a POST; wiped by whoever made it */
	char key[FETCH_KEY_LEN + 1];	/* Idempotency-Key; "": none */
};

struct fetch_reply {
	uint32_t failure;		/* enum query_failure: there is no reply; 0: there is */
	char words[QUERY_WORDS_MAX];	/* why, printable */
	bool again;			/* the connection broke; another may not */
	long status;
	bool json, problem;		/* Content-Type: application/json, problem+json */
	uint32_t retry_after;		/* seconds; 0: not said */
	size_t len;
	char body[FETCH_REPLY_MAX + 1];	/* with a terminator */
};

/* What fetch_wait came back for; the first that is true. */
enum fetch_event { FETCH_HEARD, FETCH_DONE, FETCH_HELD_DONE, FETCH_LATE, FETCH_BROKEN };

struct fetch;

/* Once a process, before the sandbox and before it forks. */
int fetch_start_up(void);

/* s must outlive *out.  MFA_E_MEMORY, MFA_E_SYSTEM.  fetch_close breaks off
 * what is under way. */
int fetch_open(const struct service *s, struct fetch **out);
void fetch_close(struct fetch **f);

/* Begins a request, which fails by itself at the deadline.  Whatever the slot
 * held before is gone.  MFA_E_MEMORY, MFA_E_SYSTEM. */
int fetch_begin(struct fetch *f, enum fetch_slot slot, const struct fetch_request *rq,
    struct deadline deadline);

/* Works on what is under way until one of them is done, which is told once,
 * something can be read from fd (-1: none), or the deadline has passed. */
enum fetch_event fetch_wait(struct fetch *f, int fd, struct deadline deadline);

bool fetch_running(const struct fetch *f, enum fetch_slot slot);

/* Of a request that is done; owned by f, until the slot's next. */
const struct fetch_reply *fetch_reply(const struct fetch *f, enum fetch_slot slot);

/* Breaks a request off: the server sees us leave. */
void fetch_drop(struct fetch *f, enum fetch_slot slot);

#endif
