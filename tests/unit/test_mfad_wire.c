/* SPDX-License-Identifier: BSD-2-Clause */
/* The shipped mfad on the loopback: what it speaks, and how long it waits. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../suite.h"
#include "mfad_world.h"
#include "tool.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))
#define HOST		"Host: a\r\n"
#define HEALTH		"GET /v1/health HTTP/1.1\r\n" HOST "\r\n"
#define POST		"POST /v1/health HTTP/1.1\r\n" HOST

static struct mfad m;
static struct client c;

static void
begin(const char *more)
{
	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&m, more);
	mfad_start(&m, "mfad");
}

static void
setup(void)
{
	begin("");
}

static void
setup_hasty(void)
{
	begin("handshake_timeout = 1\nhead_timeout = 1\nbody_timeout = 1\nidle_timeout = 1\n"
	    "drain_timeout = 2\n");
}

static void
teardown(void)
{
	client_close(&c);
	mfad_drop(&m);
}

/* ---- what it refuses ---- */

static const struct {
	const char *bytes;
	int status;
} malformed[] = {
	{ "GET / HTTP/1.0\r\n\r\n", 505 },
	{ "GET /v1/health HTTP/1.1\n" HOST "\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n\r\n", 400 },
	{ "\r\n" HEALTH, 400 },
	{ "GET http://a/v1/health HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /v1/%68ealth HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /v1/../v1/health HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n" HOST HOST "\r\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n" HOST "X : a\r\n\r\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n" HOST "X: a\nb: c\r\n\r\n", 400 },
	{ "GET /v1/health HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx", 400 },
	{ POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy", 400 },
	{ POST "Content-Length: 2, 2\r\n\r\nxy", 400 },
	{ POST "Content-Length: -1\r\n\r\n", 400 },
	{ POST "Content-Length: 65537\r\n\r\n", 413 },
	{ POST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 501 },
	{ POST "\r\n", 411 },
	{ "BREW /v1/health HTTP/1.1\r\n" HOST "\r\n", 501 },
	{ "\x16\x03\x01\x02", 400 },
};

static void
expect_refusal(int i)
{
	client_send(&c, malformed[i].bytes);
	ck_assert_int_eq(client_reply(&c), malformed[i].status);
	ck_assert(client_has(&c, "Content-Type: application/problem+json\r\n"));
	ck_assert(client_has(&c, "Connection: close\r\n"));
	ck_assert_msg(client_ended(&c), "%s", malformed[i].bytes);
	client_close(&c);
}

START_TEST(malformed_requests_are_refused_and_the_connection_ends)
{
	int i;

	for (i = 0; i < COUNT(malformed); i++) {
		client_plain(&c, &m);
		expect_refusal(i);
		client_tls(&c, &m, NULL);
		expect_refusal(i);
	}
	ck_assert_int_eq(get(&m, "/v1/health", NULL, 0), 200);
	mfad_stop(&m);
}
END_TEST

START_TEST(also_behind_a_good_one)
{
	int i;

	for (i = 0; i < COUNT(malformed); i++) {
		client_tls(&c, &m, NULL);
		client_send(&c, HEALTH);
		ck_assert_int_eq(client_reply(&c), 200);
		expect_refusal(i);
	}
	mfad_stop(&m);
}
END_TEST

START_TEST(nothing_behind_a_refused_one_is_answered)
{
	client_plain(&c, &m);
	client_send(&c, "GET / HTTP/1.1\r\n\r\n" HEALTH HEALTH);
	ck_assert_int_eq(client_reply(&c), 400);
	ck_assert_int_eq(client_reply(&c), 0);
}
END_TEST

START_TEST(a_large_refused_body_does_not_hide_the_answer)
{
	static char body[200 * 1024];

	client_plain(&c, &m);
	client_send(&c, POST "Content-Length: 204800\r\n\r\n");
	(void)client_try_write(&c, body, sizeof(body));
	ck_assert_int_eq(client_reply(&c), 413);
	ck_assert(client_ended(&c));
}
END_TEST

/* ---- what it answers ---- */

START_TEST(one_connection_serves_many_requests)
{
	int i;

	client_tls(&c, &m, NULL);
	for (i = 0; i < 50; i++) {
		client_send(&c, HEALTH);
		ck_assert_int_eq(client_reply(&c), 200);
		ck_assert_str_eq(client_body(&c), "{\"status\":\"ok\"}");
	}
	ck_assert(!client_has(&c, "Connection: close"));
	ck_assert(client_has(&c, "\r\nDate: ") && client_has(&c, "\r\nCache-Control: no-store\r\n"));
	ck_assert(client_has(&c, "\r\nX-Content-Type-Options: nosniff\r\n"));
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_turn)
{
	client_tls(&c, &m, NULL);
	client_send(&c, HEALTH "GET /a HTTP/1.1\r\n" HOST "\r\n" HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert_int_eq(client_reply(&c), 404);
	ck_assert_int_eq(client_reply(&c), 200);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	const char *at;

	client_tls(&c, &m, NULL);
	for (at = HEALTH; *at != '\0'; at++)
		client_write(&c, at, 1);
	ck_assert_int_eq(client_reply(&c), 200);
}
END_TEST

START_TEST(unknown_paths_and_methods_are_told)
{
	client_plain(&c, &m);
	client_send(&c, "GET /v1/healthy HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 404);
	client_send(&c, "GET /v1/health/ HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 404);
	client_send(&c, POST "Content-Length: 0\r\n\r\n");
	ck_assert_int_eq(client_reply(&c), 405);
	ck_assert(client_has(&c, "\r\nAllow: GET\r\n"));
	ck_assert_str_eq(client_body(&c),
	    "{\"type\":\"about:blank\",\"title\":\"Method Not Allowed\",\"status\":405}");
}
END_TEST

START_TEST(who_expects_100_is_told_to_go_on)
{
	client_tls(&c, &m, NULL);
	client_send(&c, POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	ck_assert_int_eq(client_reply(&c), 100);
	client_send(&c, "{}");
	ck_assert_int_eq(client_reply(&c), 405);
}
END_TEST

START_TEST(close_is_obeyed)
{
	client_tls(&c, &m, NULL);
	client_send(&c, "GET /v1/health HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert(client_has(&c, "\r\nConnection: close\r\n"));
	ck_assert(client_ended(&c));
}
END_TEST

START_TEST(metrics_count)
{
	ck_assert_int_eq(get(&m, "/a", NULL, 0), 404);
	ck_assert_int_eq(metric(&m, "mfad_requests_total{status=\"404\"}"), 1);
	client_tls(&c, &m, NULL);
	ck_assert(metric_becomes(&m, "mfad_tls_handshakes_total{result=\"done\"}", 1));
	ck_assert_int_eq(metric(&m, "mfad_connections_opened_total{tls=\"yes\"}"), 1);
	ck_assert_int_ge(metric(&m, "mfad_uptime_seconds"), 0);
}
END_TEST

START_TEST(metrics_are_for_those_who_may_read_them)
{
	begin("metrics_from = 192.0.2.1\n");
	ck_assert_int_eq(get(&m, "/metrics", NULL, 0), 403);
	ck_assert_int_eq(get(&m, "/v1/health", NULL, 0), 200);
	mfad_stop(&m);
}
END_TEST

/* ---- TLS ---- */

/* What openssl s_client says about a handshake that may not succeed. */
#define handshake(...) (tool_run(&(struct tool){ .argv = ARGV("openssl", "s_client", \
	"-connect", tls_address(), "-CAfile", mfad_path(&m, "tls.crt"), "-verify_return_error", \
	__VA_ARGS__) }) == 0)

static const char *
tls_address(void)
{
	static char address[32];

	snprintf(address, sizeof(address), "127.0.0.1:%u", m.tls_port);
	return address;
}

START_TEST(old_and_weak_tls_is_refused)
{
	ck_assert(handshake("-tls1_2"));
	ck_assert(handshake("-tls1_3"));
	ck_assert(!handshake("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"));
	ck_assert(!handshake("-tls1_2", "-cipher", "AES128-GCM-SHA256"));
	ck_assert(!handshake("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"));
	ck_assert(handshake("-alpn", "h2,http/1.1"));
	ck_assert(!handshake("-alpn", "h2"));
	ck_assert_int_ge(metric(&m, "mfad_tls_handshakes_total{result=\"failed\"}"), 4);
}
END_TEST

START_TEST(plain_text_on_the_tls_port_ends_it)
{
	struct mfad swapped = m;

	swapped.plain_port = m.tls_port;
	client_plain(&c, &swapped);
	client_send(&c, HEALTH);
	ck_assert(client_ended(&c));
	ck_assert_int_eq(get(&m, "/v1/health", NULL, 0), 200);
}
END_TEST

static bool
serves_subject(const char *subject)
{
	char said[16384], line[64];

	(void)tool_run(&(struct tool){ .said = said, .size = sizeof(said), .argv = ARGV("openssl",
	    "s_client", "-connect", tls_address(), "-nameopt", "RFC2253") });
	snprintf(line, sizeof(line), "\nsubject=%s\n", subject);
	return strstr(said, line) != NULL;
}

static bool
comes_to_serve(const char *subject)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (!serves_subject(subject))
		if (now_ms() > end)
			return false;
	return true;
}

START_TEST(a_new_certificate_is_used_when_it_is_there)
{
	client_tls(&c, &m, NULL);
	mfad_certificate(&m, "tls", "/CN=second");
	ck_assert(comes_to_serve("CN=second"));
	ck_assert(mfad_logged(&m, "the certificate was loaded anew"));
	client_send(&c, HEALTH);	/* the old connection goes on */
	ck_assert_int_eq(client_reply(&c), 200);
}
END_TEST

START_TEST(a_broken_pair_is_told_and_the_old_one_stays)
{
	mfad_certificate(&m, "other", "/CN=other");
	ck_assert_int_eq(rename(mfad_path(&m, "other.crt"), mfad_path(&m, "tls.crt")), 0);
	kill(m.pid, SIGHUP);
	ck_assert(mfad_logged(&m, "do not belong together"));
	ck_assert(mfad_logged(&m, "the certificate in use stays"));
	ck_assert(serves_subject("CN=127.0.0.1"));
	ck_assert_int_eq(rename(mfad_path(&m, "other.key"), mfad_path(&m, "tls.key")), 0);
	kill(m.pid, SIGHUP);
	ck_assert(comes_to_serve("CN=other"));
	mfad_stop(&m);
}
END_TEST

START_TEST(a_key_that_others_can_read_is_refused)
{
	mfad_prepare(&m, "");
	ck_assert_int_eq(chmod(mfad_path(&m, "tls.key"), 0644), 0);
	mfad_start_failing(&m, "mfad", 2);
	ck_assert(mfad_logged(&m, "must not be open to others"));
}
END_TEST

/* ---- slowness ---- */

#define TIMEOUT(state) "mfad_timeouts_total{state=\"" state "\"}"

START_TEST(slow_handshake)
{
	struct mfad swapped = m;

	swapped.plain_port = m.tls_port;
	client_plain(&c, &swapped);	/* and says nothing */
	ck_assert(client_ended(&c));
	ck_assert_int_eq(metric(&m, TIMEOUT("handshake")), 1);
}
END_TEST

/* A byte every now and then prolongs nothing. */
static void
trickle(const char *bytes, const char *more, int status, const char *state)
{
	int64_t began = now_ms();

	client_send(&c, bytes);
	while (client_quiet(&c) && now_ms() < began + PATIENCE_MS) {
		(void)client_try_write(&c, more, 1);
		mfad_pause();
	}
	ck_assert_int_eq(client_reply(&c), status);
	ck_assert_int_ge(now_ms() - began, 900);
	ck_assert_int_eq(metric(&m, state), 1);
}

START_TEST(slow_head)
{
	client_plain(&c, &m);
	trickle("GET / HTTP/1.1\r\n", "a", 408, TIMEOUT("head"));
	ck_assert(client_ended(&c));
}
END_TEST

START_TEST(slow_head_with_tls)
{
	client_tls(&c, &m, NULL);
	trickle("GET / HTTP/1.1\r\n", "a", 408, TIMEOUT("head"));
	ck_assert(client_ended(&c));
}
END_TEST

START_TEST(slow_body)
{
	client_tls(&c, &m, NULL);
	trickle(POST "Content-Length: 65536\r\n\r\n", "a", 408, TIMEOUT("body"));
	ck_assert(client_ended(&c));
}
END_TEST

START_TEST(no_request_at_all)
{
	client_tls(&c, &m, NULL);
	ck_assert_int_eq(client_reply(&c), 0);
	ck_assert_int_eq(metric(&m, TIMEOUT("head")), 1);
}
END_TEST

START_TEST(no_second_request)
{
	client_plain(&c, &m);
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert_int_eq(client_reply(&c), 0);
	ck_assert_int_eq(metric(&m, TIMEOUT("idle")), 1);
}
END_TEST

/* ---- the end ---- */

START_TEST(idle_connections_do_not_delay_the_end)
{
	struct client others[20];
	int64_t began;
	int i;

	for (i = 0; i < 20; i++) {
		client_tls(&others[i], &m, NULL);
		client_send(&others[i], HEALTH);
		ck_assert_int_eq(client_reply(&others[i]), 200);
	}
	client_plain(&c, &m);	/* one without a request yet */
	ck_assert(metric_becomes(&m, "mfad_connections", 22));
	began = now_ms();
	kill(m.pid, SIGTERM);
	for (i = 0; i < 20; i++) {
		ck_assert_int_eq(client_reply(&others[i]), 0);
		client_close(&others[i]);
	}
	ck_assert(client_ended(&c));
	client_close(&c);
	ck_assert_int_eq(mfad_wait(&m), 0);
	ck_assert_int_lt(now_ms() - began, 5000);
}
END_TEST

START_TEST(a_request_under_way_is_finished)
{
	client_tls(&c, &m, NULL);
	client_send(&c, "GET /v1/health HTTP/1.1\r\n");
	ck_assert(metric_becomes(&m, "mfad_tls_handshakes_total{result=\"done\"}", 1));
	(void)get(&m, "/v1/health", NULL, 0);
	kill(m.pid, SIGTERM);
	ck_assert(mfad_notified(&m, "STOPPING=1"));
	client_send(&c, HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert(client_has(&c, "\r\nConnection: close\r\n"));
	client_close(&c);
	ck_assert_int_eq(mfad_wait(&m), 0);
}
END_TEST

START_TEST(nobody_delays_the_end_for_ever)
{
	int64_t began;

	begin("drain_timeout = 1\n");
	client_tls(&c, &m, NULL);
	client_send(&c, "GET /v1/health HTTP/1.1\r\n");
	(void)get(&m, "/v1/health", NULL, 0);
	began = now_ms();
	kill(m.pid, SIGTERM);
	ck_assert_int_eq(mfad_wait(&m), 0);
	ck_assert_int_ge(now_ms() - began, 900);
	ck_assert(mfad_logged(&m, "stopped before all were done"));
}
END_TEST

/* ---- systemd ---- */

START_TEST(the_watchdog_is_fed)
{
	mfad_prepare(&m, "");
	m.watchdog_us = 400000;
	mfad_start(&m, "mfad");
	ck_assert(mfad_notified(&m, "WATCHDOG=1"));
	ck_assert(mfad_notified(&m, "WATCHDOG=1"));
	mfad_stop(&m);
}
END_TEST

START_TEST(sockets_from_systemd_are_served)
{
	mfad_prepare(&m, "");
	m.activated = true;
	mfad_start(&m, "mfad");
	client_tls(&c, &m, NULL);
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
	client_close(&c);
	client_unix(&c, &m);
	client_send(&c, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 200);
	mfad_stop(&m);
}
END_TEST

/* ---- what it may do ---- */

START_TEST(it_is_confined)
{
	char path[64], line[256];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)m.pid);
	ck_assert_ptr_nonnull(f = fopen(path, "r"));
	while (fgets(line, sizeof(line), f) != NULL)
		found += strcmp(line, "NoNewPrivs:\t1\n") == 0 || strcmp(line, "Seccomp:\t2\n") == 0;
	fclose(f);
	ck_assert_int_eq(found, 2);
}
END_TEST

START_TEST(a_path_is_listened_on)
{
	char listen[512];

	mfad_prepare(&m, "");
	snprintf(listen, sizeof(listen), "listen = none\nlisten_plain = %s/run/socket\n"
	    "admin_socket = none\nstate = %s/state/mfad.db\nstate_key = %s/state.key\n"
	    "authority_key = none\n", m.dir, m.dir, m.dir);
	ck_assert_int_eq(mkdir(mfad_path(&m, "run"), 0777), 0);
	ck_assert_int_eq(chmod(mfad_path(&m, "run"), 0777), 0);
	mfad_configure(&m, listen);
	mfad_start(&m, "mfad");
	ck_assert_int_eq(symlink("run/socket", mfad_path(&m, "socket")), 0);
	client_unix(&c, &m);
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
	kill(m.pid, SIGKILL);
	ck_assert_int_eq(mfad_wait(&m), -SIGKILL);
	client_close(&c);
	mfad_start(&m, "mfad");		/* over what the last one left */
	client_unix(&c, &m);
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad");
	TCase *t = tcase_create("speaks"), *slow = tcase_create("slow"), *own = tcase_create("own");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, malformed_requests_are_refused_and_the_connection_ends);
	tcase_add_test(t, also_behind_a_good_one);
	tcase_add_test(t, nothing_behind_a_refused_one_is_answered);
	tcase_add_test(t, a_large_refused_body_does_not_hide_the_answer);
	tcase_add_test(t, one_connection_serves_many_requests);
	tcase_add_test(t, pipelined_requests_are_answered_in_turn);
	tcase_add_test(t, a_request_may_come_byte_by_byte);
	tcase_add_test(t, unknown_paths_and_methods_are_told);
	tcase_add_test(t, who_expects_100_is_told_to_go_on);
	tcase_add_test(t, close_is_obeyed);
	tcase_add_test(t, metrics_count);
	tcase_add_test(t, old_and_weak_tls_is_refused);
	tcase_add_test(t, plain_text_on_the_tls_port_ends_it);
	tcase_add_test(t, a_new_certificate_is_used_when_it_is_there);
	tcase_add_test(t, a_broken_pair_is_told_and_the_old_one_stays);
	tcase_add_test(t, idle_connections_do_not_delay_the_end);
	tcase_add_test(t, a_request_under_way_is_finished);
	tcase_add_test(t, it_is_confined);
	tcase_set_timeout(slow, 120);
	tcase_add_checked_fixture(slow, setup_hasty, teardown);
	tcase_add_test(slow, slow_handshake);
	tcase_add_test(slow, slow_head);
	tcase_add_test(slow, slow_head_with_tls);
	tcase_add_test(slow, slow_body);
	tcase_add_test(slow, no_request_at_all);
	tcase_add_test(slow, no_second_request);
	tcase_set_timeout(own, 120);
	tcase_add_checked_fixture(own, NULL, teardown);
	tcase_add_test(own, metrics_are_for_those_who_may_read_them);
	tcase_add_test(own, a_key_that_others_can_read_is_refused);
	tcase_add_test(own, nobody_delays_the_end_for_ever);
	tcase_add_test(own, the_watchdog_is_fed);
	tcase_add_test(own, sockets_from_systemd_are_served);
	tcase_add_test(own, a_path_is_listened_on);
	suite_add_tcase(s, t);
	suite_add_tcase(s, slow);
	suite_add_tcase(s, own);
	return suite_run(s);
}
