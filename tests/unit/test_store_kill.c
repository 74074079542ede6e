/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state when the process dies, or the disk is full, at the n-th write or
 * sync, for every n: what was reported stands, what was not may be either, and
 * nothing is in between.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fault/kill_at_write.h"
#include "error.h"
#include "store_world.h"

#define MOST 600	/* writes that nothing here reaches */

static struct store_world w;

/* What a child told before it died. */
static struct {
	volatile bool granted, ended;
	volatile int result;
	volatile long writes, directory_syncs;
	char why[256];
} *told;

static void
setup(void)
{
	/* In memory: a process that dies leaves behind what it wrote, and a sync
	 * takes no time. */
	if (access("/dev/shm", W_OK) == 0)
		store_world_base = "/dev/shm";
	store_world_empty(&w);
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(told, MAP_FAILED);
}

static void
teardown(void)
{
	store_world_drop(&w);
}

/* ---- what a child does ---- */

struct work {
	int (*prepare)(struct store *s);		/* once, undisturbed */
	int (*spend)(struct store *s);			/* in the child's transaction */
	bool tidy;
};

/* As a login: open, one transaction, the verdict, tidying. */
static void
live(const struct work *work, enum store_mode mode)
{
	struct store *s = NULL;
	struct audit a = { .event = "login", .user = "alice" };
	int r;

	r = store_open(w.dir, &w.key, mode, &s, told->why, sizeof(told->why));
	if (r == MFA_OK && (r = store_begin(s, 5000)) == MFA_OK) {
		if ((r = work->spend(s)) == MFA_OK && (r = store_audit(s, &a, NOW)) == MFA_OK)
			r = store_commit(s, true);
		if (r != MFA_OK)
			store_rollback(s);
	}
	if (s != NULL && r != MFA_OK)
		(void)snprintf(told->why, sizeof(told->why), "%s", store_message(s));
	told->result = r;
	told->granted = r == MFA_OK;
	if (s != NULL && work->tidy)
		store_tidy(s, NOW, 365);
	told->directory_syncs = directory_syncs_so_far();
	told->ended = true;
	power_cut();
	told->writes = writes_so_far();
	_exit(0);
}

/* Whether it lived to its end. */
static bool
child(const struct work *work, enum store_mode mode, enum at_write what, long n)
{
	int status;
	pid_t pid;

	memset(told, 0, sizeof(*told));
	if ((pid = fork()) == 0) {
		at_write(what, n);
		live(work, mode);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
	/* The index of the log is in memory only. */
	if (what == AT_WRITE_POWER || what == AT_WRITE_POWER_SOME)
		(void)unlink(store_world_path(&w, "state.db-shm"));
	return WIFEXITED(status) || told->ended;
}

/* Whether the same thing can be spent now; whole or not at all. */
static bool
spendable(const struct work *work)
{
	struct store *s = store_world_open(&w, STORE_LOGIN);
	int r;

	begin(s);
	r = work->spend(s);
	ck_assert(r == MFA_OK || r == MFA_E_REFUSED);
	store_rollback(s);
	store_close(&s);
	return r == MFA_OK;
}

static void
is_sound(void)
{
	ck_assert_int_eq(store_world_sql(&w,
	    "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

static void
fresh(const struct work *work)
{
	teardown();
	store_world_empty(&w);
	w.store = store_world_open(&w, STORE_CREATE);
	begin(w.store);
	MUST(work->prepare(w.store));
	commit(w.store);
	store_close(&w.store);
}

/* ---- what is spent ---- */

static int
prepare_token(struct store *s)
{
	struct token t = store_world_token("phone");

	return store_token_add(s, "alice", &t, NOW);
}

static int
spend_token(struct store *s)
{
	struct token tokens[TOKENS_MAX];
	size_t count;
	int r = store_tokens(s, "alice", tokens, &count);

	return r != MFA_OK ? r : store_token_spend(s, tokens[0].id, 77, NOW);
}

static int
prepare_recovery(struct store *s)
{
	unsigned char hashes[2][ONETIME_HASH_LEN] = { { 1 }, { 2 } };

	return store_recovery_set(s, "alice", hashes, 2, NOW);
}

static int
spend_recovery(struct store *s)
{
	static const unsigned char hash[ONETIME_HASH_LEN] = { 1 };
	unsigned int left;

	return store_recovery_spend(s, "alice", hash, NOW, &left);
}

static int
prepare_pass(struct store *s)
{
	static const unsigned char hash[ONETIME_HASH_LEN] = { 1 };
	struct pass p = { .created = NOW, .expires = NOW + 60, .uses = 1 };

	return store_pass_add(s, "alice", hash, &p);
}

static int
spend_pass(struct store *s)
{
	static const unsigned char hash[ONETIME_HASH_LEN] = { 1 };
	unsigned int left;

	return store_pass_spend(s, "alice", hash, NOW, &left);
}

static const struct work works[] = {
	{ prepare_token, spend_token, false },
	{ prepare_recovery, spend_recovery, false },
	{ prepare_pass, spend_pass, false },
};

/* ---- killed ---- */

/* At every write; of a long row of pages, at every fifth. */
static void
killed_everywhere(const struct work *work, enum at_write what)
{
	bool lived = false;
	long n;

	for (n = 1; !lived && n < MOST; n += n < 60 ? 1 : 5) {
		fresh(work);
		lived = child(work, STORE_LOGIN, what, n);
		ck_assert(!lived || told->granted);
		/* Who heard a yes finds it spent; who heard nothing, either. */
		ck_assert_msg(!told->granted || !spendable(work), "write %ld: spent twice", n);
		is_sound();
		/* An unspent one is not lost, and then it works once. */
		if (spendable(work)) {
			ck_assert(child(work, STORE_LOGIN, AT_WRITE_NOTHING, 0));
			ck_assert_msg(told->granted, "write %ld: %s", n, told->why);
		}
		ck_assert(!spendable(work));
		ck_assert(child(work, STORE_LOGIN, AT_WRITE_NOTHING, 0));
		ck_assert_int_eq(told->result, MFA_E_REFUSED);
	}
	ck_assert_int_gt(n, 5);
	ck_assert(lived);
}

START_TEST(killed_at_any_write_nothing_is_spent_twice_or_lost)
{
	size_t i;

	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		killed_everywhere(&works[i], AT_WRITE_KILL);
}
END_TEST

START_TEST(killed_in_the_middle_of_any_write_likewise)
{
	killed_everywhere(&works[0], AT_WRITE_KILL_HALF);
}
END_TEST

START_TEST(without_power_at_any_write_what_was_reported_stands)
{
	size_t i;

	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		killed_everywhere(&works[i], AT_WRITE_POWER);
		killed_everywhere(&works[i], AT_WRITE_POWER_SOME);
	}
}
END_TEST

static int
spend_much(struct store *s)
{
	struct audit a = { .event = "try" };
	int i, r = spend_token(s);

	memset(a.user, 'x', sizeof(a.user) - 1);
	memset(a.reason, 'x', sizeof(a.reason) - 1);
	for (i = 0; r == MFA_OK && i < 520; i++)
		r = store_audit(s, &a, NOW - i);
	return r;
}

/* Its log is long enough to be written home. */
START_TEST(killed_while_tidying_nothing_is_spent_twice_or_lost)
{
	static const struct work work = { prepare_token, spend_much, true };

	killed_everywhere(&work, AT_WRITE_KILL);
	killed_everywhere(&work, AT_WRITE_POWER);
	killed_everywhere(&work, AT_WRITE_POWER_SOME);
}
END_TEST

static int
spend_nothing(struct store *s)
{
	(void)s;
	return MFA_OK;
}

/* Killed at the n-th write, and then made by somebody else; whether it lived. */
static bool
made_twice(enum at_write what, long n)
{
	static const struct work work = { prepare_token, spend_nothing, false };
	bool lived;
	char why[256];

	teardown();
	store_world_empty(&w);
	lived = child(&work, STORE_CREATE, what, n);
	if (access(store_world_path(&w, "state.db"), F_OK) == 0)
		MUST(store_world_try(&w, STORE_LOGIN, why));
	MUST(store_world_try(&w, STORE_CREATE, why));
	is_sound();
	return lived;
}

START_TEST(killed_while_making_a_state_leaves_all_of_it_or_none)
{
	static const enum at_write ways[] = { AT_WRITE_KILL, AT_WRITE_KILL_HALF, AT_WRITE_POWER,
	    AT_WRITE_POWER_SOME };
	size_t i;
	long n;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (n = 1; n < MOST && !made_twice(ways[i], n); n++)
			;
		ck_assert(n > 10 && n < MOST);
	}
}
END_TEST

/* ---- full, failing ---- */

static void
failing_everywhere(const struct work *work, enum store_mode mode, enum at_write what)
{
	bool passed = false;
	long n;

	for (n = 1; !passed && n < MOST; n++) {
		fresh(work);
		ck_assert(child(work, mode, what, n));
		passed = told->writes < n;
		ck_assert(!passed || told->granted);
		if (!told->granted) {
			ck_assert_msg(told->result == MFA_E_STATE, "write %ld: %d", n,
			    told->result);
			ck_assert_ptr_nonnull(strstr(told->why, "state.db"));
		}
		ck_assert(!told->granted || !spendable(work));
		is_sound();
		/* The fault is gone, and so is the trouble. */
		ck_assert(child(work, mode, AT_WRITE_NOTHING, 0));
		ck_assert(told->granted || told->result == MFA_E_REFUSED);
		ck_assert(!spendable(work));
	}
	ck_assert(passed);
	ck_assert_int_gt(n, 5);
}

START_TEST(a_disk_that_fills_up_at_any_write_denies_and_recovers)
{
	size_t i;

	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		failing_everywhere(&works[i], STORE_LOGIN, AT_WRITE_FULL);
}
END_TEST

START_TEST(an_error_at_any_write_denies_and_recovers)
{
	failing_everywhere(&works[0], STORE_LOGIN, AT_WRITE_ERROR);
}
END_TEST

START_TEST(a_full_disk_has_words_and_makes_no_state)
{
	static const struct work work = { prepare_token, spend_nothing, false };

	ck_assert(child(&work, STORE_CREATE, AT_WRITE_FULL, 1));
	ck_assert_int_eq(told->result, MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(told->why, "full"));
	ck_assert_int_eq(access(store_world_path(&w, "state.db"), F_OK), -1);
	ck_assert(child(&work, STORE_CREATE, AT_WRITE_NOTHING, 0));
	ck_assert(told->granted);
}
END_TEST

START_TEST(the_name_of_a_new_log_is_made_durable)
{
	fresh(&works[0]);	/* the last one to close removed the log */
	ck_assert(child(&works[0], STORE_LOGIN, AT_WRITE_NOTHING, 0));
	ck_assert_int_eq(told->directory_syncs, 1);
	ck_assert(child(&works[0], STORE_LOGIN, AT_WRITE_NOTHING, 0));
	ck_assert_int_eq(told->directory_syncs, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		killed_at_any_write_nothing_is_spent_twice_or_lost,
		killed_in_the_middle_of_any_write_likewise,
		without_power_at_any_write_what_was_reported_stands,
		killed_while_tidying_nothing_is_spent_twice_or_lost,
		killed_while_making_a_state_leaves_all_of_it_or_none,
		a_disk_that_fills_up_at_any_write_denies_and_recovers,
		an_error_at_any_write_denies_and_recovers,
		a_full_disk_has_words_and_makes_no_state,
		the_name_of_a_new_log_is_made_durable, NULL
	};

	return store_world_run("store_kill", setup, teardown, 200, tests);
}
