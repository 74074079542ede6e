/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the state looks, how it comes to be, and how an older one becomes a
 * current one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "sql_schema.h"
#include "store_private.h"

#define STRINGIFY(x) #x
#define TEXT_OF(x) STRINGIFY(x)

static const char *const first[] = {
	/* Rows of one user lie side by side.  Audit records have no index:
	 * their id is the second times 2^20, plus a number in that second, so
	 * that a range of time is a range of ids. */
	"CREATE TABLE user ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" failures INTEGER NOT NULL DEFAULT 0,"
	" last_failure INTEGER NOT NULL DEFAULT 0,"
	" locked_at INTEGER,"
	" lock_reason TEXT NOT NULL DEFAULT '',"
	" grace_used INTEGER NOT NULL DEFAULT 0,"
	" notice TEXT NOT NULL DEFAULT '',"
	" salt BLOB) STRICT, WITHOUT ROWID;"
	"CREATE TABLE token ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL,"
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
	" user TEXT NOT NULL,"
	" hash BLOB NOT NULL,"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY (user, hash)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX recovery_used ON recovery (used) WHERE used > 0;"
	"CREATE TABLE pass ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL,"
	" hash BLOB NOT NULL,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" uses INTEGER NOT NULL,"
	" issuer TEXT NOT NULL,"
	" UNIQUE (user, hash)) STRICT;"
	"CREATE INDEX pass_expires ON pass (expires);"
	"CREATE TABLE remembered ("
	" user TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" PRIMARY KEY (user, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX remembered_expires ON remembered (expires);"
	"CREATE TABLE session ("
	" id INTEGER PRIMARY KEY,"
	" boot TEXT NOT NULL,"
	" sessionid INTEGER NOT NULL,"
	" user TEXT NOT NULL,"
	" service TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" UNIQUE (boot, sessionid)) STRICT;"
	"CREATE TABLE audit ("
	" id INTEGER PRIMARY KEY,"
	" event TEXT NOT NULL,"
	" verdict TEXT NOT NULL,"
	" user TEXT NOT NULL,"
	" service TEXT NOT NULL,"
	" origin TEXT NOT NULL,"
	" factor TEXT NOT NULL,"
	" reason TEXT NOT NULL,"
	" by TEXT NOT NULL,"
	" ms INTEGER NOT NULL) STRICT;"
	"CREATE TABLE tidied (at INTEGER NOT NULL) STRICT;"
	"INSERT INTO tidied VALUES (0);",
	NULL
};

static const char *const second[] = {
	"ALTER TABLE user ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE approval ("
	" nonce BLOB NOT NULL PRIMARY KEY,"
	" user TEXT NOT NULL,"
	" device TEXT NOT NULL,"
	" at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX approval_at ON approval (at);"
	"CREATE TABLE revocation ("
	" user TEXT NOT NULL,"
	" device TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" PRIMARY KEY (user, device)) STRICT, WITHOUT ROWID;",
	NULL
};

static const char *const third[] = {
	"CREATE TABLE told ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" value INTEGER NOT NULL,"
	" at INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
	NULL
};

static const char *const *const steps[] = { first, second, third };

static const struct sql_schema schema = {
	"pam_mfa", STORE_APPLICATION_ID, steps, sizeof(steps) / sizeof(steps[0])
};

static int
run(struct store *s, const char *script)
{
	int rc = sqlite3_exec(s->db, script, NULL, NULL, NULL);

	return rc == SQLITE_OK ? MFA_OK : store_error(s, rc);
}

static int
outcome(struct store *s, int r)
{
	return r > 0 ? store_error(s, r) : r;
}

int
store_version(struct store *s, int64_t *version)
{
	return outcome(s, sql_version(s->db, &schema, s->path, version, s->message,
	    sizeof(s->message)));
}

/* Inside a transaction. */
static int
migrate(struct store *s)
{
	return outcome(s, sql_migrate(s->db, &schema, s->path, s->message, sizeof(s->message)));
}

int
store_migrate(struct store *s, int64_t version)
{
	int r;

	if (version == schema.count)
		return MFA_OK;
	if (s->mode == STORE_READ)
		return store_say(s, MFA_E_STATE, "%s has the older schema %lld: the next login "
		    "migrates it", s->path, (long long)version);
	if ((r = store_begin(s, STORE_CREATE_MS)) != MFA_OK)
		return r;
	if ((r = migrate(s)) == MFA_OK)
		return store_commit(s, true);
	store_rollback(s);
	return r;
}

/* ---- a new one ---- */

static int
system_error(struct store *s, const char *what)
{
	return store_say(s, MFA_E_STATE, "%s: %s: %s", s->path, what, strerror(errno));
}

/* state.db.new, empty and ours alone, whatever an earlier attempt left. */
static int
make_file(struct store *s, int dir)
{
	static const char *const leftovers[] = {
		"state.db.new", "state.db.new-journal", "state.db.new-wal", "state.db.new-shm",
	};
	size_t i;
	int fd;

	for (i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
		if (unlinkat(dir, leftovers[i], 0) == -1 && errno != ENOENT)
			return system_error(s, "cannot be made");
	fd = openat(dir, leftovers[0], O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return system_error(s, "cannot be made");
	(void)close(fd);
	return MFA_OK;
}

/* Closing it writes everything home and removes its log. */
static int
fill_file(struct store *s, const char *path)
{
	int r, rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	    NULL);

	r = rc == SQLITE_OK ? MFA_OK : store_error(s, rc);
	if (r == MFA_OK && (r = run(s, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; BEGIN IMMEDIATE;"
	    "PRAGMA application_id = " TEXT_OF(STORE_APPLICATION_ID))) == MFA_OK &&
	    (r = migrate(s)) == MFA_OK)
		r = run(s, "COMMIT");
	rc = sqlite3_close(s->db);
	s->db = NULL;
	if (r == MFA_OK && rc != SQLITE_OK)
		r = store_say(s, MFA_E_STATE, "%s: %s", s->path, sqlite3_errstr(rc));
	return r;
}

/* link(2), unlike rename(2), never replaces one that is there. */
static int
put_in_place(struct store *s, int dir)
{
	int fd = openat(dir, "state.db.new", O_RDONLY | O_CLOEXEC);
	int r = fd == -1 || fsync(fd) == -1 ? MFA_E_STATE : MFA_OK;

	if (r == MFA_OK && (linkat(dir, "state.db.new", dir, "state.db", 0) == -1 ||
	    unlinkat(dir, "state.db.new", 0) == -1 || fsync(dir) == -1))
		r = MFA_E_STATE;
	if (r != MFA_OK)
		r = system_error(s, "cannot be made");
	if (fd != -1)
		(void)close(fd);
	return r;
}

static int
create(struct store *s, int dir)
{
	char path[sizeof(s->path) + 8];
	int r;

	if (faccessat(dir, "state.db", F_OK, 0) == 0)
		return MFA_OK;
	if (errno != ENOENT)
		return system_error(s, "cannot be seen");
	(void)snprintf(path, sizeof(path), "%s.new", s->path);
	if ((r = make_file(s, dir)) != MFA_OK || (r = fill_file(s, path)) != MFA_OK)
		return r;
	return put_in_place(s, dir);
}

int
store_create(struct store *s, const char *dir)
{
	int r, fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return system_error(s, "cannot be made");
	if ((r = store_lock(s, deadline_in(STORE_CREATE_MS))) == MFA_OK) {
		r = create(s, fd);
		store_unlock(s);
	}
	(void)close(fd);
	return r;
}
