/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_STAGE_H
#define MFA_STAGE_H

#include <check.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "message.h"

/*
 * A stage for the shipped pam_mfa.so: a helper that plays any role at the real
 * path, a person at the application's end, and PAM stacks loaded through
 * libpam.  Runs as root in the throw-away world only.
 */

/* ---- the world ---- */

/* Refuses to go on anywhere but in the world; makes user pam_mfa and a user
 * "anna", directories, and takes the real helper away. */
void stage_prepare(void);

/* Puts the probe (probe.c) where the helper is; asserts that it was started as
 * a spawned helper has to be. */
void stage_install_probe(void);
void stage_spawned_clean(void);

/* The same where mfa-http is. */
void stage_install_http_probe(void);
void stage_http_spawned_clean(void);

uid_t stage_uid(const char *user);

/* Runs a suite made of one case; the status for main. */
int stage_run(TCase *(*const cases[])(void), size_t count, const char *name);

/* Lines of /var/log/auth.log that have `what` in them. */
unsigned int stage_logged(const char *what);
void stage_log_clear(void);

/* ---- the helper that plays a role ---- */

struct played {			/* what the helper saw, in shared memory */
	volatile unsigned int count;	/* messages */
	volatile bool gone;		/* it saw the end of the stream */
	volatile unsigned int served;	/* connections */
	struct msg heard[24];
	volatile bool way;		/* MSG_REACHED came with a descriptor */
	volatile uint32_t way_uid;	/* whose it is, by SO_PEERCRED */
};

struct role {
	int fd;
	struct played *played;
};

typedef void role_fn(struct role *r);

extern struct played *played;

/* Listens at the real path; every connection is given to play().  Stopped by
 * stage_helper_stop, at the latest when the test ends. */
void stage_helper_start(role_fn *play);
void stage_helper_start_as(role_fn *play, uid_t uid);
void stage_helper_stop(void);

/* Waits until the role has heard so many messages: the module does not wait for
 * who hears its last one. */
void stage_heard(unsigned int count);

/* Lines of a role. */
void role_hear(struct role *r);				/* one message, or the end */
void role_prompt(struct role *r, const char *text, bool echo);
void role_info(struct role *r, const char *text);
void role_error(struct role *r, const char *text);
void role_waiting(struct role *r, const char *text);
void role_verdict(struct role *r, uint32_t verdict);
int role_reach(struct role *r);				/* asks for mfa-http: what comes, or -1 */
void role_split(struct role *r, uint32_t digits);
void role_send(struct role *r, const struct msg *m);
void role_raw(struct role *r, const void *data, size_t len);
void role_pause(int ms);
void role_hang(void);

/* ---- the person and the application ---- */

#define LINES_MAX 40

struct person {
	const char *answers[LINES_MAX];	/* in turn; NULL: no answer */
	unsigned int asked;
	unsigned int shown;		/* lines of any style */
	struct { int style; char text[MSG_TEXT_MAX + 1]; } line[LINES_MAX];
	int fails_with;			/* a PAM code, for prompts; 0: answers */
	bool fails_lines;		/* the same for info and error lines */
	bool no_response;		/* success without any response */
	int waits_ms;			/* before each line */
	void (*then)(struct person *);	/* after each line */
	pam_handle_t *pamh;
};

struct login {
	struct person person;
	struct pam_conv conv;
	pam_handle_t *pamh;
};

/* Begins a transaction of service "stage" with this stack, in which "@"
 * stands for the module's path.  The service "other" has the same. */
void login_begin(struct login *l, const char *user, const char *stack);
void login_end(struct login *l, int status);

/* One phase through libpam. */
enum phase_call { AUTH, CRED, ACCT, OPEN, CLOSE, CALLS };
int login_call(struct login *l, enum phase_call call, int flags);

/* All of it: one phase of a stack that has the module in every line. */
int login_once(struct login *l, enum phase_call call, int flags);

#define ONE_OF_EACH \
	"auth required @ deadline=10\naccount required @ deadline=10\n" \
	"session required @ deadline=10\n"

/* Monotonic, milliseconds. */
int64_t stage_now(void);

#endif
