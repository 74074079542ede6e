/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mistakes in the configuration: each is an error that names file and line
 * and says what was expected, and never a default.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../suite.h"
#include "config.h"
#include "config_world.h"
#include "error.h"

static struct config_world w;

static void
set_up(void)
{
	config_world_make(&w);
}

static void
tear_down(void)
{
	config_world_drop(&w);
}

/* The error that loading ends in, in `file` of the world. */
static struct config_error
refused(const char *file)
{
	struct config *c = (struct config *)&w;
	struct config_error e;
	char path[128], dir[128];
	int r = config_load(config_world_path(&w, "conf", path), config_world_path(&w, "d", dir),
	    &c, &e);

	if (r == MFA_OK)
		ck_abort_msg("it was loaded");
	ck_assert_int_eq(r, MFA_E_CONFIG);
	ck_assert_ptr_null(c);
	ck_assert_str_eq(e.file, config_world_path(&w, file, path));
	return e;
}

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *text;
	size_t len;
	unsigned int line;
	const char *says;
} mistakes[] = {
#define BAD(text, line, says) { text, sizeof(text) - 1, line, says }
	/* not of the syntax */
	BAD("tries\n", 1, "tries: KEY = VALUE, [service NAME] or a # comment was expected"),
	BAD("tries 3\n", 1, "tries\\x203: KEY = VALUE"),
	BAD("\n\ntries: 3\n", 3, "KEY = VALUE"),
	BAD("= 3\n", 1, "-: unknown key"),
	BAD("tries =\n", 1, "tries has no value: a number from 1 to 10 was expected"),
	BAD("tries =   \n", 1, "tries has no value"),
	BAD("tries = 3 # three\n", 1, "a comment stands on a line of its own"),
	BAD("issuer = # none\n", 1, "a comment stands on a line of its own"),
	BAD("issuer = \"Example\"\n", 1, "without quotes"),
	BAD("unenrolled = 'deny'\n", 1, "without quotes"),
	BAD("; comment\n", 1, "KEY = VALUE"),
	BAD("only_users = alice,\n  bob\n", 2, "bob: KEY = VALUE"),
	BAD("tries = \\\n3\n", 2, "3: KEY = VALUE"),
	BAD("tries = \\\n", 1, "tries = \\x5c: a number from 1 to 10 was expected"),
	BAD("tries = 3\r\n", 1, "CR LF"),
	BAD("tries = 3\n\xef\xbb\xbftries = 3\n", 2, "not text"),
	BAD("# zero \0 byte\n", 1, "not text"),
	BAD("tries = 3\0\n", 1, "not text"),
	BAD("issuer = a\x07\n", 1, "not text"),
	BAD("issuer = \xe2\x80\xae" "evil\n", 1, "not text"),
	BAD("# \xff\xfe\n", 1, "not text"),
	BAD("issuer = caf\xe9\n", 1, "not text"),
	BAD("\n\n\f\n", 3, "not text"),
	/* unknown */
	BAD("try = 3\n", 1, "try: unknown key: one of those in pam_mfa.conf(5) was expected"),
	BAD("Tries = 3\n", 1, "Tries: unknown key"),
	BAD("tries-x = 3\n", 1, "unknown key"),
	BAD("tries = 3\nnullok = yes\n", 2, "nullok: unknown key"),
	BAD("trusted_networks[] = 10.0.0.0/8\n", 1, "unknown key"),
	BAD("\x1b = 1\n", 1, "not text"),
	/* sections */
	BAD("[sshd]\n", 1, "[sshd]: [service NAME] was expected"),
	BAD("[service]\n", 1, "[service NAME] was expected"),
	BAD("[service ]\n", 1, "[service NAME] was expected"),
	BAD("[service sshd\n", 1, "[service NAME] was expected"),
	BAD("[service sshd] x\n", 1, "[service NAME] was expected"),
	BAD("[service sshd] # x\n", 1, "[service NAME] was expected"),
	BAD("[Service sshd]\n", 1, "[service NAME] was expected"),
	BAD("[service sshd sudo]\n", 1, "[service NAME] was expected"),
	BAD("[service sshd, sudo]\n", 1, "[service NAME] was expected"),
	BAD("[service ../sshd]\n", 1, "[service NAME] was expected"),
	BAD("[service *]\n", 1, "[service NAME] was expected"),
	BAD("[service \"sshd\"]\n", 1, "[service NAME] was expected"),
	BAD("[service " X64 "x]\n", 1, "[service NAME] was expected"),
	BAD("[[service sshd]]\n", 1, "[service NAME] was expected"),
	BAD("[]\n", 1, "[service NAME] was expected"),
	BAD("[\n", 1, "[service NAME] was expected"),
	/* twice */
	BAD("tries = 3\n\ntries = 3\n", 3, "tries was set already in line 1"),
	BAD("[service a]\ntries = 3\ntries = 4\n", 3, "tries was set already in line 2"),
	BAD("[service a]\n[service b]\n[service a]\ntries = 3\n", 3,
	    "[service\\x20a] begins already in line 1"),
	/* in the wrong place */
	BAD("[service a]\nissuer = x\n", 2, "issuer: is for all services"),
	BAD("[service a]\naudit_days = 30\n", 2, "audit_days: is for all services"),
	/* values */
	BAD("enabled = true\n", 1, "enabled = true: yes or no was expected"),
	BAD("enabled = Yes\n", 1, "yes or no was expected"),
	BAD("guard = 1\n", 1, "yes or no was expected"),
	BAD("guard = none\n", 1, "yes or no was expected"),
	BAD("tries = 0\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = 11\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = -1\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = +3\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = 03\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = 0x3\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = 3.0\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = 3 4\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = three\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = none\n", 1, "a number from 1 to 10 was expected"),
	BAD("tries = 18446744073709551619\n", 1, "a number from 1 to 10 was expected"),
	BAD("deadline = 9\n", 1, "seconds from 10 to 600 was expected"),
	BAD("deadline = 601\n", 1, "seconds from 10 to 600 was expected"),
	BAD("deadline = 90s\n", 1, "seconds from 10 to 600 was expected"),
	BAD("max_failures = 4\n", 1, "a number from 5 to 99 was expected"),
	BAD("max_failures = 100\n", 1, "a number from 5 to 99 was expected"),
	BAD("delay = 3601\n", 1, "seconds from 0 to 3600 was expected"),
	BAD("totp_window = 11\n", 1, "a number from 0 to 10 was expected"),
	BAD("hotp_look_ahead = 0\n", 1, "a number from 1 to 50 was expected"),
	BAD("hotp_resync = 1001\n", 1, "a number from 0 to 1000 was expected"),
	BAD("remember = 1441\n", 1, "minutes from 0 to 1440 was expected"),
	BAD("remember = 15m\n", 1, "minutes from 0 to 1440 was expected"),
	BAD("combined_digits = 5\n", 1, "a number from 6 to 8 was expected"),
	BAD("audit_days = 0\n", 1, "days from 1 to 3650 was expected"),
	BAD("grace_logins = 101\n", 1, "a number from 0 to 100 was expected"),
	BAD("unenrolled = permit\n", 1, "deny, enrol or allow was expected"),
	BAD("unenrolled = none\n", 1, "deny, enrol or allow was expected"),
	BAD("remember_for = user\n", 1, "session or origin was expected"),
	BAD("service_class = two words\n", 1, "one word, or none, was expected"),
	BAD("service_class = a,b\n", 1, "one word, or none, was expected"),
	BAD("service_class = " X64 X64 X64 X64 "\n", 1, "one word, or none, was expected"),
	BAD("trusted_networks_file = networks\n", 1, "an absolute path, or none, was expected"),
	/* lists */
	BAD("offline = push\n", 1, "a list of totp, hotp, recovery and pass"),
	BAD("offline = server_code\n", 1, "a list of totp, hotp, recovery and pass"),
	BAD("factors = totp, server_code\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("attested = totp\n", 1, "a list of server_code, call and sms"),
	BAD("attested = push\n", 1, "a list of server_code, call and sms"),
	BAD("attested = server_code, server_code\n", 1, "each at most once"),
	BAD("attested = sms, call, sms\n", 1, "each at most once"),
	BAD("factors = totp, call\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("factors = sms\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("offline = totp, sms\n", 1, "a list of totp, hotp, recovery and pass"),
	BAD("call_form = star\n", 1, "number or hash"),
	BAD("call_form = none\n", 1, "number or hash"),
	BAD("offline = none\n", 1, "a list of totp, hotp, recovery and pass"),
	BAD("number_digits = 1\n", 1, "a number from 2 to 8"),
	BAD("number_digits = 9\n", 1, "a number from 2 to 8"),
	BAD("show_at_once = perhaps\n", 1, "auto, yes or no"),
	BAD("server = mfa.example.org\n", 1, "https://"),
	BAD("server = http://mfa.example.org\n", 1, "https://"),
	BAD("server = https://\n", 1, "https://"),
	BAD("server = https://:443\n", 1, "https://"),
	BAD("server = https://mfa.example.org/path\n", 1, "https://"),
	BAD("server = https://user@mfa.example.org\n", 1, "https://"),
	BAD("server_proxy = https://proxy\n", 1, "http://"),
	BAD("server_ca = ca.pem\n", 1, "an absolute path"),
	BAD("host_name = two words\n", 1, "one word"),
	BAD("[service sudo]\nserver = https://mfa.example.org\n", 2, "server"),
	BAD("factors = none\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("factors = totp, sms\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("factors = totp totp\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("factors = totp, totp\n", 1, "each at most once"),
	BAD("factors = totp,,hotp\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("factors = totp,\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("factors = ,totp\n", 1, "a list of push, totp, hotp, recovery and pass"),
	BAD("only_users = alice bob\n", 1, "a list of user names with commas between them"),
	BAD("only_users = alice;bob\n\nexcept_users = ,\n", 3, "a list of user names"),
	/* networks */
	BAD("trusted_networks = office.example\n", 1, "names are never looked up"),
	BAD("trusted_networks = localhost\n", 1, "names are never looked up"),
	BAD("trusted_networks = 192.0.2.1/24\n", 1, "write 192.0.2.0/24 for the network"),
	BAD("trusted_networks = 0.0.0.0/0\n", 1, "would be every IPv4 address"),
	BAD("trusted_networks = ::/0\n", 1, "would be every IPv6 address"),
	BAD("trusted_networks = 10.0.0.0/8, !::ffff:0:0/96\n", 1, "would be every IPv4 address"),
	BAD("trusted_networks = 10.0.0.0/33\n", 1, "a number from 1 to 32"),
	BAD("trusted_networks = 10.0.0.0/8, none\n", 1, "names are never looked up"),
	BAD("trusted_networks = fe80::1%eth0\n", 1, "no zone"),
	BAD("tries = 3\ntrusted_networks = 10.0.0.0/8, !10.0.0.0/8\n", 2, "both included and"),
	BAD("[service a]\n\ntrusted_networks = 10.0.0.0/8 10.0.0.0/9\n", 3,
	    "a list of prefixes with commas between them"),
	/* dates */
	BAD("grace_until = 2026-02-29\n", 1, "a date as 2031-12-31, or none, was expected"),
	BAD("grace_until = 2026-13-01\n", 1, "a date as"),
	BAD("grace_until = 2026-00-10\n", 1, "a date as"),
	BAD("grace_until = 2026-01-00\n", 1, "a date as"),
	BAD("grace_until = 2026-01-32\n", 1, "a date as"),
	BAD("grace_until = 2026-1-31\n", 1, "a date as"),
	BAD("grace_until = 31-12-2026\n", 1, "a date as"),
	BAD("grace_until = 1999-12-31\n", 1, "a date as"),
	BAD("grace_until = 2026-12-31T12:00\n", 1, "a date as"),
	BAD("grace_until = tomorrow\n", 1, "a date as"),
	/* together */
	BAD("unenrolled = allow\n", 1, "unenrolled = allow needs grace_until"),
	BAD("tries = 1\n[service a]\nunenrolled = allow\n", 3, "needs grace_until"),
	BAD("unenrolled = allow\ngrace_until = 2031-12-31\n[service a]\ngrace_until = none\n", 1,
	    "needs grace_until"),
	BAD("delay = 60\ndelay_max = 30\n", 2, "delay is longer than delay_max"),
	BAD("delay = 1000\n", 1, "delay is longer than delay_max"),
	BAD("[service a]\ndelay_max = 10\n", 2, "delay is longer than delay_max"),
	BAD("delay_after = 60\n", 1, "delay_after is more than max_failures"),
#undef BAD
};

START_TEST(mistake_is_an_error_with_its_line)
{
	struct config_error e;

	config_world_put_bytes(&w, "conf", mistakes[_i].text, mistakes[_i].len);
	e = refused("conf");
	ck_assert_msg(strstr(e.text, mistakes[_i].says) != NULL, "%s: %s", mistakes[_i].text,
	    e.text);
	ck_assert_msg(e.line == mistakes[_i].line, "%s: line %u", mistakes[_i].text, e.line);
}
END_TEST

/* The same mistakes with a good key before and after, in a drop-in. */
START_TEST(mistake_in_a_drop_in_is_found_there)
{
	struct config_error e;

	config_world_put(&w, "conf", "echo = yes\n");
	config_world_put_bytes(&w, "d/a.conf", mistakes[_i].text, mistakes[_i].len);
	config_world_put(&w, "d/b.conf", "echo = no\n");
	e = refused("d/a.conf");
	ck_assert_msg(strstr(e.text, mistakes[_i].says) != NULL, "%s", e.text);
	ck_assert_uint_eq(e.line, mistakes[_i].line);
}
END_TEST

/* ---- length ---- */

START_TEST(line_and_file_have_a_limit)
{
	char *big = malloc(CONFIG_FILE_MAX + 2);
	struct config_error e;
	struct config *c;

	memset(big, 'x', CONFIG_FILE_MAX + 2);
	memcpy(big, "tries = 3\n#", 11);
	big[10 + 4096] = '\n';
	config_world_put_bytes(&w, "conf", big, 10 + 4096 + 1);
	c = config_world_load(&w);
	config_free(&c);
	big[10 + 4096] = 'x';
	config_world_put_bytes(&w, "conf", big, 10 + 4097);
	e = refused("conf");
	ck_assert_uint_eq(e.line, 2);
	ck_assert_ptr_nonnull(strstr(e.text, "too long"));
	memset(big, '\n', CONFIG_FILE_MAX + 1);
	config_world_put_bytes(&w, "conf", big, CONFIG_FILE_MAX + 1);
	e = refused("conf");
	ck_assert_uint_eq(e.line, 0);
	ck_assert_ptr_nonnull(strstr(e.text, "larger than"));
	free(big);
}
END_TEST

START_TEST(services_have_a_limit)
{
	char text[16384];
	struct config_error e;
	struct config *c;
	size_t at = 0;
	int i;

	for (i = 0; i < 256; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "[service s%d]\n", i);
	config_world_put(&w, "conf", text);
	c = config_world_load(&w);
	ck_assert_uint_eq(config_services(c)->count, 256);
	config_free(&c);
	snprintf(text + at, sizeof(text) - at, "[service one-more]\n");
	config_world_put(&w, "conf", text);
	e = refused("conf");
	ck_assert_uint_eq(e.line, 257);
	ck_assert_ptr_nonnull(strstr(e.text, "more services"));
}
END_TEST

/* ---- files ---- */

static char path[128], other[128];

static void
not_root(void)
{
	ck_assert_int_eq(chown(path, 1, 0), 0);
}

static void
group_writes(void)
{
	ck_assert_int_eq(chmod(path, 0664), 0);
}

static void
all_write(void)
{
	ck_assert_int_eq(chmod(path, 0602), 0);
}

static void
symbolic_link(void)
{
	snprintf(other, sizeof(other), "%.100s.real", path);
	ck_assert_int_eq(rename(path, other), 0);
	ck_assert_int_eq(symlink(other, path), 0);
}

static void
directory(void)
{
	ck_assert_int_eq(unlink(path) | mkdir(path, 0755), 0);
}

static void
fifo(void)
{
	ck_assert_int_eq(unlink(path) | mkfifo(path, 0644), 0);
}

static const struct {
	void (*make)(void);
	const char *says;
} damages[] = {
	{ not_root, "must be owned by root" },
	{ group_writes, "must be writable by root only" },
	{ all_write, "must be writable by root only" },
	{ symbolic_link, "symbolic link" },
	{ directory, "not a regular file" },
	{ fifo, "not a regular file" },
};

static const char *const names[] = { "conf", "d/a.conf", "networks" };

#define DAMAGES ((int)(sizeof(damages) / sizeof(damages[0])))

START_TEST(every_file_must_be_root_s_alone)
{
	const char *name = names[_i / DAMAGES];
	char text[256], file[128];
	struct config_error e;
	struct config *c;

	snprintf(text, sizeof(text), "trusted_networks_file = %s\n",
	    config_world_path(&w, "networks", file));
	config_world_put(&w, "conf", text);
	config_world_put(&w, "d/a.conf", "");
	config_world_put(&w, "networks", "");
	c = config_world_load(&w);
	config_free(&c);
	config_world_path(&w, name, path);
	damages[_i % DAMAGES].make();
	e = refused(name);
	ck_assert_uint_eq(e.line, 0);
	ck_assert_msg(strstr(e.text, damages[_i % DAMAGES].says) != NULL, "%s", e.text);
}
END_TEST

START_TEST(missing_file_is_an_error)
{
	struct config_error e = refused("conf");
	char text[256], file[128];

	ck_assert_uint_eq(e.line, 0);
	ck_assert_ptr_nonnull(strstr(e.text, "No such file"));
	snprintf(text, sizeof(text), "trusted_networks_file = %s\n",
	    config_world_path(&w, "networks", file));
	config_world_put(&w, "conf", text);
	e = refused("networks");
	ck_assert_ptr_nonnull(strstr(e.text, "No such file"));
}
END_TEST

START_TEST(networks_file_has_its_own_lines)
{
	char text[256], file[128];
	struct config_error e;

	snprintf(text, sizeof(text), "trusted_networks = 192.0.2.0/24\n"
	    "trusted_networks_file = %s\n", config_world_path(&w, "networks", file));
	config_world_put(&w, "conf", text);
	config_world_put(&w, "networks", "# x\noffice.example\n");
	e = refused("networks");
	ck_assert_uint_eq(e.line, 2);
	config_world_put(&w, "networks", "10.0.0.0/8\n\n!192.0.2.0/24\n");
	e = refused("networks");
	ck_assert_uint_eq(e.line, 3);
	ck_assert_ptr_nonnull(strstr(e.text, "both included and excluded"));
}
END_TEST

START_TEST(directory_of_drop_ins_must_be_root_s_alone)
{
	char dir[128];
	struct config_error e;

	config_world_put(&w, "conf", "");
	config_world_path(&w, "d", dir);
	ck_assert_int_eq(chmod(dir, 0777), 0);
	e = refused("d");
	ck_assert_ptr_nonnull(strstr(e.text, "owned by root and writable by root only"));
	ck_assert_int_eq(chmod(dir, 0755), 0);
	ck_assert_int_eq(chown(dir, 1, 0), 0);
	(void)refused("d");
	ck_assert_int_eq(rmdir(dir), 0);
	config_world_put(&w, "d", "");
	(void)refused("d");
}
END_TEST

START_TEST(name_of_a_drop_in_is_text)
{
	struct config_error e;

	config_world_put(&w, "conf", "");
	config_world_put(&w, "d/a\nb.conf", "");
	e = refused("d");
	ck_assert_ptr_nonnull(strstr(e.text, "a\\x0ab.conf: the name is too long or not"));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("config_bad");
	TCase *t = tcase_create("config_bad");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, mistake_is_an_error_with_its_line, 0, COUNT(mistakes));
	tcase_add_loop_test(t, mistake_in_a_drop_in_is_found_there, 0, COUNT(mistakes));
	tcase_add_test(t, line_and_file_have_a_limit);
	tcase_add_test(t, services_have_a_limit);
	tcase_add_loop_test(t, every_file_must_be_root_s_alone, 0, COUNT(names) * DAMAGES);
	tcase_add_test(t, missing_file_is_an_error);
	tcase_add_test(t, networks_file_has_its_own_lines);
	tcase_add_test(t, directory_of_drop_ins_must_be_root_s_alone);
	tcase_add_test(t, name_of_a_drop_in_is_text);
	suite_add_tcase(s, t);
	return suite_run(s);
}
