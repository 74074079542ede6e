/* SPDX-License-Identifier: BSD-2-Clause */
#include "growth_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../server/db_private.h"
#include "error.h"

#define STRIDE	7919	/* prime, so that every user has a turn before one has two */
#define AT_ONCE	5000	/* users of one transaction */
#define OPENED_WITHIN 30	/* seconds, of those that wait when it begins */

static const char used_sql[] = "UPDATE device SET used = ?1";

static const struct seal_key key = { { 1, 2, 3 } };

void
growth_must(int r, const char *what, const char *why)
{
	if (r == MFA_OK)
		return;
	(void)fprintf(stderr, "%s: %d %s\n", what, r, why);
	exit(2);
}

static void
name_of(unsigned long i, char user[GROWTH_USER_MAX])
{
	(void)snprintf(user, GROWTH_USER_MAX, "user%07lu", i);
}

const char *
growth_next(struct growth_state *s, char user[GROWTH_USER_MAX])
{
	unsigned long i = (s->at++ * STRIDE) % s->users;

	name_of(i, user);
	return s->devices[i];
}

int64_t
growth_now(void)
{
	static time_t start;

	if (start == 0)
		start = time(NULL);
	return GROWTH_NOW + time(NULL) - start;
}

struct model_login_asked
growth_asked(const char *user, int64_t now)
{
	return (struct model_login_asked){ user, "sshd", "192.0.2.1", "AAAAAAAAAAAAAAAAAAAAAA",
	    now + MODEL_LOGIN_LIFE, 6, true };
}

/* ---- making ---- */

static void
add_user(struct db *db, struct growth_state *s, unsigned long i)
{
	static const struct model_offer offer = { "phone", "ed25519",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "-",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	struct model_enrolment e;
	struct model_offered d;
	char user[GROWTH_USER_MAX], text[512];

	name_of(i, user);
	growth_must(model_enrol_open(db, NULL, s->host.host, user, 600, GROWTH_NOW, &e), "enrol",
	    db_message(db));
	growth_must(model_enrol_offer(db, NULL, e.id, &offer, GROWTH_NOW, &d), "offer",
	    db_message(db));
	(void)snprintf(text, sizeof(text), "pam_mfa device 1\nuser %s\ndevice %s\nkind %s\nkey %s\n"
	    "origin -\ncreated %d\nexpires %d\nauthority AAAAAAAAAAAAAAAAAAAAAA\n"
	    "signature %s%s\n", user, d.device, offer.kind, offer.key, GROWTH_NOW,
	    GROWTH_NOW + 86400 * 300, offer.key, offer.key);
	growth_must(model_enrol_certify(db, s->host.host, e.id, text, GROWTH_NOW), "certify",
	    db_message(db));
	memcpy(s->devices[i], d.device, sizeof(d.device));
}

static void
leave_waiting(struct db *db, struct growth_state *s, unsigned long n)
{
	struct model_login_opened opened;
	struct model_login_asked in;
	char user[GROWTH_USER_MAX];
	int64_t retry, at;
	unsigned long i;

	for (i = 0; i < n; i++) {
		at = GROWTH_NOW - (int64_t)((n - i - 1) * OPENED_WITHIN / n);
		(void)growth_next(s, user);
		in = growth_asked(user, at);
		growth_must(model_login_open(db, NULL, s->host.host, &in, at, &opened, &retry),
		    "wait", db_message(db));
	}
}

static void
between(struct db *db)
{
	struct wake *wakes = db_take_wakes(db);

	wakes_free(&wakes);
	growth_must(db_commit(db), "commit", db_message(db));
	growth_must(db_begin(db), "begin", db_message(db));
}

static void
fill(struct growth_state *s, struct db *db, unsigned long pending)
{
	struct model_join_token t;
	unsigned long i;

	growth_must(db_begin(db), "begin", "");
	growth_must(model_join_token_new(db, NULL, "web", 60, "root", GROWTH_NOW, &t), "token", "");
	growth_must(model_host_join(db, NULL, t.token, NULL, GROWTH_NOW, &s->host), "join", "");
	for (i = 0; i < s->users; i++) {
		add_user(db, s, i);
		if (i % AT_ONCE == AT_ONCE - 1)
			between(db);
	}
	/* As everybody's second login of the day finds it. */
	growth_must(db_do(db, used_sql, ARGS(NUMBER(GROWTH_NOW),), NULL), "used", db_message(db));
	leave_waiting(db, s, pending);
	between(db);
	growth_must(db_commit(db), "commit", db_message(db));
}

/* Nobody measures how it is made, so that takes memory and no flushes. */
void
growth_make(struct growth_state *s, const char *dir, const char *name, unsigned long users,
    unsigned long pending)
{
	struct db *db;
	char why[256];

	*s = (struct growth_state){ .users = users };
	(void)snprintf(s->path, sizeof(s->path), "%s/%s.db", dir, name);
	if ((s->devices = calloc(users, sizeof(*s->devices))) == NULL)
		growth_must(MFA_E_MEMORY, "users", "");
	growth_must(db_open(s->path, &key, DB_CREATE, &db, why, sizeof(why)), "open", why);
	growth_must(db_script(db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;"
	    "PRAGMA wal_autocheckpoint = 100000"), "pragma", "");
	fill(s, db, pending);
	db_close(&db);
}

/* ---- serving ---- */

static void
post(void *ctx, void (*fn)(void *arg), void *arg)
{
	(void)ctx;
	fn(arg);
}

void
growth_open(struct growth_state *s)
{
	char why[256];

	sync();
	growth_must(writer_start(s->path, &key, (struct poster){ post, NULL }, &s->writer, why,
	    sizeof(why)), "start", why);
	growth_must(db_open(s->path, &key, DB_READ, &s->reader, why, sizeof(why)), "open", why);
}

void
growth_drop(struct growth_state *s)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[600];
	size_t i;

	writer_stop(&s->writer);
	db_close(&s->reader);
	free(s->devices);
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", s->path, endings[i]);
		(void)unlink(path);
	}
}
