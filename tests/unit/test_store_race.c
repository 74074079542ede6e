/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state under many processes at once: what works once works once, and what
 * is counted is counted.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "store_world.h"

#define PROCESSES 32
#define ROUNDS 200

static struct store_world w;

/* Shared by all processes of a test. */
static struct {
	pthread_barrier_t barrier;
	atomic_int done[ROUNDS], faults;
	int64_t id;
} *all;

static void
setup(void)
{
	store_world_make(&w);
	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(all, MAP_FAILED);
}

static void
teardown(void)
{
	store_world_drop(&w);
}

static void
run(int processes, int rounds, bool (*fn)(struct store *s, int round))
{
	pthread_barrierattr_t shared;
	int i, round, status;

	(void)pthread_barrierattr_init(&shared);
	(void)pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	(void)pthread_barrier_init(&all->barrier, &shared, (unsigned int)processes);
	/* SQLite does not want to be carried through a fork. */
	store_close(&w.store);
	for (i = 0; i < processes; i++) {
		struct store *s;

		if (fork() != 0)
			continue;
		s = store_world_open(&w, STORE_LOGIN);
		for (round = 0; round < rounds; round++) {
			(void)pthread_barrier_wait(&all->barrier);
			if (fn(s, round))
				atomic_fetch_add(&all->done[round], 1);
		}
		_exit(0);
	}
	for (i = 0; i < processes; i++) {
		ck_assert_int_ne(wait(&status), -1);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(atomic_load(&all->faults), 0);
	w.store = store_world_open(&w, STORE_LOGIN);
}

/* Ends a transaction the way a login does: what was not refused is success
 * only once it is durable. */
static bool
settle(struct store *s, int r)
{
	if (r == MFA_OK)
		r = store_commit(s, true);
	else
		store_rollback(s);
	if (r != MFA_OK && r != MFA_E_REFUSED)
		atomic_fetch_add(&all->faults, 1);
	return r == MFA_OK;
}

static bool
spend(struct store *s, int round)
{
	struct token tokens[TOKENS_MAX];
	size_t count = 0;
	int r = store_begin(s, 10000);

	if (r == MFA_OK && (r = store_tokens(s, "alice", tokens, &count)) == MFA_OK)
		r = store_token_spend(s, tokens[0].id, round, NOW);
	return settle(s, r);
}

START_TEST(one_code_is_spent_by_exactly_one_of_32_processes)
{
	int i;

	(void)store_world_enrol(w.store, "alice", "phone");
	run(PROCESSES, ROUNDS, spend);
	for (i = 0; i < ROUNDS; i++)
		ck_assert_int_eq(atomic_load(&all->done[i]), 1);
	ck_assert_int_eq(store_world_read(w.store, "alice").last, ROUNDS - 1);
}
END_TEST

static bool
spend_recovery(struct store *s, int round)
{
	unsigned char hash[ONETIME_HASH_LEN] = { (unsigned char)(round + 1) };
	unsigned int left;
	int r = store_begin(s, 10000);

	if (r == MFA_OK)
		r = store_recovery_spend(s, "alice", hash, NOW, &left);
	return settle(s, r);
}

START_TEST(one_recovery_code_is_spent_by_exactly_one_of_32_processes)
{
	static unsigned char hashes[40][ONETIME_HASH_LEN];
	int i;

	for (i = 0; i < 40; i++)
		hashes[i][0] = (unsigned char)(i + 1);
	begin(w.store);
	MUST(store_recovery_set(w.store, "alice", hashes, 40, NOW));
	commit(w.store);
	run(PROCESSES, 40, spend_recovery);
	for (i = 0; i < 40; i++)
		ck_assert_int_eq(atomic_load(&all->done[i]), 1);
}
END_TEST

static bool
spend_pass(struct store *s, int round)
{
	static const unsigned char hash[ONETIME_HASH_LEN] = { 1 };
	unsigned int left;
	int r = store_begin(s, 10000);

	(void)round;
	if (r == MFA_OK)
		r = store_pass_spend(s, "alice", hash, NOW, &left);
	return settle(s, r);
}

START_TEST(a_pass_of_seven_uses_is_used_seven_times)
{
	static const unsigned char hash[ONETIME_HASH_LEN] = { 1 };
	struct pass p = { .created = NOW, .expires = NOW + 60, .uses = 7 };

	begin(w.store);
	MUST(store_pass_add(w.store, "alice", hash, &p));
	commit(w.store);
	run(PROCESSES, 2, spend_pass);
	ck_assert_int_eq(atomic_load(&all->done[0]), 7);
	ck_assert_int_eq(atomic_load(&all->done[1]), 0);
}
END_TEST

/* True when a code was compared. */
static bool
wrong_code(struct store *s, int round)
{
	struct user_state u = { .failures = 99 };
	int r = store_begin(s, 10000);

	(void)round;
	if (r == MFA_OK && (r = store_user(s, "alice", NOW, &u)) == MFA_OK)
		r = u.failures >= 5 ? MFA_E_REFUSED : store_user_failed(s, "alice", NOW);
	return settle(s, r);
}

START_TEST(of_64_wrong_codes_at_once_5_are_compared)
{
	struct user_state u;

	(void)store_world_enrol(w.store, "alice", "phone");
	run(64, 3, wrong_code);
	ck_assert_int_eq(atomic_load(&all->done[0]), 5);
	ck_assert_int_eq(atomic_load(&all->done[1]) + atomic_load(&all->done[2]), 0);
	MUST(store_user(w.store, "alice", NOW, &u));
	ck_assert_uint_eq(u.failures, 5);
}
END_TEST

static bool
everything(struct store *s, int round)
{
	bool done = spend(s, round);
	struct audit a = { .user = "alice" };
	int r = store_begin(s, 10000);

	if (r == MFA_OK)
		r = store_audit(s, &a, NOW + round);
	(void)settle(s, r);
	store_tidy(s, NOW + round * 3600, 36500);
	return done;
}

START_TEST(tidying_between_logins_loses_nothing)
{
	int i;

	(void)store_world_enrol(w.store, "alice", "phone");
	run(16, 60, everything);
	for (i = 0; i < 60; i++)
		ck_assert_int_eq(atomic_load(&all->done[i]), 1);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM audit"), 16 * 60);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) = 1 FROM pragma_integrity_check"
	    " WHERE integrity_check = 'ok'"), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		one_code_is_spent_by_exactly_one_of_32_processes,
		one_recovery_code_is_spent_by_exactly_one_of_32_processes,
		a_pass_of_seven_uses_is_used_seven_times,
		of_64_wrong_codes_at_once_5_are_compared,
		tidying_between_logins_loses_nothing, NULL
	};

	return store_world_run("store_race", setup, teardown, 120, tests);
}
