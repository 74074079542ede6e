/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TLS_PEER_H
#define MFA_TLS_PEER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A host's certificate, as the TLS handshake brought it.  It is believed when an
 * authority in host_ca vouches for it, as one of a TLS client, now.
 */
struct tls_peer {
	char *name;		/* its only DNS name; NULL: it has none, or several */
	int64_t since;		/* it is valid; seconds since 1970 */
	const char *fault;	/* static: why it is not believed; NULL: it is */
};

/* Makes c ask for one, and keep what is wrong with it for tls_peer_read. */
bool tls_peer_ask(SSL_CTX *c);

/* After the handshake; NULL when the peer has shown none.  *out is freed with
 * tls_peer_free.  MFA_E_MEMORY. */
int tls_peer_read(SSL *ssl, struct tls_peer **out);
void tls_peer_free(struct tls_peer **p);

#endif
