/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_LISTENER_H
#define MFA_HTTP_LISTENER_H

/* Serves root and user pam_mfa, each caller in a process of its own, as user
 * pam_mfa_http.  Returns (an exit status) on SIGTERM or SIGINT, or when it cannot
 * go on. */
int listener_run(int listening);

#endif
