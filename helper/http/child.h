/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_CHILD_H
#define MFA_HTTP_CHILD_H

#include "service.h"

/* The life of a child for one caller, after fork. */
_Noreturn void child_serve(const struct service *service, int caller);

#endif
