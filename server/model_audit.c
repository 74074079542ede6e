/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_audit.h"

#include "error.h"
#include "model_private.h"
#include "model_telephone.h"

#define AUDIT_CHUNK	1024	/* records, as in the index audit_chunk */
#define TIDY_ROWS	500	/* of each kind in one round */
#define TIDY_LOGINS	86400	/* seconds that a login is kept */
#define TIDY_KEEP	(30 * 86400)	/* the same for what is used up or has expired */

static const char note_sql[] =
	"INSERT INTO audit (at, event, user, host, service, origin, device, outcome, by)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
#define COLUMNS "SELECT id, at, event, user, host, service, origin, device, outcome, by FROM audit"
static const char all_sql[] = COLUMNS " WHERE id > ?1 ORDER BY id LIMIT ?2";
static const char user_sql[] = COLUMNS " INDEXED BY audit_chunk"
	" WHERE id / 1024 = ?4 AND user = ?3 AND id > ?1 ORDER BY id LIMIT ?2";
static const char last_sql[] = "SELECT max(id) FROM audit";
static const char first_sql[] = "SELECT id FROM audit WHERE id > ?1 ORDER BY id LIMIT 1";

static const char *
text(const char *s)
{
	return s != NULL ? s : "";
}

int
model_note(struct db *db, const struct model_event *e, int64_t now)
{
	return db_do(db, note_sql, ARGS(NUMBER(now), TEXT(e->event), TEXT(text(e->user)),
	    TEXT(text(e->host)), TEXT(text(e->service)), TEXT(text(e->origin)),
	    TEXT(text(e->device)), TEXT(text(e->outcome)), TEXT(text(e->by)),), NULL);
}

static void
read_record(struct db *db, sqlite3_stmt *st, struct model_audit *a)
{
	a->id = sqlite3_column_int64(st, 0);
	a->at = sqlite3_column_int64(st, 1);
	db_text(db, st, 2, a->event, sizeof(a->event));
	db_text(db, st, 3, a->user, sizeof(a->user));
	db_text(db, st, 4, a->host, sizeof(a->host));
	db_text(db, st, 5, a->service, sizeof(a->service));
	db_text(db, st, 6, a->origin, sizeof(a->origin));
	db_text(db, st, 7, a->device, sizeof(a->device));
	db_text(db, st, 8, a->outcome, sizeof(a->outcome));
	db_text(db, st, 9, a->by, sizeof(a->by));
}

struct reading {
	unsigned int left;	/* records */
	bool (*fn)(void *arg, const struct model_audit *a);
	void *arg;
};

static int
read_on(struct db *db, struct reading *g, int r, sqlite3_stmt *st)
{
	struct model_audit a;

	for (; r == MFA_OK; r = db_next(db, st)) {
		read_record(db, st, &a);
		g->left--;
		if (!g->fn(g->arg, &a)) {
			g->left = 0;
			return db_end(db, st, MFA_OK);
		}
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

/* One look for each chunk of the records: so the newest alone have an index that
 * grows, and a login writes a few pages of it, not one for each user. */
static int
read_user(struct db *db, int64_t after, const char *user, struct reading *g)
{
	int64_t id, last;
	sqlite3_stmt *st;
	int r;

	if ((r = db_number(db, last_sql, ARGS(), 0, &last)) != MFA_OK ||
	    (r = db_number(db, first_sql, ARGS(NUMBER(after),), last + AUDIT_CHUNK,
	    &id)) != MFA_OK)
		return r;
	for (id /= AUDIT_CHUNK; r == MFA_OK && g->left > 0 && id <= last / AUDIT_CHUNK; id++) {
		r = db_first(db, user_sql, ARGS(NUMBER(after), NUMBER(g->left), TEXT(user),
		    NUMBER(id),), &st);
		r = read_on(db, g, r, st);
	}
	return r;
}

int
model_audit_read(struct db *db, int64_t after, const char *user, unsigned int limit,
    bool (*fn)(void *arg, const struct model_audit *a), void *arg)
{
	struct reading g = { .left = limit, .fn = fn, .arg = arg };
	sqlite3_stmt *st;
	int r;

	if (user != NULL)
		return read_user(db, after, user, &g);
	r = db_first(db, all_sql, ARGS(NUMBER(after), NUMBER(limit),), &st);
	return read_on(db, &g, r, st);
}

/* ---- what is over ---- */

static const char tidy_answers[] =
	"DELETE FROM answer WHERE (slot, caller, key) IN"
	" (SELECT slot, caller, key FROM answer WHERE slot <= ?1 / 600 AND at <= ?1 LIMIT ?2)";
/* The oldest ones, without an index on their time; records below likewise. */
static const char tidy_logins[] =
	"DELETE FROM login WHERE n IN (SELECT n FROM"
	" (SELECT n, created FROM login ORDER BY n LIMIT ?2) WHERE created < ?1)";
static const char tidy_decoys[] =
	"DELETE FROM decoy WHERE n IN (SELECT n FROM"
	" (SELECT n, created FROM decoy ORDER BY n LIMIT ?2) WHERE created < ?1)";
static const char tidy_dialled[] =
	"DELETE FROM dialled WHERE n IN (SELECT n FROM"
	" (SELECT n, at FROM dialled ORDER BY n LIMIT ?2) WHERE at < ?1)";
static const char tidy_join_tokens[] =
	"DELETE FROM join_token WHERE id IN"
	" (SELECT id FROM join_token WHERE expires < ?1 LIMIT ?2)";
static const char tidy_enrolments[] =
	"DELETE FROM enrolment WHERE id IN"
	" (SELECT id FROM enrolment WHERE expires < ?1 LIMIT ?2)";
/* Those that never got a certificate; no login names them. */
static const char tidy_devices[] =
	"DELETE FROM device WHERE id IN (SELECT id FROM device"
	" WHERE certificate IS NULL AND created < ?1 LIMIT ?2)";
static const char tidy_passes[] =
	"DELETE FROM pass WHERE id IN (SELECT id FROM pass WHERE expires < ?1 LIMIT ?2)";
static const char tidy_audit[] =
	"DELETE FROM audit WHERE id IN (SELECT id FROM"
	" (SELECT id, at FROM audit ORDER BY id LIMIT ?2) WHERE at < ?1)";

int
model_tidy(struct db *db, int64_t now, unsigned int audit_days, bool *more)
{
	const struct {
		const char *sql;
		int64_t before;
	} kinds[] = {
		{ tidy_answers, now - MODEL_ANSWER_LIFE },
		{ tidy_logins, now - TIDY_LOGINS },
		{ tidy_decoys, now - MODEL_DIAL_TIME },
		{ tidy_dialled, now - MODEL_DIALLED_LIFE },
		{ tidy_join_tokens, now - TIDY_KEEP },
		{ tidy_enrolments, now - TIDY_LOGINS },
		{ tidy_devices, now - MODEL_ENROL_LIFE_MAX - TIDY_LOGINS },
		{ tidy_passes, now - TIDY_KEEP },
		{ tidy_audit, now - (int64_t)audit_days * 86400 },
	};
	size_t i;
	int n, r = MFA_OK;

	*more = false;
	for (i = 0; r == MFA_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		r = db_do(db, kinds[i].sql, ARGS(NUMBER(kinds[i].before), NUMBER(TIDY_ROWS),),
		    &n);
		*more |= n >= TIDY_ROWS;
	}
	return r;
}
