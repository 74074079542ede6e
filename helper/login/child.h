/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHILD_H
#define MFA_CHILD_H

#include <stdbool.h>

#include "config.h"

/* Hands the descriptor `caller` to the child that waits at fd. */
int child_send(int fd, int caller);

/*
 * The life of a child of the listener, after fork: gets ready, becomes
 * sandboxed, serves one login, exits.  fd is the caller's socket when
 * `at_once`, else where one will be handed over (by root callers only, whose
 * name needs no look-up).
 */
_Noreturn void child_run(const struct config *config, const struct config_error *error, int fd,
    bool at_once);

/* The same for a helper that was spawned for one login, with the socket as
 * descriptor 3 and nothing else open. */
_Noreturn void child_spawned(void);

#endif
