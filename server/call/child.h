/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_CHILD_H
#define MFA_CALL_CHILD_H

#include "line.h"

/* The life of a child, for one call or text, after fork (forker.h). */
_Noreturn void call_child_serve(const struct line *l);

#endif
