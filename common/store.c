/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "store_private.h"
#include "text.h"

int
store_say(struct store *s, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(s->message, sizeof(s->message), format, ap);
	va_end(ap);
	return error;
}

const char *
store_message(const struct store *s)
{
	return s->message[0] != '\0' ? s->message : "no error";
}

const char *
store_advice(int error)
{
	return error == EACCES ? ": chown -R pam_mfa:pam_mfa its directory" : "";
}

int
store_error(struct store *s, int rc)
{
	return sql_error(s->db, rc, s->path, store_advice, s->message, sizeof(s->message));
}

/* ---- open and close ---- */

/* Called by SQLite after each commit, instead of a checkpoint every 1000
 * pages in somebody's login. */
static int
committed(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct store *s = arg;

	s->log_pages = pages;
	if (pages >= STORE_BACKSTOP)
		(void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

/* synchronous=NORMAL: SQLite syncs at checkpoints, store_commit at commits. */
static int
set_up(struct store *s)
{
	char text[256];
	int rc;

	sql_distrust(s->db);
	(void)sqlite3_wal_hook(s->db, committed, s);
	(void)snprintf(text, sizeof(text), "PRAGMA synchronous = NORMAL;"
	    "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = %ld;"
	    "PRAGMA cache_size = %d", STORE_LOG_MAX, s->mode == STORE_LOGIN ? STORE_CACHE : -4000);
	rc = sqlite3_exec(s->db, text, NULL, NULL, NULL);
	return rc == SQLITE_OK ? MFA_OK : store_error(s, rc);
}

static int
open_database(struct store *s)
{
	int flags = SQLITE_OPEN_NOMUTEX |
	    (s->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	int rc = sqlite3_open_v2(s->path, &s->db, flags, NULL);

	if (rc != SQLITE_OK)
		return store_error(s, rc);
	/* What may only be read, SQLite opens for reading, and says nothing. */
	if (s->mode != STORE_READ && sqlite3_db_readonly(s->db, "main") != 0)
		return store_say(s, MFA_E_STATE, "%s: cannot be written: %s%s", s->path,
		    strerror(EACCES), store_advice(EACCES));
	(void)sqlite3_extended_result_codes(s->db, 1);
	(void)sqlite3_busy_timeout(s->db, STORE_READ_MS);
	return MFA_OK;
}

/* An empty log may be one that SQLite has just made: its name must be durable
 * before anything in it can be. */
static int
sync_directory(const struct store *s)
{
	char dir[sizeof(s->path)];
	int fd, r;

	(void)snprintf(dir, sizeof(dir), "%s", s->path);
	*strrchr(dir, '/') = '\0';
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	r = fsync(fd);
	(void)close(fd);
	return r;
}

/* SQLite made or opened the log when the schema was read, and nobody removes
 * it while we have the database open, so this is the file that it writes. */
static int
open_log(struct store *s)
{
	char path[sizeof(s->path) + 8];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s-wal", s->path);
	s->log = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (s->log == -1 && errno == ENOENT) {
		int rc = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL; PRAGMA user_version",
		    NULL, NULL, NULL);

		if (rc != SQLITE_OK)
			return store_error(s, rc);
		s->log = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	}
	if (s->log == -1 || fstat(s->log, &st) == -1 ||
	    (st.st_size == 0 && sync_directory(s) == -1) || stat(s->path, &st) == -1)
		return store_say(s, MFA_E_STATE, "%s: %s%s", path, strerror(errno),
		    store_advice(errno));
	s->device = st.st_dev;
	s->inode = st.st_ino;
	return MFA_OK;
}

/* The version before the schema, which a newer program may have written in a
 * way that ours cannot read; the log before a migration, which is made durable
 * through it. */
static int
open_all(struct store *s, const char *dir)
{
	bool writes = s->mode != STORE_READ;
	int64_t version;
	int r = MFA_OK;

	if (writes)
		r = store_lock_open(s, dir);
	if (r == MFA_OK && s->mode == STORE_CREATE)
		r = store_create(s, dir);
	if (r != MFA_OK || (r = open_database(s)) != MFA_OK ||
	    (r = store_version(s, &version)) != MFA_OK || (r = set_up(s)) != MFA_OK ||
	    (writes && (r = open_log(s)) != MFA_OK) ||
	    (r = store_migrate(s, version)) != MFA_OK)
		return r;
	return store_prepare(s);
}

int
store_open(const char *dir, const struct seal_key *key, enum store_mode mode, struct store **out,
    char *why, size_t size)
{
	struct store *s = calloc(1, sizeof(*s));
	int n, r = MFA_E_MEMORY;

	*out = NULL;
	(void)snprintf(why, size, "out of memory");
	if (s == NULL)
		return r;
	s->mode = mode;
	s->lock = s->log = -1;
	if (key != NULL) {
		s->key = *key;
		s->has_key = true;
	}
	n = snprintf(s->path, sizeof(s->path), "%s/state.db", dir);
	if (n < 0 || (size_t)n >= sizeof(s->path))
		r = store_say(s, MFA_E_INVALID, "%s: too long a name", dir);
	else
		r = open_all(s, dir);
	(void)snprintf(why, size, "%s", s->message);
	if (r == MFA_OK) {
		*out = s;
		return r;
	}
	store_close(&s);
	return r;
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;
	int i;

	if (s == NULL)
		return;
	*sp = NULL;
	store_rollback(s);
	for (i = 0; i < STMT_COUNT; i++)
		(void)sqlite3_finalize(s->statements[i]);
	(void)sqlite3_close(s->db);
	if (s->log != -1)
		(void)close(s->log);
	if (s->lock != -1)
		(void)close(s->lock);
	seal_key_wipe(&s->key);
	free(s);
}

/* ---- transactions ---- */

/* A file that was replaced under us (a backup brought back while the service
 * runs) has its own truth about what is spent; nobody else would see what we
 * write to ours. */
static int
check_files(struct store *s)
{
	struct stat db, log;

	if (stat(s->path, &db) == 0 && db.st_dev == s->device && db.st_ino == s->inode &&
	    fstat(s->log, &log) == 0 && log.st_nlink > 0)
		return MFA_OK;
	return store_say(s, MFA_E_STATE, "%s was replaced: restart mfa-helper.service", s->path);
}

int
store_begin(struct store *s, int ms)
{
	struct deadline deadline = deadline_in(ms);
	int r;

	if (s->mode == STORE_READ || s->begun)
		return store_say(s, MFA_E_INTERNAL, "%s: cannot begin to write", s->path);
	if ((r = store_lock(s, deadline)) != MFA_OK)
		return r;
	s->begun = true;
	/* In the queue we are alone; this is for an administrator's sqlite3. */
	(void)sqlite3_busy_timeout(s->db, deadline_left(deadline));
	r = store_do(s, STMT_BEGIN, ARGS(), NULL);
	(void)sqlite3_busy_timeout(s->db, STORE_READ_MS);
	if (r == MFA_OK)
		r = check_files(s);
	if (r != MFA_OK)
		store_rollback(s);
	return r;
}

/* The lock is given away before the disk is waited for, so that those who wait
 * for it, wait for it together: what the next one commits lies behind ours in
 * the log, and no verdict leaves before its own fdatasync. */
int
store_commit(struct store *s, bool durable)
{
	int r;

	if (!s->begun)
		return store_say(s, MFA_E_INTERNAL, "%s: nothing was begun", s->path);
	if ((r = store_do(s, STMT_COMMIT, ARGS(), NULL)) != MFA_OK) {
		store_rollback(s);
		return r;
	}
	s->begun = false;
	store_unlock(s);
	if (durable && fdatasync(s->log) == -1)
		return store_say(s, MFA_E_STATE, "%s-wal: %s", s->path, strerror(errno));
	return MFA_OK;
}

/* SQLite has rolled back already after some errors. */
void
store_rollback(struct store *s)
{
	char message[sizeof(s->message)];

	if (!s->begun)
		return;
	memcpy(message, s->message, sizeof(message));
	if (!sqlite3_get_autocommit(s->db) &&
	    store_do(s, STMT_ROLLBACK, ARGS(), NULL) != MFA_OK)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	memcpy(s->message, message, sizeof(message));
	s->begun = false;
	store_unlock(s);
}
