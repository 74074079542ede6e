/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WORDS_H
#define MFA_WORDS_H

#include "catalogue.h"
#include "config.h"

/* text, which people read at a login, in that language (po/login); itself where there
 * is no other.  Of a format, the other takes the same arguments. */
const char *words(enum language language, const char *text) __attribute__((format_arg(2)));

#endif
