/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <fcntl.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "dialogue.h"
#include "error.h"
#include "forker.h"
#include "log.h"
#include "paths.h"
#include "seclude.h"

/* ---- all limits ---- */
#define WATCHDOG	660	/* seconds: the longest deadline and some; ends a child
				 * whatever it hangs in */

_Noreturn void
child_serve(const struct service *service)
{
	if (seclude(service->ca) != MFA_OK) {
		log_line(LOG_ERR, "the sandbox cannot be entered; the service is not asked");
		_exit(EXIT_FAILURE);
	}
	(void)alarm(WATCHDOG);
	dialogue_run(service, FORKER_FD);
	_exit(EXIT_SUCCESS);
}

/* The socketpair is root's, who ran us. */
_Noreturn void
child_spawned(void)
{
	static struct service service;
	uint32_t uid;

	if (!forker_may_call(FORKER_FD, MFA_USER, &uid) ||
	    fcntl(FORKER_FD, F_SETFD, FD_CLOEXEC) == -1)
		_exit(EXIT_FAILURE);
	service_load(&service);
	if (forker_settle("mfa-http", FORKER_FD) != MFA_OK)
		_exit(EXIT_FAILURE);
	child_serve(&service);
}
