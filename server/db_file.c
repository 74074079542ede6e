/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole files: a new database, and a backup.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto.h"
#include "db_private.h"
#include "error.h"
#include "text.h"

#define ENDING 24	/* of a file that is being made */

static int
fault(struct db *db, const char *path)
{
	return db_say(db, MFA_E_STATE, "%s: cannot be made: %s", path, strerror(errno));
}

/* An empty file beside path, ours alone, by a name that nobody has. */
static int
make_temporary(struct db *db, const char *path, char *name, size_t size)
{
	uint64_t random;
	int fd, n;

	if (crypto_random(&random, sizeof(random)) != MFA_OK)
		return fault(db, path);
	n = snprintf(name, size, "%s.%016llx", path, (unsigned long long)random);
	if (n < 0 || (size_t)n >= size)
		return db_say(db, MFA_E_INVALID, "%s: too long a name", path);
	if ((fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) == -1)
		return fault(db, path);
	(void)close(fd);
	return MFA_OK;
}

static int
sync_path(const char *path, int flags)
{
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);

	if (fd == -1)
		return -1;
	r = fsync(fd);
	(void)close(fd);
	return r;
}

/* link(2), unlike rename(2), never replaces one that is there. */
static int
put_in_place(struct db *db, const char *name, const char *path)
{
	char dir[PATH_MAX];

	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path + 1), path);
	if (sync_path(name, 0) == 0 && link(name, path) == 0 && sync_path(dir, O_DIRECTORY) == 0)
		return MFA_OK;
	if (errno == EEXIST)
		return db_say(db, MFA_E_EXISTS, "%s: there is one already", path);
	return fault(db, path);
}

/* What SQLite puts beside a file as well. */
static void
drop(const char *name)
{
	static const char *const endings[] = { "", "-journal", "-wal", "-shm" };
	char path[PATH_MAX + ENDING + 16];
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", name, endings[i]);
		(void)unlink(path);
	}
}

/* ---- a new database ---- */

/* Closing it writes everything home and removes its log. */
static int
fill(struct db *db, const char *name)
{
	int rc = sqlite3_open_v2(name, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	    NULL);
	int r = rc == SQLITE_OK ? MFA_OK : db_error(db, rc);
	char text[160];

	(void)snprintf(text, sizeof(text), "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; BEGIN IMMEDIATE; PRAGMA application_id = %d",
	    DB_APPLICATION_ID);
	if (r == MFA_OK && (r = db_script(db, text)) == MFA_OK && (r = db_migrate(db)) == MFA_OK)
		r = db_script(db, "COMMIT");
	rc = sqlite3_close(db->handle);
	db->handle = NULL;
	if (r == MFA_OK && rc != SQLITE_OK)
		r = db_say(db, MFA_E_STATE, "%s: %s", db->path, sqlite3_errstr(rc));
	return r;
}

int
db_create(struct db *db)
{
	char name[PATH_MAX + ENDING];
	int r;

	if (access(db->path, F_OK) == 0)
		return MFA_OK;
	if (errno != ENOENT)
		return fault(db, db->path);
	if ((r = make_temporary(db, db->path, name, sizeof(name))) != MFA_OK)
		return r;
	if ((r = fill(db, name)) == MFA_OK)
		r = put_in_place(db, name, db->path);
	drop(name);
	return r == MFA_E_EXISTS ? MFA_OK : r;
}

/* ---- a backup ---- */

/* To us this is a read; SQLite counts it among those that write. */
static int
copy_into(struct db *db, const char *name)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(db->handle, "VACUUM INTO ?1", -1, 0, &st, NULL);

	if (rc == SQLITE_OK && (rc = sql_bind(st, ARGS(TEXT(name),))) == SQLITE_OK &&
	    (rc = sqlite3_step(st)) == SQLITE_DONE)
		rc = SQLITE_OK;
	if (rc != SQLITE_OK)
		(void)db_error(db, rc);
	(void)sqlite3_finalize(st);
	return rc == SQLITE_OK ? MFA_OK : MFA_E_STATE;
}

/* It is one read of the database as it is now, so that those who write go on;
 * SQLite does not flush what it makes. */
int
db_backup(struct db *db, const char *path)
{
	char name[PATH_MAX + ENDING];
	int r;

	if (path[0] != '/' || strlen(path) >= PATH_MAX - ENDING ||
	    !text_printable(path, strlen(path)))
		return db_say(db, MFA_E_INVALID, "not an absolute path, or too long");
	if (access(path, F_OK) == 0)
		return db_say(db, MFA_E_EXISTS, "%s: there is one already", path);
	if ((r = make_temporary(db, path, name, sizeof(name))) != MFA_OK)
		return r;
	if ((r = copy_into(db, name)) == MFA_OK)
		r = put_in_place(db, name, path);
	drop(name);
	return r;
}
