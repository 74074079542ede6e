/* SPDX-License-Identifier: BSD-2-Clause */
#include "db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto.h"
#include "db_private.h"
#include "error.h"
#include "otp.h"
#include "paths_mfad.h"
#include "text.h"

int
db_say(struct db *db, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(db->message, sizeof(db->message), format, ap);
	va_end(ap);
	return error;
}

const char *
db_message(const struct db *db)
{
	return db->message[0] != '\0' ? db->message : "no error";
}

static const char *
advice(int error)
{
	return error == EACCES ? ": chown -R " MFAD_USER ":" MFAD_USER " its directory" : "";
}

int
db_error(struct db *db, int rc)
{
	return sql_error(db->handle, rc, db->path, advice, db->message, sizeof(db->message));
}

int
db_script(struct db *db, const char *script)
{
	int rc = sqlite3_exec(db->handle, script, NULL, NULL, NULL);

	return rc == SQLITE_OK ? MFA_OK : db_error(db, rc);
}

const struct seal_key *
db_key(const struct db *db)
{
	return db->has_key ? &db->key : NULL;
}

/* ---- open and close ---- */

/* Checkpoints are the keeper's (keeper.h), never a commit's.  A backup that
 * was brought back has no write-ahead log until it is told to. */
static int
set_up(struct db *db)
{
	char text[256];

	sql_distrust(db->handle);
	(void)snprintf(text, sizeof(text), "%sPRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
	    "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
	    "PRAGMA journal_size_limit = %ld; PRAGMA cache_size = -%d",
	    db->mode == DB_READ ? "" : "PRAGMA journal_mode = WAL;", DB_LOG_MAX, DB_CACHE_KIB);
	return db_script(db, text);
}

static int
open_handle(struct db *db)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
	    (db->mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	struct stat st;
	int rc = sqlite3_open_v2(db->path, &db->handle, flags, NULL);

	if (rc != SQLITE_OK)
		return db_error(db, rc);
	/* What may only be read, SQLite opens for reading, and says nothing. */
	if (db->mode != DB_READ && sqlite3_db_readonly(db->handle, "main") != 0)
		return db_say(db, MFA_E_STATE, "%s: cannot be written: %s%s", db->path,
		    strerror(EACCES), advice(EACCES));
	if (stat(db->path, &st) == -1)
		return db_say(db, MFA_E_STATE, "%s: %s", db->path, strerror(errno));
	db->device = st.st_dev;
	db->inode = st.st_ino;
	(void)sqlite3_extended_result_codes(db->handle, 1);
	(void)sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
	return MFA_OK;
}

static int
bring_up_to_date(struct db *db, int64_t version)
{
	int r;

	if (db_is_current(version))
		return MFA_OK;
	if (db->mode == DB_READ)
		return db_say(db, MFA_E_STATE, "%s has the older schema %lld: mfad migrates it "
		    "when it starts", db->path, (long long)version);
	if ((r = db_begin(db)) != MFA_OK)
		return r;
	if ((r = db_migrate(db)) == MFA_OK)
		r = db_commit(db);
	db_rollback(db);
	return r;
}

/* The version before all else: a newer program may have written what ours
 * cannot read. */
static int
open_all(struct db *db)
{
	int64_t version;
	int r = MFA_OK;

	if (db->mode == DB_CREATE)
		r = db_create(db);
	if (r != MFA_OK || (r = open_handle(db)) != MFA_OK ||
	    (r = db_version(db, &version)) != MFA_OK || (r = set_up(db)) != MFA_OK)
		return r;
	return bring_up_to_date(db, version);
}

/* What OpenSSL loads on first use is loaded here, where there is one thread. */
static int
take_key(struct db *db, const struct seal_key *key)
{
	int r = crypto_start();

	if (key == NULL || r != MFA_OK)
		return r;
	db->key = *key;
	db->has_key = true;
	return (r = seal_warm_up()) != MFA_OK ? r : otp_warm_up();
}

int
db_open(const char *path, const struct seal_key *key, enum db_mode mode, struct db **out,
    char *why, size_t size)
{
	struct db *db = calloc(1, sizeof(*db));
	int r = MFA_E_MEMORY;

	*out = NULL;
	(void)snprintf(why, size, "out of memory");
	if (db == NULL)
		return r;
	db->mode = mode;
	/* SQLite and we put an ending behind it. */
	if (path[0] != '/' || text_copy(db->path, sizeof(db->path) - 16, path) != MFA_OK)
		r = db_say(db, MFA_E_INVALID, "%s: not an absolute path, or too long", path);
	else if ((r = take_key(db, key)) != MFA_OK)
		(void)db_say(db, r, "%s", mfa_strerror(r));
	else
		r = open_all(db);
	(void)snprintf(why, size, "%s", db->message);
	if (r == MFA_OK) {
		*out = db;
		return r;
	}
	db_close(&db);
	return r;
}

void
db_close(struct db **dbp)
{
	struct db *db = *dbp;
	size_t i;

	if (db == NULL)
		return;
	*dbp = NULL;
	if (db->handle != NULL)
		db_rollback(db);
	for (i = 0; i < DB_SLOTS; i++)
		(void)sqlite3_finalize(db->slots[i].st);
	(void)sqlite3_close(db->handle);
	wakes_free(&db->wakes);
	seal_key_wipe(&db->key);
	free(db);
}

/* ---- transactions ---- */

/* A file that was replaced under us (a backup brought back while mfad runs) has
 * its own truth about what is spent; nobody else would see what we write to
 * ours. */
int
db_same_file(struct db *db)
{
	struct stat st;

	if (stat(db->path, &st) == 0 && st.st_dev == db->device && st.st_ino == db->inode)
		return MFA_OK;
	return db_say(db, MFA_E_STATE, "%s was replaced: restart mfad.service", db->path);
}

int
db_begin(struct db *db)
{
	int r;

	if (db_in_transaction(db))
		return db_say(db, MFA_E_INTERNAL, "%s: begun twice", db->path);
	if (db->mode == DB_READ)
		return db_script(db, "BEGIN");
	if ((r = db_script(db, "BEGIN IMMEDIATE")) == MFA_OK &&
	    (r = db_same_file(db)) != MFA_OK)
		db_rollback(db);
	return r;
}

int
db_commit(struct db *db)
{
	int r = db_script(db, "COMMIT");

	if (r != MFA_OK)
		db_rollback(db);
	return r;
}

void
db_rollback(struct db *db)
{
	if (db_in_transaction(db))
		(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

bool
db_in_transaction(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

/* What the job said goes with it; what it did does not stay. */
static int
take_back(struct db *db)
{
	int r = db_do(db, "ROLLBACK TO try", ARGS(), NULL);

	wakes_free(&db->wakes);
	return r != MFA_OK ? r : db_do(db, "RELEASE try", ARGS(), NULL);
}

int
db_try(struct db *db, int (*run)(struct db *db, void *arg), void *arg)
{
	char message[sizeof(db->message)];
	int r, ended;

	db->message[0] = '\0';
	db->field = NULL;
	db->wake_lost = db->text_lost = false;
	if ((r = db_do(db, "SAVEPOINT try", ARGS(), NULL)) != MFA_OK)
		return r;
	r = run(db, arg);
	if (r >= 0 && (db->wake_lost || db->text_lost))
		r = db_say(db, MFA_E_MEMORY, "out of memory");
	db->text_lost = false;
	/* Some errors end the whole transaction, and the savepoint with it. */
	if (!db_in_transaction(db))
		return r < 0 ? r : MFA_E_STATE;
	memcpy(message, db->message, sizeof(message));
	ended = r == MFA_OK ? db_do(db, "RELEASE try", ARGS(), NULL) : take_back(db);
	if (ended != MFA_OK) {
		db_rollback(db);	/* what it did must not be committed with the rest */
		return ended < 0 ? ended : MFA_E_STATE;
	}
	memcpy(db->message, message, sizeof(message));
	return r;
}

/* ---- what goes with a result ---- */

void
db_wake(struct db *db, const char *prefix, const char *what)
{
	struct wake *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		db->wake_lost = true;
		return;
	}
	(void)snprintf(w->what, sizeof(w->what), "%s%s", prefix, what);
	w->next = db->wakes;
	db->wakes = w;
}

struct wake *
db_take_wakes(struct db *db)
{
	struct wake *w = db->wakes;

	db->wakes = NULL;
	return w;
}

void
wakes_free(struct wake **wakes)
{
	struct wake *w;

	while ((w = *wakes) != NULL) {
		*wakes = w->next;
		free(w);
	}
}

void
db_blame(struct db *db, const char *field)
{
	db->field = field;
}

const char *
db_blamed(const struct db *db)
{
	return db->field;
}
