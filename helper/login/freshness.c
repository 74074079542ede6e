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
freshness_look(struct freshness *f, const struct config *config)
{
	const struct settings *s = config != NULL ? config_service(config, "") : NULL;

	look_at(MFA_STATE_KEY, &f->key);
	look_at(MFA_STATE_DB, &f->db);
	memset(&f->authorities, 0, sizeof(f->authorities));
	if (s != NULL && s->server != NULL && s->authorities != NULL)
		look_at(s->authorities, &f->authorities);
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

static bool
same_content(const struct stat *a, const struct stat *b)
{
	return same_file(a, b) && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Those two are written anew in place, too; a database all the time. */
bool
freshness_state_old(const struct freshness *f, const struct config *config)
{
	struct freshness now;

	freshness_look(&now, config);
	return !same_content(&now.key, &f->key) || !same_file(&now.db, &f->db) ||
	    !same_content(&now.authorities, &f->authorities);
}
