/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_world.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct model_offer model_world_offer = {
	.name = "Anna's phone", .kind = "p256", .origin = "-",
	.key = "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	.proof = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

const struct model_answer model_world_approval = {
	.decision = MODEL_APPROVE, .signature = "MEQCIAAA",
};

void
model_world_empty(struct model_world *w)
{
	memset(w, 0, sizeof(*w));
	(void)snprintf(w->dir, sizeof(w->dir), "%s/mfad-model-XXXXXX", store_world_base);
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	(void)snprintf(w->path, sizeof(w->path), "%s/mfad.db", w->dir);
	memset(w->key.bytes, 7, sizeof(w->key.bytes));
}

void
model_world_make(struct model_world *w)
{
	model_world_empty(w);
	w->db = model_world_open(w, DB_CREATE);
}

void
model_world_drop(struct model_world *w)
{
	struct dirent *e;
	DIR *d;

	db_close(&w->db);
	ck_assert_ptr_nonnull(d = opendir(w->dir));
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
	(void)rmdir(w->dir);
}

struct db *
model_world_open(const struct model_world *w, enum db_mode mode)
{
	struct db *db = NULL;
	char why[256];

	if (db_open(w->path, &w->key, mode, &db, why, sizeof(why)) != MFA_OK)
		ck_abort_msg("%s", why);
	return db;
}

int64_t
model_world_sql(const struct model_world *w, const char *sql)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;
	int64_t value = 0;
	int rc;

	ck_assert_int_eq(sqlite3_open(w->path, &db), SQLITE_OK);
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

int
model_world_end(struct model_world *w, int r)
{
	if (r == MFA_OK)
		r = db_commit(w->db);
	else
		db_rollback(w->db);
	if (r < 0)
		ck_abort_msg("%s: %s", mfa_strerror(r), db_message(w->db));
	return r;
}

/* ---- who and what is in it ---- */

#define IN(w, call) do { \
	if (db_in_transaction((w)->db)) \
		ck_assert_int_eq((call), MFA_OK); \
	else \
		DONE(w, call); \
} while (0)

const char *
model_world_token(struct model_world *w, const char *name)
{
	static struct model_join_token t;

	IN(w, model_join_token_new(w->db, NULL, name, 3600, "root", NOW, &t));
	return t.token;
}

struct model_joined
model_world_host(struct model_world *w, const char *name)
{
	const char *token = model_world_token(w, name);
	struct model_joined h;

	IN(w, model_host_join(w->db, NULL, token, NULL, NOW, &h));
	return h;
}

struct model_enrolment
model_world_enrolment(struct model_world *w, const char *host, const char *user)
{
	struct model_enrolment e;

	IN(w, model_enrol_open(w->db, NULL, host, user, 600, NOW, &e));
	return e;
}

const char *
model_world_certificate(const struct model_enrolled *e, int64_t expires)
{
	static char text[MODEL_CERTIFICATE_MAX];

	(void)snprintf(text, sizeof(text), "pam_mfa device 1\nuser %s\ndevice %s\nkind %s\nkey %s\n"
	    "origin %s\ncreated %d\nexpires %lld\nauthority AAAAAAAAAAAAAAAAAAAAAA\n"
	    "signature BBBB\n", e->user, e->device, e->kind, e->key, e->origin, NOW,
	    (long long)expires);
	return text;
}

struct model_offered
model_world_device(struct model_world *w, const char *host, const char *user)
{
	struct model_enrolment e = model_world_enrolment(w, host, user);
	struct model_enrolled enrolled;
	struct model_offered d;

	IN(w, model_enrol_offer(w->db, NULL, e.id, &model_world_offer, NOW, &d));
	ck_assert_int_eq(model_enrolment(w->db, host, e.id, NOW, &enrolled), MFA_OK);
	IN(w, model_enrol_certify(w->db, host, e.id,
	    model_world_certificate(&enrolled, NOW + 365 * DAY), NOW));
	return d;
}

struct model_login_asked
model_world_asked(const char *user, int64_t now)
{
	return (struct model_login_asked){ .user = user, .service = "sshd",
	    .origin = "192.0.2.1", .nonce = "AAAAAAAAAAAAAAAAAAAAAA", .expires = now + 90,
	    .digits = 6, .push = true };
}

struct model_login_opened
model_world_login(struct model_world *w, const char *host, const char *user, int64_t now)
{
	struct model_login_asked in = model_world_asked(user, now);
	struct model_login_opened l;
	int64_t retry;

	IN(w, model_login_open(w->db, NULL, host, &in, now, &l, &retry));
	return l;
}

enum login_state
model_world_state(struct model_world *w, const char *host, const char *login, int64_t now)
{
	struct model_login l;

	ck_assert_int_eq(model_login(w->db, host, login, now, &l), MFA_OK);
	return l.state;
}

struct model_once
model_world_once(const char *caller, const char *key, int body)
{
	struct model_once once = { .caller = caller, .key = key };

	memset(once.body, body, sizeof(once.body));
	return once;
}
