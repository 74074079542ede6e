/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_MEDIA_H
#define MFA_CALL_MEDIA_H

#include "call_settings.h"
#include "prompts.h"

struct mbuf;
struct sa;
struct media;

/*
 * The sound of a SIP call: what is offered and answered (RFC 3264), G.711 out,
 * keys in (RFC 4733).  Runs in libre's loop; errors are its: 0 or an errno.  Other
 * sound that arrives is not listened to, and neither are packets from an address
 * that is not the line's.
 */
struct media_heard {
	void (*key)(char key, void *arg);
	void (*prompt_end)(void *arg);
	void (*unprotected)(void *arg);	/* what was agreed about that has failed */
	void *arg;
};

/* Opens its socket at the address.  *m is freed with media_free; NULL on error. */
int media_open(struct media **m, const struct call_settings *s, const struct sa *address,
    const struct media_heard *heard);

/* *m may be NULL, and becomes it. */
void media_free(struct media **m);

/* What we offer; the caller mem_derefs it. */
int media_offer(struct media *m, struct mbuf **offer);

/* What the line answered.  from: the address that it came from.  EPROTO: nothing in
 * common, or not the protection that the settings want. */
int media_answered(struct media *m, struct mbuf *answer, const struct sa *from);

/* The line offers something else while the call goes on. */
int media_offered(struct media *m, struct mbuf *offer, const struct sa *from,
    struct mbuf **answer);

/* From now on, or from when it is protected as it must be, sound is sent, and keys are
 * heard. */
int media_start(struct media *m);

/* Instead of what is being played; its end is prompt_end, which comes later than
 * this returns.  A file that cannot be played is silence. */
void media_play(struct media *m, const struct prompt *prompt);

/* No more of it, and no prompt_end. */
void media_hush(struct media *m);

#endif
