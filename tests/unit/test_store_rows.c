/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state: users, tokens, remembered grants and sessions.
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

/* ---- users ---- */

static const struct user_state nobody;

START_TEST(a_user_without_a_row_is_all_zeros)
{
	struct user_state u;

	memset(&u, 0xff, sizeof(u));
	MUST(store_user(s, "alice", NOW, &u));
	ck_assert(!u.exists && !u.locked);
	ck_assert_uint_eq(u.tokens + u.recovery + u.passes + u.failures + u.grace_used, 0);
	ck_assert_int_eq(u.last_failure, 0);
	ck_assert_str_eq(u.lock_reason, nobody.lock_reason);
}
END_TEST

START_TEST(failures_are_counted_and_reset_by_a_success)
{
	struct user_state u;

	store_world_enrol(s, "alice", "phone");
	store_world_enrol(s, "bob", "phone");
	begin(s);
	MUST(store_user_failed(s, "alice", NOW));
	MUST(store_user_failed(s, "alice", NOW + 5));
	commit(s);
	MUST(store_user(s, "alice", NOW, &u));
	ck_assert(u.exists && u.failures == 2 && u.last_failure == NOW + 5 && u.tokens == 1);
	MUST(store_user(s, "bob", NOW, &u));
	ck_assert(u.exists && u.failures == 0);
	begin(s);
	MUST(store_user_succeeded(s, "alice"));
	commit(s);
	MUST(store_user(s, "alice", NOW, &u));
	ck_assert(u.failures == 0 && u.last_failure == NOW + 5);
}
END_TEST

START_TEST(a_failure_of_an_unknown_user_makes_no_row)
{
	struct user_state u;

	begin(s);
	MUST(store_user_failed(s, "mallory", NOW));
	MUST(store_user_succeeded(s, "mallory"));
	commit(s);
	MUST(store_user(s, "mallory", NOW, &u));
	ck_assert(!u.exists);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM user"), 0);
}
END_TEST

START_TEST(a_lock_stays_until_unlocked_and_takes_the_failures_along)
{
	struct user_state u;

	begin(s);
	MUST(store_user_lock(s, "alice", NOW, "left the company"));
	MUST(store_user_failed(s, "alice", NOW));
	MUST(store_user_succeeded(s, "alice"));
	MUST(store_user_failed(s, "alice", NOW));
	commit(s);
	MUST(store_user(s, "alice", NOW + DAY, &u));
	ck_assert(u.exists && u.locked && u.locked_at == NOW && u.failures == 1);
	ck_assert_str_eq(u.lock_reason, "left the company");
	begin(s);
	MUST(store_user_unlock(s, "alice"));
	commit(s);
	MUST(store_user(s, "alice", NOW + DAY, &u));
	ck_assert(u.exists && !u.locked && u.failures == 0);
	ck_assert_str_eq(u.lock_reason, "");
}
END_TEST

START_TEST(grace_logins_are_counted)
{
	struct user_state u;

	begin(s);
	MUST(store_user_grace(s, "alice"));
	MUST(store_user_grace(s, "alice"));
	commit(s);
	MUST(store_user(s, "alice", NOW, &u));
	ck_assert(u.exists && u.grace_used == 2 && u.tokens == 0);
}
END_TEST

START_TEST(a_notice_waits_for_the_next_success)
{
	struct user_state u;

	begin(s);
	MUST(store_user_notice(s, "alice", "a token was added"));
	MUST(store_user_failed(s, "alice", NOW));
	commit(s);
	MUST(store_user(s, "alice", NOW, &u));
	ck_assert_str_eq(u.notice, "a token was added");
	begin(s);
	MUST(store_user_succeeded(s, "alice"));
	commit(s);
	MUST(store_user(s, "alice", NOW, &u));
	ck_assert_str_eq(u.notice, "");
}
END_TEST

struct names {
	char text[256];
	int stop_after;
};

static bool
note(void *arg, const char *user)
{
	struct names *n = arg;

	strncat(n->text, user, sizeof(n->text) - strlen(n->text) - 1);
	strncat(n->text, " ", sizeof(n->text) - strlen(n->text) - 1);
	return --n->stop_after != 0;
}

START_TEST(users_come_in_order_until_told_to_stop)
{
	struct names n = { "", 0 }, two = { "", 2 };

	store_world_enrol(s, "carol", "phone");
	store_world_enrol(s, "alice", "phone");
	store_world_enrol(s, "bob", "phone");
	MUST(store_users(s, note, &n));
	ck_assert_str_eq(n.text, "alice bob carol ");
	MUST(store_users(s, note, &two));
	ck_assert_str_eq(two.text, "alice bob ");
	store_world_enrol(s, "dave", "phone");	/* the listing that was stopped holds nothing */
}
END_TEST

/* ---- tokens ---- */

START_TEST(tokens_come_back_as_they_were_stored)
{
	struct token in = store_world_token("desk"), out[TOKENS_MAX];
	size_t count;

	store_world_enrol(s, "alice", "phone");
	in.params = (struct otp_params){ OTP_HOTP, OTP_SHA512, 8, 0 };
	in.last = 41;
	in.resync = 99;
	MUST(secret_set(&in.key, "a key of 23 bytes, so..", 23));
	begin(s);
	MUST(store_token_add(s, "alice", &in, NOW + 1));
	commit(s);
	ck_assert(in.id > 0 && in.created == NOW + 1);
	MUST(store_tokens(s, "alice", out, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(out[0].name, "phone");
	ck_assert_str_eq(out[1].name, "desk");
	ck_assert(memcmp(&out[1].params, &in.params, sizeof(in.params)) == 0);
	ck_assert(out[1].id == in.id && out[1].last == 41 && out[1].resync == 99);
	ck_assert(out[1].created == NOW + 1 && out[1].used == 0);
	ck_assert(out[1].key.len == 23 && memcmp(out[1].key.data, in.key.data, 23) == 0);
	MUST(store_tokens(s, "bob", out, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_token_is_spent_forwards_only)
{
	static const struct {
		int64_t counter;
		int result;
	} table[] = {
		{ -1, MFA_E_REFUSED }, { 0, MFA_OK }, { 0, MFA_E_REFUSED }, { 7, MFA_OK },
		{ 7, MFA_E_REFUSED }, { 6, MFA_E_REFUSED }, { 0, MFA_E_REFUSED }, { 8, MFA_OK },
		{ INT64_MAX, MFA_OK }, { INT64_MAX, MFA_E_REFUSED }, { INT64_MIN, MFA_E_REFUSED },
	};
	int64_t id = store_world_enrol(s, "alice", "phone"), last = -1;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct token t;

		begin(s);
		ck_assert_int_eq(store_token_spend(s, id, table[i].counter, NOW + 9),
		    table[i].result);
		commit(s);
		if (table[i].result == MFA_OK)
			last = table[i].counter;
		t = store_world_read(s, "alice");
		ck_assert_int_eq(t.last, last);
		ck_assert_int_eq(t.used, i == 0 ? 0 : NOW + 9);
	}
	begin(s);
	ck_assert_int_eq(store_token_spend(s, id + 1, 100, NOW), MFA_E_REFUSED);
	store_rollback(s);
}
END_TEST

START_TEST(spending_forgets_a_resynchronisation)
{
	int64_t id = store_world_enrol(s, "alice", "phone");

	begin(s);
	MUST(store_token_resync(s, id, 500));
	ck_assert_int_eq(store_token_resync(s, id + 1, 500), MFA_E_ABSENT);
	ck_assert_int_eq(store_world_read(s, "alice").resync, 500);
	MUST(store_token_spend(s, id, 501, NOW));
	ck_assert_int_eq(store_world_read(s, "alice").resync, -1);
	commit(s);
}
END_TEST

START_TEST(a_replaced_token_has_the_new_key_in_the_old_place)
{
	int64_t id = store_world_enrol(s, "alice", "phone");
	struct token t = store_world_token("another name"), now;

	t.params.algorithm = OTP_SHA256;
	t.last = 12;
	MUST(secret_set(&t.key, "the key that comes after", 24));
	begin(s);
	MUST(store_token_spend(s, id, 100, NOW));
	ck_assert_int_eq(store_token_replace(s, "bob", id, &t, NOW), MFA_E_ABSENT);
	MUST(store_token_replace(s, "alice", id, &t, NOW + 3));
	store_rollback(s);
	ck_assert_uint_eq(store_world_read(s, "alice").key.len, 20);
	begin(s);
	MUST(store_token_replace(s, "alice", id, &t, NOW + 3));
	commit(s);
	now = store_world_read(s, "alice");
	ck_assert_str_eq(now.name, "phone");
	ck_assert(now.id == id && now.last == 12 && now.created == NOW + 3 && now.used == 0);
	ck_assert(now.params.algorithm == OTP_SHA256 && now.key.len == 24);
}
END_TEST

START_TEST(a_name_is_one_tokens_only)
{
	struct token t = store_world_token("phone");

	store_world_enrol(s, "alice", "phone");
	store_world_enrol(s, "alice", "desk");
	store_world_enrol(s, "bob", "phone");
	begin(s);
	ck_assert_int_eq(store_token_add(s, "alice", &t, NOW), MFA_E_EXISTS);
	ck_assert_int_eq(store_token_rename(s, "alice", "desk", "phone"), MFA_E_EXISTS);
	ck_assert_int_eq(store_token_rename(s, "alice", "watch", "clock"), MFA_E_ABSENT);
	MUST(store_token_rename(s, "bob", "phone", "desk"));
	ck_assert_int_eq(store_token_remove(s, "bob", "phone"), MFA_E_ABSENT);
	MUST(store_token_remove(s, "alice", "phone"));
	commit(s);
	ck_assert_str_eq(store_world_read(s, "alice").name, "desk");
	ck_assert_str_eq(store_world_read(s, "bob").name, "desk");
}
END_TEST

START_TEST(a_user_has_a_bounded_number_of_tokens)
{
	struct token t, out[TOKENS_MAX];
	char name[32];
	size_t count;
	int i;

	for (i = 0; i < TOKENS_MAX; i++) {
		snprintf(name, sizeof(name), "token %d", i);
		store_world_enrol(s, "alice", name);
	}
	t = store_world_token("one more");
	begin(s);
	ck_assert_int_eq(store_token_add(s, "alice", &t, NOW), MFA_E_REFUSED);
	ck_assert_ptr_nonnull(strstr(store_message(s), "at most 16"));
	store_rollback(s);
	MUST(store_tokens(s, "alice", out, &count));
	ck_assert_uint_eq(count, TOKENS_MAX);
}
END_TEST

START_TEST(kinds_are_told_without_a_key)
{
	struct token t = store_world_token("stick");
	struct store *keyless;
	bool totp, hotp;
	char why[256];

	MUST(store_token_kinds(s, "alice", &totp, &hotp));
	ck_assert(!totp && !hotp);
	store_world_enrol(s, "alice", "phone");
	MUST(store_token_kinds(s, "alice", &totp, &hotp));
	ck_assert(totp && !hotp);
	t.params = (struct otp_params){ OTP_HOTP, OTP_SHA1, 6, 0 };
	begin(s);
	MUST(store_token_add(s, "alice", &t, NOW));
	commit(s);
	MUST(store_open(w.dir, NULL, STORE_READ, &keyless, why, sizeof(why)));
	MUST(store_token_kinds(keyless, "alice", &totp, &hotp));
	ck_assert(totp && hotp);
	store_close(&keyless);
}
END_TEST

/* ---- remembered grants ---- */

struct grants {
	char text[256];
};

static bool
note_grant(void *arg, const char *user, const char *key, int64_t created, int64_t expires)
{
	struct grants *g = arg;
	size_t at = strlen(g->text);

	snprintf(g->text + at, sizeof(g->text) - at, "%s:%s:%d:%d ", user, key,
	    (int)(created - NOW), (int)(expires - NOW));
	return true;
}

START_TEST(a_grant_is_remembered_until_it_expires)
{
	int64_t expires;
	unsigned int count;
	struct grants g = { "" };

	begin(s);
	MUST(store_grant_add(s, "alice", "origin 192.0.2.1 shell", NOW, NOW + 60));
	MUST(store_grant_add(s, "alice", "session b 1", NOW, NOW + 10));
	MUST(store_grant_add(s, "bob", "session b 1", NOW, NOW + 60));
	MUST(store_grant_add(s, "alice", "session b 1", NOW + 1, NOW + 61));
	commit(s);
	MUST(store_grant_find(s, "alice", "session b 1", NOW + 60, &expires));
	ck_assert_int_eq(expires, NOW + 61);
	ck_assert_int_eq(store_grant_find(s, "alice", "session b 1", NOW + 61, &expires),
	    MFA_E_ABSENT);
	ck_assert_int_eq(store_grant_find(s, "alice", "session b 2", NOW, &expires), MFA_E_ABSENT);
	ck_assert_int_eq(store_grant_find(s, "carol", "session b 1", NOW, &expires), MFA_E_ABSENT);
	MUST(store_grants(s, NULL, NOW + 60, note_grant, &g));
	ck_assert_str_eq(g.text, "alice:session b 1:1:61 ");
	g.text[0] = '\0';
	MUST(store_grants(s, "bob", NOW, note_grant, &g));
	ck_assert_str_eq(g.text, "bob:session b 1:0:60 ");
	begin(s);
	MUST(store_grants_forget(s, "alice", &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(store_grant_find(s, "alice", "session b 1", NOW, &expires), MFA_E_ABSENT);
	MUST(store_grant_find(s, "bob", "session b 1", NOW, &expires));
	MUST(store_grants_forget(s, NULL, &count));
	ck_assert_uint_eq(count, 1);
	commit(s);
}
END_TEST

/* ---- sessions ---- */

START_TEST(the_first_record_of_a_session_stands)
{
	char origin[64];

	begin(s);
	MUST(store_session_open(s, "boot", 7, "alice", "sshd", "192.0.2.1", NOW));
	ck_assert_int_eq(store_session_open(s, "boot", 7, "root", "su", "console", NOW),
	    MFA_E_EXISTS);
	MUST(store_session_open(s, "boot", 4294967294U, "bob", "login", "console", NOW));
	MUST(store_session_open(s, "other", 7, "bob", "login", "console", NOW));
	ck_assert_int_eq(store_session_close(s, "boot", 7, "su"), MFA_E_ABSENT);
	commit(s);
	MUST(store_session_find(s, "boot", 7, origin, sizeof(origin)));
	ck_assert_str_eq(origin, "192.0.2.1");
	MUST(store_session_find(s, "boot", 4294967294U, origin, sizeof(origin)));
	ck_assert_str_eq(origin, "console");
	begin(s);
	MUST(store_session_close(s, "boot", 7, "sshd"));
	commit(s);
	ck_assert_int_eq(store_session_find(s, "boot", 7, origin, sizeof(origin)), MFA_E_ABSENT);
	ck_assert_str_eq(origin, "");
	MUST(store_session_find(s, "other", 7, origin, sizeof(origin)));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_user_without_a_row_is_all_zeros, failures_are_counted_and_reset_by_a_success,
		a_failure_of_an_unknown_user_makes_no_row,
		a_lock_stays_until_unlocked_and_takes_the_failures_along, grace_logins_are_counted,
		a_notice_waits_for_the_next_success,
		users_come_in_order_until_told_to_stop, tokens_come_back_as_they_were_stored,
		a_token_is_spent_forwards_only, spending_forgets_a_resynchronisation,
		a_replaced_token_has_the_new_key_in_the_old_place, a_name_is_one_tokens_only,
		a_user_has_a_bounded_number_of_tokens, kinds_are_told_without_a_key,
		a_grant_is_remembered_until_it_expires, the_first_record_of_a_session_stands,
		NULL
	};

	return store_world_run("store_rows", setup, teardown, 30, tests);
}
