/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SYSTEMD_H
#define MFA_SYSTEMD_H

#include <stdint.h>

/*
 * The two protocols of systemd that a service of ours speaks: some lines each,
 * for which libsystemd need not be in the process.
 */

#define SYSTEMD_FD 3	/* sd_listen_fds(3): the first that is handed down */

/* How many listening sockets systemd handed to this very process, from
 * SYSTEMD_FD on, now closed on exec and non-blocking; 0 when it did not start
 * us so.  MFA_E_INVALID when one of them does not listen, or they are more than
 * max. */
int systemd_sockets(unsigned int max);

/* Tells systemd ("READY=1", sd_notify(3)).  Does nothing without systemd.  The
 * connection is made at the first call, so the first comes before a sandbox. */
void systemd_notify(const char *state);

/* Within how many microseconds systemd wants to hear "WATCHDOG=1"; 0: not. */
uint64_t systemd_watchdog(void);

#endif
