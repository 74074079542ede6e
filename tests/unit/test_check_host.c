/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl check on sshd's settings, on files, and as a whole.
 */
#include <check.h>
#include <grp.h>
#include <json-c/json.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../ctl/ctl.h"
#include "../suite.h"
#include "check_world.h"
#include "error.h"

static struct check_world w;

static void
set_up(void)
{
	check_world_make(&w);
}

static void
tear_down(void)
{
	check_world_drop(&w);
}

/* ---- sshd ---- */

#define GOOD_BUT(x) \
	"usepam yes\nkbdinteractiveauthentication yes\npasswordauthentication no\n" \
	"pubkeyauthentication yes\nusedns no\nlogingracetime 120\n" x
#define METHODS "authenticationmethods publickey,keyboard-interactive:pam\n"

static const struct {
	const char *settings, *conf, *wanted;
} hosts[] = {
	{ GOOD_BUT(METHODS), "", "" },
	{ GOOD_BUT("authenticationmethods publickey,password keyboard-interactive\n"), "", "" },
	{ GOOD_BUT("authenticationmethods publickey,keyboard-interactive publickey,publickey\n"), "",
	    "error sshd_around sshd_config:0 sshd\n" },
	{ GOOD_BUT("authenticationmethods publickey\n"), "",
	    "error sshd_around sshd_config:0 sshd\n" },
	{ GOOD_BUT("authenticationmethods any\n"), "", "error sshd_around sshd_config:0 sshd\n" },
	{ GOOD_BUT("authenticationmethods any\n"), "[service sshd]\nguard = yes\n",
	    "note sshd_guarded sshd_config:0 sshd\n" },
	{ GOOD_BUT(""), "", "error sshd_around sshd_config:0 sshd\n" },
	{ "usepam yes\npubkeyauthentication no\nhostbasedauthentication yes\n"
	    "gssapiauthentication yes\n", "", "error sshd_around sshd_config:0 sshd\n"
	    "error sshd_around sshd_config:0 sshd\n" },
	{ "usepam no\n" METHODS, "", "error sshd_without_pam sshd_config:0 sshd\n" },
	{ METHODS, "", "error sshd_without_pam sshd_config:0 sshd\n" },
	{ "usepam yes\nkbdinteractiveauthentication no\n" METHODS, "",
	    "error sshd_cannot_ask sshd_config:0 sshd\n" },
	{ "usepam yes\nchallengeresponseauthentication no\n" METHODS, "",
	    "error sshd_cannot_ask sshd_config:0 sshd\n" },
	{ "usepam yes\npasswordauthentication yes\n" METHODS, "",
	    "warning sshd_password_method sshd_config:0 sshd\n" },
	{ "usepam yes\nusedns yes\n" METHODS, "", "warning sshd_uses_dns sshd_config:0 sshd\n" },
	{ "usepam yes\nlogingracetime 90\n" METHODS, "",
	    "warning sshd_gives_up_first sshd_config:0 sshd\n" },
	{ "usepam yes\nlogingracetime 120\n" METHODS, "deadline = 120\n",
	    "warning sshd_gives_up_first sshd_config:0 sshd\n" },
	{ "usepam yes\nlogingracetime 0\n" METHODS, "deadline = 600\n", "" },
};

static void
put_sshd(const char *script)
{
	config_world_put(&w.files, "sshd", script);
	ck_assert_int_eq(chmod(w.sshd, 0755), 0);
}

static char *
look_at_sshd(void)
{
	struct findings *f = findings_new();
	struct config *c = config_world_load(&w.files);
	char *got;

	check_sshd(&w.paths, c, f);
	got = check_world_list(f);
	config_free(&c);
	findings_free(&f);
	return got;
}

START_TEST(settings_of_sshd_are_looked_at)
{
	char script[2048], *got;

	snprintf(script, sizeof(script), "#!/bin/sh\n[ \"$1\" = -T ] && [ \"$2\" = -C ] || exit 9\n"
	    "[ -z \"$HOME\" ] || exit 8\ncat <<END\nport 22\n%sEND\n", hosts[_i].settings);
	put_sshd(script);
	config_world_put(&w.files, "conf", hosts[_i].conf);
	got = look_at_sshd();
	ck_assert_msg(strcmp(got, hosts[_i].wanted) == 0, "%s:\n%s", hosts[_i].settings, got);
	free(got);
}
END_TEST

START_TEST(settings_for_some_users_only_are_found_for_root)
{
	char *got;

	put_sshd("#!/bin/sh\necho usepam yes\ncase $3 in\n"
	    "*user=root*) echo authenticationmethods publickey ;;\n"
	    "*) echo authenticationmethods keyboard-interactive ;;\nesac\n");
	config_world_put(&w.files, "conf", "");
	config_world_put(&w.files, "sshd_config", "UsePAM yes\n#Match User x\n  match User root\n"
	    "MatchNothing\n");
	got = look_at_sshd();
	ck_assert_str_eq(got, "error sshd_around sshd_config:0 sshd\n"
	    "note sshd_match sshd_config:3 sshd\n");
	free(got);
}
END_TEST

START_TEST(sshd_that_cannot_say_is_a_warning)
{
	char *got;

	put_sshd("#!/bin/sh\necho 'sshd: no hostkeys available' >&2\nexit 1\n");
	config_world_put(&w.files, "conf", "");
	got = look_at_sshd();
	ck_assert_str_eq(got, "warning sshd_unreadable sshd_config:0 sshd\n");
	free(got);
	unlink(w.sshd);
	got = look_at_sshd();
	ck_assert_str_eq(got, "");
	free(got);
}
END_TEST

/* ---- files ---- */

static char path[128];

static const char *
at(const char *name)
{
	return config_world_path(&w.files, name, path);
}

/* All as it should be; user "daemon" is the helper's. */
static void
put_files(void)
{
	struct passwd *us = getpwnam("daemon");
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	ck_assert_ptr_nonnull(us);
	ck_assert_int_eq(mkdir(at("etc"), 0755) | mkdir(at("state"), 0700) |
	    mkdir(at("run"), 0755), 0);
	config_world_put(&w.files, "etc/key", "0123456789abcdef0123456789abcdef");
	config_world_put(&w.files, "helper", "");
	ck_assert_int_eq(chmod(at("helper"), 0755), 0);
	config_world_put(&w.files, "pam_mfa.so", "");
	config_world_put(&w.files, "state/state.db", "");
	ck_assert_int_eq(chown(at("etc/key"), 0, us->pw_gid) | chmod(at("etc/key"), 0640), 0);
	ck_assert_int_eq(chown(at("state"), us->pw_uid, us->pw_gid), 0);
	ck_assert_int_eq(chown(at("state/state.db"), us->pw_uid, us->pw_gid) |
	    chmod(at("state/state.db"), 0600), 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", at("run/socket"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
}

static void good(void) { }
static void key_open(void) { chmod(at("etc/key"), 0644); }
static void key_writable(void) { chmod(at("etc/key"), 0660); }
static void key_shut(void) { chmod(at("etc/key"), 0600); }
static void key_short(void) { ck_assert_int_eq(truncate(at("etc/key"), 31), 0); }
static void key_gone(void) { unlink(at("etc/key")); }
static void key_not_root_s(void) { ck_assert_int_eq(chown(at("etc/key"), 1, 1), 0); }
static void state_open(void) { chmod(at("state"), 0750); }
static void state_root_s(void) { ck_assert_int_eq(chown(at("state"), 0, 0), 0); }
static void database_open(void) { chmod(at("state/state.db"), 0640); }
static void database_root_s(void) { ck_assert_int_eq(chown(at("state/state.db"), 0, 0), 0); }
static void nobody_yet(void) { unlink(at("etc/key")), unlink(at("state/state.db")); }
static void helper_gone(void) { unlink(at("helper")); }
static void helper_shut(void) { chmod(at("helper"), 0644); }
static void etc_shut(void) { chmod(at("etc"), 0700); }
static void run_shut(void) { chmod(at("run"), 0700); }
static void database_shut(void) { chmod(at("state/state.db"), 0); }
static void helper_writable(void) { chmod(at("helper"), 0775); }
static void module_writable(void) { chmod(at("pam_mfa.so"), 0666); }
static void module_gone(void) { unlink(at("pam_mfa.so")); }
static void socket_gone(void) { unlink(at("run/socket")); }
static void run_writable(void) { chmod(at("run"), 0777); }
static void etc_writable(void) { chmod(at("etc"), 0777); }

static void
socket_no_socket(void)
{
	socket_gone();
	config_world_put(&w.files, "run/socket", "");
}

static void
module_twice(void)
{
	config_world_put(&w.files, "other.so", "");
	ck_assert_int_eq(chown(at("other.so"), 1, 1), 0);
}

static const struct {
	void (*change)(void);
	const char *wanted;
} changes[] = {
	{ good, "" },
	{ key_open, "error wrong_mode key:0\n" },
	{ key_writable, "error wrong_mode key:0\n" },
	{ key_shut, "error wrong_owner key:0\n" },
	{ key_short, "error wrong_size key:0\n" },
	{ key_gone, "error missing key:0\n" },
	{ key_not_root_s, "error wrong_owner key:0\n" },
	{ state_open, "error wrong_mode state:0\n" },
	{ state_root_s, "error wrong_owner state:0\n" },
	{ database_open, "error wrong_mode state.db:0\n" },
	{ database_root_s, "error wrong_owner state.db:0\n" },
	{ nobody_yet, "note nobody_enrolled state.db:0\n" },
	{ helper_gone, "error missing helper:0\n" },
	{ helper_writable, "error wrong_mode helper:0\n" },
	{ helper_shut, "error wrong_mode helper:0\n" },
	{ etc_shut, "error wrong_mode etc:0\n" },
	{ run_shut, "error wrong_mode run:0\n" },
	{ database_shut, "error wrong_mode state.db:0\n" },
	{ module_writable, "error wrong_mode pam_mfa.so:0\n" },
	{ module_gone, "error missing pam_mfa.so:0\n" },
	{ module_twice, "error wrong_owner other.so:0\n" },
	{ socket_gone, "warning no_socket socket:0\n" },
	{ socket_no_socket, "error wrong_kind socket:0\n" },
	{ run_writable, "error wrong_mode run:0\n" },
	{ etc_writable, "error wrong_mode etc:0\n" },
};

START_TEST(files_with_a_wrong_owner_or_mode_are_found)
{
	struct findings *f = findings_new();
	char *got;

	put_files();
	changes[_i].change();
	check_files(&w.paths, f);
	got = check_world_list(f);
	ck_assert_str_eq(got, changes[_i].wanted);
	free(got);
	findings_free(&f);
}
END_TEST

/* ---- configuration ---- */

#define SERVED "server = https://mfa.example.org\n"

static const struct {
	const char *conf, *wanted;
} configurations[] = {
	{ "", "" },
	{ "trys = 3\n", "error config conf:1\n" },
	{ "\nenabled = no\n", "warning disabled conf:2\n" },
	{ "except_groups = no-such-group\n", "warning no_such_group conf:1\n" },
	{ "unenrolled = allow\ngrace_until = 2020-01-01\n", "note grace_is_over conf:2\n" },
	{ "trusted_networks = 0.0.0.0/1, 128.0.0.0/1\n", "warning networks_too_wide conf:1\n" },
	{ "trusted_networks = 10.0.0.0/8, 2000::/3\n", "warning networks_too_wide conf:1\n" },
	{ "trusted_networks = 10.0.0.0/8, 192.0.2.0/24\n", "" },
	{ "[service a]\ncombined = yes\n", "note combined_has_one_try conf:2 a\n" },
	{ "attested = call\n", "warning attested_by_nobody conf:1\n" },
	{ SERVED "attested = call\n", "" },
	{ "[service a]\nattested = sms\n", "warning attested_by_nobody conf:2 a\n" },
	{ "[service a]\nprompts = no\n", "error nobody_is_asked conf:2 a\n" },
	{ SERVED "prompts = no\n", "" },
	{ SERVED "factors = totp\nprompts = no\n", "error nobody_is_asked conf:3\n" },
	{ SERVED "factors = totp\nattested = sms\nprompts = no\n",
	    "error nobody_is_asked conf:4\n" },
	{ SERVED "factors = totp\nattested = call\nprompts = no\n", "" },
};

START_TEST(configuration_that_is_not_meant_is_said)
{
	struct findings *f = findings_new();
	struct config *c;
	char *got;

	config_world_put(&w.files, "conf", configurations[_i].conf);
	c = check_config(&w.paths, f);
	got = check_world_list(f);
	ck_assert_str_eq(got, configurations[_i].wanted);
	free(got);
	config_free(&c);
	findings_free(&f);
}
END_TEST

/* ---- the approval service ---- */

/* In files of which each is right in owner and mode: "a" has an authority. */
static void
put_approvals(void)
{
	struct passwd *us = getpwnam("daemon");

	ck_assert_int_eq(mkdir(at("etc"), 0755) | mkdir(at("run"), 0755), 0);
	config_world_put(&w.files, "etc/host.key", "h_\n");
	config_world_put(&w.files, "a", "ed25519 SXKrWr5jEuwzyv0JlHXH9jg9HHQ2iBFAJZQyzTpqSwA\n");
	config_world_put(&w.files, "run/http", "");
	config_world_put(&w.files, "x.pem", "");
	config_world_put(&w.files, "x.key", "");
	ck_assert_int_eq(chown(at("etc/host.key"), 0, us->pw_gid) |
	    chmod(at("etc/host.key"), 0640), 0);
	ck_assert_int_eq(chown(at("x.key"), 0, us->pw_gid) | chmod(at("x.key"), 0640), 0);
	ck_assert_int_eq(chmod(at("x.pem"), 0644), 0);
}

static void host_key_gone(void) { unlink(at("etc/host.key")); }
static void host_key_open(void) { chmod(at("etc/host.key"), 0644); }
static void host_key_shut(void) { ck_assert_int_eq(chown(at("etc/host.key"), 0, 0), 0); }
static void host_key_strange(void) { ck_assert_int_eq(chown(at("etc/host.key"), 7, 7), 0); }
static void http_gone(void) { unlink(at("run/http")); }
static void authorities_gone(void) { unlink(at("a")); }
static void authorities_bad(void) { config_world_put(&w.files, "a", "# us\nrsa x\n"); }
static void pair_gone(void) { unlink(at("x.pem")), unlink(at("x.key")); }
static void pair_key_open(void) { chmod(at("x.key"), 0604); }
static void pair_writable(void) { chmod(at("x.pem"), 0664); }
static void pair_key_only(void) { host_key_gone(), pair_gone(); }

#define PAIR "host_certificate = %1$s/x.pem\nhost_certificate_key = %1$s/x.key\n"

static const struct {
	void (*change)(void);
	const char *conf, *wanted;
} approvals[] = {
	{ good, "", "" },
	{ host_key_gone, "", "error missing host.key:0\n" },
	{ host_key_open, "", "error wrong_mode host.key:0\n" },
	{ host_key_shut, "", "error wrong_owner host.key:0\n" },
	{ host_key_strange, "", "error wrong_owner host.key:0\n" },
	{ http_gone, "", "warning no_socket http:0\n" },
	{ authorities_gone, "", "error no_authority a:0\n" },
	{ authorities_bad, "", "error no_authority a:2\n" },
	{ authorities_gone, "factors = totp\n", "" },
	{ good, "server_ca = %1$s/none\n", "error no_server_ca conf:3\n" },
	{ good, PAIR, "error no_certificate x.pem:0\nerror no_key x.key:0\n" },
	{ pair_gone, PAIR, "error missing x.pem:0\nerror missing x.key:0\n" },
	{ pair_key_only, PAIR, "error missing x.pem:0\nerror missing x.key:0\n" },
	{ pair_key_open, PAIR, "error wrong_mode x.key:0\n" },
	{ pair_writable, PAIR, "error wrong_mode x.pem:0\n" },
};

START_TEST(what_an_approval_needs_is_looked_at)
{
	struct findings *f = findings_new();
	char conf[1024], more[512], *got;
	struct config *c;

	put_approvals();
	approvals[_i].change();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(more, sizeof(more), approvals[_i].conf, w.files.dir);
#pragma GCC diagnostic pop
	snprintf(conf, sizeof(conf), "server = https://mfa.test\nauthorities = %s/a\n%s",
	    w.files.dir, more);
	config_world_put(&w.files, "conf", conf);
	c = config_world_load(&w.files);
	check_approvals(&w.paths, c, f);
	got = check_world_list(f);
	ck_assert_str_eq(got, approvals[_i].wanted);
	free(got);
	config_free(&c);
	findings_free(&f);
}
END_TEST

/* ---- as a whole ---- */

static int
run(bool json, char **text)
{
	size_t len;
	FILE *out = open_memstream(text, &len);
	int r = check_run(out, json, &w.paths);

	fclose(out);
	return r;
}

START_TEST(status_tells_errors_from_warnings)
{
	struct json_object *o;
	char *text;

	put_files();
	check_world_put(&w, "pam.d", "== sshd\n@include common-auth\n@include common-account\n"
	    "session required pam_loginuid.so\n@include common-session\n");
	ck_assert_int_eq(run(false, &text), CTL_DONE);
	ck_assert_str_eq(text, "0 errors, 0 warnings, 0 notes\n");
	free(text);
	socket_gone();
	ck_assert_int_eq(run(false, &text), CTL_DONE);
	free(text);
	config_world_put(&w.files, "conf", "nonsense\n");
	ck_assert_int_eq(run(true, &text), CTL_NO);
	ck_assert_ptr_nonnull(o = json_tokener_parse(text));
	ck_assert_int_eq(json_object_get_int(json_object_object_get(o, "errors")), 1);
	ck_assert_int_eq(json_object_get_int(json_object_object_get(o, "warnings")), 1);
	json_object_put(o);
	free(text);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("check_host");
	TCase *t = tcase_create("check_host");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, settings_of_sshd_are_looked_at, 0, COUNT(hosts));
	tcase_add_test(t, settings_for_some_users_only_are_found_for_root);
	tcase_add_test(t, sshd_that_cannot_say_is_a_warning);
	tcase_add_loop_test(t, files_with_a_wrong_owner_or_mode_are_found, 0, COUNT(changes));
	tcase_add_loop_test(t, configuration_that_is_not_meant_is_said, 0, COUNT(configurations));
	tcase_add_loop_test(t, what_an_approval_needs_is_looked_at, 0, COUNT(approvals));
	tcase_add_test(t, status_tells_errors_from_warnings);
	suite_add_tcase(s, t);
	return suite_run(s);
}
