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

#include "error.h"
#include "log.h"
#include "workshop.h"

#define FD_KEPT		3	/* the one descriptor that a child takes along */
#define WATCHDOG	660	/* seconds: the longest deadline and some; ends a child
				 * whatever it hangs in */
#define PENANCE		1	/* second for which a refused caller that is not root keeps
				 * its place: few of them can fill no log and no disk */

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

int
child_send(int fd, int caller)
{
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	union control control = { .space = { 0 } };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &caller, sizeof(int));
	return sendmsg(fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? MFA_OK : MFA_E_CLOSED;
}

/* -1 when the listener is gone. */
static int
child_receive(int fd)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	union control control;
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int caller = -1;

	if (recvmsg(fd, &h, MSG_CMSG_CLOEXEC) != 1 || (c = CMSG_FIRSTHDR(&h)) == NULL ||
	    c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&caller, CMSG_DATA(c), sizeof(int));
	return caller;
}

/* Descriptor fd becomes FD_KEPT; all above it go, syslog's too. */
static int
keep_only(int fd)
{
	closelog();
	if (fd != FD_KEPT && dup2(fd, FD_KEPT) == -1)
		return MFA_E_SYSTEM;
	if (syscall(SYS_close_range, FD_KEPT + 1, ~0U, 0) == -1)
		return MFA_E_SYSTEM;
	return fcntl(FD_KEPT, F_SETFD, FD_CLOEXEC) == -1 ? MFA_E_SYSTEM : MFA_OK;
}

static void
reset_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Gets ready, becomes sandboxed, serves whoever is at FD_KEPT or is handed
 * over there, exits. */
static _Noreturn void
serve_one(const struct config *config, const struct config_error *error, bool at_once)
{
	struct caller caller = { .uid = 0, .root = true };
	struct workshop w;
	bool refused;
	int fd;

	if (at_once && workshop_caller(FD_KEPT, &caller) != MFA_OK)
		_exit(EXIT_FAILURE);
	workshop_open(&w, config, error);
	if (workshop_seclude() != MFA_OK) {
		log_line(LOG_ERR, "the sandbox cannot be entered; no login is served");
		_exit(EXIT_FAILURE);
	}
	fd = at_once ? FD_KEPT : child_receive(FD_KEPT);
	if (fd == -1)
		_exit(EXIT_SUCCESS);
	(void)alarm(WATCHDOG);
	refused = login_serve(&w, &caller, fd);
	(void)shutdown(fd, SHUT_RDWR);
	(void)close(fd);
	workshop_tidy(&w);
	if (refused && !caller.root)
		(void)sleep(PENANCE);
	_exit(EXIT_SUCCESS);
}

_Noreturn void
child_run(const struct config *config, const struct config_error *error, int fd, bool at_once)
{
	reset_signals();
	if (keep_only(fd) != MFA_OK)
		_exit(EXIT_FAILURE);
	log_open("pam_mfa");
	serve_one(config, error, at_once);
}

/* What OpenSSL loads on first use is left for when a code is there: most of
 * the time of a spawned login goes into starting, and it opens no file. */
_Noreturn void
child_spawned(void)
{
	struct config_error error;
	struct config *config = NULL;

	reset_signals();
	if (fcntl(FD_KEPT, F_SETFD, FD_CLOEXEC) == -1)
		_exit(EXIT_FAILURE);
	workshop_configure(&config, &error);
	serve_one(config, &error, true);
}
