/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_HOST_H
#define MFAD_MODEL_HOST_H

#include "model.h"

/* ---- join tokens ---- */

struct model_join_token {
	char token[MODEL_CREDENTIAL_MAX];	/* shown once */
	int64_t expires;
};

/* POST /v1/join-tokens.  name NULL: the host names itself.  Writes. */
int model_join_token_new(struct db *db, const struct model_once *once, const char *name,
    int64_t life, const char *by, int64_t now, struct model_join_token *out);

/* ---- hosts ---- */

struct model_joined {
	char host[MODEL_ID_MAX];
	char key[MODEL_SECRET_MAX];	/* shown once */
	char name[MODEL_NAME_MAX];
};

/* POST /v1/hosts; name NULL is the one that the token fixes, and another than
 * that is PROBLEM_INVALID.  The caller of `once` is the token's id, whatever it
 * says.  PROBLEM_BAD_TOKEN, PROBLEM_NAME_TAKEN.  Writes. */
int model_host_join(struct db *db, const struct model_once *once, const char *token,
    const char *name, int64_t now, struct model_joined *out);

/* POST /v1/hosts/self/key: the old key works on until the new one was used
 * once, or MODEL_KEY_LIFE.  Writes. */
int model_host_rotate(struct db *db, const struct model_once *once, const char *host, int64_t now,
    char key[MODEL_SECRET_MAX]);

/* The host of a certificate that is valid since then, for this name; none that
 * was made before the last host of that name was revoked.  As
 * model_host_authenticate. */
int model_host_by_certificate(struct db *db, const char *name, int64_t since, int64_t now,
    struct model_caller *out);

/* After model_host_authenticate said so: it was seen, and if that was with its
 * new key, the old one is void.  Writes. */
int model_host_seen(struct db *db, const struct model_caller *host, int64_t now);

struct model_host {
	char id[MODEL_ID_MAX];
	char name[MODEL_NAME_MAX];
	int64_t created, seen;		/* seen: 0 never */
};

/* GET /v1/hosts/self; PROBLEM_NOT_FOUND. */
int model_host(struct db *db, const char *host, struct model_host *out);

/* GET /v1/hosts, in order of name; fn returns false to stop. */
int model_hosts(struct db *db, bool (*fn)(void *arg, const struct model_host *h), void *arg);

/* DELETE /v1/hosts/{host}: its key is void, its logins are cancelled, its name
 * is free.  PROBLEM_NOT_FOUND.  Writes. */
int model_host_revoke(struct db *db, const char *host, const char *by, int64_t now);

#endif
