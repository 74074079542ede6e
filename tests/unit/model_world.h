/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <check.h>

#include "../../server/model_audit.h"
#include "../../server/model_code.h"
#include "../../server/model_device.h"
#include "../../server/model_host.h"
#include "../../server/model_login.h"
#include "../../server/model_user.h"
#include "error.h"
#include "store_world.h"

/*
 * A state of mfad of a test's own, in a directory of its own, and who and what
 * is in it.  What is made here must succeed.
 */
struct model_world {
	char dir[64], path[128];
	struct seal_key key;
	struct db *db;			/* writes, in the test's own thread */
};

void model_world_make(struct model_world *w);	/* with a state, open */
void model_world_empty(struct model_world *w);	/* the directory alone */
void model_world_drop(struct model_world *w);
struct db *model_world_open(const struct model_world *w, enum db_mode mode);
int64_t model_world_sql(const struct model_world *w, const char *sql);

/* WRITE(w, call): in a transaction of its own; what the call returned. */
int model_world_end(struct model_world *w, int r);
#define WRITE(w, call) (MUST(db_begin((w)->db)), model_world_end((w), (call)))
#define DONE(w, call) ck_assert_int_eq(WRITE(w, call), MFA_OK)

/* All of these write in the transaction of their caller, or one of their own. */
const char *model_world_token(struct model_world *w, const char *name);	/* static */
struct model_joined model_world_host(struct model_world *w, const char *name);
struct model_enrolment model_world_enrolment(struct model_world *w, const char *host,
    const char *user);
struct model_offered model_world_device(struct model_world *w, const char *host,
    const char *user);			/* certified for a year */
struct model_login_asked model_world_asked(const char *user, int64_t now);
struct model_login_opened model_world_login(struct model_world *w, const char *host,
    const char *user, int64_t now);

extern const struct model_offer model_world_offer;	/* of a p256 key */
extern const struct model_answer model_world_approval;

/* A certificate of an enrolment's device; static. */
const char *model_world_certificate(const struct model_enrolled *e, int64_t expires);

/* The state of a login as its host sees it. */
enum login_state model_world_state(struct model_world *w, const char *host, const char *login,
    int64_t now);

/* With this key and a body that hashes to so many times `body`. */
struct model_once model_world_once(const char *caller, const char *key, int body);

#endif
