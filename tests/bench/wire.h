/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BENCH_WIRE_H
#define MFA_BENCH_WIRE_H

#include <openssl/ssl.h>
#include <stddef.h>

/* HTTPS as little as measuring needs: one connection, one request at a time,
 * whatever fails ends the program with a line that says what.  No session is
 * used again, so that every connection is a full handshake. */
#define WIRE_REPLY_MAX 4096

struct wire {
	SSL *ssl;
	int fd;
	size_t len;
	char reply[WIRE_REPLY_MAX];	/* the last, head and body, terminated */
};

SSL_CTX *wire_context(const char *ca);
void wire_open(struct wire *w, SSL_CTX *context, const char *address, unsigned short port);
void wire_close(struct wire *w);

/* body NULL: none. */
void wire_ask(struct wire *w, const char *credential, const char *method, const char *path,
    const char *body);
void wire_reply(struct wire *w, int status);		/* waits for it; another one is an error */
/* A text member of the last reply; MAX characters and terminator fit. */
void wire_text(const struct wire *w, const char *name, char *out, size_t size);

#endif
