/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All the SQL that is ever run on the state, but for the schema itself; and
 * how it is run.
 */
#include "error.h"
#include "store_private.h"

static const struct {
	bool login;	/* prepared when the store is opened */
	const char *text;
} sql[STMT_COUNT] = {
	[STMT_BEGIN] = { true, "BEGIN IMMEDIATE" },
	[STMT_COMMIT] = { true, "COMMIT" },
	[STMT_ROLLBACK] = { false, "ROLLBACK" },

	/* A user without a row costs the same look-ups. */
	[STMT_USER] = { true,
	    "SELECT u.failures, u.last_failure, u.locked_at, u.lock_reason, u.grace_used,"
	    " (SELECT count(*) FROM token WHERE user = ?1),"
	    " (SELECT count(*) FROM recovery WHERE user = ?1 AND used = 0),"
	    " (SELECT count(*) FROM pass WHERE user = ?1 AND uses > 0 AND expires > ?2),"
	    " u.notice, u.approved"
	    " FROM (SELECT 1) LEFT JOIN user AS u ON u.name = ?1" },
	[STMT_USER_MAKE] = { false, "INSERT OR IGNORE INTO user (name) VALUES (?1)" },
	[STMT_USER_FAILED] = { true,
	    "UPDATE user SET failures = failures + 1, last_failure = ?2 WHERE name = ?1" },
	[STMT_USER_SUCCEEDED] = { true,
	    "UPDATE user SET failures = 0, notice = '' WHERE name = ?1"
	    " AND (failures <> 0 OR notice <> '')" },
	[STMT_USER_NOTICE] = { false, "UPDATE user SET notice = ?2 WHERE name = ?1" },
	[STMT_USER_GRACE] = { false,
	    "UPDATE user SET grace_used = grace_used + 1 WHERE name = ?1" },
	[STMT_USER_APPROVED] = { false,
	    "UPDATE user SET approved = ?2 WHERE name = ?1 AND approved = 0" },
	[STMT_USER_LOCK] = { false,
	    "UPDATE user SET locked_at = ?2, lock_reason = ?3 WHERE name = ?1" },
	[STMT_USER_UNLOCK] = { false,
	    "UPDATE user SET locked_at = NULL, lock_reason = '', failures = 0 WHERE name = ?1" },
	[STMT_USERS] = { false, "SELECT name FROM user ORDER BY name" },

	[STMT_TOKENS] = { true,
	    "SELECT id, name, kind, algorithm, digits, period, sealed, last, resync, created, used"
	    " FROM token WHERE user = ?1 ORDER BY id" },
	[STMT_TOKEN_KINDS] = { true, "SELECT kind FROM token WHERE user = ?1" },
	[STMT_TOKEN_COUNT] = { false, "SELECT count(*) FROM token WHERE user = ?1" },
	[STMT_TOKEN_ADD] = { false,
	    "INSERT INTO token (user, name, kind, algorithm, digits, period, sealed, created)"
	    " VALUES (?1, ?2, 0, 0, 0, 0, x'', 0)" },
	[STMT_TOKEN_SET] = { false,
	    "UPDATE token SET kind = ?3, algorithm = ?4, digits = ?5, period = ?6, sealed = ?7,"
	    " last = ?8, resync = ?9, created = ?10, used = 0 WHERE id = ?1 AND user = ?2" },
	[STMT_TOKEN_SPEND] = { true,
	    "UPDATE token SET last = ?2, resync = -1, used = ?3 WHERE id = ?1 AND last < ?2" },
	[STMT_TOKEN_RESYNC] = { false, "UPDATE token SET resync = ?2 WHERE id = ?1" },
	[STMT_TOKEN_RENAME] = { false,
	    "UPDATE token SET name = ?3 WHERE user = ?1 AND name = ?2" },
	[STMT_TOKEN_REMOVE] = { false, "DELETE FROM token WHERE user = ?1 AND name = ?2" },

	[STMT_SALT] = { false,
	    "SELECT salt FROM user WHERE name = ?1 AND salt IS NOT NULL AND"
	    " (EXISTS (SELECT 1 FROM recovery WHERE user = ?1) OR"
	    " EXISTS (SELECT 1 FROM pass WHERE user = ?1))" },
	[STMT_SALT_KEPT] = { false,
	    "SELECT salt FROM user WHERE name = ?1 AND salt IS NOT NULL" },
	[STMT_SALT_SET] = { false, "UPDATE user SET salt = ?2 WHERE name = ?1" },
	[STMT_RECOVERY] = { false, "SELECT hash, used FROM recovery WHERE user = ?1" },
	[STMT_RECOVERY_ADD] = { false,
	    "INSERT INTO recovery (user, hash, created) VALUES (?1, ?2, ?3)" },
	[STMT_RECOVERY_SPEND] = { false,
	    "UPDATE recovery SET used = ?3 WHERE user = ?1 AND hash = ?2 AND used = 0" },
	[STMT_RECOVERY_REMOVE] = { false, "DELETE FROM recovery WHERE user = ?1" },
	[STMT_PASSES] = { false,
	    "SELECT id, created, expires, uses, issuer, hash FROM pass"
	    " WHERE user = ?1 AND uses > 0 AND expires > ?2 ORDER BY id" },
	[STMT_PASS_ADD] = { false,
	    "INSERT INTO pass (user, hash, created, expires, uses, issuer)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)" },
	/* One that is used up has expired: tidy looks at nothing else. */
	[STMT_PASS_SPEND] = { false,
	    "UPDATE pass SET uses = uses - 1, expires = iif(uses > 1, expires, ?2)"
	    " WHERE id = ?1 AND uses > 0 AND expires > ?2" },
	[STMT_PASSES_REMOVE] = { false, "DELETE FROM pass WHERE user = ?1" },

	[STMT_GRANT_FIND] = { true,
	    "SELECT expires FROM remembered WHERE user = ?1 AND key = ?2 AND expires > ?3" },
	[STMT_GRANT_ADD] = { false,
	    "INSERT INTO remembered (user, key, created, expires) VALUES (?1, ?2, ?3, ?4)"
	    " ON CONFLICT (user, key) DO UPDATE"
	    " SET created = excluded.created, expires = excluded.expires" },
	[STMT_GRANTS] = { false,
	    "SELECT user, key, created, expires FROM remembered"
	    " WHERE (?1 IS NULL OR user = ?1) AND expires > ?2 ORDER BY user, key" },
	[STMT_GRANTS_FORGET] = { false,
	    "DELETE FROM remembered WHERE ?1 IS NULL OR user = ?1" },

	[STMT_APPROVAL_SPEND] = { false,
	    "INSERT INTO approval (nonce, user, device, at) VALUES (?1, ?2, ?3, ?4)" },
	[STMT_REVOCATION_ADD] = { false,
	    "INSERT INTO revocation (user, device, at) VALUES (?2, ?1, ?3)"
	    " ON CONFLICT DO NOTHING" },
	[STMT_REVOCATIONS] = { false, "SELECT device FROM revocation WHERE user = ?1" },

	[STMT_SESSION_OPEN] = { false,
	    "INSERT INTO session (boot, sessionid, user, service, origin, at)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)" },
	[STMT_SESSION_CLOSE] = { false,
	    "DELETE FROM session WHERE boot = ?1 AND sessionid = ?2 AND service = ?3" },
	[STMT_SESSION_FIND] = { true,
	    "SELECT origin FROM session WHERE boot = ?1 AND sessionid = ?2" },

	[STMT_TOLD] = { true, "SELECT value FROM told WHERE name = ?1" },
	[STMT_TOLD_SET] = { false,
	    "INSERT INTO told VALUES (?1, ?2, ?3)"
	    " ON CONFLICT DO UPDATE SET value = ?2, at = ?3" },

	/* The next free number of this second: see the schema. */
	[STMT_AUDIT] = { true,
	    "INSERT INTO audit (id, event, verdict, user, service, origin, factor, reason, by, ms)"
	    " SELECT coalesce(max(id), ?1 - 1) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
	    " FROM audit WHERE id BETWEEN ?1 AND ?1 + 1048575" },
	[STMT_AUDIT_READ] = { false,
	    "SELECT id, event, verdict, user, service, origin, factor, reason, by, ms FROM audit"
	    " WHERE id BETWEEN ?1 AND ?2 AND (?3 IS NULL OR user = ?3)"
	    " AND (?4 IS NULL OR service = ?4) AND (?5 IS NULL OR event = ?5)"
	    " ORDER BY id DESC LIMIT ?6" },

	[STMT_TIDIED] = { false, "SELECT at FROM tidied" },
	[STMT_TIDIED_SET] = { false, "UPDATE tidied SET at = ?1" },
	[STMT_TIDY_AUDIT] = { false,
	    "DELETE FROM audit WHERE id IN"
	    " (SELECT id FROM audit WHERE id < ?1 ORDER BY id LIMIT ?2)" },
	[STMT_TIDY_GRANTS] = { false,
	    "DELETE FROM remembered WHERE (user, key) IN"
	    " (SELECT user, key FROM remembered WHERE expires <= ?1 LIMIT ?2)" },
	[STMT_TIDY_PASSES] = { false,
	    "DELETE FROM pass WHERE id IN (SELECT id FROM pass WHERE expires < ?1 LIMIT ?2)" },
	[STMT_TIDY_RECOVERY] = { false,
	    "DELETE FROM recovery WHERE (user, hash) IN"
	    " (SELECT user, hash FROM recovery WHERE used > 0 AND used < ?1 LIMIT ?2)" },
	[STMT_TIDY_APPROVALS] = { false,
	    "DELETE FROM approval WHERE nonce IN"
	    " (SELECT nonce FROM approval WHERE at < ?1 LIMIT ?2)" },
	/* Of this boot is whoever came last. */
	[STMT_TIDY_SESSIONS] = { false,
	    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE boot <>"
	    " (SELECT boot FROM session ORDER BY id DESC LIMIT 1) LIMIT ?1)" },
};

static int
prepare(struct store *s, enum stmt id)
{
	int rc;

	if (s->statements[id] != NULL)
		return MFA_OK;
	rc = sqlite3_prepare_v3(s->db, sql[id].text, -1, SQLITE_PREPARE_PERSISTENT,
	    &s->statements[id], NULL);
	return rc == SQLITE_OK ? MFA_OK : store_error(s, rc);
}

int
store_prepare(struct store *s)
{
	int id, r = MFA_OK;

	for (id = 0; r == MFA_OK && id < STMT_COUNT; id++)
		if (sql[id].login)
			r = prepare(s, (enum stmt)id);
	return r;
}

static int
start(struct store *s, enum stmt id, const struct arg *args, sqlite3_stmt **out)
{
	int rc, r = prepare(s, id);

	*out = s->statements[id];
	if (r != MFA_OK)
		return r;
	if (!s->begun && !sqlite3_stmt_readonly(*out))
		return store_say(s, MFA_E_INTERNAL, "written outside of a transaction");
	if ((rc = sql_bind(*out, args)) != SQLITE_OK) {
		r = store_error(s, rc);
		sql_end(*out);
	}
	return r;
}

int
store_next(struct store *s, sqlite3_stmt *st)
{
	int r, rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return MFA_OK;
	r = rc == SQLITE_DONE ? MFA_E_ABSENT : store_error(s, rc);
	sql_end(st);
	return r;
}

int
store_first(struct store *s, enum stmt id, const struct arg *args, sqlite3_stmt **out)
{
	int r = start(s, id, args, out);

	return r != MFA_OK ? r : store_next(s, *out);
}

int
store_do(struct store *s, enum stmt id, const struct arg *args, int *changes)
{
	sqlite3_stmt *st;
	int r = store_first(s, id, args, &st);

	if (r == MFA_OK)
		sql_end(st);
	if (r == MFA_E_ABSENT)
		r = MFA_OK;
	if (changes != NULL)
		*changes = r == MFA_OK ? sqlite3_changes(s->db) : 0;
	return r;
}
