/* SPDX-License-Identifier: BSD-2-Clause */
#include "forker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "deadline.h"
#include "error.h"
#include "listening.h"
#include "log.h"
#include "user.h"

#define COMPLAIN_MS	10000	/* between two lines about the same */

enum complaint { STRANGER, TOO_MANY, NO_PROCESS, COMPLAINTS };

struct listener {
	struct forker *f;
	int listening, signals;
	unsigned int children;
	int64_t quiet[COMPLAINTS];	/* until then; CLOCK_MONOTONIC, ms */
	bool stop;
};

/* ---- callers ---- */

static void
complain(struct listener *l, enum complaint what, unsigned long detail)
{
	if (monotonic_ms() < l->quiet[what])
		return;
	l->quiet[what] = monotonic_ms() + COMPLAIN_MS;
	if (what == STRANGER)
		log_line(LOG_ERR, "a caller is turned away: it is user %lu", detail);
	else if (what == TOO_MANY)
		log_line(LOG_ERR, "a caller is turned away: %ss at once: %lu", l->f->what, detail);
	else
		log_line(LOG_ERR, "a caller is turned away: no process, errno %lu", detail);
}

bool
forker_may_call(int caller, const char *user, uint32_t *uid)
{
	struct ucred peer = { .uid = UINT32_MAX };
	socklen_t len = sizeof(peer);
	uint32_t may, gid;
	bool known = getsockopt(caller, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    len == sizeof(peer);

	*uid = peer.uid;
	return known && (peer.uid == 0 ||
	    (user_find(user, &may, &gid) == MFA_OK && peer.uid == may));
}

/* ---- a child ---- */

/* Syslog's descriptor goes with the others, and is opened anew. */
static int
keep_only(int caller)
{
	closelog();
	if (caller != FORKER_FD && dup3(caller, FORKER_FD, O_CLOEXEC) == -1)
		return MFA_E_SYSTEM;
	return syscall(SYS_close_range, FORKER_FD + 1, ~0U, 0) == -1 ? MFA_E_SYSTEM : MFA_OK;
}

static void
reset_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

int
forker_settle(const char *name, int caller)
{
	int r;

	reset_signals();
	if ((r = keep_only(caller)) == MFA_OK)
		log_open(name);
	return r;
}

static _Noreturn void
live(const struct forker *f, int caller)
{
	if (forker_settle(f->name, caller) == MFA_OK)
		f->serve(f->ctx);
	_exit(EXIT_FAILURE);
}

static void
serve(struct listener *l, int caller)
{
	uint32_t uid;
	pid_t pid;

	if (!forker_may_call(caller, l->f->user, &uid)) {
		complain(l, STRANGER, uid);
		return;
	}
	l->f->prepare(l->f->ctx);
	if (l->children >= l->f->most) {
		complain(l, TOO_MANY, l->children);
		return;
	}
	if ((pid = fork()) == 0)
		live(l->f, caller);
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
	int status;

	l->stop |= listening_stopped(l->signals);
	while (waitpid(-1, &status, WNOHANG) > 0) {
		l->children--;
		if (WIFSIGNALED(status))
			log_line(LOG_ERR, "the process of a %s died of signal %d", l->f->what,
			    WTERMSIG(status));
	}
}

/* ---- the loop ---- */

static int
loop(struct listener *l)
{
	struct pollfd p[2] = {
		{ .fd = l->signals, .events = POLLIN },
		{ .fd = l->listening, .events = POLLIN },
	};

	while (!l->stop) {
		if (poll(p, 2, -1) == -1 && errno != EINTR)
			return EXIT_FAILURE;
		if (p[0].revents != 0)
			heed_signals(l);
		if (p[1].revents != 0 && !l->stop)
			receive(l);
	}
	return EXIT_SUCCESS;
}

int
forker_run(struct forker *f, int listening)
{
	struct listener l = { .f = f, .listening = listening };

	if ((l.signals = listening_signals()) == -1) {
		log_line(LOG_ERR, "cannot watch signals and children: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	log_line(LOG_INFO, "ready");
	return loop(&l);
}
