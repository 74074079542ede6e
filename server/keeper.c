/* SPDX-License-Identifier: BSD-2-Clause */
#include "keeper.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "db_private.h"
#include "error.h"
#include "thread.h"

struct keeper {
	struct db *db;
	pthread_mutex_t *gate;
	pthread_t thread;
	pthread_mutex_t lock;	/* of the rest */
	pthread_cond_t told;
	int pages, seen;	/* in the log now, and at the last round */
	unsigned long rounds;
	bool stopping;
};

static void
checkpoint(struct keeper *k, int mode)
{
	(void)sqlite3_wal_checkpoint_v2(k->db->handle, NULL, mode, NULL, NULL);
}

/* Most of it beside the writer, the rest and the new start with it waiting. */
static void
one_round(struct keeper *k, int pages)
{
	checkpoint(k, SQLITE_CHECKPOINT_PASSIVE);
	if (pages < KEEPER_RESTART)
		return;
	(void)pthread_mutex_lock(k->gate);
	checkpoint(k, pages < KEEPER_CUT ? SQLITE_CHECKPOINT_RESTART :
	    SQLITE_CHECKPOINT_TRUNCATE);
	(void)pthread_mutex_unlock(k->gate);
}

static void *
keep(void *arg)
{
	struct keeper *k = arg;
	int pages;

	(void)pthread_mutex_lock(&k->lock);
	while (!k->stopping) {
		if (k->pages - k->seen < KEEPER_PAGES) {
			(void)pthread_cond_wait(&k->told, &k->lock);
			continue;
		}
		pages = k->seen = k->pages;
		(void)pthread_mutex_unlock(&k->lock);
		one_round(k, pages);
		(void)pthread_mutex_lock(&k->lock);
		k->rounds++;
	}
	(void)pthread_mutex_unlock(&k->lock);
	return NULL;
}

void
keeper_tell(struct keeper *k, int pages)
{
	(void)pthread_mutex_lock(&k->lock);
	/* It has started over. */
	if (pages < k->seen)
		k->seen = 0;
	k->pages = pages;
	if (pages - k->seen >= KEEPER_PAGES)
		(void)pthread_cond_signal(&k->told);
	(void)pthread_mutex_unlock(&k->lock);
}

unsigned long
keeper_rounds(struct keeper *k)
{
	unsigned long rounds;

	(void)pthread_mutex_lock(&k->lock);
	rounds = k->rounds;
	(void)pthread_mutex_unlock(&k->lock);
	return rounds;
}

int
keeper_start(const char *path, pthread_mutex_t *gate, struct keeper **out, char *why, size_t size)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int r;

	*out = NULL;
	(void)snprintf(why, size, "out of memory");
	if (k == NULL)
		return MFA_E_MEMORY;
	k->gate = gate;
	if ((r = db_open(path, NULL, DB_WRITE, &k->db, why, size)) != MFA_OK) {
		free(k);
		return r;
	}
	(void)sqlite3_busy_timeout(k->db->handle, KEEPER_GATE_MS);
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_cond_init(&k->told, NULL);
	if (thread_start(&k->thread, keep, k) != MFA_OK) {
		(void)snprintf(why, size, "cannot start a thread");
		db_close(&k->db);
		free(k);
		return MFA_E_SYSTEM;
	}
	*out = k;
	return MFA_OK;
}

void
keeper_stop(struct keeper **kp)
{
	struct keeper *k = *kp;

	if (k == NULL)
		return;
	*kp = NULL;
	(void)pthread_mutex_lock(&k->lock);
	k->stopping = true;
	(void)pthread_cond_signal(&k->told);
	(void)pthread_mutex_unlock(&k->lock);
	(void)pthread_join(k->thread, NULL);
	(void)pthread_cond_destroy(&k->told);
	(void)pthread_mutex_destroy(&k->lock);
	db_close(&k->db);
	free(k);
}
