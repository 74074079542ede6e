/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_NUMBERS_H
#define MFA_CALL_NUMBERS_H

#include "config.h"

/* Which telephone numbers may cost money. */

/* E.164 with its "+": a country code does not begin with 0, 7 to 15 digits. */
bool number_valid(const char *to);

/* "+" and 1 to 15 digits, the first of them not 0. */
bool number_prefix_valid(const char *prefix);

/* The longest prefix of either list that the number begins with decides; one in
 * both refuses, and so does none. */
bool number_allowed(const struct names *allowed, const struct names *refused, const char *to);

#define NUMBER_MASKED_MAX 24

/* "+31......78", for the log: the beginning, and the last two digits. */
const char *number_masked(const char *to, char masked[NUMBER_MASKED_MAX]);

/* Of words that come from outside: what may be a telephone number, seven digits or more
 * with no more than " .()/-" between them, becomes as many "*". */
void number_hide(char *words);

#endif
