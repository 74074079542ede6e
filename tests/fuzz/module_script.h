/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_MODULE_SCRIPT_H
#define MFA_MODULE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A helper made of bytes: what it sends is the input, whatever it hears.  The
 * input is connections, each a count of datagrams (one byte, modulo 32) and
 * for each its length (two bytes, big-endian, modulo 8300) and its bytes; what
 * is cut off at the end is as long as there is.  It takes the place of
 * sibling_open.
 */
struct module_script {
	const uint8_t *at, *end;
	unsigned int opened;
	/* Of the connection opened last. */
	bool ends_in_grant;	/* its last datagram, or the last before an empty one */
	bool has_verdict;	/* any well-formed verdict is in it */
	bool over;
};

extern struct module_script module_script;

void module_script_start(const uint8_t *data, size_t size);
void module_script_end(void);		/* closes the far ends */

/* One byte of the input, or 0. */
uint8_t module_script_byte(void);

/* The lowest free descriptor: the same before and after, or one has leaked. */
int module_script_next_fd(void);

#endif
