/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CATALOGUE_H
#define MFA_CATALOGUE_H

#include <stddef.h>

/*
 * What people read and hear, in another language than the program's own texts, which
 * are English: gettext's catalogues po/PROGRAM/LANGUAGE.po.  They are built in, so that
 * no file is opened for them and nothing depends on a locale.
 */

/* Marks a text for xgettext, where it is looked up later. */
#define N_(text) text

/* Takes in a file that msgfmt made, in the byte order of the machine, as name. */
#define CATALOGUE(name, file) \
	__asm__( \
	    ".section .rodata\n" \
	    ".balign 4\n" \
	    ".local " #name "\n" \
	    #name ": .incbin \"" file "\"\n" \
	    ".previous\n"); \
	extern const char name[]

/* The catalogue's text for this one; text itself where it has none.  Of a format, it
 * takes the same arguments: msgfmt --check sees to that. */
const char *catalogue_text(const char *catalogue, const char *text)
    __attribute__((format_arg(2)));

/* Writes text with args[0] in the place of %1, args[1] of %2 and so on, in whatever order
 * they stand; any other "%" is itself, and so is one in an argument.  What does not fit
 * into size, 1 or more, is left out.  count: 9 at most.  Returns the length. */
size_t catalogue_fill(char *dst, size_t size, const char *text, const char *const args[],
    size_t count);

#endif
