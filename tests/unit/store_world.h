/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_WORLD_H
#define STORE_WORLD_H

#include <check.h>

#include "store.h"

/*
 * A state of a test's own, in a directory of its own.
 */
struct store_world {
	char dir[64];
	struct seal_key key;
	struct store *store;	/* the test's own; NULL when it made none */
};

#define NOW 1700000000
#define DAY 86400

/* Where directories are made: /tmp, unless a test sets another. */
extern const char *store_world_base;

void store_world_make(struct store_world *w);	/* with a state, open */
void store_world_empty(struct store_world *w);	/* the directory alone */
void store_world_drop(struct store_world *w);

/* Opens it once more; the test fails if it does not open. */
struct store *store_world_open(const struct store_world *w, enum store_mode mode);

/* What opening answers, and its words. */
int store_world_try(const struct store_world *w, enum store_mode mode, char why[256]);

const char *store_world_path(const struct store_world *w, const char *name); /* static */

/* Runs SQL behind the store's back; the first column of its first row. */
int64_t store_world_sql(const struct store_world *w, const char *sql);

/* For what must be MFA_OK. */
void must(int r, const char *what);
#define MUST(call) must(call, #call)

void begin(struct store *s);
void commit(struct store *s);

/* A TOTP token with RFC 6238's key that was never used. */
struct token store_world_token(const char *name);

/* Adds one in a transaction of its own; its id. */
int64_t store_world_enrol(struct store *s, const char *user, const char *name);

/* The one token of a user. */
struct token store_world_read(struct store *s, const char *user);

/* The main of a test program: runs the tests (NULL ends them), each between
 * setup and teardown and within `seconds`; the exit status. */
int store_world_run(const char *name, void (*setup)(void), void (*teardown)(void), double seconds,
    const TTest *const *tests);

#endif
