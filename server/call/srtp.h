/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_SRTP_H
#define MFA_CALL_SRTP_H

#include <stdbool.h>

struct sdp_media;
struct udp_sock;
struct protection;

/*
 * SRTP, AES_CM_128_HMAC_SHA1_80, with keys in the offer and answer (RFC 4568), or of
 * somebody else's agreement.  Errors are libre's: 0 or an errno.
 */
#define SRTP_KEY_BYTES	30	/* 16 of key, 14 of salt */

/* A key of our own, and everything that leaves and arrives at the socket goes
 * through here: until there are keys as it is, or (closed) not at all.  Freed with
 * mem_deref. */
int protection_open(struct protection **p, struct udp_sock *us, bool closed);

/* The keys of both ways, once. */
int protection_set(struct protection *p, const unsigned char *ours, const unsigned char *theirs);

/* Writes our key into what is offered or answered. */
int protection_offer(struct protection *p, struct sdp_media *media);

/* Takes the other's key from what was answered or offered.  EPROTO: there is none
 * that we can use. */
int protection_agree(struct protection *p, struct sdp_media *media);

#endif
