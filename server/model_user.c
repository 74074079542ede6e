/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_user.h"

#include <string.h>

#include "error.h"
#include "model_private.h"
#include "otp.h"

static const char make_sql[] = "INSERT OR IGNORE INTO user (name) VALUES (?1)";
static const char push_sql[] = "UPDATE user SET push_seq = push_seq + 1 WHERE name = ?1";
static const char one_sql[] =
	"SELECT u.locked IS NOT NULL, u.lock_reason, u.push_locked IS NOT NULL,"
	" u.push_lock_reason, u.failures, u.last_failure,"
	" (SELECT count(*) FROM device WHERE user = ?1 AND revoked IS NULL AND expires > ?2),"
	" (SELECT count(*) FROM token WHERE user = ?1 AND kind = 1),"
	" (SELECT count(*) FROM token WHERE user = ?1 AND kind = 2),"
	" EXISTS (SELECT 1 FROM recovery WHERE user = ?1 AND used = 0),"
	" EXISTS (SELECT 1 FROM pass WHERE user = ?1 AND uses > 0 AND expires > ?2),"
	" EXISTS (SELECT 1 FROM telephone WHERE user = ?1 AND proved IS NOT NULL),"
	" coalesce(u.method, '')"
	" FROM user AS u WHERE name = ?1";
static const char all_sql[] =
	"SELECT name, locked IS NOT NULL, push_locked IS NOT NULL,"
	" (SELECT count(*) FROM device WHERE user = u.name AND revoked IS NULL AND expires > ?3),"
	" (SELECT count(*) FROM token WHERE user = u.name)"
	" FROM user AS u WHERE name > ?1 ORDER BY name LIMIT ?2";
static const char lock_sql[] =
	"UPDATE user SET locked = ?2, lock_reason = ?3 WHERE name = ?1";
static const char push_lock_sql[] =
	"UPDATE user SET push_locked = ?2, push_lock_reason = ?3 WHERE name = ?1";
static const char unlock_sql[] =
	"UPDATE user SET locked = NULL, lock_reason = '', failures = 0 WHERE name = ?1";
static const char push_unlock_sql[] =
	"UPDATE user SET push_locked = NULL, push_lock_reason = '' WHERE name = ?1";

int
model_user_make(struct db *db, const char *user)
{
	return db_do(db, make_sql, ARGS(TEXT(user),), NULL);
}

void
model_user_wake(struct db *db, const char *user)
{
	db_wake(db, "user ", user);
}

int
model_user_push(struct db *db, const char *user)
{
	model_user_wake(db, user);
	return db_do(db, push_sql, ARGS(TEXT(user),), NULL);
}

int
model_user(struct db *db, const char *user, int64_t now, struct model_user *out)
{
	unsigned int totp, hotp;
	sqlite3_stmt *st;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = model_check_text(db, "user", user, MODEL_NAME_MAX)) != MFA_OK)
		return r;
	if ((r = db_first(db, one_sql, ARGS(TEXT(user), NUMBER(now),), &st)) != MFA_OK)
		return r == MFA_E_ABSENT ? MFA_OK : r;
	out->locked = sqlite3_column_int(st, 0) != 0;
	db_text(db, st, 1, out->lock_reason, sizeof(out->lock_reason));
	out->push_locked = sqlite3_column_int(st, 2) != 0;
	db_text(db, st, 3, out->push_lock_reason, sizeof(out->push_lock_reason));
	out->failures = sql_uint(st, 4);
	out->last_failure = sqlite3_column_int64(st, 5);
	out->devices = sql_uint(st, 6);
	totp = sql_uint(st, 7);
	hotp = sql_uint(st, 8);
	out->recovery = sqlite3_column_int(st, 9) != 0;
	out->pass = sqlite3_column_int(st, 10) != 0;
	out->telephone = sqlite3_column_int(st, 11) != 0;
	db_text(db, st, 12, out->method, sizeof(out->method));
	out->push = out->devices > 0;
	out->totp = totp > 0;
	out->hotp = hotp > 0;
	out->tokens = totp + hotp;
	return db_end(db, st, MFA_OK);
}

int
model_users(struct db *db, const char *after, unsigned int limit, int64_t now,
    bool (*fn)(void *arg, const struct model_user_row *u), void *arg)
{
	struct model_user_row u;
	sqlite3_stmt *st;
	int r = db_first(db, all_sql, ARGS(TEXT(after != NULL ? after : ""), NUMBER(limit),
	    NUMBER(now),), &st);

	for (; r == MFA_OK; r = db_next(db, st)) {
		db_text(db, st, 0, u.name, sizeof(u.name));
		u.locked = sqlite3_column_int(st, 1) != 0;
		u.push_locked = sqlite3_column_int(st, 2) != 0;
		u.devices = sql_uint(st, 3);
		u.tokens = sql_uint(st, 4);
		if (!fn(arg, &u))
			return db_end(db, st, MFA_OK);
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}

int
model_user_lock(struct db *db, const char *user, enum model_lock what, const char *reason,
    const char *by, int64_t now)
{
	const char *sql = what == MODEL_LOCK_ALL ? lock_sql : push_lock_sql;
	int r;

	if ((r = model_check_text(db, "user", user, MODEL_NAME_MAX)) != MFA_OK ||
	    (r = model_check_text(db, "reason", reason, MODEL_REASON_MAX)) != MFA_OK ||
	    (r = model_user_make(db, user)) != MFA_OK ||
	    (r = db_do(db, sql, ARGS(TEXT(user), NUMBER(now), TEXT(reason),), NULL)) != MFA_OK ||
	    (r = model_login_stop_user(db, user, now)) != MFA_OK)
		return r;
	return model_note(db, &(struct model_event){ .event = "lock", .user = user, .by = by,
	    .outcome = what == MODEL_LOCK_ALL ? "all" : "push" }, now);
}

int
model_user_unlock(struct db *db, const char *user, enum model_lock what, const char *by,
    int64_t now)
{
	int r = model_check_text(db, "user", user, MODEL_NAME_MAX);

	if (r == MFA_OK)
		r = db_do(db, what == MODEL_LOCK_ALL ? unlock_sql : push_unlock_sql,
		    ARGS(TEXT(user),), NULL);
	return r != MFA_OK ? r : model_note(db, &(struct model_event){ .event = "unlock",
	    .user = user, .by = by, .outcome = what == MODEL_LOCK_ALL ? "all" : "push" }, now);
}
