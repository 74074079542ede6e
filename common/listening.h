/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LISTENING_H
#define MFA_LISTENING_H

#include <stdbool.h>

/*
 * The socket that a service of this host listens on: the one that systemd
 * passed, or, started by hand as root, one of its own at path, SOCK_SEQPACKET,
 * with this mode, root's and of the group of user group_of (NULL: root's).  -1
 * when there is neither; said in the log.
 */
int listening_socket(const char *path, unsigned int mode, const char *group_of);

/* A descriptor that tells of signals: to stop, and of children.  SIGHUP is heard and
 * does nothing: changes are noticed without it.  -1 (errno). */
int listening_signals(void);

/* Was this process told to stop?  All signals that have come are taken. */
bool listening_stopped(int signals);

#endif
