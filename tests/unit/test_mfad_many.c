/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More connections than there is room for, and as many as there should be.
 * MFAD_MANY in the environment says how many polls are held at once.
 */
#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../number.h"
#include "../suite.h"
#include "mfad_world.h"

#define HOST		"Host: a\r\n"
#define HOLD		"GET /hold HTTP/1.1\r\n" HOST "\r\n"
#define HEALTH		"GET /v1/health HTTP/1.1\r\n" HOST "\r\n"
#define MANY		5000
#define HELD_KB		18	/* of memory for one that is held with TLS */

static struct mfad m;
static struct client *clients;
static int count;

static void
begin(const char *more)
{
	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&m, more);
	mfad_start(&m, "tests/held");
	ck_assert_ptr_nonnull(clients = calloc(100000, sizeof(*clients)));
}

static void
teardown(void)
{
	int i;

	for (i = 0; i < count; i++)
		client_close(&clients[i]);
	free(clients);
	count = 0;
	mfad_drop(&m);
}

static struct client *
add(bool tls)
{
	struct client *c = &clients[count++];

	if (tls)
		client_tls(c, &m, NULL);
	else
		client_plain(c, &m);
	return c;
}

static void
ask(struct client *c, const char *request)
{
	client_send(c, request);
	ck_assert_int_eq(client_reply(c), 200);
}

/* A metric, through a connection that is open already. */
static long
metric_by(struct client *c, const char *name)
{
	const char *at;

	ask(c, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_ptr_nonnull(at = strstr(client_body(c), name));
	return strtol(at + strlen(name), NULL, 10);
}

static bool
metric_reaches(struct client *c, const char *name, long value)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (metric_by(c, name) < value) {
		if (now_ms() > end)
			return false;
		mfad_pause();
	}
	return true;
}

/* ---- no room ---- */

START_TEST(an_address_has_its_limit)
{
	int i;

	begin("connections_per_address = 10\n");
	for (i = 0; i < 10; i++)
		ask(add(i % 2), HEALTH);
	ck_assert(client_ended(add(false)));
	ck_assert_int_eq(metric_by(&clients[0], "\nmfad_connections_refused_total{reason=\"address\"} "), 1);
	ck_assert(mfad_logged(&m, "too many connections origin=127.0.0.1"));
	client_close(&clients[9]);
	while (metric_by(&clients[0], "\nmfad_connections ") > 9)
		mfad_pause();
	ask(add(false), HEALTH);
}
END_TEST

START_TEST(idle_connections_give_way_the_oldest_first)
{
	int i;

	begin("connections = 10\n");
	for (i = 0; i < 10; i++)
		ask(add(i % 2), HEALTH);
	ask(&clients[0], HEALTH);	/* now the second is the oldest */
	ask(add(false), HEALTH);
	ck_assert(client_ended(&clients[1]));
	for (i = 0; i < count; i++)
		ck_assert(i == 1 || client_quiet(&clients[i]));
}
END_TEST

START_TEST(busy_ones_do_not_and_others_wait)
{
	struct client *last;
	int i;

	begin("connections = 10\n");
	ask(add(false), HEALTH);
	for (i = 1; i < 10; i++)
		client_send(add(i % 2), HOLD);
	ck_assert(metric_reaches(&clients[0], "\nmfad_held_requests ", 9));
	client_send(&clients[0], HOLD);
	last = add(false);		/* the kernel accepts it, and it waits there */
	client_send(last, HEALTH);
	ck_assert(mfad_logged(&m, "connections have to wait: there are as many as there may be"));
	ck_assert(client_quiet(last));
	client_close(&clients[5]);
	ck_assert_int_eq(client_reply(last), 200);
	mfad_stop(&m);
}
END_TEST

/* ---- no descriptors ---- */

START_TEST(without_descriptors_it_waits_and_does_not_spin)
{
	static const char paused[] = "\nmfad_connections_refused_total{reason=\"full\"} ";
	int64_t began;
	long busy;
	int i;

	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&m, "");
	m.descriptors = 300;
	mfad_start(&m, "tests/held");
	ck_assert_ptr_nonnull(clients = calloc(100, sizeof(*clients)));
	client_send(add(true), "GET /exhaust?ms=2500 HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(mfad_logged(&m, "no descriptor is left"));
	for (i = 0; i < 20; i++)
		client_send(add(false), HEALTH);
	ck_assert(mfad_logged(&m, "connections have to wait: Too many open files"));
	busy = process_ticks(m.pid);
	for (began = now_ms(); now_ms() < began + 1000;)
		mfad_pause();
	ck_assert_int_le(process_ticks(m.pid) - busy, 5);
	ck_assert_int_eq(client_reply(&clients[0]), 204);
	for (i = 1; i < count; i++)
		ck_assert_int_eq(client_reply(&clients[i]), 200);
	ck_assert_int_ge(metric_by(&clients[1], paused), 1);
	ck_assert_int_le(metric_by(&clients[1], paused), 60);
}
END_TEST

/* ---- many ---- */

/* One context for all, so that this process stays small itself. */
static void
connect_many(int n)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct client *c;
	int i;

	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	for (i = 0; i < n; i++) {
		c = &clients[count++];
		c->fd = client_socket(m.tls_port);
		c->ssl = SSL_new(context);
		SSL_set_fd(c->ssl, c->fd);
		ck_assert_int_eq(SSL_connect(c->ssl), 1);
		client_send(c, HOLD);
	}
	SSL_CTX_free(context);
}

START_TEST(thousands_are_held_in_little_memory_and_no_time)
{
	const char *wanted = getenv("MFAD_MANY");
	int n = wanted != NULL ? (int)strtol(wanted, NULL, 10) : MANY, i;
	long before, per_mille, busy;
	int64_t began;

	begin("connections_per_address = 100000\nidle_timeout = 600\n");
	ask(add(true), HEALTH);
	ask(&clients[0], "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
	before = process_status(m.pid, "VmRSS:");
	connect_many(n);
	ck_assert(metric_reaches(&clients[0], "\nmfad_held_requests ", n));
	per_mille = (process_status(m.pid, "VmRSS:") - before) * 1000 / n;
	busy = process_ticks(m.pid);
	for (began = now_ms(); now_ms() < began + 2000;)
		mfad_pause();
	busy = process_ticks(m.pid) - busy;
	fprintf(stderr, "# %d held: %ld.%03ld kB each, %ld ticks in 2 s\n", n, per_mille / 1000,
	    per_mille % 1000, busy);
	ck_assert_int_le(per_mille, HELD_KB * 1000);
	ck_assert_int_le(busy, 1);
	began = now_ms();
	client_send(&clients[0], "POST /wake HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
	for (i = 0; i <= n; i++)
		ck_assert_int_eq(client_reply(&clients[i]), i == 0 ? 204 : 200);
	fprintf(stderr, "# all were woken in %ld ms\n", (long)(now_ms() - began));
	mfad_stop(&m);
}
END_TEST

/* ---- and more of them than there may be at all ---- */

#define CROWD		3	/* processes, since one has too few descriptors */
#define CROWD_EACH	7000
#define ROOM		20000

/* Each has been answered once, and stays. */
static _Noreturn void
crowd(int said, int stay)
{
	struct rlimit l;
	char c;
	int i;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &l), 0);
	l.rlim_cur = l.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &l), 0);
	for (i = 0; i < CROWD_EACH; i++)
		ask(add(false), HEALTH);
	ck_assert_int_eq(write(said, "", 1), 1);
	ck_assert_int_eq(read(stay, &c, 1), 0);
	_exit(0);
}

/* Returns what keeps them as long as it is open. */
static int
crowds(pid_t pids[CROWD])
{
	int said[2], stay[2], i;
	char c;

	ck_assert_int_eq(pipe(said), 0);
	ck_assert_int_eq(pipe(stay), 0);
	for (i = 0; i < CROWD; i++) {
		if ((pids[i] = fork()) == 0) {
			close(stay[1]);
			crowd(said[1], stay[0]);
		}
	}
	close(said[1]);
	close(stay[0]);
	for (i = 0; i < CROWD; i++)
		ck_assert_int_eq(read(said[0], &c, 1), 1);
	close(said[0]);
	return stay[1];
}

START_TEST(twenty_thousand_leave_room_for_one_more)
{
	pid_t pids[CROWD];
	long busy;
	int64_t began;
	int i, stay;

	begin("connections = 20000\nconnections_per_address = 100000\nidle_timeout = 600\n");
	stay = crowds(pids);
	ask(add(true), HEALTH);
	/* A process may have fewer descriptors than that. */
	ck_assert_int_ge(metric_by(&clients[0], "\nmfad_connections "), ROOM - 1000);
	ck_assert_int_le(metric_by(&clients[0], "\nmfad_connections "), ROOM);
	busy = process_ticks(m.pid);
	for (began = now_ms(); now_ms() < began + 1000;)
		mfad_pause();
	ck_assert_int_le(process_ticks(m.pid) - busy, 5);
	ask(add(false), HEALTH);
	close(stay);
	for (i = 0; i < CROWD; i++)
		ck_assert_int_eq(waitpid(pids[i], NULL, 0), pids[i]);
	ck_assert_int_eq(metric_by(&clients[0],
	    "\nmfad_connections_refused_total{reason=\"full\"} "), 0);
	mfad_stop(&m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_many");
	TCase *t = tcase_create("many");

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, an_address_has_its_limit);
	tcase_add_test(t, idle_connections_give_way_the_oldest_first);
	tcase_add_test(t, busy_ones_do_not_and_others_wait);
	tcase_add_test(t, without_descriptors_it_waits_and_does_not_spin);
	tcase_add_test(t, twenty_thousand_leave_room_for_one_more);
	tcase_add_test(t, thousands_are_held_in_little_memory_and_no_time);
	suite_add_tcase(s, t);
	return suite_run(s);
}
