/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"

const char *store_world_base = "/tmp";

void
must(int r, const char *what)
{
	if (r != MFA_OK)
		ck_abort_msg("%s: %s", what, mfa_strerror(r));
}

void
store_world_empty(struct store_world *w)
{
	memset(w, 0, sizeof(*w));
	(void)snprintf(w->dir, sizeof(w->dir), "%s/mfa-store-XXXXXX", store_world_base);
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	memset(w->key.bytes, 7, sizeof(w->key.bytes));
}

void
store_world_make(struct store_world *w)
{
	store_world_empty(w);
	w->store = store_world_open(w, STORE_CREATE);
}

void
store_world_drop(struct store_world *w)
{
	struct dirent *e;
	DIR *d;

	store_close(&w->store);
	ck_assert_ptr_nonnull(d = opendir(w->dir));
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
	(void)rmdir(w->dir);
}

int
store_world_try(const struct store_world *w, enum store_mode mode, char why[256])
{
	struct store *s = NULL;
	int r = store_open(w->dir, &w->key, mode, &s, why, 256);

	ck_assert_int_eq(s == NULL, r != MFA_OK);
	store_close(&s);
	return r;
}

struct store *
store_world_open(const struct store_world *w, enum store_mode mode)
{
	struct store *s = NULL;
	char why[256];

	if (store_open(w->dir, &w->key, mode, &s, why, sizeof(why)) != MFA_OK)
		ck_abort_msg("%s", why);
	return s;
}

const char *
store_world_path(const struct store_world *w, const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return path;
}

int64_t
store_world_sql(const struct store_world *w, const char *sql)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	int64_t value = 0;
	int rc;

	ck_assert_int_eq(sqlite3_open(store_world_path(w, "state.db"), &db), SQLITE_OK);
	(void)sqlite3_busy_timeout(db, 5000);
	for (; sql[0] != '\0'; (void)sqlite3_finalize(st)) {
		ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &st, &sql), SQLITE_OK);
		if ((rc = sqlite3_step(st)) == SQLITE_ROW)
			value = sqlite3_column_int64(st, 0);
		else
			ck_assert_int_eq(rc, SQLITE_DONE);
	}
	(void)sqlite3_close(db);
	return value;
}

void
begin(struct store *s)
{
	if (store_begin(s, 10000) != MFA_OK)
		ck_abort_msg("begin: %s", store_message(s));
}

void
commit(struct store *s)
{
	if (store_commit(s, true) != MFA_OK)
		ck_abort_msg("commit: %s", store_message(s));
}

struct token
store_world_token(const char *name)
{
	struct token t = { .params = otp_default, .last = -1, .resync = -1 };

	(void)snprintf(t.name, sizeof(t.name), "%s", name);
	MUST(secret_set(&t.key, "12345678901234567890", 20));
	return t;
}

int64_t
store_world_enrol(struct store *s, const char *user, const char *name)
{
	struct token t = store_world_token(name);

	begin(s);
	MUST(store_token_add(s, user, &t, NOW));
	commit(s);
	return t.id;
}

struct token
store_world_read(struct store *s, const char *user)
{
	struct token tokens[TOKENS_MAX];
	size_t count;

	MUST(store_tokens(s, user, tokens, &count));
	ck_assert_uint_eq(count, 1);
	return tokens[0];
}

int
store_world_run(const char *name, void (*setup)(void), void (*teardown)(void), double seconds,
    const TTest *const *tests)
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, seconds);
	for (; *tests != NULL; tests++)
		tcase_add_test(tc, *tests);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
