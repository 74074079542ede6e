/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the approval service: where there is none, while it is waited for, and as the
 * caller's module opens it.
# needs the world
 */
#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "http_login.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login_world w;

static void
make(const char *more)
{
	http_login_world(&w, HTTP_CONFIGURATION, more);
}

/* ---- without the service ---- */

/* mfa-http is not there, or cannot reach it. */
static void
without_service(bool served)
{
	static const struct http_act failing = { .name = "down", .begin_failure = QUERY_UNREACHABLE };

	if (served)
		http_start(&failing);
}

static const struct {
	const char *policy;
	bool served, lets_in;
} offline[] = {
	{ "", false, true }, { "", true, true },
	{ "offline = recovery\n", false, false }, { "offline = recovery\n", true, false },
};

START_TEST(without_the_service_what_offline_names_is_left_and_nothing_else)
{
	struct login_script s = login_script(WORLD_USER, NULL);

	make(offline[_i].policy);
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	without_service(offline[_i].served);
	ck_assert_int_eq(login_run(&w, &s).verdict == VERDICT_GRANT, offline[_i].lets_in);
}
END_TEST

START_TEST(without_the_service_there_is_no_grace)
{
	struct login_script s = login_script(WORLD_USER, "123456");

	make("grace_logins = 5\nunenrolled = allow\ngrace_until = 2037-12-31\n");
	without_service(_i == 1);
	ck_assert_uint_ne(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_ge(login_records(&w, "try", "service_down"), 1);
}
END_TEST

/* ---- whoever waits is told ---- */

static const struct http_act silent = { .name = "silent", .silent = true };

/* A login of alice's whose phone does not answer, for a second. */
static struct login_script
waiting(const char *more)
{
	struct login_script s = login_script(WORLD_USER, "");

	make(more);
	w.still_ms = 1;
	s.pause_ms = PATIENCE_MS;
	s.begin.ms_left = 1000;
	http_start(&silent);
	return s;
}

START_TEST(a_client_that_has_left_takes_the_request_along)
{
	struct login_script s = waiting("show_at_once = yes\n");
	int64_t before = monotonic_ms();
	struct login_result r;

	s.begin.ms_left = 60000;
	s.leaves_at = 2;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, 0);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_ptr_nonnull(strstr(r.said, "Still waiting for your phone.\n"));
	http_stop();
	ck_assert_int_lt(monotonic_ms() - before, 10000);
	ck_assert_uint_eq(http_seen->outcome, QUERY_CANCELLED);
	ck_assert_uint_eq(login_records(&w, "login", "cancelled"), 1);
}
END_TEST

START_TEST(the_lines_for_what_follows_are_left)
{
	struct login_script s = waiting("show_at_once = yes\n");
	struct login_result r = login_run(&w, &s);

	ck_assert_uint_eq(r.infos, MSG_INFOS_MAX - MSG_INFOS_KEPT);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "deadline"), 1);
}
END_TEST

/* A terminal sends a signal; its screen is kept calm. */
START_TEST(a_terminal_is_told_once)
{
	struct login_script s = waiting("");

	(void)text_copy(s.begin.service, sizeof(s.begin.service), "sudo");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	ck_assert_uint_eq(login_run(&w, &s).infos, 1);
}
END_TEST

START_TEST(where_lines_are_held_back_none_is_said)
{
	struct login_script s = waiting("");
	struct login_result r = login_run(&w, &s);

	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_uint_eq(r.infos, 0);
}
END_TEST

/* ---- mfa-http as the caller's module reaches it ---- */

START_TEST(where_nobody_listens_root_is_asked_for_the_way)
{
	static const struct http_act honest = { .name = "honest" };
	struct login_script s = http_login_script("");
	struct login_result r;

	make("tries = 1\n");
	s.reach = http_way;
	http_start(&honest);
	http_hide();
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.reaches, 1);
	ck_assert_uint_eq(http_seen->outcome, QUERY_GRANTED);
}
END_TEST

/* A dialogue asks the phone once. */
START_TEST(and_again_for_the_phone_to_be_asked_again)
{
	static const struct http_act ends = { .name = "no answer", .ends = true };
	struct login_script s = http_login_script("");
	struct login_result r;
	int i;

	make("tries = 10\n");
	for (i = 1; i < ANSWERS; i += 2)
		s.answers[i] = "p";
	s.reach = http_way;
	http_start(&ends);
	http_hide();
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(http_seen->pushes, 3);
	ck_assert_uint_eq(r.reaches, 3);
}
END_TEST

static int
way_once(void)
{
	static bool gone;
	int fd = gone ? -1 : http_way();

	gone = true;
	return fd;
}

START_TEST(a_module_that_knows_no_way_is_asked_no_more)
{
	static const struct http_act ends = { .name = "no answer", .ends = true };
	struct login_script s = http_login_script("p");
	struct login_result r;

	make("tries = 10\n");
	s.answers[0] = "";
	s.answers[3] = NULL;
	s.reach = way_once;
	http_start(&ends);
	http_hide();
	r = login_run(&w, &s);
	http_stop();
	ck_assert_ptr_nonnull(strstr(r.prompt, "The approval service cannot be reached."));
	ck_assert_uint_eq(r.reaches, 2);
}
END_TEST

START_TEST(a_caller_that_is_not_root_is_not_asked)
{
	static const struct http_act honest = { .name = "honest" };
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	make("");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	s.reach = http_way;
	s.caller = (struct caller){ .uid = 1000, .name = WORLD_USER };
	http_start(&honest);
	http_hide();
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.reaches, 0);
	ck_assert_uint_eq(http_seen->begins, 0);
}
END_TEST

/* One end of it is left open, for whoever would be believed. */
static int
somebodys_way(void)
{
	int pair[2];

	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert_int_eq(seteuid(0), 0);
	return pair[0];
}

static int
no_socket(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int (*const wrong_ways[])(void) = { somebodys_way, no_socket };

START_TEST(a_way_that_root_did_not_make_is_not_taken)
{
	struct login_script s = login_script(WORLD_USER, NULL);
	int64_t before = monotonic_ms();
	struct login_result r;

	make("");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	s.reach = wrong_ways[_i];
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.reaches, 1);
	ck_assert_int_lt(monotonic_ms() - before, 4000);	/* nobody was waited for */
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, without_the_service_what_offline_names_is_left_and_nothing_else, 0,
	    COUNT(offline));
	tcase_add_loop_test(t, without_the_service_there_is_no_grace, 0, 2);
	tcase_add_test(t, a_client_that_has_left_takes_the_request_along);
	tcase_add_test(t, the_lines_for_what_follows_are_left);
	tcase_add_test(t, a_terminal_is_told_once);
	tcase_add_test(t, where_lines_are_held_back_none_is_said);
	tcase_add_test(t, where_nobody_listens_root_is_asked_for_the_way);
	tcase_add_test(t, and_again_for_the_phone_to_be_asked_again);
	tcase_add_test(t, a_module_that_knows_no_way_is_asked_no_more);
	tcase_add_test(t, a_caller_that_is_not_root_is_not_asked);
	tcase_add_loop_test(t, a_way_that_root_did_not_make_is_not_taken, 0, COUNT(wrong_ways));
}

int
main(void)
{
	return http_login_main(&w, "push_way", add);
}
