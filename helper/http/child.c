/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "dialogue.h"
#include "error.h"
#include "log.h"
#include "paths.h"
#include "seclude.h"
#include "user.h"

/* ---- all limits ---- */
#define FD_CALLER	3	/* the only descriptor that a child takes along */
#define WATCHDOG	660	/* seconds: the longest deadline and some; ends a child
				 * whatever it hangs in */

bool
child_may_serve(int caller, uint32_t *uid)
{
	struct ucred peer = { .uid = UINT32_MAX };
	socklen_t len = sizeof(peer);
	uint32_t helper, gid;
	bool known = getsockopt(caller, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    len == sizeof(peer);

	*uid = peer.uid;
	return known && (peer.uid == 0 ||
	    (user_find(MFA_USER, &helper, &gid) == MFA_OK && peer.uid == helper));
}

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

/* The socketpair is root's, who ran us. */
_Noreturn void
child_spawned(void)
{
	static struct service service;
	uint32_t uid;

	if (!child_may_serve(FD_CALLER, &uid) || fcntl(FD_CALLER, F_SETFD, FD_CLOEXEC) == -1)
		_exit(EXIT_FAILURE);
	service_load(&service);
	child_serve(&service, FD_CALLER);
}
