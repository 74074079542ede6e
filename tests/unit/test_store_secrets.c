/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state: sealed keys, recovery codes and passes.
 */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "store_world.h"

static struct store_world w;
static struct store *s;

static void
setup(void)
{
	store_world_make(&w);
	s = w.store;
}

static void
teardown(void)
{
	store_world_drop(&w);
}

/* ---- sealed keys ---- */

/* The first token of alice does not open, and the words name it. */
static void
does_not_open(struct store *from)
{
	struct token tokens[TOKENS_MAX];
	size_t count = 99;

	ck_assert_int_eq(store_tokens(from, "alice", tokens, &count), MFA_E_CRYPTO);
	ck_assert_uint_eq(count, 0);
	ck_assert_ptr_nonnull(strstr(store_message(from), "does not open"));
}

START_TEST(a_key_is_not_in_the_file_as_it_is)
{
	store_world_enrol(s, "alice", "phone");
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM token WHERE"
	    " instr(sealed, '123456') OR hex(sealed) LIKE '%313233343536%'"), 0);
	ck_assert_int_eq(store_world_sql(&w, "SELECT length(sealed) FROM token"),
	    20 + SEAL_OVERHEAD);
}
END_TEST

START_TEST(a_row_that_was_changed_does_not_open)
{
	static const char *const changes[] = {
		"UPDATE token SET digits = 8", "UPDATE token SET period = 60",
		"UPDATE token SET algorithm = 2", "UPDATE token SET kind = 2, period = 0",
		"UPDATE token SET id = id + 1", "UPDATE token SET sealed = x''",
		"UPDATE token SET sealed = substr(sealed, 1, length(sealed) - 1)",
		"UPDATE token SET sealed = zeroblob(length(sealed))",
	};
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		store_world_enrol(s, "alice", "phone");
		(void)store_world_read(s, "alice");
		(void)store_world_sql(&w, changes[i]);
		does_not_open(s);
		(void)store_world_sql(&w, "DELETE FROM token");
	}
}
END_TEST

START_TEST(a_key_moved_to_another_row_does_not_open)
{
	struct token tokens[TOKENS_MAX];
	size_t count;

	store_world_enrol(s, "mallory", "phone");
	store_world_enrol(s, "alice", "phone");
	(void)store_world_sql(&w, "UPDATE token SET sealed ="
	    " (SELECT sealed FROM token WHERE user = 'mallory') WHERE user = 'alice'");
	does_not_open(s);
	MUST(store_tokens(s, "mallory", tokens, &count));
	(void)store_world_sql(&w, "DELETE FROM token WHERE user = 'alice'");
	(void)store_world_sql(&w, "UPDATE token SET user = 'alice' WHERE user = 'mallory'");
	does_not_open(s);
}
END_TEST

START_TEST(impossible_parameters_are_damage)
{
	static const char *const changes[] = {
		"UPDATE token SET digits = 5", "UPDATE token SET digits = 4294967302",
		"UPDATE token SET digits = -6", "UPDATE token SET period = 0",
		"UPDATE token SET kind = 3", "UPDATE token SET algorithm = 0",
		"UPDATE token SET last = -2", "UPDATE token SET resync = -2",
	};
	struct token tokens[TOKENS_MAX];
	size_t i, count;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		store_world_enrol(s, "alice", "phone");
		(void)store_world_sql(&w, changes[i]);
		ck_assert_int_eq(store_tokens(s, "alice", tokens, &count), MFA_E_STATE);
		ck_assert_ptr_nonnull(strstr(store_message(s), "impossible"));
		(void)store_world_sql(&w, "DELETE FROM token");
	}
}
END_TEST

START_TEST(without_the_right_key_nothing_opens_until_it_is_back)
{
	struct store_world other = w;
	struct store *stranger, *keyless;
	struct token t;
	char why[256];

	store_world_enrol(s, "alice", "phone");
	other.key.bytes[31] ^= 1;
	stranger = store_world_open(&other, STORE_LOGIN);
	does_not_open(stranger);
	store_close(&stranger);
	MUST(store_open(w.dir, NULL, STORE_LOGIN, &keyless, why, sizeof(why)));
	ck_assert_uint_eq(store_world_read(keyless, "alice").key.len, 0);
	t = store_world_token("desk");
	begin(keyless);
	ck_assert_int_eq(store_token_add(keyless, "alice", &t, NOW), MFA_E_INTERNAL);
	store_rollback(keyless);
	store_close(&keyless);
	ck_assert_uint_eq(store_world_read(s, "alice").key.len, 20);
}
END_TEST

START_TEST(a_key_of_no_form_is_not_stored)
{
	struct token t = store_world_token("phone");

	t.params.digits = 9;
	begin(s);
	ck_assert_int_eq(store_token_add(s, "alice", &t, NOW), MFA_E_INVALID);
	store_rollback(s);
	t = store_world_token("phone");
	memset(t.key.data, 'k', t.key.len = OTP_KEY_MAX + 1);
	begin(s);
	ck_assert_int_eq(store_token_add(s, "alice", &t, NOW), MFA_E_INVALID);
	store_rollback(s);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM token"), 0);
	memset(t.key.data, 'k', t.key.len = OTP_KEY_MAX);
	begin(s);
	MUST(store_token_add(s, "alice", &t, NOW));
	commit(s);
	ck_assert_uint_eq(store_world_read(s, "alice").key.len, OTP_KEY_MAX);
}
END_TEST

/* ---- one-time texts ---- */

static unsigned char hashes[RECOVERY_CODES][ONETIME_HASH_LEN];

static void
make_hashes(unsigned char first)
{
	size_t i;

	memset(hashes, 0, sizeof(hashes));
	for (i = 0; i < RECOVERY_CODES; i++)
		hashes[i][ONETIME_HASH_LEN - 1] = (unsigned char)(first + i);
}

static struct user_state
state_of(const char *user, int64_t now)
{
	struct user_state u;

	MUST(store_user(s, user, now, &u));
	return u;
}

START_TEST(a_user_has_one_salt_while_there_is_something_to_hash)
{
	unsigned char first[ONETIME_SALT_LEN], again[ONETIME_SALT_LEN], other[ONETIME_SALT_LEN];

	make_hashes(1);
	ck_assert_int_eq(store_salt(s, "alice", again), MFA_E_ABSENT);
	begin(s);
	MUST(store_salt_make(s, "alice", first));
	ck_assert_int_eq(store_salt(s, "alice", again), MFA_E_ABSENT);
	MUST(store_recovery_set(s, "alice", hashes, 2, NOW));
	MUST(store_salt_make(s, "bob", other));
	commit(s);
	MUST(store_salt(s, "alice", again));
	ck_assert_mem_eq(first, again, sizeof(first));
	ck_assert_mem_ne(first, other, sizeof(first));
	begin(s);
	MUST(store_salt_make(s, "alice", again));
	commit(s);
	ck_assert_mem_eq(first, again, sizeof(first));
	(void)store_world_sql(&w, "UPDATE user SET salt = x'00'");
	ck_assert_int_eq(store_salt(s, "alice", again), MFA_E_STATE);
}
END_TEST

START_TEST(a_recovery_code_works_once_and_tells_how_many_are_left)
{
	unsigned int left = 99;

	make_hashes(1);
	begin(s);
	MUST(store_recovery_set(s, "alice", hashes, RECOVERY_CODES, NOW));
	MUST(store_recovery_set(s, "bob", hashes, 1, NOW));
	commit(s);
	ck_assert_uint_eq(state_of("alice", NOW).recovery, RECOVERY_CODES);
	begin(s);
	MUST(store_recovery_spend(s, "alice", hashes[3], NOW, &left));
	commit(s);
	ck_assert_uint_eq(left, RECOVERY_CODES - 1);
	begin(s);
	ck_assert_int_eq(store_recovery_spend(s, "alice", hashes[3], NOW, &left), MFA_E_REFUSED);
	ck_assert_uint_eq(left, RECOVERY_CODES - 1);
	ck_assert_int_eq(store_recovery_spend(s, "bob", hashes[3], NOW, &left), MFA_E_REFUSED);
	ck_assert_int_eq(store_recovery_spend(s, "carol", hashes[0], NOW, &left), MFA_E_REFUSED);
	ck_assert_uint_eq(left, 0);
	MUST(store_recovery_spend(s, "bob", hashes[0], 0, &left));	/* a clock at 1970 */
	ck_assert_int_eq(store_recovery_spend(s, "bob", hashes[0], NOW, &left), MFA_E_REFUSED);
	hashes[9][0] ^= 1;
	ck_assert_int_eq(store_recovery_spend(s, "alice", hashes[9], NOW, &left), MFA_E_REFUSED);
	commit(s);
	ck_assert_uint_eq(state_of("alice", NOW).recovery, RECOVERY_CODES - 1);
}
END_TEST

START_TEST(a_new_list_ends_the_old_one)
{
	unsigned char old[ONETIME_HASH_LEN];
	unsigned int left;

	make_hashes(1);
	memcpy(old, hashes[0], sizeof(old));
	begin(s);
	MUST(store_recovery_set(s, "alice", hashes, RECOVERY_CODES, NOW));
	MUST(store_recovery_set(s, "bob", hashes, RECOVERY_CODES, NOW));
	make_hashes(101);
	MUST(store_recovery_set(s, "alice", hashes, 3, NOW));
	ck_assert_int_eq(store_recovery_spend(s, "alice", old, NOW, &left), MFA_E_REFUSED);
	MUST(store_recovery_spend(s, "alice", hashes[0], NOW, &left));
	ck_assert_uint_eq(left, 2);
	MUST(store_recovery_spend(s, "bob", old, NOW, &left));
	MUST(store_recovery_set(s, "alice", NULL, 0, NOW));
	commit(s);
	ck_assert_uint_eq(state_of("alice", NOW).recovery, 0);
}
END_TEST

static void
issue(const char *user, unsigned char hash, unsigned int uses, int64_t expires)
{
	struct pass p = { .created = NOW, .expires = expires, .uses = uses, .by = "root" };

	make_hashes(hash);
	begin(s);
	MUST(store_pass_add(s, user, hashes[0], &p));
	commit(s);
}

static int
use(const char *user, unsigned char hash, int64_t now, unsigned int *left)
{
	int r;

	make_hashes(hash);
	begin(s);
	r = store_pass_spend(s, user, hashes[0], now, left);
	commit(s);
	return r;
}

START_TEST(a_pass_works_as_often_as_it_says_and_not_beyond_its_time)
{
	unsigned int left;

	issue("alice", 1, 3, NOW + 100);
	issue("alice", 2, 1, NOW + 100);
	ck_assert_uint_eq(state_of("alice", NOW + 99).passes, 2);
	ck_assert_uint_eq(state_of("alice", NOW + 100).passes, 0);
	ck_assert_int_eq(use("bob", 1, NOW, &left), MFA_E_REFUSED);
	ck_assert_int_eq(use("alice", 3, NOW, &left), MFA_E_REFUSED);
	MUST(use("alice", 1, NOW, &left));
	ck_assert_uint_eq(left, 2);
	MUST(use("alice", 2, NOW, &left));
	ck_assert_uint_eq(left, 0);
	ck_assert_int_eq(use("alice", 2, NOW, &left), MFA_E_REFUSED);
	ck_assert_uint_eq(state_of("alice", NOW).passes, 1);
	MUST(use("alice", 1, NOW + 99, &left));
	ck_assert_int_eq(use("alice", 1, NOW + 100, &left), MFA_E_REFUSED);
	MUST(use("alice", 1, NOW, &left));
	ck_assert_uint_eq(left, 0);
	ck_assert_int_eq(use("alice", 1, NOW, &left), MFA_E_REFUSED);
	/* Used up stays used up when the clock is set back. */
	ck_assert_int_eq(use("alice", 2, NOW - 1000, &left), MFA_E_REFUSED);
}
END_TEST

START_TEST(passes_are_listed_while_valid_and_removed_together)
{
	struct pass list[PASSES_MAX], p = { .created = NOW, .expires = NOW + 9, .uses = 1 };
	unsigned int left;
	size_t count;
	int i;

	issue("alice", 1, 2, NOW + 50);
	issue("alice", 2, 1, NOW + 10);
	issue("bob", 1, 1, NOW + 50);
	MUST(store_passes(s, "alice", NOW, list, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert(list[0].uses == 2 && list[0].created == NOW && list[0].expires == NOW + 50);
	ck_assert(list[0].id > 0 && list[0].id < list[1].id);
	ck_assert_str_eq(list[0].by, "root");
	MUST(store_passes(s, "alice", NOW + 10, list, &count));
	ck_assert_uint_eq(count, 1);
	begin(s);
	MUST(store_passes_remove(s, "alice"));
	commit(s);
	ck_assert_int_eq(use("alice", 1, NOW, &left), MFA_E_REFUSED);
	MUST(use("bob", 1, NOW, &left));
	for (i = 0; i < PASSES_MAX; i++)
		issue("alice", (unsigned char)(i + 1), 1, NOW + 9);
	make_hashes(200);
	begin(s);
	ck_assert_int_eq(store_pass_add(s, "alice", hashes[0], &p), MFA_E_REFUSED);
	p.created = NOW + 9;
	MUST(store_pass_add(s, "alice", hashes[0], &p));
	commit(s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_key_is_not_in_the_file_as_it_is, a_row_that_was_changed_does_not_open,
		a_key_moved_to_another_row_does_not_open, impossible_parameters_are_damage,
		without_the_right_key_nothing_opens_until_it_is_back,
		a_key_of_no_form_is_not_stored,
		a_user_has_one_salt_while_there_is_something_to_hash,
		a_recovery_code_works_once_and_tells_how_many_are_left,
		a_new_list_ends_the_old_one,
		a_pass_works_as_often_as_it_says_and_not_beyond_its_time,
		passes_are_listed_while_valid_and_removed_together, NULL
	};

	return store_world_run("store_secrets", setup, teardown, 30, tests);
}
