/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Somebody with the first factor, or with an account on this host, but without
 * the second factor.
 */
#include <check.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"
#include "login_world.h"

static struct login_world w;

static void
drop(void)
{
	login_world_drop(&w);
}

/* A login in an audit session, as sudo's. */
static struct login_script
sudo_script(const char *user, const char *answer, uint32_t sessionid)
{
	struct login_script s = login_script(user, answer);

	SET(s.begin.service, "sudo");
	s.begin.ssh_connection[0] = s.begin.rhost[0] = '\0';
	s.begin.sessionid = sessionid;
	return s;
}

static uint32_t
verdict(const struct login_script *s)
{
	return login_run(&w, s).verdict;
}

static size_t
tokens_of(const char *user)
{
	struct user_state u;

	ck_assert_int_eq(store_user(w.store, user, time(NULL), &u), 0);
	return u.tokens;
}

/* ---- one key, two tokens ---- */

static void
enrol_twin(const char *user, enum otp_kind kind)
{
	struct token t[TOKENS_MAX];
	size_t n;

	login_enrol(&w, user, kind);
	ck_assert_int_eq(store_tokens(w.store, user, t, &n), 0);
	SET(t[0].name, "twin");
	WRITTEN(&w, store_token_add(w.store, user, &t[0], time(NULL)));
}

START_TEST(code_of_a_key_that_is_enrolled_twice_works_once)
{
	struct login_script s;

	login_world_make(&w, "delay = 0\n");
	enrol_twin("alice", OTP_TOTP);
	s = login_script("alice", login_code(0));
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	enrol_twin("bob", OTP_HOTP);
	s = login_script("bob", login_hotp(3));
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	drop();
}
END_TEST

/* ---- a pass with several uses ---- */

/* Begins an enrolment with the pass, lets `meanwhile` happen before the code
 * that ends it, and gives that code. */
static void
enrol_with_pass(const char *user, void (*meanwhile)(const char *user))
{
	struct workshop shop = { .config = w.config, .store = NULL, .logind = -1 };
	struct login_script s = login_script(user, NULL);
	struct msg m, answer = { .type = MSG_ANSWER };
	char why[256], code[OTP_CODE_MAX], *at;
	struct secret key = { .len = 0 };
	int pair[2], status, prompts = 0;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	if (fork() == 0) {
		close(pair[0]);
		if (store_open(w.dir, &w.key, STORE_LOGIN, &shop.store, why, sizeof(why)) == 0)
			login_serve(&shop, &s.caller, pair[1]);
		_exit(0);
	}
	close(pair[1]);
	ck_assert_int_eq(msg_send(pair[0], &s.begin, deadline_in(5000)), 0);
	while (msg_recv(pair[0], &m, deadline_in(5000)) == MFA_OK && m.type != MSG_VERDICT) {
		if ((at = strstr(m.text, "with this key: ")) != NULL)
			ck_assert_int_eq(otp_key_import(at + strlen("with this key: "), &key), 0);
		if (m.type != MSG_PROMPT)
			continue;
		if (prompts++ == 0) {
			secret_set(&answer.answer, "abcd-efgh-2345", 14);
		} else {
			meanwhile(user);
			ck_assert_int_eq(otp_code(&otp_default, &key,
			    otp_step(&otp_default, time(NULL)), code), 0);
			secret_set(&answer.answer, code, strlen(code));
		}
		ck_assert_int_eq(msg_send(pair[0], &answer, deadline_in(5000)), 0);
	}
	ck_assert_int_eq(prompts, 2);
	close(pair[0]);
	wait(&status);
}

static void
give_pass(const char *user)
{
	struct pass p = { .created = time(NULL), .expires = time(NULL) + 600, .uses = 9 };
	unsigned char salt[ONETIME_SALT_LEN], hash[ONETIME_HASH_LEN];
	struct secret typed, normalised;

	secret_set(&typed, "abcd-efgh-2345", 14);
	ck_assert_int_eq(onetime_normalise(&typed, &normalised), 0);
	ck_assert_int_eq(store_begin(w.store, 5000), 0);
	ck_assert_int_eq(store_salt_make(w.store, user, salt), 0);
	ck_assert_int_eq(onetime_hash(&normalised, salt, hash), 0);
	ck_assert_int_eq(store_pass_add(w.store, user, hash, &p), 0);
	ck_assert_int_eq(store_commit(w.store, true), 0);
}

static void
nothing(const char *user)
{
	(void)user;
}

static void
owner_enrols(const char *user)
{
	login_enrol(&w, user, OTP_TOTP);
}

static void
administrator_locks(const char *user)
{
	WRITTEN(&w, store_user_lock(w.store, user, time(NULL), "test"));
}

START_TEST(pass_adds_no_token_beside_the_one_that_its_owner_enrolled_meanwhile)
{
	login_world_make(&w, "unenrolled = enrol\n");
	give_pass("alice");
	enrol_with_pass("alice", nothing);
	ck_assert_uint_eq(tokens_of("alice"), 1);
	give_pass("bob");
	enrol_with_pass("bob", owner_enrols);
	ck_assert_uint_eq(tokens_of("bob"), 1);
	give_pass("carol");
	enrol_with_pass("carol", administrator_locks);
	ck_assert_uint_eq(tokens_of("carol"), 0);
	drop();
}
END_TEST

/* ---- locks, and what was remembered before ---- */

START_TEST(locked_user_is_let_in_by_nothing_that_was_remembered_or_graced)
{
	struct login_script s;

	login_world_make(&w, "remember = 10\ngrace_logins = 5\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = sudo_script("alice", login_hotp(0), 7);
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	WRITTEN(&w, store_user_lock(w.store, "alice", time(NULL), "test"));
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	s = login_script("dave", "000000");
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	WRITTEN(&w, store_user_lock(w.store, "dave", time(NULL), "test"));
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	drop();
}
END_TEST

/* ---- callers that are not root ---- */

START_TEST(what_a_caller_that_is_not_root_says_of_itself_is_not_believed)
{
	struct login_script s;
	char origin[64];

	login_world_make(&w, "trusted_networks = 192.0.2.0/24\nremember = 10\n"
	    "trust_console = yes\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = sudo_script("alice", login_hotp(0), 7);
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);

	/* neither an address, a terminal, nor a session of root's grants */
	s = login_script("alice", "000000");
	s.caller = (struct caller){ .uid = 1000, .name = "alice" };
	SET(s.begin.ssh_connection, "192.0.2.9 1 192.0.2.1 22");
	SET(s.begin.rhost, "192.0.2.9");
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	s.begin.ssh_connection[0] = '\0';
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	s.begin.rhost[0] = '\0';
	SET(s.begin.tty, "tty1");
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	s.begin.sessionid = 7;
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);

	/* nor does it write or remove where an audit session came from */
	s.begin.phase = PHASE_OPEN;
	s.begin.sessionid = 60;
	SET(s.begin.ssh_connection, "192.0.2.9 1 192.0.2.1 22");
	SET(s.begin.rhost, "192.0.2.9");
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	ck_assert_int_eq(store_session_find(w.store, "boot", 60, origin, sizeof(origin)),
	    MFA_E_ABSENT);
	WRITTEN(&w, store_session_open(w.store, "boot", 60, "alice", "sshd", "203.0.113.9",
	    time(NULL)));
	s.begin.phase = PHASE_CLOSE;
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	ck_assert_int_eq(store_session_find(w.store, "boot", 60, origin, sizeof(origin)), 0);
	drop();
}
END_TEST

/* ---- daemons that were started by hand, from somebody's session ---- */

START_TEST(whom_a_daemon_serves_is_not_in_the_session_that_it_was_started_from)
{
	struct login_script s;

	login_world_make(&w, "trusted_networks = 192.0.2.0/24\nremember = 10\n");
	WRITTEN(&w, store_session_open(w.store, "boot", 41, "root", "sshd", "192.0.2.9",
	    time(NULL)));
	s = sudo_script("alice", NULL, 41);
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	SET(s.begin.rhost, "192.0.2.9");
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	SET(s.begin.rhost, "203.0.113.7");
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	SET(s.begin.rhost, "office.example");
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);

	/* a success at one login over the network is not another's */
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	s.begin.sessionid = 41;
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	ck_assert_uint_ne(verdict(&s), VERDICT_GRANT);
	drop();
}
END_TEST

/* ---- durable before it is granted ---- */

/* From here on, for this process and its children, a disk that cannot. */
static void
break_fdatasync(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = filter };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(nothing_is_granted_before_it_is_durable)
{
	struct login_script s;

	login_world_make(&w, "grace_logins = 5\ndelay = 0\n");
	login_enrol(&w, "alice", OTP_HOTP);
	s = login_script("alice", login_hotp(0));
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	s = login_script("dave", "000000");
	ck_assert_uint_eq(verdict(&s), VERDICT_GRANT);
	break_fdatasync();
	s = login_script("alice", login_hotp(1));
	ck_assert_uint_eq(verdict(&s), VERDICT_UNAVAILABLE);
	/* nor is it said that a code was wrong */
	s = login_script("alice", "000000");
	ck_assert_uint_eq(verdict(&s), VERDICT_UNAVAILABLE);
	s = login_script("dave", "000000");
	ck_assert_uint_eq(verdict(&s), VERDICT_UNAVAILABLE);
	drop();
}
END_TEST

/* "Time is up", and not that something is wrong here. */
START_TEST(whoever_answers_too_late_is_told_so)
{
	struct login_script s;

	login_world_make(&w, "");
	login_enrol(&w, "alice", OTP_TOTP);
	s = login_script("alice", login_code(0));
	s.begin.ms_left = 500;
	s.pause_ms = 900;
	ck_assert_uint_eq(verdict(&s), VERDICT_DENY);
	ck_assert_uint_eq(login_records(&w, "login", "deadline"), 1);
	drop();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("login_attacks");
	TCase *t = tcase_create("login_attacks");

	if (otp_warm_up() != MFA_OK)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 60);
	tcase_add_test(t, code_of_a_key_that_is_enrolled_twice_works_once);
	tcase_add_test(t, pass_adds_no_token_beside_the_one_that_its_owner_enrolled_meanwhile);
	tcase_add_test(t, locked_user_is_let_in_by_nothing_that_was_remembered_or_graced);
	tcase_add_test(t, what_a_caller_that_is_not_root_says_of_itself_is_not_believed);
	tcase_add_test(t, whom_a_daemon_serves_is_not_in_the_session_that_it_was_started_from);
	tcase_add_test(t, nothing_is_granted_before_it_is_durable);
	tcase_add_test(t, whoever_answers_too_late_is_told_so);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
