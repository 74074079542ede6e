/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_CHILD_H
#define MFA_HTTP_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "service.h"

/* May this caller be served: root, or the helper?  By the kernel's word; *uid is
 * who it is. */
bool child_may_serve(int caller, uint32_t *uid);

/* The life of a child for one caller, after fork. */
_Noreturn void child_serve(const struct service *service, int caller);

/* The same for a process that was run for one login, with the socket as
 * descriptor 3 and nothing else open. */
_Noreturn void child_spawned(void);

#endif
