/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "error.h"
#include "listener.h"
#include "log.h"
#include "paths.h"
#include "text.h"

#define BACKLOG		64	/* callers that wait to be accepted */
#define FD_SYSTEMD	3	/* sd_listen_fds(3): SD_LISTEN_FDS_START */

/* sd_listen_fds(3): exactly one descriptor, meant for this very process. */
static bool
from_systemd(void)
{
	const char *pid = secure_getenv("LISTEN_PID"), *fds = secure_getenv("LISTEN_FDS");
	unsigned long n;
	int listening = 0;
	socklen_t len = sizeof(listening);

	return pid != NULL && fds != NULL && strcmp(fds, "1") == 0 &&
	    text_number(pid, 1, 0x7fffffff, &n) == MFA_OK && (pid_t)n == getpid() &&
	    getsockopt(FD_SYSTEMD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 &&
	    listening == 1;
}

/* Made under another name and renamed, so that whoever finds it may connect
 * at once. */
static int
own_socket(void)
{
	static const char fresh[] = MFA_SOCKET ".new";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 || text_copy(at.sun_path, sizeof(at.sun_path), fresh) != MFA_OK)
		goto fail;
	if ((mkdir(MFA_RUNDIR, 0755) == -1 && errno != EEXIST) ||
	    (unlink(fresh) == -1 && errno != ENOENT))
		goto fail;
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    chmod(fresh, 0666) == -1 || listen(fd, BACKLOG) == -1 ||
	    rename(fresh, MFA_SOCKET) == -1)
		goto fail;
	return fd;
fail:
	log_line(LOG_ERR, "%s: %s", MFA_SOCKET, strerror(errno));
	if (fd != -1)
		(void)close(fd);
	return -1;
}

int
listener_socket(void)
{
	int flags;

	if (!from_systemd())
		return own_socket();
	flags = fcntl(FD_SYSTEMD, F_GETFL);
	if (flags == -1 || fcntl(FD_SYSTEMD, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    fcntl(FD_SYSTEMD, F_SETFD, FD_CLOEXEC) == -1) {
		log_line(LOG_ERR, "the socket from systemd cannot be used: %s", strerror(errno));
		return -1;
	}
	return FD_SYSTEMD;
}
