/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_SIP_LINE_H
#define MFA_CALL_SIP_LINE_H

#include <stddef.h>

#include "call_settings.h"

struct sa;
struct sip;

/*
 * The line to the organisation's PBX or trunk: which server, over what, and from
 * which address of ours.  Errors are libre's: 0 or an errno.
 */
#define SIP_URI_MAX 320

/* A URI at the server of the settings.  user: NULL, for the server itself.  whole:
 * with port and transport, as a request is sent to it; else the name in From.
 * EINVAL: sip_server is not of its form, or it does not fit. */
int sip_line_uri(const struct call_settings *s, const char *user, int whole,
    char uri[SIP_URI_MAX]);

/* Where requests go when /etc/hosts has the server's name, as a URI for Route, so that
 * they are still to the name; "": its address is known, or DNS is asked.  EINVAL. */
int sip_line_route(const struct call_settings *s, char route[SIP_URI_MAX]);

/* The address of ours that is told the other side: the one that is configured, or
 * from which the server is reached. */
int sip_line_address(const struct call_settings *s, struct sa *address);

/*
 * A SIP stack that can reach the server, and nothing else: the one transport that
 * sip_server names (UDP, unless it says so), a TLS that believes the server only
 * with a certificate of its name, and the system's resolver where a name has to be
 * looked up that /etc/hosts does not have.  closed is called when it was closed and
 * nothing is under way.
 */
int sip_line_open(const struct call_settings *s, const struct sa *address,
    void (*closed)(void *arg), void *arg, struct sip **sip);

#endif
