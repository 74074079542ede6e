/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_LISTENER_H
#define MFA_HTTP_LISTENER_H

/* The socket that systemd passed, or, started by hand as root, one of our own
 * at MFA_HTTP_SOCKET, for root and user pam_mfa.  -1 when there is neither; said
 * in the log. */
int listener_socket(void);

/* Serves root and user pam_mfa, each caller in a process of its own, as user
 * pam_mfa_http.  Returns (an exit status) on SIGTERM or SIGINT, or when it cannot
 * go on. */
int listener_run(int listening);

#endif
