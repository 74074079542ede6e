/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_RENDER_H
#define MFA_CALL_RENDER_H

#include "deadline.h"

/* Has espeak-ng say text into a new file (prompts.h), whole or not at all.  One
 * that is there already stays.  As prompts_make. */
int render(const char *espeak, const char *language, const char *text, const char *path,
    struct deadline deadline);

#endif
