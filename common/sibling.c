/* SPDX-License-Identifier: BSD-2-Clause */
#include "sibling.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "error.h"
#include "spawn.h"
#include "user.h"

#define QUEUE_MS 2000	/* for a full queue to move, before we run it ourselves */

static void
close_keeping_errno(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
}

/* An application with 0, 1 or 2 closed would take our socket for its own
 * standard output.  Takes fd (may be -1) and gives the one to use, or -1. */
static int
above_stdio(int fd)
{
	int high;

	if (fd == -1 || fd > STDERR_FILENO)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close_keeping_errno(fd);
	return high;
}

static int
connect_error(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		return MFA_E_ABSENT;
	case EAGAIN:
		return MFA_E_BUSY;
	default:
		return MFA_E_SYSTEM;
	}
}

/* A Unix socket's connect(2) waits for room in the queue, for as long as the
 * send timeout says. */
static int
connect_before(int fd, const struct sockaddr_un *sun, struct deadline deadline)
{
	struct timeval tv;
	int left, error = EAGAIN;

	while ((left = deadline_left(deadline)) > 0) {
		tv = (struct timeval){ .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
		if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)) == -1)
			return MFA_E_SYSTEM;
		if (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0)
			return MFA_OK;
		if ((error = errno) != EINTR)
			break;
	}
	return error == EINTR ? MFA_E_BUSY : connect_error(error);
}

/* SO_PEERCRED is who called listen(2): systemd (root), or the sibling. */
static int
check_listener(int fd, const char *user)
{
	struct ucred peer = { .uid = UINT32_MAX };
	socklen_t len = sizeof(peer);
	uint32_t uid, gid;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1 || len != sizeof(peer))
		return MFA_E_SYSTEM;
	if (peer.uid == 0)
		return MFA_OK;
	return user_find(user, &uid, &gid) == MFA_OK && peer.uid == uid ? MFA_OK : MFA_E_PEER;
}

static int
sibling_connect(const struct sibling *what, struct deadline deadline, int *fd)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t len = strlen(what->socket);
	int s, r;

	if (len >= sizeof(sun.sun_path))
		return MFA_E_INTERNAL;
	memcpy(sun.sun_path, what->socket, len + 1);
	s = above_stdio(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
	if (s == -1)
		return MFA_E_SYSTEM;
	if ((r = connect_before(s, &sun, deadline)) == MFA_OK)
		r = check_listener(s, what->user);
	if (r == MFA_OK)
		*fd = s;
	else
		close_keeping_errno(s);
	return r;
}

int
sibling_run(const struct sibling *what, int *fd)
{
	struct spawn child = { .path = what->path, .argv = what->argv };
	int pair[2] = { -1, -1 }, r;

	*fd = -1;
	if (geteuid() != 0)
		return MFA_E_ABSENT;
	/* A missing program can be told to the administrator only from here. */
	if (access(what->path, X_OK) == -1)
		return MFA_E_ABSENT;
	if ((r = user_find(what->user, &child.uid, &child.gid)) != MFA_OK)
		return r;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return MFA_E_SYSTEM;
	pair[0] = above_stdio(pair[0]);
	pair[1] = above_stdio(pair[1]);
	child.fd = pair[1];
	r = pair[0] == -1 || pair[1] == -1 ? MFA_E_SYSTEM : spawn_detached(&child);
	if (r == MFA_OK)
		*fd = pair[0];
	else if (pair[0] != -1)
		close_keeping_errno(pair[0]);
	if (pair[1] != -1)
		close_keeping_errno(pair[1]);
	return r;
}

int
sibling_open(const struct sibling *what, struct deadline deadline, int *fd)
{
	struct deadline queue = deadline_min(deadline, deadline_in(QUEUE_MS));
	int r;

	*fd = -1;
	if (deadline_left(deadline) == 0)
		return MFA_E_DEADLINE;
	r = sibling_connect(what, queue, fd);
	if ((r == MFA_E_ABSENT || r == MFA_E_BUSY) && geteuid() == 0)
		r = sibling_run(what, fd);
	return r;
}
