/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef API_WORLD_H
#define API_WORLD_H

#include <json-c/json.h>

#include "mfad_world.h"

/*
 * The API of a mfad that runs for a test (mfad_world.h), as its callers see it.
 * Every answer is written to the file that API_RECORD names, if it does, to be
 * compared with the description of the API.
 */
#define ADMIN	"admin"		/* as a caller: by the socket that is root's */
#define ANYBODY	NULL		/* without any credential */

extern struct mfad api;		/* the one that runs */
extern bool api_plain;		/* without TLS, which takes its time */

void api_start(const char *more);	/* further lines of its configuration */
void api_stop(void);			/* as SIGTERM does; and removes its files */
void api_drop(void);			/* without a farewell */

/* ---- asking; who is ADMIN, ANYBODY, or "ID.SECRET" ---- */

/* The status of the answer, which is kept until the next. */
int api_call(const char *who, const char *method, const char *path, const char *body);
int api_call_once(const char *who, const char *method, const char *path, const char *body,
    const char *key);
/* The same of a server that may close instead: 0. */
int api_try(const char *who, const char *method, const char *path, const char *body,
    const char *key);
int api_get(const char *who, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* In two steps, on a connection of its own: the answer may take long.
 * api_answer closes it. */
struct asked {
	struct client client;
	bool sent;
	char method[8], path[512], body[4096];
};
void api_world_ask(struct asked *a, const char *who, const char *method, const char *path,
    const char *body);
int api_answer(struct asked *a);
bool api_waits(struct asked *a, int ms);	/* nothing came in that time */

/* ---- the last answer ---- */

struct json_object *api_json(void);		/* NULL: none */
const char *api_world_text(const char *name);		/* must be there */
int64_t api_world_number(const char *name);
const char *api_body(void);			/* as it came */
bool api_has(const char *part);			/* anywhere in head and body */

/* STATUS is answered, with this problem, and this field (or NULL). */
#define API_PROBLEM(status, problem, field, call) \
	api_problem(__LINE__, status, problem, field, call)
void api_problem(int line, int status, const char *problem, const char *field, int is);

/* ---- who and what there is; made through the API ---- */

struct api_host {
	char id[32], name[64], credential[80];
};
struct api_phone {
	char id[32], user[64], credential[80];
};

void api_token(const char *name, char token[80]);
struct api_host api_host(const char *name);
void api_enrolment(const struct api_host *h, const char *user, char id[32]);
const char *api_offer(const char *kind);		/* a body; static */
struct api_phone api_phone(const struct api_host *h, const char *user);	/* certified */

const char *api_login_body(const char *user, int64_t life);	/* static */
void api_login(const struct api_host *h, const char *user, char id[32]);
int api_reply(const struct api_phone *p, const char *login, const char *decision);
int api_world_close(const struct api_host *h, const char *login, const char *outcome);
const char *api_state(const struct api_phone *p, const char *login);
bool api_state_becomes(const struct api_phone *p, const char *login, const char *state, int ms);

/* A path; static, one of a few. */
const char *api_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
