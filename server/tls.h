/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TLS_H
#define MFA_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

/*
 * The server's certificate and key, and what is spoken: TLS 1.2 with ephemeral
 * keys and authenticated encryption, or 1.3; no renegotiation, no compression,
 * no resumption (a login connects once), HTTP/1.1 where the client names
 * protocols.
 */
struct tls;

/* Once, before anything else: OpenSSL, without a configuration file of its own. */
void tls_start(void);

/* Loads both files: regular, the key not open to others, and belonging
 * together.  The fault is logged.  With a file of authorities (host_ca, or NULL) a
 * client may show a certificate (tls_peer.h).  MFA_E_CONFIG, MFA_E_CRYPTO,
 * MFA_E_MEMORY. */
int tls_open(const char *certificate, const char *key, const char *host_ca, struct tls **out);
void tls_close(struct tls **t);

/* Loads them anew if they changed since they were looked at (or anyway); a pair
 * that cannot be used is logged once, and the old one stays. */
void tls_refresh(struct tls *t, bool anyway);

/* Is it a time at which clients take the certificate?  The fault is logged.
 * MFA_E_CONFIG. */
int tls_in_time(const struct tls *t);

/* A new server side, or NULL. */
SSL *tls_session(struct tls *t);

#endif
