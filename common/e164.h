/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_E164_H
#define MFA_E164_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Telephone numbers as ITU-T E.164 has them: "+", the country's code, and the
 * national number, 15 digits at most in all.
 */

/* ---- all limits ---- */
#define E164_MAX	17	/* with "+" and terminator */
#define E164_MASKED_MAX	64	/* the dots are three bytes each */
#define E164_TYPED_MAX	48	/* what a person may have typed */

/* What is wrong with what was typed. */
enum e164_fault {
	E164_OK = 0,
	E164_FORM,	/* other characters, or a sign out of place */
	E164_COUNTRY,	/* no country's code at its beginning, and none is given */
	E164_LENGTH,	/* too short or too long for that country */
};

/*
 * Reads what a person types: spaces, "-", ".", "/" and brackets count for
 * nothing, "00" is "+", and the zero that many countries write before a national
 * number is dropped after the country's code ("+31 (0)6 …", "+31 06 …").
 * country, as "31", goes before a number that begins with one zero; NULL: such a
 * number is refused.  out is "" unless it is E164_OK.
 */
enum e164_fault e164_read(const char *typed, const char *country, char out[E164_MAX]);
const char *e164_fault_text(enum e164_fault fault);	/* a sentence for people */

/* "+", 7 to 15 digits, of a country that there is: as e164_read writes it. */
bool e164_is(const char *number);

/* As it is shown: the country's code and the last two digits. */
void e164_mask(const char *number, char out[E164_MASKED_MAX]);

/* The length of the country's code that these digits begin with; 0: none. */
size_t e164_country(const char *digits);

#endif
