/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LISTENER_H
#define MFA_LISTENER_H

/*
 * The warm path: accepts callers of a listening socket and hands each to a
 * child that is ready for it.  Returns (an exit status) on SIGTERM or
 * SIGINT, or when it cannot go on.
 */
int listener_run(int listening);

/* The socket that systemd passed, or, started by hand as root, one of our
 * own at MFA_SOCKET.  -1 when there is neither; said in the log. */
int listener_socket(void);

#endif
