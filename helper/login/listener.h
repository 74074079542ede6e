/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LISTENER_H
#define MFA_LISTENER_H

/*
 * The warm path: keeps children that wait for callers at a listening socket,
 * and makes one for each caller that they hand back.  Returns (an exit status) on SIGTERM or
 * SIGINT, or when it cannot go on.
 */
int listener_run(int listening);

/* The socket that systemd passed, or, started by hand as root, one of our
 * own at MFA_SOCKET.  -1 when there is neither; said in the log. */
int listener_socket(void);

#endif
