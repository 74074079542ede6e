/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "error.h"
#include "log.h"
#include "rights.h"
#include "workshop.h"

/* ---- all limits ---- */
#define FD_KEPT		3	/* the first descriptor that a child takes along */
#define FD_CONTROL	FD_KEPT
#define FD_LISTENING	(FD_KEPT + 1)
#define SERVED_MAX	100	/* logins of one process: nothing that grows, grows on */
#define WATCHDOG	660	/* seconds: the longest deadline and some; ends a child
				 * whatever it hangs in */
#define PENANCE		1	/* second for which a refused caller that is not root keeps
				 * its place: few of them can fill no log and no disk */

/* ---- words to and from the listener ---- */

int
child_say(int control, enum child_word word, int caller)
{
	char byte = (char)word;
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	union rights rights;

	rights_give(&h, &rights, caller);
	return sendmsg(control, &h, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? MFA_OK : MFA_E_CLOSED;
}

int
child_hear(int control, enum child_word *word, int *caller)
{
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	union rights rights;
	ssize_t n;

	rights_await(&h, &rights);
	n = recvmsg(control, &h, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	*caller = n != -1 ? rights_take(&h) : -1;
	*word = (enum child_word)byte;
	if (n == 1 && (h.msg_flags & MSG_CTRUNC) == 0 && (byte == CHILD_PASS) == (*caller != -1) &&
	    (byte == CHILD_PASS || byte == CHILD_BUSY || byte == CHILD_FREE))
		return MFA_OK;
	if (*caller != -1)
		(void)close(*caller);
	*caller = -1;
	return MFA_E_CLOSED;
}

/* ---- becoming one ---- */

/* The descriptors become FD_KEPT and those behind it; all others above
 * standard error go, syslog's too. */
static int
keep_only(const int *fds, int count)
{
	int high[2], i;

	closelog();
	for (i = 0; i < count; i++)
		if ((high[i] = fcntl(fds[i], F_DUPFD, FD_KEPT + count)) == -1)
			return MFA_E_SYSTEM;
	for (i = 0; i < count; i++)
		if (dup3(high[i], FD_KEPT + i, O_CLOEXEC) == -1)
			return MFA_E_SYSTEM;
	return syscall(SYS_close_range, FD_KEPT + count, ~0U, 0) == -1 ? MFA_E_SYSTEM : MFA_OK;
}

static void
reset_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
be_born(const int *fds, int count)
{
	reset_signals();
	if (keep_only(fds, count) != MFA_OK)
		_exit(EXIT_FAILURE);
	log_open("pam_mfa");
}

static void
seclude(void)
{
	if (workshop_seclude() == MFA_OK)
		return;
	log_line(LOG_ERR, "the sandbox cannot be entered; no login is served");
	_exit(EXIT_FAILURE);
}

static bool
serve(struct workshop *w, const struct caller *caller, int fd)
{
	bool well;

	(void)alarm(WATCHDOG);
	well = login_serve(w, caller, fd);
	(void)close(fd);
	workshop_tidy(w);
	return well;
}

/* ---- one caller ---- */

/* Whoever is at FD_KEPT. */
static _Noreturn void
serve_one(const struct config *config, const struct config_error *error)
{
	struct caller caller;
	struct workshop w;

	if (workshop_caller(FD_KEPT, &caller) != MFA_OK)
		_exit(EXIT_FAILURE);
	workshop_open(&w, config, error);
	seclude();
	if (!serve(&w, &caller, FD_KEPT) && !caller.root)
		(void)sleep(PENANCE);
	_exit(EXIT_SUCCESS);
}

_Noreturn void
child_serve(const struct config *config, const struct config_error *error, int caller)
{
	be_born(&caller, 1);
	serve_one(config, error);
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
	serve_one(config, &error);
}

/* ---- callers one after another ---- */

/* EPOLLEXCLUSIVE: one caller wakes one child. */
static int
watch(void)
{
	struct epoll_event caller = { .events = EPOLLIN | EPOLLEXCLUSIVE,
	    .data.fd = FD_LISTENING };
	struct epoll_event home = { .events = EPOLLIN, .data.fd = FD_CONTROL };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep == -1 || epoll_ctl(ep, EPOLL_CTL_ADD, FD_LISTENING, &caller) == -1 ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, FD_CONTROL, &home) == -1) {
		log_line(LOG_ERR, "cannot wait for logins: %s", strerror(errno));
		_exit(EXIT_FAILURE);
	}
	return ep;
}

static int
accept_caller(void)
{
	return accept4(FD_LISTENING, NULL, NULL, SOCK_CLOEXEC);
}

/* The next caller; -1 when there is none and we are sent home.  A wake-up that
 * went to us goes to no other child: we leave the queue before we look for
 * the last time. */
static int
next_caller(int ep, bool *home)
{
	struct epoll_event e;
	int fd = -1, n;

	while (fd == -1 && !*home) {
		n = epoll_wait(ep, &e, 1, -1);
		if (n == -1 && errno != EINTR)
			_exit(EXIT_FAILURE);
		if (n == 1 && e.data.fd == FD_CONTROL) {
			(void)epoll_ctl(ep, EPOLL_CTL_DEL, FD_LISTENING, NULL);
			*home = true;
		}
		fd = accept_caller();
	}
	return fd;
}

static bool
is_root(int fd)
{
	struct ucred peer = { .uid = UID_UNSET };
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    len == sizeof(peer) && peer.uid == 0;
}

static bool said_busy;

static void
say_busy(void)
{
	if (!said_busy)
		(void)child_say(FD_CONTROL, CHILD_BUSY, -1);
	said_busy = true;
}

/* True when the process may serve another. */
static bool
serve_next(struct workshop *w, const struct freshness *born, int fd)
{
	static const struct caller root = { .uid = 0, .root = true };
	/* What could not be opened then, another may open now. */
	bool old = w->store == NULL || freshness_config_old(born, w->config) ||
	    freshness_state_old(born, w->config);

	if (old || !is_root(fd)) {
		(void)child_say(FD_CONTROL, CHILD_PASS, fd);
		(void)close(fd);
		return !old;
	}
	said_busy = false;
	if (!serve(w, &root, fd))
		return false;
	(void)alarm(0);
	return child_say(FD_CONTROL, CHILD_FREE, -1) == MFA_OK;
}

_Noreturn void
child_wait(const struct config *config, const struct config_error *error,
    const struct freshness *born, int control, int listening)
{
	const int fds[] = { control, listening };
	struct workshop w;
	bool home = false;
	int ep, fd, i;

	be_born(fds, 2);
	workshop_open(&w, config, error);
	w.busy = say_busy;
	ep = watch();
	seclude();
	for (i = 0; i < SERVED_MAX && !home; i++) {
		fd = next_caller(ep, &home);
		if (fd == -1 || !serve_next(&w, born, fd))
			break;
	}
	_exit(EXIT_SUCCESS);
}
