/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_FRESHNESS_H
#define MFA_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "config.h"

/*
 * A process works with the configuration, the key and the database that it
 * was born with; before it serves anybody it looks, with a few stat(2),
 * whether they are still the same.  Works inside the sandbox.
 */
struct freshness {
	int64_t configured_at;	/* CLOCK_MONOTONIC, ms */
	struct stat key, db, authorities;	/* all zero: not there */
};

/* Looks at key, database and the authorities that config (or NULL) names now;
 * configured_at stays. */
void freshness_look(struct freshness *f, const struct config *config);

/* Has the configuration changed since then, or what the names of groups in
 * it mean come of age?  config may be NULL, which is always old. */
bool freshness_config_old(const struct freshness *f, const struct config *config);

/* Is one of the three another one than at the last look? */
bool freshness_state_old(const struct freshness *f, const struct config *config);

#endif
