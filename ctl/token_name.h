/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TOKEN_NAME_H
#define MFA_TOKEN_NAME_H

#include <stddef.h>

#include "store.h"

/* What a token may be called: printable, short enough, no blank at its ends;
 * CTL_DONE, or CTL_USAGE after a complaint. */
int token_name_valid(const char *name);

/* The first of "BASE", "BASE-2", "BASE-3" … that none of the tokens has. */
void token_name_free(const struct token *tokens, size_t count, const char *base,
    char name[OTP_NAME_MAX]);

/* The token of that name; NULL when there is none. */
const struct token *token_named(const struct token *tokens, size_t count, const char *name);

#endif
