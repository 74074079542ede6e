/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is asked for a second factor, and what is kept of a login that has been.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"
#include "login_world.h"

static struct login_world w;

/* ---- who is asked ---- */

START_TEST(locked_unenrolled_and_unknown_look_alike)
{
	static const char *const users[] = { "alice", "locked", "nobody-here" };
	struct login_result r;
	size_t i;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_HOTP);
	login_enrol(&w, "locked", OTP_HOTP);
	WRITTEN(&w, store_user_lock(w.store, "locked", time(NULL), "test"));
	for (i = 0; i < 3; i++) {
		r = login_try(&w, users[i], "000000");
		ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
		ck_assert_uint_eq(r.prompts, 3);
		ck_assert_uint_eq(r.infos, 0);
	}
	r = login_try(&w, "locked", login_hotp(0));
	login_denied(&r);
	ck_assert_uint_ge(login_records(&w, "try", "locked"), 3);
	ck_assert_uint_eq(login_records(&w, "try", "not_enrolled"), 3);
	login_world_drop(&w);
}
END_TEST

START_TEST(nobody_is_left_out_by_a_name_service_that_does_not_know)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "only_groups = root\n");
	s = login_script("alice", NULL);
	s.ids.groups[0] = 1000;
	s.ids.group_count = 1;
	r = login_run(&w, &s);
	login_granted(&r);	/* known, and not a member */
	s.ids.groups[0] = 0;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	s.ids.uid = UID_UNSET;
	s.ids.group_count = 0;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	s.ids.type = MSG_CANCEL;	/* the module could not look */
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "fault"), 1);
	login_world_drop(&w);
	login_world_make(&w, "only_groups = no-such-group-here\n");
	s = login_script("alice", NULL);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(name_services_are_asked_only_where_groups_are_named)
{
	static const struct { const char *configuration; unsigned int look_ups; } cases[] = {
		{ "", 0 }, { "only_users = bob\n", 0 }, { "only_groups = root\n", 1 },
		{ "except_groups = root\n", 1 }, { "[service sudo]\nonly_groups = root\n", 0 },
	};
	struct login_script s = login_script("alice", NULL);
	struct login_result r;

	login_world_make(&w, cases[_i].configuration);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.look_ups, cases[_i].look_ups);
	login_world_drop(&w);
}
END_TEST

START_TEST(trusted_network_is_not_asked_and_its_exclusion_is)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "trusted_networks = 198.51.100.0/24, !198.51.100.128/25\n");
	s = login_script("alice", NULL);
	r = login_run(&w, &s);
	login_granted(&r);
	ck_assert_uint_eq(r.prompts, 0);
	snprintf(s.begin.ssh_connection, sizeof(s.begin.ssh_connection),
	    "198.51.100.200 1 192.0.2.1 22");
	SET(s.begin.rhost, "198.51.100.200");
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	snprintf(s.begin.ssh_connection, sizeof(s.begin.ssh_connection),
	    "office.example 1 192.0.2.1 22");
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(sudo_has_the_origin_of_its_audit_session)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "trusted_networks = 192.0.2.0/24\n");
	WRITTEN(&w, store_session_open(w.store, "boot", 41, "alice", "sshd", "192.0.2.9",
	    time(NULL)));
	WRITTEN(&w, store_session_open(w.store, "boot", 42, "alice", "sshd", "203.0.113.9",
	    time(NULL)));
	s = login_script("alice", NULL);
	SET(s.begin.service, "sudo");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.sessionid = 41;
	r = login_run(&w, &s);
	login_granted(&r);
	s.begin.sessionid = 42;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	s.begin.sessionid = 43;	/* none recorded */
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(user_environment_cannot_name_the_origin_of_a_session)
{
	struct login_script s;
	char origin[64];

	login_world_make(&w, "");
	s = login_script("alice", NULL);
	s.begin.phase = PHASE_OPEN;
	s.begin.sessionid = 50;
	SET(s.begin.ssh_connection, "192.0.2.9 1 192.0.2.1 22");	/* from ~/.pam_environment */
	SET(s.begin.rhost, "203.0.113.9");
	(void)login_run(&w, &s);
	ck_assert_int_ne(store_session_find(w.store, "boot", 50, origin, sizeof(origin)), 0);
	SET(s.begin.rhost, "192.0.2.9");
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_session_find(w.store, "boot", 50, origin, sizeof(origin)), 0);
	ck_assert_str_eq(origin, "192.0.2.9");
	/* su inside it neither changes nor ends the record */
	SET(s.begin.service, "su");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.phase = PHASE_CLOSE;
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_session_find(w.store, "boot", 50, origin, sizeof(origin)), 0);
	SET(s.begin.service, "sshd");
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_session_find(w.store, "boot", 50, origin, sizeof(origin)),
	    MFA_E_ABSENT);
	login_world_drop(&w);
}
END_TEST

START_TEST(grace_logins_run_out_even_when_they_come_at_once)
{
	struct login_script s;
	int i, status, granted_count = 0;

	login_world_make(&w, "grace_logins = 3\n");
	s = login_script("dave", NULL);
	for (i = 0; i < 16; i++)
		(void)login_start(&w, &s);
	while (wait(&status) > 0)
		granted_count += WEXITSTATUS(status) == 0;
	ck_assert_int_eq(granted_count, 3);
	login_world_drop(&w);
}
END_TEST

START_TEST(success_is_remembered_for_its_session_only_and_can_be_forgotten)
{
	struct login_script s;
	struct login_result r;
	unsigned int n;

	login_world_make(&w, "remember = 10\nremember_for = session\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	SET(s.begin.service, "sudo");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.sessionid = 7;
	r = login_run(&w, &s);
	login_granted(&r);
	r = login_run(&w, &s);
	login_granted(&r);
	ck_assert_uint_eq(r.prompts, 0);
	s.begin.sessionid = 8;
	r = login_run(&w, &s);
	login_denied(&r);
	s.begin.sessionid = 7;
	WRITTEN(&w, store_grants_forget(w.store, "alice", &n));
	ck_assert_uint_eq(n, 1);
	r = login_run(&w, &s);
	login_denied(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(change_of_a_binding_is_told_once_at_the_next_success)
{
	struct login_result r;

	login_world_make(&w, "delay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	WRITTEN(&w, store_user_notice(w.store, "alice", "an authenticator was added on X by Y"));
	r = login_try(&w, "alice", "000000");
	ck_assert_uint_eq(r.infos, 0);
	r = login_try(&w, "alice", login_hotp(0));
	login_granted(&r);
	ck_assert_ptr_nonnull(strstr(r.said, "an authenticator was added on X by Y"));
	r = login_try(&w, "alice", login_hotp(1));
	login_granted(&r);
	ck_assert_uint_eq(r.infos, 0);
	login_world_drop(&w);
}
END_TEST

START_TEST(only_root_makes_remembered_grants)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "remember = 10\nremember_for = origin\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	s.caller = (struct caller){ .uid = 1000, .name = "alice" };
	s.begin.sessionid = 7;
	r = login_run(&w, &s);
	login_granted(&r);
	s = login_script("alice", NULL);
	s.begin.sessionid = 7;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

START_TEST(caller_that_is_not_root_may_only_be_itself)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "enabled = no\n");
	s = login_script("alice", NULL);
	s.caller = (struct caller){ .uid = 1001, .name = "mallory" };
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	ck_assert_uint_eq(r.prompts, 0);
	s.caller.name[0] = '\0';
	s.begin.user[0] = '\0';
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	login_world_drop(&w);
}
END_TEST

START_TEST(guard_denies_what_skipped_the_auth_phase)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "trusted_networks = 192.0.2.0/24\n[service sshd]\nguard = yes\n");
	s = login_script("alice", NULL);
	s.begin.phase = PHASE_ACCOUNT;
	r = login_run(&w, &s);
	login_denied(&r);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_uint_eq(login_records(&w, "login", "no_verdict"), 1);
	s.begin.flags = BEGIN_JUDGED;
	r = login_run(&w, &s);
	login_granted(&r);
	s.begin.flags = 0;
	SET(s.begin.ssh_connection, "192.0.2.9 1 192.0.2.1 22");
	SET(s.begin.rhost, "192.0.2.9");
	r = login_run(&w, &s);
	login_granted(&r);
	login_world_drop(&w);
}
END_TEST

START_TEST(split_never_grants_and_a_combined_service_needs_it)
{
	struct login_script s;
	struct login_result r;

	login_world_make(&w, "[service xrdp-sesman]\ncombined = yes\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	SET(s.begin.service, "xrdp-sesman");
	s.begin.ssh_connection[0] = '\0';
	r = login_run(&w, &s);	/* no code is held: not laid out for it */
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	ck_assert_uint_eq(r.prompts, 0);
	s.begin.phase = PHASE_SPLIT;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_SPLIT);
	s.begin.phase = PHASE_AUTH;
	s.begin.flags = BEGIN_CODE_HELD;
	r = login_run(&w, &s);
	login_granted(&r);
	s.answers[0] = "000000";
	r = login_run(&w, &s);
	login_denied(&r);
	ck_assert_uint_eq(r.prompts, 1);
	login_world_drop(&w);
}
END_TEST

/* Served by a process that could not open the state. */
static uint32_t
verdict_without_state(const char *user)
{
	struct workshop shop = { .config = w.config, .logind = -1, .store_error = "test" };
	struct login_script s = login_script(user, NULL);
	struct msg m = { .verdict = 0 };
	int pair[2], status;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	if (fork() == 0) {
		login_serve(&shop, &s.caller, pair[1]);
		_exit(0);
	}
	close(pair[1]);
	ck_assert_int_eq(msg_send(pair[0], &s.begin, deadline_in(5000)), 0);
	ck_assert_int_eq(msg_recv(pair[0], &m, deadline_in(5000)), 0);
	close(pair[0]);
	wait(&status);
	return m.verdict;
}

START_TEST(state_that_cannot_be_used_denies_those_who_would_be_asked)
{
	login_world_make(&w, "except_users = root\n");
	ck_assert_uint_eq(verdict_without_state("alice"), VERDICT_UNAVAILABLE);
	ck_assert_uint_eq(verdict_without_state("root"), VERDICT_GRANT);
	login_world_drop(&w);
}
END_TEST

/* ---- a listener that needs to know ---- */

static volatile bool *busy;

static void
is_busy(void)
{
	*busy = true;
}

static bool
soon_busy(void)
{
	int i;

	for (i = 0; i < 200 && !*busy; i++)
		usleep(10000);
	return *busy;
}

/* For the first message, and for the state, which somebody else holds. */
START_TEST(whoever_waits_says_so_first)
{
	struct login_script s = login_script("alice", NULL);
	bool said;

	login_world_make(&w, "grace_logins = 5\n");
	busy = mmap(NULL, sizeof(*busy), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(busy != MAP_FAILED);
	w.busy = is_busy;
	s.begin.sessionid = 7;
	if (_i == 0)
		s.silent_ms = 3000;
	if (_i == 2)
		s.begin.phase = PHASE_OPEN;
	ck_assert_int_eq(store_begin(w.store, 5000), 0);
	ck_assert_int_gt(login_start(&w, &s), 0);
	said = soon_busy();
	store_rollback(w.store);
	ck_assert_int_gt(wait(NULL), 0);
	ck_assert(said);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("login");
	TCase *t = tcase_create("login");

	if (otp_warm_up() != MFA_OK)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_test(t, locked_unenrolled_and_unknown_look_alike);
	tcase_add_loop_test(t, name_services_are_asked_only_where_groups_are_named, 0, 5);
	tcase_add_test(t, nobody_is_left_out_by_a_name_service_that_does_not_know);
	tcase_add_test(t, trusted_network_is_not_asked_and_its_exclusion_is);
	tcase_add_test(t, sudo_has_the_origin_of_its_audit_session);
	tcase_add_test(t, user_environment_cannot_name_the_origin_of_a_session);
	tcase_add_test(t, grace_logins_run_out_even_when_they_come_at_once);
	tcase_add_test(t, success_is_remembered_for_its_session_only_and_can_be_forgotten);
	tcase_add_test(t, change_of_a_binding_is_told_once_at_the_next_success);
	tcase_add_test(t, only_root_makes_remembered_grants);
	tcase_add_test(t, caller_that_is_not_root_may_only_be_itself);
	tcase_add_test(t, guard_denies_what_skipped_the_auth_phase);
	tcase_add_test(t, split_never_grants_and_a_combined_service_needs_it);
	tcase_add_loop_test(t, whoever_waits_says_so_first, 0, 3);
	tcase_add_test(t, state_that_cannot_be_used_denies_those_who_would_be_asked);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
