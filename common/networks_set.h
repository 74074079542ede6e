/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_NETWORKS_SET_H
#define MFA_NETWORKS_SET_H

#include "networks.h"

/* What networks_read.c makes of text, and networks.c compiles. */

struct bits128 {
	uint64_t hi, lo;
};

struct entry {			/* one prefix, IPv4 in its mapped form */
	struct bits128 first;	/* its first address */
	uint32_t line;		/* in its file; 0: from no file */
	uint8_t length;		/* 0 to 128 */
	bool exclude;
};

struct bits128 bits128_of(const struct address *a);

/* The bits behind a prefix of this length. */
struct bits128 bits128_host(unsigned int length);

/* As it would be written; dst holds ADDRESS_TEXT_MAX bytes; returns it. */
const char *entry_format(const struct entry *e, char *dst);

/* Hands the entries over to the caller, who frees them; NULL when none. */
struct entry *builder_take(struct networks_builder *b, size_t *count);

#endif
