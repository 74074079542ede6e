/* SPDX-License-Identifier: BSD-2-Clause */
#include "freshness.h"

#include <string.h>

#include "deadline.h"
#include "paths.h"

#define GROUPS_MS 300000	/* then the groups in the configuration are looked up
				 * anew: what names mean changes without it */

static void
look_at(const char *path, struct stat *st)
{
	if (stat(path, st) == -1)
		memset(st, 0, sizeof(*st));
}

void
freshness_look(struct freshness *f)
{
	look_at(MFA_STATE_KEY, &f->key);
	look_at(MFA_STATE_DB, &f->db);
}

bool
freshness_config_old(const struct freshness *f, const struct config *config)
{
	return config == NULL || config_stale(config) ||
	    monotonic_ms() - f->configured_at >= GROUPS_MS;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* A key is written anew in place, too; a database all the time. */
bool
freshness_state_old(const struct freshness *f)
{
	struct freshness now;

	freshness_look(&now);
	return !same_file(&now.key, &f->key) || !same_file(&now.db, &f->db) ||
	    now.key.st_ctim.tv_sec != f->key.st_ctim.tv_sec ||
	    now.key.st_ctim.tv_nsec != f->key.st_ctim.tv_nsec;
}
