/* SPDX-License-Identifier: BSD-2-Clause */
#include "listener.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "deadline.h"
#include "error.h"
#include "log.h"
#include "service.h"

/* ---- all limits ---- */
#define CHILDREN_MAX	256	/* logins at once; more are turned away, which to them
				 * is a service that cannot be reached */
#define COMPLAIN_MS	10000	/* between two lines about the same */

enum complaint { STRANGER, TOO_MANY, NO_PROCESS, COMPLAINTS };

struct listener {
	int listening, signals;
	unsigned int children;
	struct service service;
	int64_t quiet[COMPLAINTS];	/* until then; CLOCK_MONOTONIC, ms */
	bool stop;
};

/* ---- callers ---- */

static void
complain(struct listener *l, enum complaint what, unsigned long detail)
{
	static const char *const texts[COMPLAINTS] = {
		[STRANGER] = "it is user", [TOO_MANY] = "logins at once:",
		[NO_PROCESS] = "no process, errno",
	};

	if (monotonic_ms() < l->quiet[what])
		return;
	l->quiet[what] = monotonic_ms() + COMPLAIN_MS;
	log_line(LOG_ERR, "a caller is turned away: %s %lu", texts[what], detail);
}

static bool
may_call(struct listener *l, int caller)
{
	uint32_t uid;

	if (child_may_serve(caller, &uid))
		return true;
	complain(l, STRANGER, uid);
	return false;
}

static void
serve(struct listener *l, int caller)
{
	pid_t pid;

	if (!may_call(l, caller))
		return;
	if (l->children >= CHILDREN_MAX) {
		complain(l, TOO_MANY, l->children);
		return;
	}
	if (service_stale(&l->service))
		service_load(&l->service);
	if ((pid = fork()) == 0)
		child_serve(&l->service, caller);
	if (pid == -1)
		complain(l, NO_PROCESS, (unsigned long)errno);
	else
		l->children++;
}

static void
receive(struct listener *l)
{
	int caller;

	while ((caller = accept4(l->listening, NULL, NULL, SOCK_CLOEXEC)) != -1) {
		serve(l, caller);
		(void)close(caller);
	}
}

/* ---- signals ---- */

static void
heed_signals(struct listener *l)
{
	struct signalfd_siginfo s;
	int status;

	while (read(l->signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		l->stop |= s.ssi_signo == SIGTERM || s.ssi_signo == SIGINT;
	while (waitpid(-1, &status, WNOHANG) > 0) {
		l->children--;
		if (WIFSIGNALED(status))
			log_line(LOG_ERR, "the process of a login died of signal %d",
			    WTERMSIG(status));
	}
}

static int
watch_signals(struct listener *l)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);	/* changes are noticed without it */
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return MFA_E_SYSTEM;
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signals == -1 ? MFA_E_SYSTEM : MFA_OK;
}

/* ---- the loop ---- */

static void
loop(struct listener *l)
{
	struct pollfd p[2] = {
		{ .fd = l->signals, .events = POLLIN },
		{ .fd = l->listening, .events = POLLIN },
	};

	while (!l->stop) {
		if (poll(p, 2, -1) == -1 && errno != EINTR)
			return;
		if (p[0].revents != 0)
			heed_signals(l);
		if (p[1].revents != 0 && !l->stop)
			receive(l);
	}
}

int
listener_run(int listening)
{
	struct listener *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return EXIT_FAILURE;
	l->listening = listening;
	if (watch_signals(l) != MFA_OK) {
		log_line(LOG_ERR, "cannot watch signals and children: %s", strerror(errno));
		free(l);
		return EXIT_FAILURE;
	}
	service_load(&l->service);
	log_line(LOG_INFO, "ready");
	loop(l);
	service_drop(&l->service);
	free(l);
	return EXIT_SUCCESS;
}
