/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../server/config_mfad.h"
#include "../../server/model_code.h"
#include "../suite.h"
#include "config_world.h"
#include "error.h"
#include "mfad_world.h"
#include "tool.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static struct config_world w;
static struct mfad_config *c;
static struct config_error e;

static void
setup(void)
{
	config_world_make(&w);
}

static void
teardown(void)
{
	mfad_config_free(&c);
	config_world_drop(&w);
}

static int
load(const char *text)
{
	char path[128];

	config_world_put(&w, "conf", text);
	return mfad_config_load(config_world_path(&w, "conf", path), &c, &e);
}

static const struct {
	const char *text;
	unsigned int line;
	const char *said;
} mistakes[] = {
	{ "liste = none\n", 1, "unknown key: one of those in mfad.conf(5)" },
	{ "trusted_networks = none\n", 1, "unknown key" },
	{ "\n[service sshd]\n", 2, "KEY = VALUE or a # comment was expected" },
	{ "listen\n", 1, "KEY = VALUE or a # comment was expected" },
	{ "listen =\n", 1, "has no value" },
	{ "connections = 5\n\nconnections = 5\n", 3, "set already in line 1" },
	{ "connections = 0\n", 1, "a number from 1 to 1000000" },
	{ "connections = 1000001\n", 1, "a number from 1 to 1000000" },
	{ "connections = 010\n", 1, "a number from 1 to 1000000" },
	{ "head_timeout = 61\n", 1, "seconds from 1 to 60" },
	{ "idle_timeout = -1\n", 1, "seconds from 1 to 3600" },
	{ "idle_timeout = 5 # short\n", 1, "a comment stands on a line of its own" },
	{ "host_ca = ca.pem\n", 1, "an absolute path" },
	{ "certificate = tls.crt\n", 1, "an absolute path" },
	{ "admin_socket = admin.sock\n", 1, "an absolute path, or none," },
	{ "state_key = none\n", 0, "state and state_key are not none" },
	{ "state = none\n", 0, "state and state_key are not none" },
	{ "authority_key = key\n", 1, "an absolute path, or none," },
	{ "certificate_days = 367\n", 1, "days from 1 to 366" },
	{ "number_digits = 1\n", 1, "digits from 2 to 8" },
	{ "text_digits = 5\n", 1, "digits from 6 to 8" },
	{ "text_digits = 9\n", 1, "digits from 6 to 8" },
	{ "compulsory_from = tomorrow\n", 1, "a date as 2031-12-31" },
	{ "delay_after = 0\n", 1, "a number from 1 to 99" },
	{ "max_failures = 4\n", 1, "a number from 5 to 99" },
	{ "totp_window = 11\n", 1, "a number from 0 to 10" },
	{ "hotp_resync = 1001\n", 1, "a number from 0 to 1000" },
	{ "\ndelay = 901\n", 2, "delay is longer than delay_max" },
	{ "delay = 20\ndelay_max = 10\n", 2, "delay is longer than delay_max" },
	{ "delay_after = 51\n", 1, "delay_after is more than max_failures" },
	{ "issuer = Example: people\n", 1, "no colon" },
	{ "alert_command = mail root\n", 1, "an absolute path, or none," },
	{ "certificate = none\n", 0, "listen needs certificate" },
	{ "listen = none\n", 1, "both none" },
	{ "listen = 443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = localhost:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 192.0.2.1\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 192.0.2.1:0\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 192.0.2.1:65536\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 192.0.2.1:0443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 192.0.2.300:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = [192.0.2.1]:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 2001:db8::1:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = [2001:db8::1:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = []:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = [::1%lo]:443\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = /run/mfad.sock\n", 1, "ADDRESS:PORT was expected" },
	{ "listen = 192.0.2.1:443,\n", 1, "a list of ADDRESS:PORT" },
	{ "listen_plain = 0.0.0.0:80\n", 1, "only an address of the loopback" },
	{ "listen_plain = 192.0.2.1:80\n", 1, "only an address of the loopback" },
	{ "listen_plain = [::]:80\n", 1, "only an address of the loopback" },
	{ "listen_plain = [2001:db8::1]:80\n", 1, "only an address of the loopback" },
	{ "listen_plain = [::ffff:127.0.0.1]:80\n", 1, "only an address of the loopback" },
	{ "listen_plain = 127.0.0.1:80, 128.0.0.1:80\n", 1, "only an address of the loopback" },
	{ "listen_plain = run/mfad.sock\n", 1, "ADDRESS:PORT was expected" },
	{ "listen_plain = /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 1, "at most 107 bytes" },
	{ "listen_plain = /1,/2,/3,/4,/5,/6,/7,/8,/9,/10,/11,/12,/13,/14,/15,/16,/17\n", 1,
	    "at most 16" },
	{ "metrics_from = 0.0.0.0/0\n", 1, "metrics_from:" },
	{ "metrics_from = 192.0.2.1/24\n", 1, "metrics_from:" },
	{ "metrics_from = localhost\n", 1, "metrics_from:" },
	{ "listen = none\r\n", 1, "as on Windows" },
};

START_TEST(a_mistake_is_an_error_with_its_line)
{
	ck_assert_msg(load(mistakes[_i].text) == MFA_E_CONFIG, "taken: %s", mistakes[_i].text);
	ck_assert_ptr_null(c);
	ck_assert_msg(strstr(e.text, mistakes[_i].said) != NULL, "%s: %s", mistakes[_i].text,
	    e.text);
	ck_assert_uint_eq(e.line, mistakes[_i].line);
}
END_TEST

START_TEST(the_defaults_are_as_they_are_written)
{
	ck_assert_int_eq(load("# nothing\n"), MFA_OK);
	ck_assert_uint_eq(c->listen.count, 2);
	ck_assert_str_eq(c->listen.word[1], "[::]:443");
	ck_assert_uint_eq(c->listen_plain.count, 0);
	ck_assert_str_eq(c->certificate_key, "/etc/mfad/tls.key");
	ck_assert_ptr_null(c->host_ca);
	ck_assert_uint_eq(c->connections, 20000);
	ck_assert_uint_eq(c->idle_timeout, 75);
	ck_assert_uint_eq(c->max_failures, model_code_default.max_failures);
	ck_assert_uint_eq(c->delay_max, (unsigned int)model_code_default.delay_max);
	ck_assert_uint_eq(c->totp_window, model_code_default.totp_window);
	ck_assert_uint_eq(c->hotp_resync, model_code_default.hotp_resync);
	ck_assert_str_ne(c->issuer, "");
	ck_assert_uint_eq(networks_count(c->metrics), 2);
}
END_TEST

START_TEST(what_is_written_counts)
{
	ck_assert_int_eq(load("listen = none\nlisten_plain = 127.9.9.9:80, [::1]:80, /run/a\n"
	    "certificate = none\nmetrics_from = none\nhead_timeout = 60\n"), MFA_OK);
	ck_assert_uint_eq(c->listen.count, 0);
	ck_assert_uint_eq(c->listen_plain.count, 3);
	ck_assert_ptr_null(c->certificate);
	ck_assert_uint_eq(networks_count(c->metrics), 0);
	ck_assert_uint_eq(c->head_timeout, 60);
}
END_TEST

START_TEST(a_file_that_others_can_write_is_refused)
{
	char path[128];

	config_world_put(&w, "conf", "");
	ck_assert_int_eq(chmod(config_world_path(&w, "conf", path), 0664), 0);
	ck_assert_int_eq(mfad_config_load(path, &c, &e), MFA_E_CONFIG);
	ck_assert_ptr_nonnull(strstr(e.text, "chmod go-w"));
	ck_assert_int_eq(mfad_config_load("/nonexistent", &c, &e), MFA_E_CONFIG);
}
END_TEST

/* ---- the program ---- */

static int
run(const char *option, const char *operand, const char *text, const char *said)
{
	char words[4096], path[128];
	int status;

	config_world_put(&w, "conf", text);
	status = tool_run(&(struct tool){ .said = words, .size = sizeof(words),
	    .argv = ARGV(tool_built("mfad"), "-f", config_world_path(&w, "conf", path), option,
	    operand) });
	ck_assert_msg(strstr(words, said) != NULL, "not said: %s, but %s", said, words);
	return status;
}

START_TEST(mfad_says_where_and_ends_with_2)
{
	ck_assert_int_eq(run("-t", NULL, "listen = none\nlisten_plain = 127.0.0.1:80\n", ""), 0);
	ck_assert_int_eq(run("-t", NULL, "a = b\n", "conf:1: a: unknown key"), 2);
	ck_assert_int_eq(run(NULL, NULL, "a = b\n", "conf:1: a: unknown key"), 2);
	ck_assert_int_eq(run("-x", NULL, "", "usage: mfad"), 2);
	ck_assert_int_eq(run("-t", "more", "", "usage: mfad"), 2);
}
END_TEST

/* ---- the certificate ---- */

#define NOBODY	65534

static const char *
at(const char *name)
{
	static char paths[2][128];
	static unsigned int next;

	return config_world_path(&w, name, paths[next++ % 2]);
}

static void
make_pair(const char *key, const char *certificate)
{
	OPENSSL(w.dir, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
	    "-nodes", "-subj", "/CN=a", "-days", "30", "-keyout", key, "-out", certificate);
}

static void
give_key(uid_t owner, mode_t mode)
{
	ck_assert_int_eq(chown(at("tls.key"), owner, (gid_t)-1), 0);
	ck_assert_int_eq(chmod(at("tls.key"), mode), 0);
}

/* -t as a user who may not read what root may. */
static int
look(const char *said)
{
	char text[512], words[4096];
	int status;

	snprintf(text, sizeof(text), "certificate = %s/tls.crt\ncertificate_key = %s/tls.key\n",
	    w.dir, w.dir);
	config_world_put(&w, "conf", text);
	ck_assert_int_eq(chmod(w.dir, 0755), 0);
	status = tool_run(&(struct tool){ .said = words, .size = sizeof(words),
	    .argv = ARGV(tool_built("mfad"), "-t", "-f", at("conf")), .uid = NOBODY });
	ck_assert_msg(strstr(words, said) != NULL, "not said: %s, but %s", said, words);
	return status;
}

START_TEST(the_certificate_is_looked_at)
{
	make_pair("tls.key", "tls.crt");
	give_key(NOBODY, 0600);
	ck_assert_int_eq(look(""), 0);
	ck_assert_int_eq(rename(at("tls.crt"), at("good.crt")), 0);
	OPENSSL(w.dir, "req", "-new", "-key", "tls.key", "-subj", "/CN=a", "-out", "a.csr");
	OPENSSL(w.dir, "x509", "-req", "-in", "a.csr", "-signkey", "tls.key", "-days", "-1", "-out",
	    "tls.crt");
	ck_assert_int_eq(look("tls.crt: the certificate has expired"), 2);
	make_pair("other.key", "tls.crt");
	ck_assert_int_eq(look("do not belong together"), 2);
	ck_assert_int_eq(rename(at("good.crt"), at("tls.crt")), 0);
	give_key(0, 0600);
	ck_assert_int_eq(look("tls.key: Permission denied"), 2);
	give_key(NOBODY, 0644);
	ck_assert_int_eq(look("tls.key: must not be open to others"), 2);
	give_key(NOBODY, 0600);
	ck_assert_int_eq(unlink(at("tls.crt")), 0);
	ck_assert_int_eq(look("tls.crt: No such file"), 2);
	config_world_put(&w, "tls.crt", "nothing\n");
	ck_assert_int_eq(look("does not begin with a certificate"), 2);
}
END_TEST

START_TEST(what_it_cannot_listen_on_is_told)
{
	ck_assert_int_eq(run("-e", NULL, "listen = none\nlisten_plain = /nonexistent/a\n",
	    "cannot listen on /nonexistent/a: No such file or directory"), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_config");
	TCase *t = tcase_create("config");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_mistake_is_an_error_with_its_line, 0, COUNT(mistakes));
	tcase_add_test(t, the_defaults_are_as_they_are_written);
	tcase_add_test(t, what_is_written_counts);
	tcase_add_test(t, a_file_that_others_can_write_is_refused);
	tcase_add_test(t, mfad_says_where_and_ends_with_2);
	tcase_add_test(t, the_certificate_is_looked_at);
	tcase_add_test(t, what_it_cannot_listen_on_is_told);
	suite_add_tcase(s, t);
	return suite_run(s);
}
