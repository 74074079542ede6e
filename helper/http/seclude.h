/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_SECLUDE_H
#define MFA_HTTP_SECLUDE_H

/*
 * What a child of mfa-http gives up before it reads a byte from the helper or
 * the network: new privileges, processes, writing any file, every file but
 * those that name resolution and TLS read, listening, any address family but
 * IPv4, IPv6 and AF_UNIX (resolvers and syslog), making code.
 */

/* Loads the modules that name resolution would load later, as nsswitch.conf
 * names them, without asking anybody anything.  Once, before the sandbox. */
void seclude_warm_up(void);

/* `ca` is the file of server_ca, or "".  The process must end when this
 * fails. */
int seclude(const char *ca);

#endif
