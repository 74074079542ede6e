/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
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
#include "systemd.h"
#include "text.h"
#include "user.h"

#define BACKLOG	64	/* callers that wait to be accepted */

/* root's, and the helper's group may connect. */
static int
give_to_helper(const char *path)
{
	uint32_t uid, gid;

	if (user_find(MFA_USER, &uid, &gid) != MFA_OK) {
		errno = ENOENT;
		return -1;
	}
	return chown(path, 0, gid) == -1 || chmod(path, 0660) == -1 ? -1 : 0;
}

/* Made under another name and renamed, so that whoever finds it may connect
 * at once. */
static int
own_socket(void)
{
	static const char fresh[] = MFA_HTTP_SOCKET ".new";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 || text_copy(at.sun_path, sizeof(at.sun_path), fresh) != MFA_OK)
		goto fail;
	if ((mkdir(MFA_RUNDIR, 0755) == -1 && errno != EEXIST) ||
	    (unlink(fresh) == -1 && errno != ENOENT))
		goto fail;
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == -1 ||
	    give_to_helper(fresh) == -1 || listen(fd, BACKLOG) == -1 ||
	    rename(fresh, MFA_HTTP_SOCKET) == -1)
		goto fail;
	return fd;
fail:
	log_line(LOG_ERR, "%s: %s", MFA_HTTP_SOCKET, strerror(errno));
	if (fd != -1)
		(void)close(fd);
	return -1;
}

int
listener_socket(void)
{
	switch (systemd_sockets(1)) {
	case 0:
		return own_socket();
	case 1:
		return SYSTEMD_FD;
	default:
		log_line(LOG_ERR, "the socket from systemd cannot be used");
		return -1;
	}
}
