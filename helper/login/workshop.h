/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WORKSHOP_H
#define MFA_WORKSHOP_H

#include "login.h"

/*
 * Getting ready for one login: everything that opens a file or looks up a
 * name happens here, before the sandbox.
 */

/* Loads what OpenSSL and SQLite load on first use; once a process, before it
 * forks. */
int workshop_warm_up(void);

/* Reads the configuration into *config (freed by the caller) or, failing
 * that, says so in the log and in *error. */
void workshop_configure(struct config **config, struct config_error *error);

/* Opens the state and the rest.  config may be NULL, with the error.  What
 * cannot be opened is noted in *w; the login will deny with it. */
void workshop_open(struct workshop *w, const struct config *config,
    const struct config_error *error);

/* Gives up everything but the login (sandbox.h); the process must end when
 * this fails. */
int workshop_seclude(void);

/* After the verdict has left: house-keeping of the state. */
void workshop_tidy(struct workshop *w);

/* The user and group of the helper; MFA_E_ABSENT. */
int workshop_user(unsigned int *uid, unsigned int *gid);

/* Who is on the other end: SO_PEERCRED, and the name of a uid that is not
 * root's. */
int workshop_caller(int fd, struct caller *out);

#endif
