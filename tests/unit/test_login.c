/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The promises of a login, kept by login_serve against a real state.
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
#include "login_world.h"

#include "error.h"

static struct login_world w;

static void
make(const char *configuration)
{
	login_world_make(&w, configuration);
}

#define set(array, text) snprintf(array, sizeof(array), "%s", text)

/* One change of the state, in a transaction of its own. */
#define written(change) do { \
	ck_assert_int_eq(store_begin(w.store, 5000), 0); \
	ck_assert_int_eq(change, 0); \
	ck_assert_int_eq(store_commit(w.store, true), 0); \
} while (0)

static void
drop(void)
{
	login_world_drop(&w);
}

static struct login_result
try_code(const char *user, const char *answer)
{
	struct login_script s = login_script(user, answer);

	return login_run(&w, &s);
}

static void
granted(const struct login_result *r)
{
	ck_assert_msg(r->verdict == VERDICT_GRANT, "not granted: %08x", r->verdict);
}

static void
denied(const struct login_result *r)
{
	ck_assert_msg(r->verdict == VERDICT_DENY || r->verdict == VERDICT_TRIES ||
	    r->verdict == VERDICT_UNAVAILABLE, "not denied: %08x", r->verdict);
}

/* A fresh code is not asked for within a second of the step's end, so that
 * no test straddles it. */
static void
settle(void)
{
	time_t left = 30 - time(NULL) % 30;
	struct timespec until = { .tv_sec = time(NULL) + left };

	if (left <= 2)
		clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
}

/* ---- codes ---- */

START_TEST(right_code_is_granted_once)
{
	struct login_result r;

	make("");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	r = try_code("alice", login_code(0));
	granted(&r);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_str_eq(r.prompt, "Authentication code: ");
	r = try_code("alice", login_code(0));
	denied(&r);
	ck_assert_uint_eq(login_records(&w, "try", "code_replayed"), 3);
	drop();
}
END_TEST

START_TEST(older_step_is_refused_after_a_newer_one)
{
	struct login_result r;

	make("");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	r = try_code("alice", login_code(1));
	granted(&r);
	r = try_code("alice", login_code(0));
	denied(&r);
	drop();
}
END_TEST

START_TEST(window_is_one_step_by_default)
{
	struct login_result r;

	make("delay = 0\n");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	r = try_code("alice", login_code(-2));
	denied(&r);
	r = try_code("alice", login_code(2));
	denied(&r);
	r = try_code("alice", login_code(-1));
	granted(&r);
	drop();
}
END_TEST

START_TEST(clock_set_back_refuses_and_says_so)
{
	struct token t[TOKENS_MAX];
	struct login_result r;
	size_t n;

	make("");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), 0);
	ck_assert_int_eq(store_tokens(w.store, "alice", t, &n), 0);
	ck_assert_int_eq(store_token_spend(w.store, t[0].id, time(NULL) / 30 + 120, time(NULL)), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
	r = try_code("alice", login_code(0));
	denied(&r);
	ck_assert_uint_ge(login_records(&w, "try", "clock_behind"), 1);
	drop();
}
END_TEST

START_TEST(spaces_in_a_code_are_fine)
{
	char spaced[16];
	struct login_result r;

	make("");
	settle();
	login_enrol(&w, "alice", OTP_TOTP);
	snprintf(spaced, sizeof(spaced), " %.3s %.3s ", login_code(0), login_code(0) + 3);
	r = try_code("alice", spaced);
	granted(&r);
	drop();
}
END_TEST

START_TEST(hotp_looks_ahead_and_never_back)
{
	struct login_result r;

	make("delay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", login_hotp(7));
	granted(&r);
	r = try_code("alice", login_hotp(7));
	denied(&r);
	r = try_code("alice", login_hotp(6));
	denied(&r);
	r = try_code("alice", login_hotp(8));
	granted(&r);
	drop();
}
END_TEST

START_TEST(hotp_far_ahead_takes_two_codes_in_a_row)
{
	struct login_script s;
	struct login_result r;
	char first[OTP_CODE_MAX], second[OTP_CODE_MAX];

	make("delay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	snprintf(first, sizeof(first), "%s", login_hotp(60));
	snprintf(second, sizeof(second), "%s", login_hotp(61));
	r = try_code("alice", first);
	denied(&r);
	/* the same one again is not "the next" */
	r = try_code("alice", first);
	denied(&r);
	s = login_script("alice", second);
	r = login_run(&w, &s);
	granted(&r);
	ck_assert_uint_eq(r.prompts, 1);
	drop();
}
END_TEST

START_TEST(hotp_beyond_the_resynchronisation_window_is_refused)
{
	struct login_result r;

	make("delay = 0\nmax_failures = 99\n");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", login_hotp(150));
	denied(&r);
	r = try_code("alice", login_hotp(151));
	denied(&r);
	drop();
}
END_TEST

/* ---- recovery codes and passes ---- */

static void
hash_of(const char *user, const char *text, unsigned char hash[ONETIME_HASH_LEN])
{
	unsigned char salt[ONETIME_SALT_LEN];
	struct secret typed, normal;

	ck_assert_int_eq(store_salt_make(w.store, user, salt), 0);
	ck_assert_int_eq(secret_set(&typed, text, strlen(text)), 0);
	ck_assert_int_eq(onetime_normalise(&typed, &normal), 0);
	ck_assert_int_eq(onetime_hash(&normal, salt, hash), 0);
}

START_TEST(recovery_code_works_once_and_says_how_many_are_left)
{
	unsigned char hashes[2][ONETIME_HASH_LEN];
	struct login_result r;

	make("delay = 0\n");
	login_enrol(&w, "alice", OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), 0);
	hash_of("alice", "aaaa-bbbb-cccc-dddd", hashes[0]);
	hash_of("alice", "aaaa-bbbb-cccc-eeee", hashes[1]);
	ck_assert_int_eq(store_recovery_set(w.store, "alice", hashes, 2, time(NULL)), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
	r = try_code("alice", "AAAA BBBB CCCC DDDD");
	granted(&r);
	ck_assert_ptr_nonnull(strstr(r.said, "1 left"));
	r = try_code("alice", "aaaa-bbbb-cccc-dddd");
	denied(&r);
	/* another's code is not one's own */
	login_enrol(&w, "bob", OTP_TOTP);
	r = try_code("bob", "aaaa-bbbb-cccc-eeee");
	denied(&r);
	drop();
}
END_TEST

static void
give_pass(const char *user, const char *text, unsigned int uses, int64_t expires)
{
	struct pass p = { .uses = uses, .created = time(NULL), .expires = expires, .by = "test" };
	unsigned char hash[ONETIME_HASH_LEN];

	ck_assert_int_eq(store_begin(w.store, 1000), 0);
	hash_of(user, text, hash);
	ck_assert_int_eq(store_pass_add(w.store, user, hash, &p), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
}

START_TEST(pass_works_as_often_as_issued)
{
	struct login_result r;

	make("delay = 0\n");
	give_pass("carol", "abcd-efgh-2345", 2, time(NULL) + 600);
	r = try_code("carol", "abcd-efgh-2345");
	granted(&r);
	r = try_code("carol", "abcd-efgh-2345");
	granted(&r);
	r = try_code("carol", "abcd-efgh-2345");
	denied(&r);
	drop();
}
END_TEST

START_TEST(expired_pass_is_refused)
{
	struct login_result r;

	make("");
	give_pass("carol", "abcd-efgh-2345", 1, time(NULL) - 1);
	r = try_code("carol", "abcd-efgh-2345");
	denied(&r);
	drop();
}
END_TEST

START_TEST(pass_enrols_only_where_the_policy_says_so_and_never_without_root)
{
	struct login_script s;
	struct login_result r;

	make("unenrolled = enrol\n");
	give_pass("carol", "abcd-efgh-2345", 3, time(NULL) + 600);
	/* hangs up at the second prompt, where the new app's code is asked */
	s = login_script("carol", NULL);
	s.answers[0] = "abcd-efgh-2345";
	r = login_run(&w, &s);
	ck_assert_ptr_nonnull(strstr(r.said, "otpauth://totp/"));
	s.caller = (struct caller){ .uid = 1000, .name = "carol" };
	s.answers[1] = NULL;
	r = login_run(&w, &s);
	granted(&r);
	ck_assert_ptr_null(strstr(r.said, "otpauth"));
	ck_assert_uint_eq(r.prompts, 1);
	drop();
}
END_TEST

/* ---- limits ---- */

START_TEST(wrong_codes_end_after_the_tries)
{
	struct login_result r;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", "000000");
	ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
	ck_assert_uint_eq(r.prompts, 3);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 3);
	drop();
}
END_TEST

START_TEST(delay_refuses_even_the_right_code_unseen)
{
	struct login_result r;

	make("delay_after = 3\ndelay = 600\n");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", "000000");
	denied(&r);
	r = try_code("alice", login_hotp(0));
	denied(&r);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 3);
	ck_assert_uint_eq(login_records(&w, "try", "too_soon"), 3);
	drop();
}
END_TEST

START_TEST(success_forgets_the_failures)
{
	struct user_state u;
	struct login_script s;
	struct login_result r;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	s.answers[0] = "000000";
	r = login_run(&w, &s);
	granted(&r);
	ck_assert_int_eq(store_user(w.store, "alice", time(NULL), &u), 0);
	ck_assert_uint_eq(u.failures, 0);
	drop();
}
END_TEST

START_TEST(five_failures_lock_and_parallel_tries_are_compared_no_oftener)
{
	struct login_script s;
	struct login_result r;
	int i, status;

	make("max_failures = 5\ndelay = 0\ntries = 1\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", "000000");
	for (i = 0; i < 64; i++)
		(void)login_start(&w, &s);
	while (wait(&status) > 0)
		ck_assert_int_eq(WEXITSTATUS(status), 1);
	ck_assert_uint_eq(login_records(&w, "try", "code_refused"), 5);
	r = try_code("alice", login_hotp(0));
	denied(&r);
	written(store_user_unlock(w.store, "alice"));
	r = try_code("alice", login_hotp(0));
	granted(&r);
	drop();
}
END_TEST

START_TEST(one_code_many_processes_one_success)
{
	struct login_script s;
	int round, i, status, granted_count;

	make("tries = 1\ndelay = 0\nmax_failures = 99\n");
	login_enrol(&w, "alice", OTP_HOTP);
	for (round = 0; round < 200; round++) {
		granted_count = 0;
		s = login_script("alice", login_hotp((uint64_t)round));
		written(store_user_unlock(w.store, "alice"));
		for (i = 0; i < 32; i++)
			(void)login_start(&w, &s);
		while (wait(&status) > 0)
			granted_count += WEXITSTATUS(status) == 0;
		ck_assert_int_eq(granted_count, 1);
	}
	drop();
}
END_TEST

START_TEST(a_thousand_users_at_once_do_not_hinder_each_other)
{
	char user[16];
	struct login_script s;
	int i, status, granted_count = 0;

	make("");
	for (i = 0; i < 1000; i++) {
		snprintf(user, sizeof(user), "u%d", i);
		login_enrol(&w, user, OTP_HOTP);
	}
	for (i = 0; i < 1000; i++) {
		snprintf(user, sizeof(user), "u%d", i);
		s = login_script(user, login_hotp(0));
		s.begin.ms_left = 60000;
		(void)login_start(&w, &s);
	}
	while (wait(&status) > 0)
		granted_count += WEXITSTATUS(status) == 0;
	ck_assert_int_eq(granted_count, 1000);
	drop();
}
END_TEST

/* ---- what is no try ---- */

START_TEST(what_has_the_form_of_no_code_counts_against_nobody)
{
	struct user_state u;
	struct login_result r;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", "correct horse battery staple, with more");
	denied(&r);
	ck_assert_int_eq(store_user(w.store, "alice", time(NULL), &u), 0);
	ck_assert_uint_eq(u.failures, 0);
	drop();
}
END_TEST

START_TEST(client_without_a_terminal_is_asked_once)
{
	struct login_result r;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", "");
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_uint_eq(login_records(&w, "login", "no_terminal"), 1);
	drop();
}
END_TEST

START_TEST(empty_answers_of_a_person_are_failures_and_no_tries)
{
	struct login_script s;
	struct login_result r;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", "");
	s.pause_ms = HASTE_MS + 20;
	r = login_run(&w, &s);
	denied(&r);
	ck_assert_uint_eq(r.prompts, 3);
	ck_assert_uint_eq(login_records(&w, "try", NULL), 0);
	drop();
}
END_TEST

START_TEST(hanging_up_is_recorded_and_no_verdict_is_a_grant)
{
	struct login_result r;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	r = try_code("alice", NULL);
	ck_assert_uint_eq(r.verdict, 0);
	ck_assert_uint_eq(login_records(&w, "login", "cancelled"), 1);
	drop();
}
END_TEST

/* ---- who is asked ---- */

START_TEST(locked_unenrolled_and_unknown_look_alike)
{
	static const char *const users[] = { "alice", "locked", "nobody-here" };
	struct login_result r;
	size_t i;

	make("");
	login_enrol(&w, "alice", OTP_HOTP);
	login_enrol(&w, "locked", OTP_HOTP);
	written(store_user_lock(w.store, "locked", time(NULL), "test"));
	for (i = 0; i < 3; i++) {
		r = try_code(users[i], "000000");
		ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
		ck_assert_uint_eq(r.prompts, 3);
		ck_assert_uint_eq(r.infos, 0);
	}
	r = try_code("locked", login_hotp(0));
	denied(&r);
	ck_assert_uint_ge(login_records(&w, "try", "locked"), 3);
	ck_assert_uint_eq(login_records(&w, "try", "not_enrolled"), 3);
	drop();
}
END_TEST

START_TEST(nobody_is_left_out_by_a_name_service_that_does_not_know)
{
	struct login_script s;
	struct login_result r;

	make("only_groups = root\n");
	s = login_script("alice", NULL);
	s.ids.groups[0] = 1000;
	s.ids.group_count = 1;
	r = login_run(&w, &s);
	granted(&r);	/* known, and not a member */
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
	drop();
	make("only_groups = no-such-group-here\n");
	s = login_script("alice", NULL);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	drop();
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

	make(cases[_i].configuration);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.look_ups, cases[_i].look_ups);
	drop();
}
END_TEST

START_TEST(trusted_network_is_not_asked_and_its_exclusion_is)
{
	struct login_script s;
	struct login_result r;

	make("trusted_networks = 198.51.100.0/24, !198.51.100.128/25\n");
	s = login_script("alice", NULL);
	r = login_run(&w, &s);
	granted(&r);
	ck_assert_uint_eq(r.prompts, 0);
	snprintf(s.begin.ssh_connection, sizeof(s.begin.ssh_connection),
	    "198.51.100.200 1 192.0.2.1 22");
	set(s.begin.rhost, "198.51.100.200");
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	snprintf(s.begin.ssh_connection, sizeof(s.begin.ssh_connection),
	    "office.example 1 192.0.2.1 22");
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	drop();
}
END_TEST

START_TEST(sudo_has_the_origin_of_its_audit_session)
{
	struct login_script s;
	struct login_result r;

	make("trusted_networks = 192.0.2.0/24\n");
	written(store_session_open(w.store, "boot", 41, "alice", "sshd", "192.0.2.9",
	    time(NULL)));
	written(store_session_open(w.store, "boot", 42, "alice", "sshd", "203.0.113.9",
	    time(NULL)));
	s = login_script("alice", NULL);
	set(s.begin.service, "sudo");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.sessionid = 41;
	r = login_run(&w, &s);
	granted(&r);
	s.begin.sessionid = 42;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	s.begin.sessionid = 43;	/* none recorded */
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	drop();
}
END_TEST

START_TEST(user_environment_cannot_name_the_origin_of_a_session)
{
	struct login_script s;
	char origin[64];

	make("");
	s = login_script("alice", NULL);
	s.begin.phase = PHASE_OPEN;
	s.begin.sessionid = 50;
	set(s.begin.ssh_connection, "192.0.2.9 1 192.0.2.1 22");	/* from ~/.pam_environment */
	set(s.begin.rhost, "203.0.113.9");
	(void)login_run(&w, &s);
	ck_assert_int_ne(store_session_find(w.store, "boot", 50, origin, sizeof(origin)), 0);
	set(s.begin.rhost, "192.0.2.9");
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_session_find(w.store, "boot", 50, origin, sizeof(origin)), 0);
	ck_assert_str_eq(origin, "192.0.2.9");
	/* su inside it neither changes nor ends the record */
	set(s.begin.service, "su");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.phase = PHASE_CLOSE;
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_session_find(w.store, "boot", 50, origin, sizeof(origin)), 0);
	set(s.begin.service, "sshd");
	(void)login_run(&w, &s);
	ck_assert_int_eq(store_session_find(w.store, "boot", 50, origin, sizeof(origin)),
	    MFA_E_ABSENT);
	drop();
}
END_TEST

START_TEST(grace_logins_run_out_even_when_they_come_at_once)
{
	struct login_script s;
	int i, status, granted_count = 0;

	make("grace_logins = 3\n");
	s = login_script("dave", NULL);
	for (i = 0; i < 16; i++)
		(void)login_start(&w, &s);
	while (wait(&status) > 0)
		granted_count += WEXITSTATUS(status) == 0;
	ck_assert_int_eq(granted_count, 3);
	drop();
}
END_TEST

START_TEST(success_is_remembered_for_its_session_only_and_can_be_forgotten)
{
	struct login_script s;
	struct login_result r;
	unsigned int n;

	make("remember = 10\nremember_for = session\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	set(s.begin.service, "sudo");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.sessionid = 7;
	r = login_run(&w, &s);
	granted(&r);
	r = login_run(&w, &s);
	granted(&r);
	ck_assert_uint_eq(r.prompts, 0);
	s.begin.sessionid = 8;
	r = login_run(&w, &s);
	denied(&r);
	s.begin.sessionid = 7;
	written(store_grants_forget(w.store, "alice", &n));
	ck_assert_uint_eq(n, 1);
	r = login_run(&w, &s);
	denied(&r);
	drop();
}
END_TEST

START_TEST(change_of_a_binding_is_told_once_at_the_next_success)
{
	struct login_result r;

	make("delay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	written(store_user_notice(w.store, "alice", "an authenticator was added on X by Y"));
	r = try_code("alice", "000000");
	ck_assert_uint_eq(r.infos, 0);
	r = try_code("alice", login_hotp(0));
	granted(&r);
	ck_assert_ptr_nonnull(strstr(r.said, "an authenticator was added on X by Y"));
	r = try_code("alice", login_hotp(1));
	granted(&r);
	ck_assert_uint_eq(r.infos, 0);
	drop();
}
END_TEST

START_TEST(only_root_makes_remembered_grants)
{
	struct login_script s;
	struct login_result r;

	make("remember = 10\nremember_for = origin\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	s.caller = (struct caller){ .uid = 1000, .name = "alice" };
	s.begin.sessionid = 7;
	r = login_run(&w, &s);
	granted(&r);
	s = login_script("alice", NULL);
	s.begin.sessionid = 7;
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.prompts, 1);
	drop();
}
END_TEST

START_TEST(caller_that_is_not_root_may_only_be_itself)
{
	struct login_script s;
	struct login_result r;

	make("enabled = no\n");
	s = login_script("alice", NULL);
	s.caller = (struct caller){ .uid = 1001, .name = "mallory" };
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	ck_assert_uint_eq(r.prompts, 0);
	s.caller.name[0] = '\0';
	s.begin.user[0] = '\0';
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_DENY);
	drop();
}
END_TEST

START_TEST(guard_denies_what_skipped_the_auth_phase)
{
	struct login_script s;
	struct login_result r;

	make("trusted_networks = 192.0.2.0/24\n[service sshd]\nguard = yes\n");
	s = login_script("alice", NULL);
	s.begin.phase = PHASE_ACCOUNT;
	r = login_run(&w, &s);
	denied(&r);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_uint_eq(login_records(&w, "login", "no_verdict"), 1);
	s.begin.flags = BEGIN_JUDGED;
	r = login_run(&w, &s);
	granted(&r);
	s.begin.flags = 0;
	set(s.begin.ssh_connection, "192.0.2.9 1 192.0.2.1 22");
	set(s.begin.rhost, "192.0.2.9");
	r = login_run(&w, &s);
	granted(&r);
	drop();
}
END_TEST

START_TEST(split_never_grants_and_a_combined_service_needs_it)
{
	struct login_script s;
	struct login_result r;

	make("[service xrdp-sesman]\ncombined = yes\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	set(s.begin.service, "xrdp-sesman");
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
	granted(&r);
	s.answers[0] = "000000";
	r = login_run(&w, &s);
	denied(&r);
	ck_assert_uint_eq(r.prompts, 1);
	drop();
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
	make("except_users = root\n");
	ck_assert_uint_eq(verdict_without_state("alice"), VERDICT_UNAVAILABLE);
	ck_assert_uint_eq(verdict_without_state("root"), VERDICT_GRANT);
	drop();
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

	make("grace_logins = 5\n");
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
	tcase_add_test(t, right_code_is_granted_once);
	tcase_add_test(t, older_step_is_refused_after_a_newer_one);
	tcase_add_test(t, window_is_one_step_by_default);
	tcase_add_test(t, clock_set_back_refuses_and_says_so);
	tcase_add_test(t, spaces_in_a_code_are_fine);
	tcase_add_test(t, hotp_looks_ahead_and_never_back);
	tcase_add_test(t, hotp_far_ahead_takes_two_codes_in_a_row);
	tcase_add_test(t, hotp_beyond_the_resynchronisation_window_is_refused);
	tcase_add_test(t, recovery_code_works_once_and_says_how_many_are_left);
	tcase_add_test(t, pass_works_as_often_as_issued);
	tcase_add_test(t, expired_pass_is_refused);
	tcase_add_test(t, pass_enrols_only_where_the_policy_says_so_and_never_without_root);
	tcase_add_test(t, wrong_codes_end_after_the_tries);
	tcase_add_test(t, delay_refuses_even_the_right_code_unseen);
	tcase_add_test(t, success_forgets_the_failures);
	tcase_add_test(t, five_failures_lock_and_parallel_tries_are_compared_no_oftener);
	tcase_add_test(t, one_code_many_processes_one_success);
	tcase_add_test(t, a_thousand_users_at_once_do_not_hinder_each_other);
	tcase_add_test(t, what_has_the_form_of_no_code_counts_against_nobody);
	tcase_add_test(t, client_without_a_terminal_is_asked_once);
	tcase_add_test(t, empty_answers_of_a_person_are_failures_and_no_tries);
	tcase_add_test(t, hanging_up_is_recorded_and_no_verdict_is_a_grant);
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
