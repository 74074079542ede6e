/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LOGIN_WORLD_H
#define LOGIN_WORLD_H

#include <check.h>
#include <stdio.h>

#include "../../helper/login/login.h"

/*
 * A state and a configuration of a test's own, and logins against them: each
 * is served by login_serve in a process of its own, and the test speaks the
 * module's side.
 */
#define ANSWERS 12

struct login_world {
	char dir[64];
	struct seal_key key;
	struct config *config;
	struct store *store;	/* the test's own */
	struct authority authorities[2];	/* that vouch for phones; none at first */
	size_t authority_count;
	void (*busy)(void);		/* of the workshop; NULL at first */
	int still_ms;			/* of the workshop; 0 at first */
};

struct login_script {
	struct msg begin;
	struct msg ids;			/* of a user that NSS knows, in no group */
	struct caller caller;
	const char *answers[ANSWERS];	/* NULL: hangs up at that prompt */
	int silent_ms;			/* before the first message */
	int pause_ms;			/* before each answer */
	unsigned int leaves_at;		/* hangs up at this line; 0: at none */
	int (*reach)(void);		/* the way to mfa-http, which is closed then; NULL: none */
	void (*seen)(const char *text);	/* by the person: each prompt and line; or NULL */
};

struct login_result {
	uint32_t verdict;		/* 0: none came */
	unsigned int prompts, infos, look_ups, reaches;
	char prompt[MSG_TEXT_MAX + 1];		/* the last one */
	char said[4096];		/* all info lines */
};

/* For the arrays of a script's messages. */
#define SET(array, text) snprintf(array, sizeof(array), "%s", text)

/* One change of the state, in a transaction of its own. */
#define WRITTEN(w, change) do { \
	ck_assert_int_eq(store_begin((w)->store, 5000), 0); \
	ck_assert_int_eq(change, 0); \
	ck_assert_int_eq(store_commit((w)->store, true), 0); \
} while (0)

void login_world_make(struct login_world *w, const char *configuration);
void login_world_drop(struct login_world *w);
struct config *login_world_config(const struct login_world *w, const char *text);	/* another */

/* An sshd login of `user` from 198.51.100.7 by root's module, answering
 * `answer` to every prompt. */
struct login_script login_script(const char *user, const char *answer);
struct login_result login_run(struct login_world *w, const struct login_script *s);

/* A login of that script, and whether its verdict is the one that has to be. */
struct login_result login_try(struct login_world *w, const char *user, const char *answer);
void login_granted(const struct login_result *r);
void login_denied(const struct login_result *r);

/* Starts one in the background and returns its pid; it exits with 0 when it
 * was granted, 1 when not. */
int login_start(struct login_world *w, const struct login_script *s);

/* Enrols; the secret is RFC 6238's.  name may be NULL. */
void login_enrol(struct login_world *w, const char *user, enum otp_kind kind);
/* Its TOTP code, `offset` steps from now; static storage. */
const char *login_code(int offset);
/* Its HOTP value. */
const char *login_hotp(uint64_t counter);

/* How many audit records of this event and reason there are (NULL: any). */
unsigned int login_records(struct login_world *w, const char *event, const char *reason);

#endif
