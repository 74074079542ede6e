/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hosts: how they join, prove who they are, change their key, and go.
 */
#include <stdio.h>
#include <string.h>

#include "../../server/db_private.h"
#include "model_world.h"

static struct model_world w;

static void
setup(void)
{
	model_world_make(&w);
}

static void
teardown(void)
{
	model_world_drop(&w);
}

static const char *
credential(const char *id, const char *secret)
{
	static char text[MODEL_CREDENTIAL_MAX];

	(void)snprintf(text, sizeof(text), "%s.%s", id, secret);
	return text;
}

START_TEST(a_join_token_works_once)
{
	const char *token = model_world_token(&w, NULL);
	struct model_joined h;

	DONE(&w, model_host_join(w.db, NULL, token, "web1", NOW, &h));
	ck_assert_int_eq(h.host[0], 'h');
	ck_assert_uint_eq(strlen(h.host), MODEL_ID_MAX - 1);
	ck_assert_uint_eq(strlen(h.key), MODEL_SECRET_MAX - 1);
	ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, "web2", NOW, &h)),
	    PROBLEM_BAD_TOKEN);
	ck_assert_str_eq(h.key, "");
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM host"), 1);
}
END_TEST

START_TEST(a_certificate_is_of_the_host_of_its_name)
{
	struct model_joined first, second;
	struct model_caller who;

	DONE(&w, model_host_join(w.db, NULL, model_world_token(&w, NULL), "web1", NOW, &first));
	DONE(&w, model_host_join(w.db, NULL, model_world_token(&w, NULL), "web2", NOW, &second));
	ck_assert_int_eq(model_host_by_certificate(w.db, "web1", NOW - 99, NOW, &who), MFA_OK);
	ck_assert_str_eq(who.id, first.host);
	ck_assert(who.note);
	ck_assert_int_eq(model_host_by_certificate(w.db, "WEB1", NOW, NOW, &who),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(model_host_by_certificate(w.db, "web3", NOW, NOW, &who),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_str_eq(who.id, "");
}
END_TEST

START_TEST(a_certificate_ends_with_its_host_whoever_gets_the_name)
{
	struct model_joined h;
	struct model_caller who;

	DONE(&w, model_host_join(w.db, NULL, model_world_token(&w, NULL), "web1", NOW, &h));
	DONE(&w, model_host_revoke(w.db, h.host, "admin", NOW + 9));
	ck_assert_int_eq(model_host_by_certificate(w.db, "web1", NOW, NOW + 9, &who),
	    PROBLEM_UNAUTHENTICATED);
	DONE(&w, model_host_join(w.db, NULL, model_world_token(&w, NULL), "web1", NOW + 9, &h));
	ck_assert_int_eq(model_host_by_certificate(w.db, "web1", NOW + 9, NOW + 9, &who),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(model_host_by_certificate(w.db, "web1", NOW + 10, NOW + 10, &who), MFA_OK);
	ck_assert_str_eq(who.id, h.host);
}
END_TEST

#define STEPS 100	/* of SQLite's machine, counted together */

static int
count_steps(void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

START_TEST(a_certificate_is_looked_up_as_fast_among_many_hosts)
{
	static const char many[] = "WITH RECURSIVE n (i) AS (VALUES (1)"
	    " UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO host (id, name, key, created, revoked)"
	    " SELECT printf('h_%022d', i), 'old' || i, zeroblob(32), 1, iif(i % 2, 1, NULL) FROM n";
	struct model_joined h;
	struct model_caller who;
	unsigned int steps = 0;

	DONE(&w, model_host_join(w.db, NULL, model_world_token(&w, NULL), "web1", NOW, &h));
	DONE(&w, db_do(w.db, many, ARGS(), NULL));
	sqlite3_progress_handler(w.db->handle, STEPS, count_steps, &steps);
	ck_assert_int_eq(model_host_by_certificate(w.db, "web1", NOW, NOW, &who), MFA_OK);
	sqlite3_progress_handler(w.db->handle, 0, NULL, NULL);
	ck_assert_uint_le(steps, 1);
}
END_TEST

START_TEST(a_join_token_that_is_old_wrong_or_malformed_is_refused)
{
	char token[MODEL_CREDENTIAL_MAX];
	struct model_joined h;
	size_t i;

	(void)snprintf(token, sizeof(token), "%s", model_world_token(&w, NULL));
	ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, "a", NOW + 3600, &h)),
	    PROBLEM_BAD_TOKEN);
	for (i = 0; i < sizeof(token) - 1; i++) {
		char kept = token[i];

		token[i] = kept == 'A' ? 'B' : 'A';
		ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, "a", NOW, &h)),
		    PROBLEM_BAD_TOKEN);
		token[i] = '\0';
		ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, "a", NOW, &h)),
		    PROBLEM_BAD_TOKEN);
		token[i] = kept;
	}
	DONE(&w, model_host_join(w.db, NULL, token, "a", NOW, &h));
}
END_TEST

START_TEST(names_are_unique_and_fixed_by_the_token)
{
	struct model_joined a = model_world_host(&w, "web1"), b;
	const char *token = model_world_token(&w, NULL);

	ck_assert_str_eq(a.name, "web1");
	ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, "web1", NOW, &b)),
	    PROBLEM_NAME_TAKEN);
	/* The token is not spent by a refusal. */
	DONE(&w, model_host_join(w.db, NULL, token, "web2", NOW, &b));
	token = model_world_token(&w, "db1");
	ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, "web3", NOW, &b)),
	    PROBLEM_INVALID);
	ck_assert_str_eq(db_blamed(w.db) != NULL ? db_blamed(w.db) : "", "name");
	DONE(&w, model_host_join(w.db, NULL, token, "db1", NOW, &b));
	/* A name comes free with its host. */
	DONE(&w, model_host_revoke(w.db, a.host, "root", NOW));
	b = model_world_host(&w, "web1");
	ck_assert_str_ne(a.host, b.host);
}
END_TEST

START_TEST(a_name_has_a_form)
{
	static const char *const bad[] = { "", "a\nb", "a\tb", "\xff", "a\x7f" };
	struct model_joined h;
	const char *token = model_world_token(&w, NULL);
	char longest[MODEL_NAME_MAX + 1];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, bad[i], NOW, &h)),
		    PROBLEM_INVALID);
	memset(longest, 'x', sizeof(longest));
	longest[MODEL_NAME_MAX] = '\0';
	ck_assert_int_eq(WRITE(&w, model_host_join(w.db, NULL, token, longest, NOW, &h)),
	    PROBLEM_INVALID);
	longest[MODEL_NAME_MAX - 1] = '\0';
	DONE(&w, model_host_join(w.db, NULL, token, longest, NOW, &h));
}
END_TEST

START_TEST(only_its_own_secret_authenticates_a_host)
{
	struct model_joined a = model_world_host(&w, "a"), b = model_world_host(&w, "b");
	struct model_caller c;

	ck_assert_int_eq(model_host_authenticate(w.db, credential(a.host, a.key), NOW, &c),
	    MFA_OK);
	ck_assert_str_eq(c.id, a.host);
	ck_assert_str_eq(c.name, "a");
	ck_assert_int_eq(model_host_authenticate(w.db, credential(a.host, b.key), NOW, &c),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_str_eq(c.id, "");
	ck_assert_int_eq(model_device_authenticate(w.db, credential(a.host, a.key), NOW, &c),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(model_host_authenticate(w.db, "", NOW, &c), PROBLEM_UNAUTHENTICATED);
	DONE(&w, model_host_revoke(w.db, a.host, "root", NOW));
	ck_assert_int_eq(model_host_authenticate(w.db, credential(a.host, a.key), NOW, &c),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(WRITE(&w, model_host_revoke(w.db, a.host, "root", NOW)),
	    PROBLEM_NOT_FOUND);
}
END_TEST

static int
authenticates(const struct model_joined *h, const char *key, int64_t now, struct model_caller *c)
{
	return model_host_authenticate(w.db, credential(h->host, key), now, c);
}

START_TEST(an_old_key_works_until_the_new_one_is_used_or_an_hour)
{
	struct model_joined h = model_world_host(&w, "a");
	char second[MODEL_SECRET_MAX], third[MODEL_SECRET_MAX];
	struct model_caller c, used;

	DONE(&w, model_host_rotate(w.db, NULL, h.host, NOW, second));
	ck_assert_int_eq(authenticates(&h, h.key, NOW + 3599, &c), MFA_OK);
	ck_assert_int_eq(authenticates(&h, h.key, NOW + 3600, &c), PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(authenticates(&h, second, NOW, &used), MFA_OK);
	ck_assert(used.note);
	DONE(&w, model_host_seen(w.db, &used, NOW));
	ck_assert_int_eq(authenticates(&h, h.key, NOW, &c), PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(authenticates(&h, second, NOW + 1, &c), MFA_OK);
	ck_assert(!c.note);
	/* A note that comes late does not end a key that is the old one by then. */
	DONE(&w, model_host_rotate(w.db, NULL, h.host, NOW, third));
	DONE(&w, model_host_seen(w.db, &used, NOW));
	ck_assert_int_eq(authenticates(&h, second, NOW, &c), MFA_OK);
	ck_assert_int_eq(authenticates(&h, third, NOW, &c), MFA_OK);
}
END_TEST

/* ---- the same request once more ---- */

#define KEY "0123456789abcdefABCDEF"

START_TEST(the_same_key_gives_the_first_answer_again)
{
	struct model_once once = model_world_once("admin", KEY, 1);
	struct model_join_token a, b;

	DONE(&w, model_join_token_new(w.db, &once, "web", 60, "root", NOW, &a));
	DONE(&w, model_join_token_new(w.db, &once, "web", 60, "root", NOW + 599, &b));
	ck_assert_mem_eq(&a, &b, sizeof(a));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM join_token"), 1);
	/* From another caller, it is another key. */
	once = model_world_once("h_x", KEY, 1);
	DONE(&w, model_join_token_new(w.db, &once, "web", 60, "root", NOW, &b));
	ck_assert_str_ne(a.token, b.token);
	/* And after ten minutes too. */
	once = model_world_once("admin", KEY, 2);
	DONE(&w, model_join_token_new(w.db, &once, "web", 60, "root", NOW + 600, &b));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM join_token"), 3);
}
END_TEST

/* Wherever in its slot the first answer lies, and also by a clock that was set back. */
START_TEST(an_answer_is_kept_ten_minutes_from_any_moment)
{
	struct model_join_token first, again;
	char key[32];
	int64_t t;

	for (t = NOW; t < NOW + 1200; t += 100) {
		struct model_once once = model_world_once("admin", key, 1);

		(void)snprintf(key, sizeof(key), "0123456789ab%010d", (int)t);
		DONE(&w, model_join_token_new(w.db, &once, NULL, 60, "root", t, &first));
		DONE(&w, model_join_token_new(w.db, &once, NULL, 60, "root", t + 599, &again));
		ck_assert_str_eq(first.token, again.token);
		DONE(&w, model_join_token_new(w.db, &once, NULL, 60, "root", t - 599, &again));
		ck_assert_str_eq(first.token, again.token);
		DONE(&w, model_join_token_new(w.db, &once, NULL, 60, "root", t + 600, &again));
		ck_assert_str_ne(first.token, again.token);
	}
}
END_TEST

START_TEST(a_key_with_another_request_is_a_mismatch)
{
	struct model_once once = model_world_once("admin", KEY, 1);
	struct model_joined h = model_world_host(&w, "a");
	struct model_join_token t;
	char key[MODEL_SECRET_MAX];

	DONE(&w, model_join_token_new(w.db, &once, "web", 60, "root", NOW, &t));
	ck_assert_int_eq(WRITE(&w, model_host_rotate(w.db, &once, h.host, NOW, key)),
	    PROBLEM_IDEMPOTENCY_MISMATCH);
	once = model_world_once("admin", KEY, 2);
	ck_assert_int_eq(WRITE(&w, model_join_token_new(w.db, &once, "web", 60, "root", NOW, &t)),
	    PROBLEM_IDEMPOTENCY_MISMATCH);
	ck_assert_str_eq(t.token, "");
}
END_TEST

START_TEST(a_key_has_a_form)
{
	static const char *const bad[] = { "", "short", "012345678901234567890",
		"0123456789abcdefABCDE!", "0123456789abcdef 0123456789",
		"0123456789012345678901234567890123456789012345678901234567890123x" };
	struct model_join_token t;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct model_once once = model_world_once("admin", bad[i], 1);

		ck_assert_int_eq(WRITE(&w, model_join_token_new(w.db, &once, NULL, 60, "root",
		    NOW, &t)), PROBLEM_INVALID);
	}
}
END_TEST

START_TEST(a_join_whose_answer_was_lost_can_be_repeated_with_the_token_alone)
{
	struct model_once once = model_world_once(NULL, KEY, 1);
	char token[MODEL_CREDENTIAL_MAX];
	struct model_joined a, b;

	(void)snprintf(token, sizeof(token), "%s", model_world_token(&w, NULL));
	DONE(&w, model_host_join(w.db, &once, token, "web", NOW, &a));
	DONE(&w, model_host_join(w.db, &once, token, "web", NOW + 5, &b));
	ck_assert_mem_eq(&a, &b, sizeof(a));
	token[sizeof(token) - 2] = token[sizeof(token) - 2] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(WRITE(&w, model_host_join(w.db, &once, token, "web", NOW, &b)),
	    PROBLEM_BAD_TOKEN);
	ck_assert_str_eq(b.key, "");
}
END_TEST

static bool
count(void *arg, const struct model_host *h)
{
	(void)h;
	++*(int *)arg;
	return true;
}

START_TEST(a_revoked_host_s_logins_end_however_many)
{
	struct model_joined gone = model_world_host(&w, "gone"), h = model_world_host(&w, "stays");
	struct model_login_opened l;
	struct secret key;
	int64_t id, retry;
	int i;

	MUST(secret_set(&key, "12345678901234567890", 20));
	DONE(&w, model_token_add(w.db, "anna", "phone", &otp_default, &key, -1, "root", NOW, &id));
	for (i = 0; i < 150; i++) {
		struct model_login_asked in = model_world_asked("anna", NOW);

		in.push = false;
		DONE(&w, model_login_open(w.db, NULL, i % 10 == 0 ? h.host : gone.host, &in, NOW,
		    &l, &retry));
	}
	DONE(&w, model_host_revoke(w.db, gone.host, "root", NOW));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login WHERE state = 2"), 135);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login WHERE state = 0"), 15);
}
END_TEST

START_TEST(hosts_are_listed_and_found)
{
	struct model_joined b = model_world_host(&w, "b"), a = model_world_host(&w, "a");
	struct model_host h;
	int n = 0;

	ck_assert_int_eq(model_hosts(w.db, count, &n), MFA_OK);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(model_host(w.db, a.host, &h), MFA_OK);
	ck_assert_str_eq(h.name, "a");
	ck_assert_int_eq(h.created, NOW);
	ck_assert_int_eq(model_host(w.db, "h_none", &h), PROBLEM_NOT_FOUND);
	(void)b;
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_join_token_works_once,
		a_certificate_is_of_the_host_of_its_name,
		a_certificate_ends_with_its_host_whoever_gets_the_name,
		a_certificate_is_looked_up_as_fast_among_many_hosts,
		a_join_token_that_is_old_wrong_or_malformed_is_refused,
		names_are_unique_and_fixed_by_the_token,
		a_name_has_a_form,
		only_its_own_secret_authenticates_a_host,
		an_old_key_works_until_the_new_one_is_used_or_an_hour,
		the_same_key_gives_the_first_answer_again,
		an_answer_is_kept_ten_minutes_from_any_moment,
		a_key_with_another_request_is_a_mismatch,
		a_key_has_a_form,
		a_join_whose_answer_was_lost_can_be_repeated_with_the_token_alone,
		a_revoked_host_s_logins_end_however_many,
		hosts_are_listed_and_found, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_host", setup, teardown, 30, tests);
}
