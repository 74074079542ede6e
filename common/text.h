/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TEXT_H
#define MFA_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Text from outside, before a person, a terminal or a log sees it.
 */

/* Well-formed UTF-8 (RFC 3629) without control characters (C0, DEL, C1), line
 * or paragraph separators, or bidirectional and zero-width formatting, so
 * that it shows as one line and as what it is. */
bool text_printable(const char *s, size_t len);

/* Copies src for a log line: printable ASCII stays, except quote, backslash
 * and space; every other byte becomes \xNN.  Always terminates dst; a text
 * too long for it ends in "...".  An empty text becomes "-".  size is 4 or
 * more.  Returns dst. */
const char *text_escape(char *dst, size_t size, const char *src);

/* Copies a string whole or not at all: MFA_E_INVALID (dst empty) when it does
 * not fit into size bytes with its terminator. */
int text_copy(char *dst, size_t size, const char *src);

/* Is there a character that follows itself?  Numbers that are keyed in on a telephone are
 * made without, so that a key that comes through twice is known for what it is. */
bool text_repeats(const char *s);

/* A decimal number without sign, blank or leading zeros, from min to max;
 * MFA_E_INVALID for anything else, *out untouched. */
int text_number(const char *s, unsigned long min, unsigned long max, unsigned long *out);

#endif
