/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that wait for their answer, and what handlers see. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../suite.h"
#include "mfad_world.h"
#include "tool.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))
#define HOST		"Host: a\r\n"
#define HOLD		"GET /hold HTTP/1.1\r\n" HOST "\r\n"
#define HOLD_SHORT	"GET /hold?ms=200 HTTP/1.1\r\n" HOST "\r\n"
#define HEALTH		"GET /v1/health HTTP/1.1\r\n" HOST "\r\n"

static struct mfad m;
static struct client c, other;

static void
begin(const char *more)
{
	FILE *f;

	signal(SIGPIPE, SIG_IGN);
	mfad_prepare(&m, more);
	ck_assert_ptr_nonnull(f = fopen(mfad_path(&m, "conf"), "a"));
	fprintf(f, "host_ca = %s/tls.crt\n", m.dir);
	fclose(f);
	mfad_start(&m, "tests/held");
}

static void
setup(void)
{
	begin("write_timeout = 1\ndrain_timeout = 2\n");
}

static void
teardown(void)
{
	client_close(&c);
	client_close(&other);
	mfad_drop(&m);
}

/* With TLS, and without. */
static void
open_client(struct client *to, int tls)
{
	if (tls)
		client_tls(to, &m, NULL);
	else
		client_plain(to, &m);
}

static bool
counts_become(const char *counts)
{
	return body_becomes(&m, "/counts", counts);
}

static void
hold(int tls)
{
	open_client(&c, tls);
	client_send(&c, HOLD);
	ck_assert(counts_become("held=1 again=0 gone=0"));
	ck_assert(client_quiet(&c));
}

static int
wake(void)
{
	int status;

	client_plain(&other, &m);
	client_send(&other, "POST /wake HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
	status = client_reply(&other);
	client_close(&other);
	return status;
}

/* ---- answers ---- */

START_TEST(a_held_request_is_answered_when_somebody_wakes_it)
{
	hold(_i);
	ck_assert_int_eq(metric(&m, "mfad_held_requests"), 1);
	ck_assert_int_eq(wake(), 204);
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert_str_eq(client_body(&c), "{\"woken\":true}");
	ck_assert(counts_become("held=0 again=0 gone=0"));
	ck_assert_int_eq(metric(&m, "mfad_held_requests"), 0);
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
	mfad_stop(&m);
}
END_TEST

START_TEST(one_connection_may_hold_again_and_again)
{
	int i;

	open_client(&c, _i);
	for (i = 0; i < 20; i++) {
		client_send(&c, HOLD);
		ck_assert(counts_become("held=1 again=0 gone=0"));
		ck_assert_int_eq(wake(), 204);
		ck_assert_int_eq(client_reply(&c), 200);
	}
}
END_TEST

START_TEST(when_its_time_is_over_it_is_to_be_asked_again)
{
	open_client(&c, _i);
	client_send(&c, HOLD_SHORT);
	ck_assert_int_eq(client_reply(&c), 204);
	ck_assert(counts_become("held=0 again=1 gone=0"));
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
}
END_TEST

START_TEST(a_handler_that_forgets_is_answered_for)
{
	open_client(&c, _i);
	client_send(&c, "GET /hold?ms=200&stubborn=1 HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 503);
	ck_assert(client_has(&c, "\r\nRetry-After: 1\r\n"));
	ck_assert(counts_become("held=0 again=1 gone=1"));
}
END_TEST

START_TEST(another_thread_answers)
{
	int i;

	open_client(&c, _i);
	for (i = 0; i < 200; i++) {
		client_send(&c, "GET /thread HTTP/1.1\r\n" HOST "\r\n");
		ck_assert_int_eq(client_reply(&c), 200);
	}
	mfad_stop(&m);
}
END_TEST

/* ---- who leaves ---- */

static void
expect_gone(void)
{
	int64_t began = now_ms();

	ck_assert(counts_become("held=0 again=0 gone=1"));
	ck_assert_int_lt(now_ms() - began, 2000);
	ck_assert(metric_becomes(&m, "mfad_connections", 1));
	ck_assert_int_eq(wake(), 204);
	mfad_stop(&m);
}

START_TEST(a_peer_that_closes_is_noticed_at_once)
{
	hold(_i);
	client_close(&c);
	expect_gone();
}
END_TEST

START_TEST(a_peer_that_resets_is_noticed_at_once)
{
	hold(_i);
	client_reset(&c);
	expect_gone();
}
END_TEST

START_TEST(a_request_during_a_hold_is_refused)
{
	hold(_i);
	client_send(&c, HEALTH);
	ck_assert_int_eq(client_reply(&c), 400);
	ck_assert(client_has(&c, "before the answer to the last"));
	ck_assert(client_ended(&c));
	client_close(&c);
	expect_gone();
}
END_TEST

START_TEST(also_one_that_comes_along_with_it)
{
	open_client(&c, _i);
	client_send(&c, HOLD HEALTH);
	ck_assert_int_eq(client_reply(&c), 400);
	ck_assert_int_eq(client_reply(&c), 0);
	client_close(&c);
	expect_gone();
}
END_TEST

START_TEST(also_a_single_byte)
{
	hold(_i);
	client_send(&c, "\r");
	ck_assert_int_eq(client_reply(&c), 400);
	client_close(&c);
	expect_gone();
}
END_TEST

START_TEST(a_peer_that_leaves_before_a_thread_is_done_harms_nothing)
{
	int i;

	for (i = 0; i < 100; i++) {
		client_plain(&c, &m);
		client_send(&c, "GET /thread HTTP/1.1\r\n" HOST "\r\n");
		client_reset(&c);
	}
	ck_assert_int_eq(get(&m, "/v1/health", NULL, 0), 200);
	mfad_stop(&m);
}
END_TEST

/* ---- a server that stops ---- */

START_TEST(what_is_held_is_to_be_asked_again_when_the_server_stops)
{
	int64_t began;

	hold(_i);
	began = now_ms();
	kill(m.pid, SIGTERM);
	ck_assert_int_eq(client_reply(&c), 204);
	ck_assert(client_has(&c, "\r\nConnection: close\r\n"));
	ck_assert(client_ended(&c));
	client_close(&c);
	ck_assert_int_eq(mfad_wait(&m), 0);
	ck_assert_int_lt(now_ms() - began, 1500);
}
END_TEST

START_TEST(what_stays_held_does_not_delay_it_for_ever)
{
	open_client(&c, _i);
	client_send(&c, "GET /hold?stubborn=1 HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(counts_become("held=1 again=0 gone=0"));
	kill(m.pid, SIGTERM);
	ck_assert_int_eq(client_reply(&c), 0);
	ck_assert_int_eq(mfad_wait(&m), 0);
	ck_assert(mfad_logged(&m, "stopped before all were done connections=1"));
}
END_TEST

/* ---- slow readers ---- */

START_TEST(a_slow_reader_loses_its_connection)
{
	open_client(&c, _i);
	client_send(&c, "GET /big HTTP/1.1\r\n" HOST "\r\n");
	ck_assert(metric_becomes(&m, "mfad_timeouts_total{state=\"writing\"}", 1));
	ck_assert(metric_becomes(&m, "mfad_connections", 1));
}
END_TEST

START_TEST(a_quick_one_gets_all_of_it)
{
	open_client(&c, _i);
	client_send(&c, "GET /big HTTP/1.1\r\n" HOST "\r\n" HEALTH);
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert_uint_eq(strlen(client_body(&c)), 16 * 1024 * 1024);
	ck_assert_int_eq(client_reply(&c), 200);
}
END_TEST

/* ---- what a handler sees and says ---- */

START_TEST(a_body_comes_back)
{
	static char body[65537];

	memset(body, 'e', sizeof(body) - 1);
	open_client(&c, _i);
	client_send(&c, "PUT /echo HTTP/1.1\r\n" HOST "Content-Type: a/b\r\n"
	    "Content-Length: 65536\r\n\r\n");
	client_send(&c, body);
	ck_assert_int_eq(client_reply(&c), 201);
	ck_assert_str_eq(client_body(&c), body);
	ck_assert(client_has(&c, "\r\nContent-Type: a/b\r\n"));
}
END_TEST

START_TEST(segments_become_parameters)
{
	char body[64];

	ck_assert_int_eq(get(&m, "/items/7@a/parts/x-y", body, sizeof(body)), 200);
	ck_assert_str_eq(body, "7@a x-y");
	ck_assert_int_eq(get(&m, "/items//parts/x", NULL, 0), 400);
	ck_assert_int_eq(get(&m, "/items/7/parts/", NULL, 0), 404);
	ck_assert_int_eq(get(&m, "/items/7/parts", NULL, 0), 404);
	ck_assert_int_eq(get(&m, "/items/7/parts/x/y", NULL, 0), 404);
}
END_TEST

START_TEST(fields_of_the_handler_are_in_the_answer)
{
	open_client(&c, _i);
	client_send(&c, "GET /items/1/parts/2 HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert(client_has(&c, "\r\nETag: \"1\"\r\nX") && client_has(&c, "max-age=60"));
	ck_assert(!client_has(&c, "no-store"));
	client_send(&c, "GET /bad-field HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 500);
	ck_assert(!client_has(&c, "Cookie") && !client_has(&c, "Location"));
}
END_TEST

START_TEST(a_handler_that_does_nothing_is_a_500)
{
	ck_assert_int_eq(get(&m, "/nothing", NULL, 0), 500);
	ck_assert(mfad_logged(&m, "neither answered nor held"));
}
END_TEST

START_TEST(several_methods_of_one_path)
{
	open_client(&c, _i);
	client_send(&c, "DELETE /echo HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 405);
	ck_assert(client_has(&c, "\r\nAllow: POST, PUT\r\n"));
}
END_TEST

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(mfad_path(&m, name), "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static const struct certified {
	const char *ca, *san, *use, *from, *to, *seen;	/* from, to: NULL: nine days from now */
} certificates[] = {
	{ "tls", "DNS:web1.test", "clientAuth", NULL, NULL, "name=web1.test fault=-" },
	{ "tls", "DNS:web1.test,IP:192.0.2.1,email:a@web2.test", "clientAuth,serverAuth", NULL, NULL,
	    "name=web1.test fault=-" },
	{ "tls", "DNS:web1.test,DNS:web2.test", "clientAuth", NULL, NULL, "name=- fault=-" },
	{ "tls", "IP:192.0.2.1", "clientAuth", NULL, NULL, "name=- fault=-" },
	{ "other", "DNS:web1.test", "clientAuth", NULL, NULL,
	    "name=web1.test fault=unable to get local issuer certificate" },
	{ "tls", "DNS:web1.test", "serverAuth", NULL, NULL,
	    "name=web1.test fault=unsuitable certificate purpose" },
	{ "tls", "DNS:web1.test", "clientAuth", "20200101000000Z", "20200201000000Z",
	    "name=web1.test fault=certificate has expired" },
	{ "tls", "DNS:web1.test", "clientAuth", "20450101000000Z", "20460101000000Z",
	    "name=web1.test fault=certificate is not yet valid" },
};

/* "host.crt", by the authority of `ca`, which need not be one to believe. */
static void
issue(const struct certified *d)
{
	char extensions[256], certificate[16], key[16];

	snprintf(extensions, sizeof(extensions), "subjectAltName=%s\nextendedKeyUsage=%s\n",
	    d->san, d->use);
	snprintf(certificate, sizeof(certificate), "%s.crt", d->ca);
	snprintf(key, sizeof(key), "%s.key", d->ca);
	put("ca.conf", "[ca]\ndefault_ca=x\n[x]\ndatabase=index\nrand_serial=yes\n"
	    "new_certs_dir=.\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n");
	put("index", "");
	put("host.ext", extensions);
	OPENSSL(m.dir, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
	    "-subj", "/CN=web9.test", "-keyout", "host.key", "-out", "host.csr");
	OPENSSL(m.dir, "ca", "-batch", "-config", "ca.conf", "-cert", certificate, "-keyfile", key,
	    "-extfile", "host.ext", "-notext", "-in", "host.csr", "-out", "host.crt",
	    d->from == NULL ? "-days" : "-startdate", d->from == NULL ? "9" : d->from,
	    d->from == NULL ? NULL : "-enddate", d->to);
}

START_TEST(a_client_certificate_is_judged)
{
	mfad_certificate(&m, "other", "/CN=other");
	issue(&certificates[_i]);
	client_tls(&c, &m, "host");
	client_send(&c, "GET /who HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&c), 200);
	ck_assert_str_eq(client_body(&c) + strlen("peer=127.0.0.1 "), certificates[_i].seen);
}
END_TEST

START_TEST(no_client_needs_a_certificate)
{
	client_tls(&other, &m, NULL);
	client_send(&other, "GET /who HTTP/1.1\r\n" HOST "\r\n");
	ck_assert_int_eq(client_reply(&other), 200);
	ck_assert_str_eq(client_body(&other), "peer=127.0.0.1 name=- fault=-");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_hold");
	TCase *t = tcase_create("hold");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_held_request_is_answered_when_somebody_wakes_it, 0, 2);
	tcase_add_loop_test(t, one_connection_may_hold_again_and_again, 0, 2);
	tcase_add_loop_test(t, when_its_time_is_over_it_is_to_be_asked_again, 0, 2);
	tcase_add_loop_test(t, a_handler_that_forgets_is_answered_for, 0, 2);
	tcase_add_loop_test(t, another_thread_answers, 0, 2);
	tcase_add_loop_test(t, a_peer_that_closes_is_noticed_at_once, 0, 2);
	tcase_add_loop_test(t, a_peer_that_resets_is_noticed_at_once, 0, 2);
	tcase_add_loop_test(t, a_request_during_a_hold_is_refused, 0, 2);
	tcase_add_loop_test(t, also_one_that_comes_along_with_it, 0, 2);
	tcase_add_loop_test(t, also_a_single_byte, 0, 2);
	tcase_add_test(t, a_peer_that_leaves_before_a_thread_is_done_harms_nothing);
	tcase_add_loop_test(t, what_is_held_is_to_be_asked_again_when_the_server_stops, 0, 2);
	tcase_add_loop_test(t, what_stays_held_does_not_delay_it_for_ever, 0, 2);
	tcase_add_loop_test(t, a_slow_reader_loses_its_connection, 0, 2);
	tcase_add_loop_test(t, a_quick_one_gets_all_of_it, 0, 2);
	tcase_add_loop_test(t, a_body_comes_back, 0, 2);
	tcase_add_test(t, segments_become_parameters);
	tcase_add_loop_test(t, fields_of_the_handler_are_in_the_answer, 0, 2);
	tcase_add_test(t, a_handler_that_does_nothing_is_a_500);
	tcase_add_loop_test(t, several_methods_of_one_path, 0, 2);
	tcase_add_loop_test(t, a_client_certificate_is_judged, 0, COUNT(certificates));
	tcase_add_test(t, no_client_needs_a_certificate);
	suite_add_tcase(s, t);
	return suite_run(s);
}
