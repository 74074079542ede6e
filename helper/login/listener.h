/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LISTENER_H
#define MFA_LISTENER_H

/*
 * The warm path: keeps children that wait for callers at a listening socket,
 * and makes one for each caller that they hand back.  Returns (an exit status) on SIGTERM or
 * SIGINT, or when it cannot go on.
 */
int listener_run(int listening);

#endif
