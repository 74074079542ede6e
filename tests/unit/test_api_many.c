/* SPDX-License-Identifier: BSD-2-Clause */
/* Many at once, the end of the server in good order and in none, and what the
 * administrator is told. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"
#include "api_world.h"

#define USERS 200

static struct api_host web;
static struct api_phone phones[USERS];
static struct asked asked[USERS], held[USERS];
static char logins[USERS][32];

static void
setup(void)
{
	api_start("");
	web = api_host("web1");
}

static void
make_phones(int count)
{
	char user[32];
	int i;

	for (i = 0; i < count; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		phones[i] = api_phone(&web, user);
	}
}

static bool
shows(const char *login)
{
	return api_has(login) && api_has("\"state\":\"answered\"");
}

/* Each phone waits, each host waits, all that is decided arrives where it
 * belongs and nowhere else. */
START_TEST(two_hundred_users_at_once)
{
	int64_t began;
	int i;

	make_phones(USERS);
	for (i = 0; i < USERS; i++)
		api_world_ask(&held[i], phones[i].credential, "GET", "/v1/device/logins?wait=50", NULL);
	ck_assert(metric_becomes(&api, "mfad_held_requests", USERS));
	for (i = 0; i < USERS; i++)
		api_world_ask(&asked[i], web.credential, "POST", "/v1/logins",
		    api_login_body(phones[i].user, 100));
	for (i = 0; i < USERS; i++) {
		ck_assert_int_eq(api_answer(&asked[i]), 201);
		snprintf(logins[i], sizeof(logins[i]), "%s", api_world_text("login"));
	}
	for (i = 0; i < USERS; i++) {
		ck_assert_int_eq(api_answer(&held[i]), 200);
		ck_assert(api_has(logins[i]) && api_has(phones[i].user));
		api_world_ask(&held[i], web.credential, "GET",
		    api_path("/v1/logins/%s?wait=50", logins[i]), NULL);
	}
	ck_assert(metric_becomes(&api, "mfad_held_requests", USERS));
	for (i = 0; i < USERS; i++)
		api_world_ask(&asked[i], phones[i].credential, "POST",
		    api_path("/v1/device/logins/%s/answer", logins[i]), i % 2 == 0 ?
		    "{\"decision\":\"approve\",\"signature\":\"AAAA\"}" :
		    "{\"decision\":\"deny\",\"signature\":\"AAAA\"}");
	began = now_ms();
	for (i = 0; i < USERS; i++)
		ck_assert_int_eq(api_answer(&asked[i]), 204);
	for (i = 0; i < USERS; i++) {
		ck_assert_int_eq(api_answer(&held[i]), 200);
		ck_assert(shows(logins[i]));
		ck_assert(api_has(i % 2 == 0 ? "\"approve\"" : "\"deny\""));
	}
	ck_assert_int_lt(now_ms() - began, 5000);
	api_stop();
}
END_TEST

/* Whatever a caller was told is there after SIGKILL, and what was not is one of
 * two: all of it or nothing. */
START_TEST(killed_it_has_what_it_said)
{
	int i, status, opened = 0;

	make_phones(30);
	for (i = 0; i < 30; i++)
		api_world_ask(&asked[i], web.credential, "POST", "/v1/logins",
		    api_login_body(phones[i].user, 100));
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(api_answer(&asked[i]), 201);
		snprintf(logins[i], sizeof(logins[i]), "%s", api_world_text("login"));
	}
	ck_assert_int_eq(api_reply(&phones[0], logins[0], "approve"), 204);
	ck_assert_int_eq(kill(api.pid, SIGKILL), 0);
	ck_assert_int_eq(mfad_wait(&api), -SIGKILL);
	for (i = 10; i < 30; i++)
		client_close(&asked[i].client);
	mfad_start(&api, "mfad");
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", logins[0]), 200);
	ck_assert(shows(logins[0]));
	for (i = 1; i < 10; i++) {
		ck_assert_int_eq(api_get(phones[i].credential, "/v1/device/logins"), 200);
		ck_assert(api_has(logins[i]));
	}
	for (; i < 30; i++) {
		status = api_call(web.credential, "POST", "/v1/logins",
		    api_login_body(phones[i].user, 100));
		ck_assert(status == 201 || status == 409);
		opened += status == 201;
		ck_assert_int_eq(api_get(phones[i].credential, "/v1/device/logins"), 200);
		ck_assert(api_has(phones[i].user));
	}
	api_stop();
}
END_TEST

START_TEST(told_to_stop_it_has_polls_ask_again)
{
	struct asked phone, host;
	char login[32];

	make_phones(1);
	api_login(&web, "user0", login);
	api_world_ask(&host, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert_int_eq(api_get(phones[0].credential, "/v1/device/logins"), 200);
	api_world_ask(&phone, phones[0].credential, "GET", api_path(
	    "/v1/device/logins?wait=50&after=%lld", (long long)api_world_number("seq")), NULL);
	ck_assert(api_waits(&host, 200));
	ck_assert(api_waits(&phone, 0));
	ck_assert_int_eq(kill(api.pid, SIGTERM), 0);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "waiting");
	ck_assert(api_has("\r\nConnection: close\r\n"));
	ck_assert_int_eq(api_answer(&phone), 200);
	ck_assert_int_eq(mfad_wait(&api), 0);
	mfad_start(&api, "mfad");
	ck_assert_str_eq(api_state(&phones[0], login), "waiting");
	ck_assert_int_eq(api_reply(&phones[0], login, "approve"), 204);
	api_stop();
}
END_TEST

/* ---- a database that says no ---- */

static void
expect_503(const char *problem)
{
	API_PROBLEM(503, problem, NULL, api_call(ADMIN, "POST", "/v1/join-tokens",
	    "{\"life\":60}"));
	ck_assert(api_has("\r\nRetry-After: 1\r\n"));
	ck_assert(!api_has("\"detail\""));
	ck_assert(mfad_logged(&api, "a request failed: "));
}

START_TEST(somebody_holds_the_database)
{
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(mfad_path(&api, "state/mfad.db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	expect_503("busy");
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert_int_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/join-tokens", "{\"life\":60}"), 201);
	api_stop();
}
END_TEST

START_TEST(the_database_is_another_file)
{
	ck_assert_int_eq(rename(mfad_path(&api, "state/mfad.db"), mfad_path(&api, "state/old.db")),
	    0);
	expect_503("storage");
	ck_assert_int_eq(api_get(ANYBODY, "/v1/health"), 200);
	api_stop();
}
END_TEST

START_TEST(without_its_keys_it_does_not_start)
{
	api_start("");
	mfad_stop(&api);
	ck_assert_int_eq(chmod(mfad_path(&api, "state.key"), 0644), 0);
	mfad_start_failing(&api, "mfad", 2);
	ck_assert_int_eq(unlink(mfad_path(&api, "state.key")), 0);
	mfad_start_failing(&api, "mfad", 2);
	api_drop();
}
END_TEST

START_TEST(the_administrator_s_socket_is_for_root)
{
	struct stat st;
	pid_t pid;
	int status;

	ck_assert_int_eq(stat(mfad_path(&api, "state/admin.sock"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	/* Whoever gets past its mode is told nothing. */
	ck_assert_int_eq(chmod(mfad_path(&api, "state/admin.sock"), 0666), 0);
	ck_assert_int_eq(chmod(mfad_path(&api, "state"), 0755), 0);
	if ((pid = fork()) == 0) {
		struct asked a;

		if (setresgid(1, 1, 1) == -1 || setresuid(1, 1, 1) == -1)
			_exit(2);
		api_world_ask(&a, ADMIN, "GET", "/v1/users", NULL);
		_exit(client_reply(&a.client) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ne(WEXITSTATUS(status), 2);
	ck_assert_int_eq(api_get(ADMIN, "/v1/users"), 200);
	api_stop();
}
END_TEST

/* ---- alert_command ---- */

static bool
file_has(const char *path, const char *part, int ms)
{
	int64_t end = now_ms() + ms;
	char text[4096];
	ssize_t n;
	int fd;

	do {
		if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
			n = read(fd, text, sizeof(text) - 1);
			text[n > 0 ? n : 0] = '\0';
			close(fd);
			if (strstr(text, part) != NULL)
				return true;
		}
		mfad_pause();
	} while (now_ms() < end);
	return false;
}

START_TEST(a_report_runs_the_command)
{
	char dir[] = "/tmp/mfad-alert-XXXXXX", more[256], script[128], said[128], login[32];
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0777), 0);
	snprintf(script, sizeof(script), "%s/alert", dir);
	snprintf(said, sizeof(said), "%s/said", dir);
	ck_assert_ptr_nonnull(f = fopen(script, "w"));
	fprintf(f, "#!/bin/sh\n{ echo \"args=$# $1\"; cat; ls -l /proc/self/fd; env; } > %s.new\n"
	    "mv %s.new %s\n", said, said, said);
	fclose(f);
	ck_assert_int_eq(chmod(script, 0755), 0);
	snprintf(more, sizeof(more), "alert_command = %s\n", script);
	api_start(more);
	web = api_host("web1");
	phones[0] = api_phone(&web, "a b\\\";$(x)");
	api_login(&web, "a b\\\";$(x)", login);
	ck_assert_int_eq(api_reply(&phones[0], login, "report"), 204);
	ck_assert(file_has(said, "args=1 report\nevent=report\nuser=a\\x20b\\x22;$(x)\nhost=web1\n"
	    "service=sshd\norigin=192.0.2.1\nlogin=l_", 5000));
	ck_assert(!file_has(said, "socket:", 0));
	ck_assert(!file_has(said, "NOTIFY_SOCKET", 0));
	api_stop();
	unlink(script);
	unlink(said);
	rmdir(dir);
}
END_TEST

START_TEST(a_command_that_fails_is_logged)
{
	char login[32];

	api_start("alert_command = /bin/false\n");
	web = api_host("web1");
	make_phones(1);
	api_login(&web, "user0", login);
	ck_assert_int_eq(api_reply(&phones[0], login, "report"), 204);
	ck_assert(mfad_logged(&api, "alert_command /bin/false failed status=1"));
	ck_assert_int_eq(api_get(ANYBODY, "/v1/health"), 200);
	api_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_many");
	TCase *tc = tcase_create("many"), *own = tcase_create("own");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, two_hundred_users_at_once);
	tcase_add_test(tc, killed_it_has_what_it_said);
	tcase_add_test(tc, told_to_stop_it_has_polls_ask_again);
	tcase_add_test(tc, the_administrator_s_socket_is_for_root);
	tcase_add_test(tc, somebody_holds_the_database);
	tcase_add_test(tc, the_database_is_another_file);
	suite_add_tcase(s, tc);
	tcase_set_timeout(own, 60);
	tcase_add_test(own, without_its_keys_it_does_not_start);
	tcase_add_test(own, a_report_runs_the_command);
	tcase_add_test(own, a_command_that_fails_is_logged);
	suite_add_tcase(s, own);
	return suite_run(s);
}
