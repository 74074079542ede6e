/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration: what each kind of value becomes, which file wins, and
 * that a loaded one knows when it is out of date.  Mistakes: test_config_bad.c.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "config.h"
#include "config_world.h"
#include "error.h"
#include "message.h"

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

static struct config *
load(const char *text)
{
	config_world_put(&w, "conf", text);
	return config_world_load(&w);
}

/* ---- defaults and values ---- */

START_TEST(empty_file_gives_the_defaults)
{
	struct config *c = load("");
	const struct settings *s = config_service(c, "sshd");
	char host[65] = "";

	gethostname(host, sizeof(host) - 1);
	ck_assert(s->enabled && s->echo);
	ck_assert(!s->trust_console && !s->guard && !s->combined && !s->display_manager);
	ck_assert_int_eq(s->factors[0], FACTOR_PUSH);
	ck_assert_int_eq(s->factors[1], FACTOR_TOTP);
	ck_assert_int_eq(s->factors[2], FACTOR_HOTP);
	ck_assert_int_eq(s->factors[3], FACTOR_RECOVERY);
	ck_assert_int_eq(s->factors[4], FACTOR_PASS);
	ck_assert_int_eq(s->factors[5], FACTOR_NONE);
	ck_assert_int_eq(s->offline[0], FACTOR_TOTP);
	ck_assert_int_eq(s->attested[0], FACTOR_NONE);
	ck_assert_int_eq(s->offline[1], FACTOR_RECOVERY);
	ck_assert_int_eq(s->offline[2], FACTOR_NONE);
	ck_assert_ptr_null(s->server);
	ck_assert_str_eq(s->authorities, "/etc/pam_mfa/authorities");
	ck_assert_uint_eq(s->number_digits, 6);
	ck_assert_int_eq(s->attested[0], FACTOR_NONE);
	ck_assert_int_eq(s->call_form, CALL_NUMBER);
	ck_assert(s->prompts);
	ck_assert_uint_eq(s->only_users.count + s->except_users.count, 0);
	ck_assert_ptr_nonnull(s->only_users.word);
	ck_assert_ptr_null(s->only_users.word[0]);
	ck_assert_uint_eq(s->only_groups.names.count + s->except_groups.names.count, 0);
	ck_assert_ptr_null(s->trusted);
	ck_assert_ptr_null(s->trusted_networks_file);
	ck_assert_ptr_null(s->service_class);
	ck_assert_int_eq(s->grace_until, 0);
	ck_assert_uint_eq(s->grace_logins, 0);
	ck_assert_int_eq(s->unenrolled, UNENROLLED_DENY);
	ck_assert_uint_eq(s->remember, 0);
	ck_assert_int_eq(s->remember_for, REMEMBER_SESSION);
	ck_assert_uint_eq(s->tries, 3);
	ck_assert_uint_eq(s->deadline, 90);
	ck_assert_uint_eq(s->delay_after, 5);
	ck_assert_uint_eq(s->delay, 30);
	ck_assert_uint_eq(s->delay_max, 900);
	ck_assert_uint_eq(s->max_failures, 50);
	ck_assert_uint_eq(s->totp_window, 1);
	ck_assert_uint_eq(s->hotp_look_ahead, 10);
	ck_assert_uint_eq(s->hotp_resync, 100);
	ck_assert_uint_eq(s->combined_digits, 6);
	ck_assert_uint_eq(s->audit_days, 365);
	ck_assert_str_eq(s->issuer, host);
	ck_assert_uint_eq(config_services(c)->count, 0);
	config_free(&c);
	ck_assert_ptr_null(c);
	config_free(&c);
}
END_TEST

/* What is written as the default is the default. */
START_TEST(default_of_every_key_can_be_written)
{
	char text[4096] = "";
	size_t i, at = 0;
	struct config *c;

	for (i = 0; i < config_key_count; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s = %s\n",
		    config_keys[i].name, config_keys[i].initial[0] != '\0' ?
		    config_keys[i].initial : "none");
	c = load(text);
	ck_assert_uint_eq(config_service(c, "x")->tries, 3);
	ck_assert_ptr_null(config_service(c, "x")->trusted);
	config_free(&c);
}
END_TEST

START_TEST(values_become_settings)
{
	struct config *c = load("\n# comment\n\t enabled\t=  no\t\n"
	    "factors=recovery,totp\n"
	    "only_users = alice , bob,carol\n"
	    "except_groups = root, no-such-group-here\n"
	    "only_groups = daemon\n"
	    "trusted_networks = 192.0.2.0/24, !192.0.2.128/25\n"
	    "trust_console = yes\nattested = sms, server_code\n"
	    "call_form = hash\n"
	    "prompts = no\n"
	    "unenrolled = enrol\n"
	    "remember = 15\nremember_for = origin\nservice_class = remote\n"
	    "tries = 10\ntotp_window = 0\nhotp_resync = 1000\n"
	    "issuer = Caf\xc3\xa9 Example = good\naudit_days = 1");
	const struct settings *s = config_service(c, "");

	ck_assert(!s->enabled);
	ck_assert_int_eq(s->factors[0], FACTOR_RECOVERY);
	ck_assert_int_eq(s->factors[1], FACTOR_TOTP);
	ck_assert_int_eq(s->factors[2], FACTOR_NONE);
	ck_assert_int_eq(s->attested[0], FACTOR_SMS);
	ck_assert_int_eq(s->attested[1], FACTOR_SERVER_CODE);
	ck_assert_int_eq(s->attested[2], FACTOR_NONE);
	ck_assert_int_eq(s->call_form, CALL_HASH);
	ck_assert(!s->prompts);
	ck_assert_uint_eq(s->only_users.count, 3);
	ck_assert_str_eq(s->only_users.word[1], "bob");
	ck_assert_str_eq(s->only_users.word[2], "carol");
	ck_assert_ptr_null(s->only_users.word[3]);
	ck_assert_uint_eq(s->except_groups.gid[0], 0);
	ck_assert_uint_eq(s->except_groups.gid[1], UID_UNSET);
	ck_assert_uint_eq(s->only_groups.gid[0], 1);
	ck_assert_uint_eq(networks_count(s->trusted), 2);
	ck_assert_uint_eq(s->trusted_networks.count, 2);
	ck_assert(s->trust_console);
	ck_assert_int_eq(s->unenrolled, UNENROLLED_ENROL);
	ck_assert_uint_eq(s->remember, 900);
	ck_assert_int_eq(s->remember_for, REMEMBER_ORIGIN);
	ck_assert_str_eq(s->service_class, "remote");
	ck_assert_uint_eq(s->tries, 10);
	ck_assert_uint_eq(s->totp_window, 0);
	ck_assert_uint_eq(s->hotp_resync, 1000);
	ck_assert_str_eq(s->issuer, "Caf\xc3\xa9 Example = good");
	config_free(&c);
}
END_TEST

static const struct {
	const char *zone, *day;
	int64_t ends;
} dates[] = {
	{ "UTC", "2026-12-31", 1798761600 },
	{ "UTC", "2028-02-29", 1835481600 },
	{ "UTC", "2028-02-28", 1835395200 },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-12-31", 1798758000 },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2027-03-28", 1806271200 },	/* 23 hours */
	{ "UTC", "2100-01-01", 4102531200 },
};

START_TEST(date_holds_until_its_day_ends)
{
	char text[128];
	struct config *c;

	setenv("TZ", dates[_i].zone, 1);
	tzset();
	snprintf(text, sizeof(text), "grace_until = %s\nunenrolled = allow\n", dates[_i].day);
	c = load(text);
	ck_assert_int_eq(config_service(c, "x")->grace_until, dates[_i].ends);
	config_free(&c);
}
END_TEST

/* ---- which one wins ---- */

START_TEST(service_wins_over_general_key_by_key)
{
	struct config *c = load("tries = 2\nonly_users = alice\nonly_groups = daemon\n"
	    "trusted_networks = 192.0.2.0/24\n"
	    "[service sudo]\ntries = 5\nonly_users = none\n"
	    "[service   login ]\ntrusted_networks = none\n"
	    "[service su]\ntrusted_networks = 2001:db8::/32, 2001:db9::/32\n");
	const struct settings *sudo = config_service(c, "sudo");
	const struct names *services = config_services(c);

	ck_assert_uint_eq(config_service(c, "sshd")->tries, 2);
	ck_assert_uint_eq(config_service(c, "")->tries, 2);
	ck_assert_uint_eq(sudo->tries, 5);
	ck_assert_uint_eq(sudo->only_users.count, 0);
	ck_assert_uint_eq(sudo->only_groups.names.count, 1);
	ck_assert_uint_eq(sudo->only_groups.gid[0], 1);
	ck_assert_ptr_eq(sudo->trusted, config_service(c, "")->trusted);
	ck_assert_uint_eq(networks_count(config_service(c, "login")->trusted), 0);
	ck_assert_uint_eq(config_service(c, "login")->only_users.count, 1);
	ck_assert_uint_eq(networks_count(config_service(c, "su")->trusted), 2);
	ck_assert_uint_eq(services->count, 3);
	ck_assert_str_eq(services->word[0], "sudo");
	ck_assert_str_eq(services->word[1], "login");
	ck_assert_str_eq(services->word[2], "su");
	config_free(&c);
}
END_TEST

START_TEST(later_file_wins_and_says_where_it_was)
{
	char path[128];
	struct config *c;
	unsigned int line;

	config_world_put(&w, "d/20-b.conf", "tries = 4\n[service sudo]\ntries = 6\n");
	config_world_put(&w, "d/10-a.conf", "# first\ntries = 3\ndeadline = 60\n");
	config_world_put(&w, "d/30.conf.old", "not read\n");
	config_world_put(&w, "d/.hidden.conf", "not read\n");
	config_world_put(&w, "d/.conf", "not read\n");
	c = load("tries = 2\n[service sudo]\ntries = 5\nguard = yes\n");
	ck_assert_uint_eq(config_service(c, "sshd")->tries, 4);
	ck_assert_uint_eq(config_service(c, "sshd")->deadline, 60);
	ck_assert_uint_eq(config_service(c, "sudo")->tries, 6);
	ck_assert(config_service(c, "sudo")->guard);

	config_world_path(&w, "d/20-b.conf", path);
	ck_assert_str_eq(config_where(c, "sudo", "tries", &line), path);
	ck_assert_uint_eq(line, 3);
	ck_assert_str_eq(config_where(c, "", "tries", &line), path);
	ck_assert_uint_eq(line, 1);
	config_world_path(&w, "d/10-a.conf", path);
	ck_assert_str_eq(config_where(c, "sudo", "deadline", &line), path);
	ck_assert_uint_eq(line, 3);
	config_world_path(&w, "conf", path);
	ck_assert_str_eq(config_where(c, "sudo", "guard", &line), path);
	ck_assert_uint_eq(line, 4);
	ck_assert_ptr_null(config_where(c, "sshd", "guard", &line));
	ck_assert_uint_eq(line, 0);
	ck_assert_ptr_null(config_where(c, "sshd", "no_such_key", &line));
	config_free(&c);
}
END_TEST

START_TEST(networks_come_from_list_and_file)
{
	char text[512], path[128];
	const struct settings *s;
	struct config *c;

	config_world_put(&w, "networks", "192.0.2.0/24\n!192.0.2.128/25 # guests\n");
	config_world_path(&w, "networks", path);
	snprintf(text, sizeof(text), "trusted_networks = 2001:db8::/32\n"
	    "trusted_networks_file = %s\n[service a]\ntrusted_networks_file = none\n"
	    "[service b]\ntrusted_networks = none\n", path);
	c = load(text);
	s = config_service(c, "");
	ck_assert_str_eq(s->trusted_networks_file, path);
	ck_assert_uint_eq(networks_count(s->trusted), 3);
	ck_assert_uint_eq(networks_count(config_service(c, "a")->trusted), 1);
	ck_assert_uint_eq(networks_count(config_service(c, "b")->trusted), 2);
	config_free(&c);
}
END_TEST

START_TEST(drop_ins_may_be_missing)
{
	char path[128];
	struct config_error e;
	struct config *c;

	config_world_put(&w, "conf", "");
	config_world_path(&w, "conf", path);
	ck_assert_int_eq(config_load(path, "/nonexistent/d", &c, &e), MFA_OK);
	ck_assert(!config_stale(c));
	config_free(&c);
}
END_TEST

/* ---- out of date ---- */

static void
change_content(void)
{
	config_world_put(&w, "conf", "tries = 4\n");
}

static void
replace_file(void)
{
	char from[128], to[128];

	config_world_put(&w, "new", "tries = 3\n");
	ck_assert_int_eq(rename(config_world_path(&w, "new", from),
	    config_world_path(&w, "conf", to)), 0);
}

static void
remove_file(void)
{
	char path[128];

	unlink(config_world_path(&w, "conf", path));
}

static void
change_mode(void)
{
	char path[128];

	chmod(config_world_path(&w, "conf", path), 0600);
}

static void
change_drop_in(void)
{
	config_world_put(&w, "d/a.conf", "tries = 5\n");
}

static void
add_drop_in(void)
{
	config_world_put(&w, "d/b.conf", "");
}

static void
remove_drop_in(void)
{
	char path[128];

	unlink(config_world_path(&w, "d/a.conf", path));
}

static void
change_networks(void)
{
	config_world_put(&w, "networks", "192.0.3.0/24\n");
}

static const struct {
	const char *name;
	void (*run)(void);
} changes[] = {
	{ "content", change_content }, { "file", replace_file }, { "gone", remove_file },
	{ "mode", change_mode }, { "drop-in", change_drop_in }, { "new drop-in", add_drop_in },
	{ "drop-in gone", remove_drop_in }, { "networks", change_networks },
};

START_TEST(change_is_noticed)
{
	char text[512], path[128];
	struct config *c;

	config_world_put(&w, "networks", "192.0.2.0/24\n");
	config_world_put(&w, "d/a.conf", "tries = 4\n");
	snprintf(text, sizeof(text), "trusted_networks_file = %s\ntries = 3\n",
	    config_world_path(&w, "networks", path));
	c = load(text);
	ck_assert(!config_stale(c));
	usleep(20000);	/* the file system's clock has a coarse tick */
	ck_assert(!config_stale(c));
	changes[_i].run();
	ck_assert_msg(config_stale(c), "%s", changes[_i].name);
	config_free(&c);
}
END_TEST

START_TEST(directory_of_drop_ins_that_appears_is_noticed)
{
	char path[128], dir[128];
	struct config_error e;
	struct config *c;

	config_world_put(&w, "conf", "");
	config_world_path(&w, "conf", path);
	config_world_path(&w, "later", dir);
	ck_assert_int_eq(config_load(path, dir, &c, &e), MFA_OK);
	ck_assert(!config_stale(c));
	ck_assert_int_eq(mkdir(dir, 0755), 0);
	ck_assert(config_stale(c));
	config_free(&c);
	rmdir(dir);
}
END_TEST

START_TEST(loading_is_quick)
{
	struct timespec from, to;
	struct config *c;
	double us;
	int i;

	c = load("trusted_networks = 192.0.2.0/24, 2001:db8::/32\n[service sudo]\nremember = 15\n"
	    "[service sshd]\nguard = yes\n[service xrdp-sesman]\ncombined = yes\n");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (i = 0; i < 100; i++) {
		config_free(&c);
		c = config_world_load(&w);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	us = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / 1e5;
	printf("%.1f us\n", us);
	ck_assert(us < 3000);	/* 30 without sanitizers; a spawned login pays it */
	config_free(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, empty_file_gives_the_defaults);
	tcase_add_test(t, default_of_every_key_can_be_written);
	tcase_add_test(t, values_become_settings);
	tcase_add_loop_test(t, date_holds_until_its_day_ends, 0,
	    (int)(sizeof(dates) / sizeof(dates[0])));
	tcase_add_test(t, service_wins_over_general_key_by_key);
	tcase_add_test(t, later_file_wins_and_says_where_it_was);
	tcase_add_test(t, networks_come_from_list_and_file);
	tcase_add_test(t, drop_ins_may_be_missing);
	tcase_add_loop_test(t, change_is_noticed, 0, (int)(sizeof(changes) / sizeof(changes[0])));
	tcase_add_test(t, directory_of_drop_ins_that_appears_is_noticed);
	tcase_add_test(t, loading_is_quick);
	suite_add_tcase(s, t);
	return suite_run(s);
}
