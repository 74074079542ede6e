/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_DIALOGUE_H
#define MFA_HTTP_DIALOGUE_H

#include "service.h"

/*
 * One login: what the helper asks on fd (query.h), and what the service says to
 * it.  Returns when the login is over: the helper closed it or went away, time
 * is up, or it said what it may not.  A push that is still out is then taken
 * back.  A name that is still being resolved may leave a thread behind, which
 * ends with the process.
 */
void dialogue_run(const struct service *service, int fd);

#endif
