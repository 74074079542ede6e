/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHILD_H
#define MFA_CHILD_H

#include <stdint.h>

#include "freshness.h"

/*
 * The processes that the listener makes.  A *waiting* child accepts callers
 * that are root by itself, one after another, and tells the listener with a
 * word at a time on a SOCK_SEQPACKET pair; the listener closes its end to
 * send it home.  It serves another caller only after a login that was
 * granted: whoever was refused, or did anything unexpected, was the last that
 * this process has heard.
 */
enum child_word {
	CHILD_BUSY = 'b',	/* it has accepted a caller */
	CHILD_FREE = 'f',	/* and has served it, and waits for another */
	CHILD_PASS = 'p',	/* with the caller's descriptor: one that is not root, or
				 * came after a change that this child does not know */
};

/* Says a word; caller is -1 but with CHILD_PASS, and stays the caller's. */
int child_say(int control, enum child_word word, int caller);

/* Hears one without waiting.  *caller is -1 or becomes ours.  MFA_E_CLOSED
 * when the child is gone or says what it may not. */
int child_hear(int control, enum child_word *word, int *caller);

/* The life of a waiting child, after fork.  born is what its configuration
 * and files were when it was made. */
_Noreturn void child_wait(const struct config *config, const struct config_error *error,
    const struct freshness *born, int control, int listening);

/* The life of a child for this one caller, after fork. */
_Noreturn void child_serve(const struct config *config, const struct config_error *error,
    int caller);

/* The same for a helper that was spawned for one login, with the socket as
 * descriptor 3 and nothing else open. */
_Noreturn void child_spawned(void);

#endif
