/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_REMOTE_H
#define MFA_REMOTE_H

#include "../client/api.h"

/*
 * Asking an approval service, for a subcommand.  Statuses are enum ctl_exit,
 * after a complaint; remote_close in any case.
 */

/* As nobody, at a URL that was given; ca may be NULL, proxy is the
 * configuration's or NULL. */
int remote_open(struct api *a, const char *url, const char *ca, const char *proxy);
/* As this host, with its key, at the service that the configuration names. */
int remote_open_host(struct api *a);
/* As an administrator, on the socket of mfad on this machine. */
int remote_open_admin(struct api *a);
void remote_close(struct api *a);

/* Asks.  CTL_DONE: the service did it; api_reply_free in any case.  A reply
 * without a body is one only where body is false. */
int remote_ask(struct api *a, struct fetch_request *rq, bool body, struct api_reply *reply);

/* The complaint about an answer of api_ask that is none. */
int remote_complain(int error, const struct api_reply *reply);
/* And about a reply that is not of its form. */
int remote_nonsense(const char *what);

#endif
