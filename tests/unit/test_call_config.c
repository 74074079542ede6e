/* SPDX-License-Identifier: BSD-2-Clause */
/* What mfa-call.conf may say, and that mfa-call -t says where it is wrong. */
#include <check.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../server/call/call_config.h"
#include "../suite.h"
#include "config_world.h"
#include "error.h"
#include "tool.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

/* A request that is right, but for what a test adds. */
#define HTTP	"text_gateway = http\ntext_http_url = https://sms.example/?to={to}&text={text}\n"
#define EXEC	"call_gateway = exec\n"
#define POST	"text_gateway = http\ntext_http_url = https://sms.example/\n"

static struct config_world w;
static struct call_config *c;
static struct config_error e;

static void
setup(void)
{
	config_world_make(&w);
}

static void
teardown(void)
{
	call_config_free(&c);
	config_world_drop(&w);
}

static int
load(const char *text)
{
	char path[128];

	config_world_put(&w, "conf", text);
	return call_config_load(config_world_path(&w, "conf", path), &c, &e);
}

static const struct {
	const char *text;
	unsigned int line;
	const char *said;
} mistakes[] = {
	{ "prefix = +31\n", 1, "unknown key: one of those in mfa-call.conf(5)" },
	{ "listen = none\n", 1, "unknown key" },
	{ "\n[service sshd]\n", 2, "KEY = VALUE or a # comment was expected" },
	{ "calls = 5\ncalls = 5\n", 2, "set already in line 1" },
	{ "calls = 0\n", 1, "a number from 1 to 1000" },
	{ "text_units = 1001\n", 1, "a number from 0 to 1000" },
	{ "ring_seconds = 4\n", 1, "seconds from 5 to 120" },
	/* prefixes */
	{ "prefixes = 31\n", 1, "a prefix is written as +31" },
	{ "prefixes = +\n", 1, "a prefix is written as +31" },
	{ "\nprefixes = +31, +031\n", 2, "a prefix is written as +31" },
	{ "prefixes = +31x\n", 1, "a prefix is written as +31" },
	{ "prefixes = *\n", 1, "a prefix is written as +31" },
	{ "prefixes = +1234567890123456\n", 1, "a prefix is written as +31" },
	{ "prefixes = +31,\n", 1, "a list as +31, +32" },
	{ "refused_prefixes = 0900\n", 1, "refused_prefixes: a prefix is written as +31" },
	/* gateways, and what they need */
	{ "text_gateway = sms\n", 1, "none, http, smstools or exec" },
	{ "call_gateway = h323\n", 1, "none, sip, twilio or exec" },
	{ "sip_media = zrtp\n", 1, "none, srtp, srtp-mandatory or dtls" },
	{ "text_gateway = http\n", 1, "http needs text_http_url" },
	{ "text_gateway = exec\n", 1, "exec needs text_command" },
	{ "text_gateway = smstools\ntext_smstools_dir = none\n", 1,
	    "smstools needs text_smstools_dir" },
	{ "call_gateway = sip\n", 1, "sip needs sip_server and sip_user" },
	{ "sip_media = DTLS\n", 1, "none, srtp, srtp-mandatory or dtls" },
	{ "rtp_low = 40000\n", 1, "rtp_high must be more" },
	{ "call_gateway = exec\n", 1, "exec needs call_command" },
	{ "text_command = mail root\n", 1, "an absolute path, or none," },
	{ "call_gateway = twilio\n", 1, "twilio needs twilio_account" },
	{ "twilio_account = AC1/../x\n", 1, "letters and digits were expected" },
	{ "twilio_from = 0201234567\n", 1, "a number as +31201234567" },
	{ "twilio_api = http://api.twilio.com\n", 1, "https:// was expected" },
	{ "twilio_callback = http://mfa.example.org/v1/callbacks\n", 1, "https:// was expected" },
	{ "twilio_callback = https://mfa.example.org/v1/callbacks?x\n", 1, "a path without" },
	/* the address */
	{ "text_http_url = sms.example/{to}{text}\n", 1, "https:// was expected" },
	{ "text_http_url = ftp://sms.example/{to}{text}\n", 1, "https:// was expected" },
	{ "text_http_url = http://sms.example/{to}{text}\n", 1, "http:// is for 127.0.0.1" },
	{ "text_http_url = http://192.0.2.1/{to}{text}\n", 1, "http:// is for 127.0.0.1" },
	{ "text_http_url = http://127.0.0.1.example/{to}{text}\n", 1, "http:// is for 127.0.0.1" },
	{ "text_http_url = http://[::2]/{to}{text}\n", 1, "http:// is for 127.0.0.1" },
	{ "text_http_url = http://localhost.example/{to}{text}\n", 1, "http:// is for 127.0.0.1" },
	{ "text_http_url = http://127.0.0.1@sms.example/{to}{text}\n", 1, "a host name" },
	{ "text_http_url = https://user:word@sms.example/{to}{text}\n", 1, "a host name" },
	{ "text_http_url = https:///{to}{text}\n", 1, "a host name" },
	{ "text_http_url = https://{to}/{text}\n", 1, "a host name" },
	{ "text_http_url = https://sms.example:99999/{to}{text}\n", 1, "a host name" },
	{ "text_http_url = https://sms.example/a b/{to}{text}\n", 1, "write it as %XX" },
	{ "text_http_url = https://sms.example/\303\251{to}{text}\n", 1, "write it as %XX" },
	{ "text_http_url = https://sms.example/{to}{text}#x\n", 1, "write it as %XX" },
	/* placeholders */
	{ "\n" "text_http_url = https://sms.example/{to}{message}\n", 2,
	    "text_http_url: {message}: {to}" },
	{ HTTP "text_http_body = {from}\n", 3, "text_http_body: {from}: {to}" },
	{ HTTP "text_http_headers = A: {user}\n", 3, "text_http_headers: {user}: {to}" },
	{ "text_http_url = https://sms.example/?text={text}\n", 1, "is {to} or {to_digits}" },
	{ "text_http_url = https://sms.example/?to={to}\n", 1, "is {text}" },
	{ "text_http_url = https://sms.example/?to={to}\ntext_http_headers = A: {text}\n", 2,
	    "{text} cannot stand in a header" },
	{ HTTP "text_http_headers = A: {secret}\n", 0, "{secret} is used: a file" },
	{ HTTP "text_http_secret_file = /a\n", 3, "{secret} is not used" },
	/* headers */
	{ HTTP "text_http_headers = A\n", 3, "NAME: VALUE was expected" },
	{ HTTP "text_http_headers = A:\n", 3, "NAME: VALUE was expected" },
	{ HTTP "text_http_headers = A B: c\n", 3, "NAME: VALUE was expected" },
	{ HTTP "text_http_headers = A: b, : c\n", 3, "NAME: VALUE was expected" },
	{ HTTP "text_http_headers = A: b, content-type: text/html\n", 3, "for mfa-call to write" },
	{ HTTP "text_http_headers = Host: a\n", 3, "for mfa-call to write" },
	{ HTTP "text_http_headers = Transfer-Encoding: chunked\n", 3, "for mfa-call to write" },
	/* the body */
	{ HTTP "text_http_method = PUT\n", 3, "GET or POST" },
	{ HTTP "text_http_type = xml\n", 3, "form or json" },
	{ HTTP "text_http_method = GET\ntext_http_body = a\n", 4, "a GET has no body" },
	{ POST "text_http_type = json\ntext_http_body = to={to}&text={text}\n", 4,
	    "a JSON object was expected" },
	{ POST "text_http_type = json\ntext_http_body = {\"to\": {to}, \"text\": \"{text}\"}\n", 4,
	    "a JSON object was expected" },
	{ POST "text_http_type = json\ntext_http_body = [\"{to}\", \"{text}\"]\n", 4,
	    "a JSON object was expected" },
	{ POST "text_http_type = json\ntext_http_body = {\"to\": \"{to}\", \"text\": \"{text}\"\n",
	    4, "a JSON object was expected" },
	{ HTTP "text_http_success = (a\n", 3, "text_http_success: " },
	{ HTTP "text_http_success = [[:alfa:]]\n", 3, "text_http_success: " },
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

START_TEST(by_default_nobody_is_called)
{
	ck_assert_int_eq(load("# nothing\n"), MFA_OK);
	ck_assert_uint_eq(c->prefixes.count, 0);
	ck_assert_uint_eq(c->refused_prefixes.count, 0);
	ck_assert_uint_eq(c->calls, 100);
	ck_assert_uint_eq(c->call_gateway, CALL_BY_NONE);
	ck_assert_uint_eq(c->text_gateway, TEXT_BY_NONE);
	ck_assert_uint_eq(c->text_http_method, TEXT_HTTP_POST);
	ck_assert_str_eq(c->text_smstools_dir, "/var/spool/sms/outgoing");
	ck_assert_str_eq(c->cache_dir, "/var/cache/mfad_call");
	ck_assert(c->sip_register);
}
END_TEST

static const char *const good[] = {
	"prefixes = +31, +1234567890\nrefused_prefixes = +3190\n", HTTP,
	HTTP "text_http_method = GET\n",
	"text_http_url = http://127.8.9.1:13013/{to_digits}{text}\n",
	"text_http_url = http://[::1]:80?{to}{text}\n",
	"text_http_url = http://localhost/{to}/{text}/{id}/{}{A}{\n",
	POST "text_http_body = to={to}&text={text}\n",
	POST "text_http_type = json\ntext_http_body = {\"to\": \"{to}\", \"a\": {\"b\": \"{text}\"}}\n",
	HTTP "text_http_headers = Authorization: Basic {secret}, X: y\ntext_http_secret_file = /a\n",
	HTTP "text_http_success = ^(0|3): |[{,]\"status\":\"OK\"\n",
	"call_gateway = sip\nsip_server = pbx.example;transport=tls\nsip_user = mfa\n",
	"text_gateway = exec\ntext_command = /usr/local/bin/send\n",
};

START_TEST(what_is_right_is_taken)
{
	ck_assert_msg(load(good[_i]) == MFA_OK, "%s: %s", good[_i], e.text);
}
END_TEST

START_TEST(a_file_that_others_can_write_is_refused)
{
	char path[128];

	config_world_put(&w, "conf", "");
	ck_assert_int_eq(chmod(config_world_path(&w, "conf", path), 0664), 0);
	ck_assert_int_eq(call_config_load(path, &c, &e), MFA_E_CONFIG);
	ck_assert_ptr_nonnull(strstr(e.text, "chmod go-w"));
	ck_assert_int_eq(call_config_load("/nonexistent", &c, &e), MFA_E_CONFIG);
}
END_TEST

START_TEST(a_change_is_noticed)
{
	ck_assert_int_eq(load("calls = 5\n"), MFA_OK);
	ck_assert(!call_config_stale(c));
	config_world_put(&w, "conf", "calls = 55\n");
	ck_assert(call_config_stale(c));
}
END_TEST

/* ---- the program ---- */

/* Where the user mfad_call exists, it is that user which looks. */
static int
run(const char *option, const char *operand, const char *text, const char *said)
{
	char words[4096], path[128];
	int status;

	config_world_put(&w, "conf", text);
	ck_assert_int_eq(chmod(w.dir, 0755), 0);
	status = tool_run(&(struct tool){ .said = words, .size = sizeof(words),
	    .argv = ARGV(tool_built("mfa-call"), option, "-f",
	    config_world_path(&w, "conf", path), operand) });
	ck_assert_msg(strstr(words, said) != NULL, "not said: %s, but %s", said, words);
	return status;
}

START_TEST(mfa_call_says_where_and_ends_with_2)
{
	ck_assert_int_eq(run("-t", NULL, "prefixes = +31\n", ""), 0);
	ck_assert_int_eq(run("-t", NULL, "a = b\n", "conf:1: a: unknown key"), 2);
	ck_assert_int_eq(run("-t", NULL, HTTP "text_http_headers = A: {secret}\n"
	    "text_http_secret_file = /nonexistent\n", "/nonexistent is missing"), 2);
	ck_assert_int_eq(run("-t", NULL, "text_gateway = exec\ntext_command = /nonexistent\n",
	    "text_command: /nonexistent cannot be run"), 2);
	ck_assert_int_eq(run("-t", NULL, EXEC "prefixes = +31\ncall_command = /etc/passwd\n",
	    "call_command: /etc/passwd cannot be run"), 2);
	ck_assert_int_eq(run("-t", NULL, EXEC "call_command = /bin/true\n", "prefixes = none"), 0);
	ck_assert_int_eq(run("-x", NULL, "", "usage: mfa-call"), 2);
	ck_assert_int_eq(run("-t", "more", "", "usage: mfa-call"), 2);
}
END_TEST

static void
make_secret(void)
{
	struct passwd *pw = getpwnam("mfad_call");
	char path[128];

	config_world_put(&w, "secret", "word\n");
	ck_assert_int_eq(chmod(config_world_path(&w, "secret", path), 0600), 0);
	if (pw != NULL)
		ck_assert_int_eq(chown(path, pw->pw_uid, (gid_t)-1), 0);
}

static void
take_example(const char *lines)
{
	char text[4096], secret[192] = "", path[128];

	if (strstr(lines, "{secret}") != NULL)
		snprintf(secret, sizeof(secret), "text_http_secret_file = %s\n",
		    config_world_path(&w, "secret", path));
	snprintf(text, sizeof(text), "%stext_gateway = http\n%s", lines, secret);
	ck_assert_msg(run("-t", NULL, text, "") == 0, "%s", text);
}

/* Every example of the sample, as an administrator would take it over. */
START_TEST(the_examples_of_the_sample_are_right)
{
	const char *top = getenv("TOP");
	char path[512], line[512], lines[2048] = "";
	unsigned int n = 0;
	FILE *f;

	make_secret();
	snprintf(path, sizeof(path), "%s/conf/mfa-call.conf", top != NULL ? top : ".");
	ck_assert_ptr_nonnull(f = fopen(path, "re"));
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t len = strlen(lines);

		if (strncmp(line, "#   text_", 9) == 0) {
			snprintf(lines + len, sizeof(lines) - len, "%s", line + 4);
		} else if (strncmp(line, "#   ", 4) != 0 && len > 0) {
			take_example(lines);
			lines[0] = '\0';
			n++;
		}
	}
	fclose(f);
	ck_assert_str_eq(lines, "");
	ck_assert_uint_eq(n, 4);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("call_config");
	TCase *t = tcase_create("config");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_mistake_is_an_error_with_its_line, 0, COUNT(mistakes));
	tcase_add_test(t, by_default_nobody_is_called);
	tcase_add_loop_test(t, what_is_right_is_taken, 0, COUNT(good));
	tcase_add_test(t, a_file_that_others_can_write_is_refused);
	tcase_add_test(t, a_change_is_noticed);
	tcase_add_test(t, mfa_call_says_where_and_ends_with_2);
	tcase_add_test(t, the_examples_of_the_sample_are_right);
	suite_add_tcase(s, t);
	return suite_run(s);
}
