/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PLACE_H
#define MFA_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Several files that come into being, or take the place of others, together:
 * all are written beside their places first, then renamed into them; and until
 * it is said that they stay, all can be taken back.  Signals that end a program
 * wait meanwhile.
 */
#define PLACES_MAX 4

struct place {
	char path[PATH_MAX];
	char made[PATH_MAX];	/* what is to be there; "": it is */
	char old[PATH_MAX];	/* what was there; "": nothing */
	bool placed;
};

struct places {
	struct place list[PLACES_MAX];
	size_t count;
};

/* A file of these bytes, owned by root and group gid, to be in path.
 * MFA_E_EXISTS when there is one and force is false; MFA_E_INVALID,
 * MFA_E_SYSTEM (errno).  Nothing is in its place yet. */
int places_add(struct places *p, const char *path, const void *data, size_t len,
    unsigned int mode, uint32_t gid, bool force);

/* All of them into their places, in the order they were added.  MFA_E_SYSTEM
 * (errno): everything is as it was. */
int places_put(struct places *p);

/* They stay, or everything is as it was. */
void places_keep(struct places *p);
void places_back(struct places *p);

#endif
