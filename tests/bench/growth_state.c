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
#define OPENED_WITHIN 30	/* seconds, of those that wait when it begins */

static const char used_sql[] = "UPDATE device SET used = ?1";

static const struct seal_key key = { { 1, 2, 3 } };

const char *
growth_next(struct growth_state *s, char user[PERSON_NAME_MAX])
{
	unsigned long i = (s->at++ * STRIDE) % s->people.count;

	person_name(i, user);
	return s->people.all[i].device;
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
	return (struct model_login_asked){ .user = user, .service = "sshd", .origin = "192.0.2.1",
	    .nonce = "AAAAAAAAAAAAAAAAAAAAAA", .expires = now + MODEL_LOGIN_LIFE, .digits = 6,
	    .push = true };
}

/* ---- making ---- */

static void
leave_waiting(struct db *db, struct growth_state *s, unsigned long n)
{
	struct model_login_opened opened;
	struct model_login_asked in;
	char user[PERSON_NAME_MAX];
	int64_t retry, at;
	unsigned long i;

	for (i = 0; i < n; i++) {
		at = GROWTH_NOW - (int64_t)((n - i - 1) * OPENED_WITHIN / n);
		(void)growth_next(s, user);
		in = growth_asked(user, at);
		people_must(model_login_open(db, NULL, s->people.host.host, &in, at, &opened,
		    &retry), "wait", db_message(db));
	}
}

static void
fill(struct growth_state *s, struct db *db, unsigned long users, unsigned long pending)
{
	people_make(db, users, GROWTH_NOW, &s->people);
	people_must(db_begin(db), "begin", db_message(db));
	/* As everybody's second login of the day finds it. */
	people_must(db_do(db, used_sql, ARGS(NUMBER(GROWTH_NOW),), NULL), "used", db_message(db));
	leave_waiting(db, s, pending);
	people_commit(db);
}

/* Nobody measures how it is made, so that takes memory and no flushes. */
void
growth_make(struct growth_state *s, const char *dir, const char *name, unsigned long users,
    unsigned long pending)
{
	struct db *db;
	char why[256];

	*s = (struct growth_state){ .at = 0 };
	(void)snprintf(s->path, sizeof(s->path), "%s/%s.db", dir, name);
	people_must(db_open(s->path, &key, DB_CREATE, &db, why, sizeof(why)), "open", why);
	people_must(db_script(db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;"
	    "PRAGMA wal_autocheckpoint = 100000"), "pragma", "");
	fill(s, db, users, pending);
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
	people_must(writer_start(s->path, &key, (struct poster){ post, NULL }, &s->writer, why,
	    sizeof(why)), "start", why);
	people_must(db_open(s->path, &key, DB_READ, &s->reader, why, sizeof(why)), "open", why);
}

void
growth_drop(struct growth_state *s)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[600];
	size_t i;

	writer_stop(&s->writer);
	db_close(&s->reader);
	free(s->people.all);
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", s->path, endings[i]);
		(void)unlink(path);
	}
}
