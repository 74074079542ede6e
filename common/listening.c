/* SPDX-License-Identifier: BSD-2-Clause */
#include "listening.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "error.h"
#include "log.h"
#include "paths.h"
#include "systemd.h"
#include "user.h"

#define BACKLOG	64	/* callers that wait to be accepted */

static int
set_access(const char *path, unsigned int mode, const char *group_of)
{
	uint32_t uid, gid = 0;

	if (group_of != NULL && user_find(group_of, &uid, &gid) != MFA_OK) {
		errno = ENOENT;
		return -1;
	}
	return chown(path, 0, gid) == -1 || chmod(path, (mode_t)mode) == -1 ? -1 : 0;
}

/* Made under another name and renamed, so that whoever finds it may connect
 * at once. */
static int
own_socket(const char *path, unsigned int mode, const char *group_of)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s.new", path);

	if (fd == -1 || n < 0 || (size_t)n >= sizeof(at.sun_path))
		goto fail;
	if ((mkdir(MFA_RUNDIR, 0755) == -1 && errno != EEXIST) ||
	    (unlink(at.sun_path) == -1 && errno != ENOENT))
		goto fail;
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    set_access(at.sun_path, mode, group_of) == -1 || listen(fd, BACKLOG) == -1 ||
	    rename(at.sun_path, path) == -1)
		goto fail;
	return fd;
fail:
	log_line(LOG_ERR, "%s: %s", path, strerror(errno));
	if (fd != -1)
		(void)close(fd);
	return -1;
}

int
listening_socket(const char *path, unsigned int mode, const char *group_of)
{
	switch (systemd_sockets(1)) {
	case 0:
		return own_socket(path, mode, group_of);
	case 1:
		return SYSTEMD_FD;
	default:
		log_line(LOG_ERR, "the socket from systemd cannot be used");
		return -1;
	}
}

/* ---- signals ---- */

int
listening_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool
listening_stopped(int signals)
{
	struct signalfd_siginfo s;
	bool stopped = false;

	while (read(signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		stopped |= s.ssi_signo == SIGTERM || s.ssi_signo == SIGINT;
	return stopped;
}
