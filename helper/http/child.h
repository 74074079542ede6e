/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_CHILD_H
#define MFA_HTTP_CHILD_H

#include "service.h"

/* The life of a child for one caller, after fork (forker.h). */
_Noreturn void child_serve(const struct service *service);

/* The same for a process that was run for one login, with the socket as
 * descriptor 3 and nothing else open. */
_Noreturn void child_spawned(void);

#endif
