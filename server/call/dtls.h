/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_DTLS_H
#define MFA_CALL_DTLS_H

#include <stdbool.h>

struct handshake;
struct protection;
struct sdp_media;
struct sdp_session;
struct udp_sock;

/*
 * SRTP with keys of a DTLS handshake on the ports of the sound (RFC 5763, RFC 5764).
 * Each call has a certificate of its own, in memory; whose it is the digests in the
 * offer and answer say, so that it is worth what SIP's own protection is.  Errors are
 * libre's: 0 or an errno.
 */
struct handshake_heard {
	/* Once: the protection has its keys, or there will be none. */
	void (*end)(bool well, void *arg);
	void *arg;
};

/* The protection must be one that lets nothing through without keys, and outlive it.
 * Freed with mem_deref. */
int handshake_open(struct handshake **h, struct udp_sock *us, struct protection *protection,
    const struct handshake_heard *heard);

/* Writes our digest, and who calls on whom, into what is offered or answered. */
int handshake_offer(struct handshake *h, struct sdp_media *media);

/* Takes the other's out of what was answered or offered, and begins.  EPROTO: it has
 * none that can be used, or not the one that it had. */
int handshake_agree(struct handshake *h, const struct sdp_session *session,
    const struct sdp_media *media);

#endif
