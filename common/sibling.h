/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SIBLING_H
#define MFA_SIBLING_H

#include "deadline.h"

/*
 * The way to the process one step further in: connect to its socket; if nobody
 * serves that and we are root, run it directly on one end of a socketpair.
 *
 * MUST, since this runs inside other people's programs, root's among them:
 *  1. The listener is root or the sibling's own user, by the kernel's word.
 *  2. What is run is one fixed path, as the sibling's user, with an empty
 *     environment, the socket as descriptor SIBLING_FD, 0 to 2 on /dev/null,
 *     nothing else open, default signals, no core file, umask 077, in "/".
 *  3. The caller's SIGCHLD is neither needed, nor raised, nor touched, and no
 *     child is left for it to wait for.
 *  4. Between clone and exec only async-signal-safe calls are made: the caller
 *     may have threads, and its locks may be held.
 *  5. No descriptor of ours is ever 0, 1 or 2 when we return, and all are
 *     closed on exec.
 */
#define SIBLING_FD 3

struct sibling {
	const char *socket;		/* where it listens (SOCK_SEQPACKET) */
	const char *user;		/* whom it runs as */
	const char *path;		/* what is run, absolute */
	const char *const *argv;	/* NULL-terminated */
};

/*
 * On success *fd is a connected socket (3 or more, closed on exec), to be
 * closed by the caller; on error it is -1.  MFA_E_ABSENT: nobody listens, and
 * we are not root or there is nothing to run; MFA_E_BUSY: its queue stays full;
 * MFA_E_PEER: somebody else listens there; MFA_E_DEADLINE, MFA_E_MEMORY,
 * MFA_E_SYSTEM (errno).  A sibling that could not be executed shows as the end
 * of the stream.
 */
int sibling_open(const struct sibling *what, struct deadline deadline, int *fd);

/* The same without looking who listens: for a sibling that hung up before it
 * heard anything.  MFA_E_ABSENT also when we are not root. */
int sibling_run(const struct sibling *what, int *fd);

#endif
