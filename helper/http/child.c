/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "dialogue.h"
#include "error.h"
#include "log.h"
#include "seclude.h"

/* ---- all limits ---- */
#define FD_CALLER	3	/* the only descriptor that a child takes along */
#define WATCHDOG	660	/* seconds: the longest deadline and some; ends a child
				 * whatever it hangs in */

/* Syslog's descriptor goes with the others, and is opened anew. */
static int
keep_only(int caller)
{
	closelog();
	if (caller != FD_CALLER && dup3(caller, FD_CALLER, O_CLOEXEC) == -1)
		return MFA_E_SYSTEM;
	return syscall(SYS_close_range, FD_CALLER + 1, ~0U, 0) == -1 ? MFA_E_SYSTEM : MFA_OK;
}

static void
reset_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void
child_serve(const struct service *service, int caller)
{
	reset_signals();
	if (keep_only(caller) != MFA_OK)
		_exit(EXIT_FAILURE);
	log_open("mfa-http");
	if (seclude(service->ca) != MFA_OK) {
		log_line(LOG_ERR, "the sandbox cannot be entered; the service is not asked");
		_exit(EXIT_FAILURE);
	}
	(void)alarm(WATCHDOG);
	dialogue_run(service, FD_CALLER);
	_exit(EXIT_SUCCESS);
}
