/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server of mfad with handlers that a test can steer: tests/server/held
 * -e -f FILE, as mfad.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../../server/config_mfad.h"
#include "../../server/resources.h"
#include "../../server/seclude.h"
#include "../../server/server.h"
#include "../../server/tls_peer.h"
#include "error.h"
#include "log.h"

#define BIG_MAX (16 * 1024 * 1024)

/* ---- requests that are held ---- */

struct waiter {
	TAILQ_ENTRY(waiter) link;
	struct request *request;
	bool stubborn;		/* says nothing when it should be asked again */
};
static TAILQ_HEAD(, waiter) waiters = TAILQ_HEAD_INITIALIZER(waiters);
static unsigned long held, again, gone;

static void
forget(struct waiter *w)
{
	TAILQ_REMOVE(&waiters, w, link);
	free(w);
	held--;
}

static void
on_again(struct request *r, void *arg)
{
	struct waiter *w = arg;

	again++;
	if (w->stubborn)
		return;
	forget(w);
	reply(r, 204, NULL, NULL, 0);
}

static void
on_gone(void *arg)
{
	gone++;
	forget(arg);
}

static void
get_hold(struct request *r)
{
	struct waiter *w = calloc(1, sizeof(*w));
	unsigned long ms, stubborn;

	if (w == NULL || request_query_number(r, "ms", 1000000, 1000000, &ms) != MFA_OK ||
	    request_query_number(r, "stubborn", 1, 0, &stubborn) != MFA_OK) {
		free(w);
		reply_problem(r, 400, NULL, NULL, "ms");
		return;
	}
	w->request = r;
	w->stubborn = stubborn;
	TAILQ_INSERT_TAIL(&waiters, w, link);
	held++;
	request_hold(r, (unsigned int)ms, on_again, on_gone, w);
}

/* Answers as many as ?n= says, those that wait longest. */
static void
post_wake(struct request *r)
{
	struct waiter *w;
	unsigned long n;

	if (request_query_number(r, "n", 1000000, 1000000, &n) != MFA_OK) {
		reply_problem(r, 400, NULL, NULL, "n");
		return;
	}
	while (n-- > 0 && (w = TAILQ_FIRST(&waiters)) != NULL) {
		struct request *waiting = w->request;

		forget(w);
		reply_json(waiting, 200, "{\"woken\":true}");
	}
	reply(r, 204, NULL, NULL, 0);
}

static void
get_counts(struct request *r)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "held=%lu again=%lu gone=%lu", held, again, gone);
	reply(r, 200, "text/plain", text, strlen(text));
}

/* ---- answers from another thread ---- */

struct job {
	struct post post;
	struct server *server;
	struct request *request;	/* NULL: it has gone */
};

static void
job_done(struct post *p)
{
	struct job *j = (struct job *)p;

	if (j->request != NULL)
		reply_json(j->request, 200, "{\"thread\":true}");
	free(j);
}

static atomic_int working;	/* threads that may still post */

static void *
work(void *arg)
{
	struct job *j = arg;

	server_post(j->server, &j->post);
	(void)atomic_fetch_sub(&working, 1);
	return NULL;
}

static void
job_again(struct request *r, void *arg)
{
	(void)r;
	(void)arg;
}

static void
job_gone(void *arg)
{
	((struct job *)arg)->request = NULL;
}

static void
get_thread(struct request *r)
{
	struct job *j = calloc(1, sizeof(*j));
	pthread_t t;

	*j = (struct job){ { .run = job_done }, request_server(r), r };
	request_hold(r, 10000, job_again, job_gone, j);
	(void)atomic_fetch_add(&working, 1);
	if (pthread_create(&t, NULL, work, j) == 0)
		(void)pthread_detach(t);
	else
		(void)atomic_fetch_sub(&working, 1);
}

/* ---- a time without descriptors ---- */

static int taken[4096];
static size_t taken_count;

static void
give_back(void *arg)
{
	(void)arg;
	while (taken_count > 0)
		(void)close(taken[--taken_count]);
}

static void
give_back_and_tell(struct request *r, void *arg)
{
	give_back(arg);
	reply(r, 204, NULL, NULL, 0);
}

static void
get_exhaust(struct request *r)
{
	unsigned long ms;
	int fd;

	if (request_query_number(r, "ms", 100000, 1000, &ms) != MFA_OK) {
		reply_problem(r, 400, NULL, NULL, "ms");
		return;
	}
	while (taken_count < sizeof(taken) / sizeof(taken[0]) && (fd = dup(2)) != -1)
		taken[taken_count++] = fd;
	log_line(LOG_INFO, "no descriptor is left");
	request_hold(r, (unsigned int)ms, give_back_and_tell, give_back, NULL);
}

/* ---- others ---- */

static void
post_echo(struct request *r)
{
	size_t len;
	const char *body = request_body(r, &len);

	reply(r, 201, request_field(r, HTTP_CONTENT_TYPE), body, len);
}

static void
get_big(struct request *r)
{
	unsigned long n;
	char *bytes;

	if (request_query_number(r, "n", BIG_MAX, BIG_MAX, &n) != MFA_OK ||
	    (bytes = malloc(n + 1)) == NULL) {
		reply_problem(r, 400, NULL, NULL, "n");
		return;
	}
	memset(bytes, 'b', n);
	reply(r, 200, "text/plain", bytes, n);
	free(bytes);
}

static void
get_who(struct request *r)
{
	const struct tls_peer *p = request_certificate(r);
	char text[512];

	(void)snprintf(text, sizeof(text), "peer=%s name=%s fault=%s", request_peer(r),
	    p != NULL && p->name != NULL ? p->name : "-",
	    p != NULL && p->fault != NULL ? p->fault : "-");
	reply(r, 200, "text/plain", text, strlen(text));
}

static void
get_part(struct request *r)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%s %s", request_param(r, "id"),
	    request_param(r, "part"));
	reply_field(r, "Cache-Control", "max-age=60");
	reply_field(r, "ETag", "\"1\"");
	reply(r, 200, "text/plain", text, strlen(text));
}

static void
get_nothing(struct request *r)
{
	(void)r;
}

static void
get_bad_field(struct request *r)
{
	reply_field(r, "Location", "/a\r\nSet-Cookie: b");
	reply(r, 303, NULL, NULL, 0);
}

static const struct route routes[] = {
	{ HTTP_GET, "/hold", get_hold },
	{ HTTP_POST, "/wake", post_wake },
	{ HTTP_GET, "/counts", get_counts },
	{ HTTP_GET, "/thread", get_thread },
	{ HTTP_GET, "/exhaust", get_exhaust },
	{ HTTP_POST, "/echo", post_echo },
	{ HTTP_PUT, "/echo", post_echo },
	{ HTTP_GET, "/big", get_big },
	{ HTTP_GET, "/who", get_who },
	{ HTTP_GET, "/items/{id}/parts/{part}", get_part },
	{ HTTP_GET, "/nothing", get_nothing },
	{ HTTP_GET, "/bad-field", get_bad_field },
	{ .handle = NULL },
};

int
main(int argc, char **argv)
{
	struct listening sockets[SOCKETS_MAX];
	struct config_error e;
	struct mfad_config *c;
	struct tls *tls = NULL;
	struct server *s;
	size_t count;

	if (argc != 4 || mfad_config_load(argv[3], &c, &e) != MFA_OK)
		return EXIT_FAILURE;
	log_open("held");
	log_to_stderr("held");
	tls_start();
	if (sockets_open(c, sockets, &count) != MFA_OK ||
	    tls_open(c->certificate, c->certificate_key, c->host_ca, &tls) != MFA_OK ||
	    seclude(c) != MFA_OK || server_new(c, tls, sockets, count, &s) != MFA_OK)
		return EXIT_FAILURE;
	metrics_start(c->metrics, NULL);
	(void)server_routes(s, routes);
	(void)server_routes(s, health_routes);
	(void)server_routes(s, metrics_routes);
	if (server_run(s) != MFA_OK)
		return EXIT_FAILURE;
	while (atomic_load(&working) > 0)
		(void)sched_yield();
	server_free(&s);
	tls_close(&tls);
	mfad_config_free(&c);
	return EXIT_SUCCESS;
}
