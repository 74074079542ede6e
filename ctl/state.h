/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_STATE_H
#define MFA_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "store.h"

/*
 * The state of this host, for a subcommand: opened by root, who reads the key
 * and the configuration and then becomes the user pam_mfa for good, so that
 * no file in the state directory ever belongs to another.
 */
#define CTL_STORE_MS 10000	/* in the queue for the state */

enum {
	STATE_CHANGE = 1,	/* to be written */
	STATE_MAKE = 16,	/* and made when it is missing, with its key */
	STATE_SEAL = 2,		/* there must be a usable key: secrets are sealed, or
			 * what is made is of use only at a login, which needs it */
	STATE_CONFIG = 4,	/* the configuration must be usable */
	STATE_MAYBE = 8,	/* there may be none yet: then store is NULL */
};

struct state {
	struct store *store;
	struct config *config;	/* NULL without STATE_CONFIG */
	int64_t now;		/* when it was opened, or when a change began */
	char by[64];		/* the administrator's login name, printable */
};

/* CTL_DONE with *st open, to be closed with state_close in any case; or a
 * ctl_exit after a complaint: CTL_ROOT, CTL_CONFIG, CTL_STATE, and CTL_ABSENT
 * when there is no state yet and it is not to be changed.  Users must be
 * looked up before this. */
int state_open(struct state *st, unsigned int flags);
void state_close(struct state *st);

/* The two things that state_open does before it changes the user, for
 * subcommands that need them earlier; CTL_DONE, CTL_ROOT, CTL_CONFIG. */
int need_root(void);
int need_config(struct config **out);

/* Complains about a failure (an mfa_error) of the state; returns CTL_STATE. */
int state_fault(const struct state *st, int error);

/*
 * One change with its audit record, in one durable transaction, and then its
 * log line.  apply returns an mfa_error; with any but MFA_OK nothing is
 * changed.
 */
struct change {
	const char *event;	/* "enrol", "remove" … */
	const char *user;	/* "" for all */
	char logged[192];	/* "key=value" pairs for the log, escaped */
	char recorded[192];	/* and for the record, quoted where there is a blank */
};
int state_change(struct state *st, const struct change *c,
    int (*apply)(struct state *st, void *arg), void *arg);

/* The two parts of it: the record, inside a transaction, with the notice that
 * the person gets at the next login; and the log line, after it. */
int state_record(struct state *st, const struct change *c);
void state_log(const struct state *st, const struct change *c);

/* Adds a pair to both; what is too long is cut off. */
void change_add(struct change *c, const char *key, const char *value);

/* Does the state know this user?  CTL_DONE, CTL_ABSENT or CTL_STATE after a
 * complaint.  *u is filled in. */
int state_user(struct state *st, const char *user, struct user_state *u);

#endif
