/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done after a verdict has left, by the process that made it, so that
 * no login waits for it: deleting, and care for the write-ahead log.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "store_private.h"

#define TIDY_MS		1000	/* in the queue */
#define CHECKPOINT_MS	50	/* in the queue, for the last pages of a checkpoint */

/* ---- deleting ---- */

static bool
due(struct store *s, int64_t now)
{
	sqlite3_stmt *st;
	int64_t at;

	if (store_first(s, STMT_TIDIED, ARGS(), &st) != MFA_OK)
		return false;
	at = sqlite3_column_int64(st, 0);
	sql_end(st);
	/* A clock that was set back must not stop it for years. */
	return now < at || now - at >= STORE_TIDY_EVERY;
}

/* Inside a transaction.  A round that met its limit goes on in the next
 * process. */
static int
delete_round(struct store *s, int64_t now, unsigned int audit_days)
{
	const struct {
		enum stmt id;
		int64_t before;
	} kinds[] = {
		{ STMT_TIDY_AUDIT, (now - (int64_t)audit_days * 86400) * AUDIT_IDS },
		{ STMT_TIDY_GRANTS, now },
		{ STMT_TIDY_PASSES, now - STORE_KEEP },
		{ STMT_TIDY_RECOVERY, now - STORE_KEEP },
		{ STMT_TIDY_APPROVALS, now - STORE_KEEP },
	};
	size_t i;
	int n, r, most = 0;

	r = store_do(s, STMT_TIDY_SESSIONS, ARGS(NUMBER(STORE_TIDY_ROWS),), &most);
	for (i = 0; r == MFA_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		r = store_do(s, kinds[i].id,
		    ARGS(NUMBER(kinds[i].before), NUMBER(STORE_TIDY_ROWS),), &n);
		most = n > most ? n : most;
	}
	if (r == MFA_OK && most < STORE_TIDY_ROWS)
		r = store_do(s, STMT_TIDIED_SET, ARGS(NUMBER(now),), NULL);
	return r;
}

static void
delete_what_is_over(struct store *s, int64_t now, unsigned int audit_days)
{
	if (!due(s, now) || store_begin(s, TIDY_MS) != MFA_OK)
		return;
	if (due(s, now) && delete_round(s, now, audit_days) == MFA_OK)
		(void)store_commit(s, false);
	else
		store_rollback(s);
}

/* ---- the write-ahead log ---- */

static void
checkpoint(struct store *s, int mode)
{
	(void)sqlite3_wal_checkpoint_v2(s->db, NULL, mode, NULL, NULL);
}

/* Most of it beside the writers, and the last pages with all of them waiting,
 * so that the log can start over. */
static void
checkpoint_beside_others(struct store *s)
{
	checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
	if (store_lock(s, deadline_in(CHECKPOINT_MS)) != MFA_OK)
		return;
	checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
	store_unlock(s);
}

/* A full disk gets back what it gave. */
static int
write_zeros(int fd, off_t from)
{
	static const char zeros[4096];
	off_t at = from;

	while (at < STORE_LOG_BYTES &&
	    pwrite(fd, zeros, sizeof(zeros), at) == (ssize_t)sizeof(zeros))
		at += (off_t)sizeof(zeros);
	return at < STORE_LOG_BYTES ? ftruncate(fd, from) : 0;
}

/* A log whose blocks are there needs no change of the file system's own
 * records to become durable, which halves what a login waits for.  Behind the
 * last page there may be anything: SQLite knows its pages by their sums. */
static void
lay_out_log(struct store *s)
{
	struct stat st;

	if (fstat(s->log, &st) == -1 || st.st_size >= STORE_LOG_BYTES ||
	    store_begin(s, TIDY_MS) != MFA_OK)
		return;
	if (fstat(s->log, &st) == 0 && st.st_size < STORE_LOG_BYTES)
		(void)write_zeros(s->log, st.st_size);
	store_rollback(s);
	(void)fdatasync(s->log);
}

void
store_tidy(struct store *s, int64_t now, unsigned int audit_days)
{
	if (s->mode == STORE_READ || s->begun)
		return;
	delete_what_is_over(s, now, audit_days);
	if (store_alone(s)) {
		/* The next one will be alone too, and read the log from its
		 * start: keep it short. */
		if (s->log_pages > STORE_ALONE)
			checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE);
		return;
	}
	lay_out_log(s);
	if (s->log_pages >= STORE_CHECKPOINT)
		checkpoint_beside_others(s);
}
