/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TLS_FILES_H
#define MFA_TLS_FILES_H

#include <openssl/ssl.h>
#include <stdbool.h>

/* The certificate with those that follow it in its file, and the key, in PEM.
 * The files are judged on their open descriptors.  The fault is logged.
 * MFA_E_CONFIG. */
int tls_load_chain(SSL_CTX *c, const char *path);
int tls_load_key(SSL_CTX *c, const char *path, const char *certificate);

/* Whether the certificate that was loaded from there is valid today.  The fault is
 * logged.  MFA_E_CONFIG. */
int tls_check_dates(SSL_CTX *c, const char *path);

/* The authorities that may vouch for a client's certificate, in PEM; clients are
 * told their names. */
int tls_load_authorities(SSL_CTX *c, const char *path);

#endif
