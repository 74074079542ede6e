/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WORDS_H
#define MFA_WORDS_H

#include "config.h"

/*
 * What people read, in their language: gettext's catalogue po/nl.po, which is built
 * in, so that a login opens no file for it and depends on no locale.  The texts of the
 * program are the English ones.
 */

/* Marks a text for xgettext, where it is looked up later. */
#define N_(text) text

/* text in that language; itself where there is no other.  Of a format, the other
 * takes the same arguments: msgfmt --check sees to that. */
const char *words(enum language language, const char *text) __attribute__((format_arg(2)));

#endif
