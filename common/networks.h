/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_NETWORKS_H
#define MFA_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numeric addresses and sets of numeric prefixes.  Every address is 16 bytes;
 * an IPv4 address is its IPv4-mapped form (RFC 4291 section 2.5.5.2), so that
 * 192.0.2.1 and ::ffff:192.0.2.1 are the same.  No name is ever resolved.
 */
struct address {
	unsigned char bytes[16];
};

#define ADDRESS_TEXT_MAX 64	/* with the zone and the terminator */

/* Reads a numeric IPv4 or IPv6 address.  A zone (RFC 4007) is accepted on a
 * link-local IPv6 address only, and dropped.  MFA_E_INVALID for anything
 * else: names, brackets, ports, blanks, leading zeros in IPv4. */
int address_parse(const char *s, struct address *out);

/* The usual text form (RFC 5952; IPv4 dotted); returns dst, which holds
 * ADDRESS_TEXT_MAX bytes. */
const char *address_format(const struct address *a, char *dst);

/* A set of prefixes, some included and some excluded ("!prefix"); the longest
 * one that covers an address decides.  Immutable once built: it is shared by
 * all children of the listener. */
struct networks;
struct networks_builder;

/* All limits. */
#define NETWORKS_MAX		100000	/* prefixes in one set */
#define NETWORKS_LINE_MAX	128	/* of a file of them, with its comment */
#define NETWORKS_FILE_MAX	(8 * 1024 * 1024)
#define NETWORKS_WHY_MAX	224	/* a sentence about an error */

/* A new, empty builder; NULL when memory is short. */
struct networks_builder *networks_builder_new(void);

/*
 * Adds one prefix: ADDRESS/LENGTH or ADDRESS (a single host), "!" before it
 * excludes.  MFA_E_INVALID for anything else, for host bits, a name, a zone,
 * and for a prefix that covers all of IPv4 or IPv6, also as a part of IPv6
 * (::/80); why (NETWORKS_WHY_MAX bytes, printable) then says what was expected.
 * MFA_E_MEMORY.
 */
int networks_add(struct networks_builder *b, const char *prefix, char *why);

/* Reads a file of prefixes from an open descriptor, one a line, "#" starts a
 * comment, blank lines are skipped.  On error *line is the line (from 1; 0 for
 * the file as a whole) and why the sentence.  MFA_E_INVALID, MFA_E_MEMORY,
 * MFA_E_SYSTEM. */
int networks_add_fd(struct networks_builder *b, int fd, unsigned int *line, char *why);

/* Turns the builder into a set; frees the builder in every case and sets *b
 * to NULL.  MFA_E_INVALID, with why, when one prefix is both included and
 * excluded; *line is where in the file, 0 when neither came from one.
 * MFA_E_MEMORY.  The caller frees *out with networks_free. */
int networks_build(struct networks_builder **b, struct networks **out, unsigned int *line,
    char *why);
void networks_builder_free(struct networks_builder **b);

/* True when the longest prefix that covers a is an included one.  Logarithmic
 * in the number of prefixes.  A NULL set holds nothing. */
bool networks_contain(const struct networks *n, const struct address *a);

/* The prefix that decided, as text, for `mfactl why`: writes "-" when none
 * covers a.  size >= ADDRESS_TEXT_MAX. */
const char *networks_explain(const struct networks *n, const struct address *a, char *dst,
    size_t size);

size_t networks_count(const struct networks *n);
void networks_free(struct networks **n);

#endif
