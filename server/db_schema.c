/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the state of mfad looks, and how an older one becomes a current one.
 */
#include "db_private.h"
#include "sql_schema.h"

/* What hosts and people are, and what may prove who they are.  Secrets of our
 * own making are kept as their SHA-256, for they cannot be guessed. */
static const char hosts[] =
	"CREATE TABLE host ("
	" id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),"
	" name TEXT NOT NULL CHECK (length(name) > 0),"
	" key BLOB NOT NULL CHECK (length(key) = 32),"
	" old_key BLOB CHECK (old_key IS NULL OR length(old_key) = 32),"
	" old_until INTEGER NOT NULL DEFAULT 0,"
	" created INTEGER NOT NULL,"
	" seen INTEGER NOT NULL DEFAULT 0,"
	" revoked INTEGER) STRICT, WITHOUT ROWID;"
	"CREATE UNIQUE INDEX host_name ON host (name) WHERE revoked IS NULL;"
	"CREATE TABLE join_token ("
	" id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),"
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"
	" name TEXT,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" host TEXT UNIQUE REFERENCES host (id)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX join_token_expires ON join_token (expires);";

/* push_seq grows with whatever the user's phones should hear of. */
static const char users[] =
	"CREATE TABLE user ("
	" name TEXT NOT NULL PRIMARY KEY CHECK (length(name) > 0),"
	" failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),"
	" last_failure INTEGER NOT NULL DEFAULT 0,"
	" locked INTEGER,"
	" lock_reason TEXT NOT NULL DEFAULT '',"
	" push_locked INTEGER,"
	" push_lock_reason TEXT NOT NULL DEFAULT '',"
	" push_seq INTEGER NOT NULL DEFAULT 0,"
	" salt BLOB CHECK (salt IS NULL OR length(salt) = 16)) STRICT, WITHOUT ROWID;";

/* An enrolment is open until a phone has offered itself (device), and done once
 * that has a certificate. */
static const char devices[] =
	"CREATE TABLE enrolment ("
	" id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),"
	" host TEXT NOT NULL REFERENCES host (id),"
	" user TEXT NOT NULL CHECK (length(user) > 0),"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX enrolment_expires ON enrolment (expires);"
	"CREATE TABLE device ("
	" id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),"
	" user TEXT NOT NULL REFERENCES user (name),"
	" enrolment TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" proof TEXT NOT NULL,"
	" secret BLOB NOT NULL CHECK (length(secret) = 32),"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" certificate TEXT,"
	" expires INTEGER,"
	" revoked INTEGER,"
	" CHECK ((certificate IS NULL) = (expires IS NULL))) STRICT, WITHOUT ROWID;"
	"CREATE INDEX device_user ON device (user) WHERE revoked IS NULL;"
	"CREATE INDEX device_waste ON device (created) WHERE certificate IS NULL;"
	"CREATE TABLE revocation ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" device TEXT NOT NULL UNIQUE,"
	" user TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" text TEXT NOT NULL) STRICT;"
	"CREATE INDEX revocation_user ON revocation (user);";

/* state: enum login_state.  The index login_live is what allows a user one
 * push that waits. */
static const char logins[] =
	"CREATE TABLE login ("
	" id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),"
	" host TEXT NOT NULL REFERENCES host (id),"
	" user TEXT NOT NULL REFERENCES user (name),"
	" service TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" nonce TEXT NOT NULL,"
	" digits INTEGER NOT NULL,"
	" push INTEGER NOT NULL CHECK (push IN (0, 1)),"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 7),"
	" decision INTEGER CHECK (decision BETWEEN 1 AND 3),"
	" device TEXT,"
	" signature TEXT,"
	" authenticator_data TEXT,"
	" client_data TEXT,"
	" CHECK (state <> 0 OR decision IS NULL),"
	" CHECK (state <> 1 OR decision IS NOT NULL),"
	" CHECK ((decision IS NULL) = (device IS NULL))) STRICT, WITHOUT ROWID;"
	"CREATE UNIQUE INDEX login_live ON login (user) WHERE state = 0 AND push = 1;"
	"CREATE INDEX login_recent ON login (user, created);"
	"CREATE INDEX login_waiting ON login (expires) WHERE state = 0;"
	"CREATE INDEX login_host ON login (host) WHERE state = 0;"
	"CREATE INDEX login_created ON login (created);";

/* As the state of a login host has them (common/store_schema.c). */
static const char codes[] =
	"CREATE TABLE token ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL REFERENCES user (name),"
	" name TEXT NOT NULL,"
	" kind INTEGER NOT NULL,"
	" algorithm INTEGER NOT NULL,"
	" digits INTEGER NOT NULL,"
	" period INTEGER NOT NULL,"
	" sealed BLOB NOT NULL,"
	" last INTEGER NOT NULL DEFAULT -1,"
	" resync INTEGER NOT NULL DEFAULT -1,"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE (user, name)) STRICT;"
	"CREATE TABLE recovery ("
	" user TEXT NOT NULL REFERENCES user (name),"
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY (user, hash)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE pass ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL REFERENCES user (name),"
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" uses INTEGER NOT NULL CHECK (uses >= 0),"
	" issuer TEXT NOT NULL,"
	" UNIQUE (user, hash)) STRICT;"
	"CREATE INDEX pass_expires ON pass (expires);";

/* Answers that may be asked for once more are sealed: there are secrets among
 * them. */
static const char rest[] =
	"CREATE TABLE answer ("
	" caller TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" request TEXT NOT NULL,"
	" body BLOB NOT NULL CHECK (length(body) = 32),"
	" at INTEGER NOT NULL,"
	" sealed BLOB NOT NULL,"
	" PRIMARY KEY (caller, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX answer_at ON answer (at);"
	"CREATE TABLE audit ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at INTEGER NOT NULL,"
	" event TEXT NOT NULL,"
	" user TEXT NOT NULL,"
	" host TEXT NOT NULL,"
	" service TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" device TEXT NOT NULL,"
	" outcome TEXT NOT NULL,"
	" by TEXT NOT NULL) STRICT;"
	"CREATE INDEX audit_user ON audit (user, id);";

static const char *const first[] = { hosts, users, devices, logins, codes, rest, NULL };

/*
 * ---- 2: what a login writes lies together ----
 *
 * A login touches the ends of tables, and indexes that are as long as what waits
 * now or went wrong lately, whatever else there is: rows by number (n), found by an
 * id whose beginning is the time; records of a user in chunks of AUDIT_CHUNK;
 * answers by the ten minutes in which they were given (slot).
 */
static const char own_login[] =
	"DROP INDEX login_live; DROP INDEX login_recent; DROP INDEX login_waiting;"
	"DROP INDEX login_host; DROP INDEX login_created;"
	"ALTER TABLE login RENAME TO login_1;"
	"CREATE TABLE login ("
	" n INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id TEXT NOT NULL UNIQUE CHECK (length(id) = 24),"
	" host TEXT NOT NULL REFERENCES host (id),"
	" user TEXT NOT NULL REFERENCES user (name),"
	" service TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" nonce TEXT NOT NULL,"
	" digits INTEGER NOT NULL,"
	" push INTEGER NOT NULL CHECK (push IN (0, 1)),"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 7),"
	" decision INTEGER CHECK (decision BETWEEN 1 AND 3),"
	" device TEXT,"
	" signature TEXT,"
	" authenticator_data TEXT,"
	" client_data TEXT,"
	" CHECK (state <> 0 OR decision IS NULL),"
	" CHECK (state <> 1 OR decision IS NOT NULL),"
	" CHECK ((decision IS NULL) = (device IS NULL))) STRICT;"
	"INSERT INTO login (id, host, user, service, origin, nonce, digits, push, created, expires,"
	" state, decision, device, signature, authenticator_data, client_data)"
	" SELECT id, host, user, service, origin, nonce, digits, push, created, expires,"
	" state, decision, device, signature, authenticator_data, client_data"
	" FROM login_1 ORDER BY created;"
	"DROP TABLE login_1;"
	"CREATE UNIQUE INDEX login_live ON login (user) WHERE state = 0 AND push = 1;"
	"CREATE INDEX login_open ON login (expires) WHERE state IN (0, 1);"
	"CREATE INDEX login_unanswered ON login (user, created) WHERE push = 1 AND"
	" (state = 5 OR (state IN (2, 3, 6) AND decision IS NULL));";

/* Without a number the rows themselves, some hundred bytes, were the inner nodes of
 * their tree, which made it deep. */
static const char own_device[] =
	"DROP INDEX device_user; DROP INDEX device_waste;"
	"ALTER TABLE device RENAME TO device_1;"
	"CREATE TABLE device ("
	" n INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL UNIQUE CHECK (length(id) = 24),"
	" user TEXT NOT NULL REFERENCES user (name),"
	" enrolment TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" proof TEXT NOT NULL,"
	" secret BLOB NOT NULL CHECK (length(secret) = 32),"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" certificate TEXT,"
	" expires INTEGER,"
	" revoked INTEGER,"
	" CHECK ((certificate IS NULL) = (expires IS NULL))) STRICT;"
	"INSERT INTO device (id, user, enrolment, name, kind, key, origin, proof, secret, created,"
	" used, certificate, expires, revoked)"
	" SELECT id, user, enrolment, name, kind, key, origin, proof, secret, created,"
	" used, certificate, expires, revoked FROM device_1 ORDER BY created;"
	"DROP TABLE device_1;"
	"CREATE INDEX device_user ON device (user) WHERE revoked IS NULL;"
	"CREATE INDEX device_waste ON device (created) WHERE certificate IS NULL;";

static const char own_rest[] =
	"ALTER TABLE answer RENAME TO answer_1;"
	"CREATE TABLE answer ("
	" slot INTEGER NOT NULL,"
	" caller TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" request TEXT NOT NULL,"
	" body BLOB NOT NULL CHECK (length(body) = 32),"
	" at INTEGER NOT NULL,"
	" sealed BLOB NOT NULL,"
	" PRIMARY KEY (slot, caller, key)) STRICT, WITHOUT ROWID;"
	"INSERT INTO answer (slot, caller, key, request, body, at, sealed)"
	" SELECT at / 600, caller, key, request, body, at, sealed FROM answer_1;"
	"DROP TABLE answer_1;"
	"DROP INDEX audit_user;"
	"CREATE INDEX audit_chunk ON audit (id / 1024, user);"
	"CREATE INDEX host_removed ON host (name, revoked) WHERE revoked IS NOT NULL;";

/* Logins that only look like some (model_decoy.h), of whatever name. */
static const char decoys[] =
	"CREATE TABLE decoy ("
	" n INTEGER PRIMARY KEY AUTOINCREMENT,"
	" id TEXT NOT NULL UNIQUE CHECK (length(id) = 24),"
	" host TEXT NOT NULL REFERENCES host (id),"
	" user TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0 CHECK (state = 0 OR state BETWEEN 2 AND 7))"
	" STRICT;"
	"CREATE INDEX decoy_user ON decoy (user, created);";

static const char *const second[] = { own_login, own_device, own_rest, decoys, NULL };

/* ---- 3: calls and texts ---- */

/* until: of one that is not proved. */
static const char telephones[] =
	"CREATE TABLE telephone ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL REFERENCES user (name),"
	" mac BLOB NOT NULL CHECK (length(mac) = 32),"
	" sealed BLOB NOT NULL,"
	" shown TEXT NOT NULL,"
	" language TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" until INTEGER NOT NULL,"
	" proved INTEGER,"
	" proof BLOB CHECK (proof IS NULL OR length(proof) = 32),"
	" tries INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX telephone_user ON telephone (user);"
	"CREATE UNIQUE INDEX telephone_owner ON telephone (mac) WHERE proved IS NOT NULL;"
	"ALTER TABLE user ADD COLUMN method TEXT CHECK (method IN ('push', 'call', 'text'));"
	"CREATE TABLE dialled ("
	" n INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at INTEGER NOT NULL,"
	" kind INTEGER NOT NULL CHECK (kind IN (1, 2)),"
	" user TEXT NOT NULL,"
	" mac BLOB NOT NULL CHECK (length(mac) = 32)) STRICT;"
	"CREATE INDEX dialled_at ON dialled (at);"
	"CREATE INDEX dialled_user ON dialled (user, at);"
	"CREATE INDEX dialled_number ON dialled (mac, at);";

/* dial: enum model_dial, of a login that asks no phone.  code: what a text says.
 * telephone: which is asked; it may have been removed since. */
static const char dialling[] =
	"ALTER TABLE login ADD COLUMN dial INTEGER NOT NULL DEFAULT 0"
	" CHECK (dial IN (0, 1, 2));"
	"ALTER TABLE login ADD COLUMN code BLOB CHECK (code IS NULL OR length(code) = 32);"
	"ALTER TABLE login ADD COLUMN telephone INTEGER;"
	"CREATE UNIQUE INDEX login_dialled ON login (user) WHERE state = 0 AND dial <> 0;";

static const char *const third[] = { telephones, dialling, NULL };

/* ---- 4: decoys of calls and texts, and telephones that consent to others ---- */

static const char decoys_dialled[] =
	"ALTER TABLE decoy ADD COLUMN dial INTEGER NOT NULL DEFAULT 0 CHECK (dial IN (0, 1, 2));"
	"ALTER TABLE decoy ADD COLUMN dialled INTEGER NOT NULL DEFAULT 0;";

static const char consents[] =
	"ALTER TABLE telephone ADD COLUMN consented INTEGER;";

static const char *const fourth[] = { decoys_dialled, consents, NULL };

static const char *const *const steps[] = { first, second, third, fourth };

static const struct sql_schema schema = {
	"mfad", DB_APPLICATION_ID, steps, sizeof(steps) / sizeof(steps[0])
};

bool
db_is_current(int64_t version)
{
	return version == schema.count;
}

static int
outcome(struct db *db, int r)
{
	return r > 0 ? db_error(db, r) : r;
}

int
db_version(struct db *db, int64_t *version)
{
	return outcome(db, sql_version(db->handle, &schema, db->path, version, db->message,
	    sizeof(db->message)));
}

int
db_migrate(struct db *db)
{
	return outcome(db, sql_migrate(db->handle, &schema, db->path, db->message,
	    sizeof(db->message)));
}
