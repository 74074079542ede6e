/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WIRE_H
#define MFA_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "deadline.h"

/*
 * Messages between our processes, one SOCK_SEQPACKET datagram each, by a table
 * of fields.  On the wire: one byte of type, then the type's fields in the
 * order of the table; a number is 4 bytes, a text, secret or bytes are 2 bytes
 * of length and that many bytes, a list is a number and that many numbers; all
 * big-endian.  A text is printable (text.h), shorter than its array, and holds
 * no zero.  Bytes after the last field, a missing field, an unknown type are
 * MFA_E_PROTOCOL.
 */
#define WIRE_MAX	8192	/* one message */

enum wire_kind {
	WIRE_NUMBER,	/* uint32_t */
	WIRE_TEXT,	/* char[size] */
	WIRE_SECRET,	/* struct secret */
	WIRE_BYTES,	/* uint32_t of length at `length`, unsigned char[size] */
	WIRE_LIST,	/* uint32_t of count at `length`, uint32_t[size] */
};

struct wire_field {
	unsigned int type;	/* of the message */
	enum wire_kind kind;
	size_t offset, size;
	size_t length;		/* offset of the number of bytes or elements */
};

/* A language: the struct of any message begins with its type, as an unsigned
 * int, and has every field of every type. */
struct wire {
	size_t size;		/* of the struct */
	const struct wire_field *fields;
	size_t field_count;
	const unsigned char *types;	/* all there are, ending with 0 */
};

#define WIRE_FIELD(s, t, k, f) \
	{ t, k, offsetof(struct s, f), sizeof(((struct s *)NULL)->f), 0 }
#define WIRE_COUNTED(s, t, k, f, n) \
	{ t, k, offsetof(struct s, f), sizeof(((struct s *)NULL)->f), offsetof(struct s, n) }

/* Writes m in wire form into buf (WIRE_MAX bytes).  *len is set on success.
 * MFA_E_INVALID if a field does not fit or is not printable. */
int wire_pack(const struct wire *w, const void *m, unsigned char *buf, size_t *len);

/* The reverse, from outside data.  *m is zeroed first and holds what was read
 * so far on error, so that the caller wipes it in either case. */
int wire_unpack(const struct wire *w, const unsigned char *buf, size_t len, void *m);

/* Sends or receives one message before the deadline; the socket may be
 * blocking or not.  No SIGPIPE, no descriptors accepted.  MFA_E_CLOSED when
 * the other side is gone, MFA_E_DEADLINE, MFA_E_PROTOCOL, MFA_E_INVALID
 * (wire_pack), MFA_E_SYSTEM.  MFA_E_UNHEARD: gone, and what we sent last was
 * never read.  The wire buffer is wiped. */
int wire_send(const struct wire *w, int fd, const void *m, struct deadline deadline);
int wire_recv(const struct wire *w, int fd, void *m, struct deadline deadline);

/* The same with a descriptor that goes along, or -1.  What is sent stays the
 * caller's; what is received is the caller's from then on, -1 on error; more
 * than one is MFA_E_PROTOCOL. */
int wire_send_with(const struct wire *w, int fd, const void *m, int passed,
    struct deadline deadline);
int wire_recv_with(const struct wire *w, int fd, void *m, int *passed, struct deadline deadline);

#endif
