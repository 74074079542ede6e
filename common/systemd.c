/* SPDX-License-Identifier: BSD-2-Clause */
#include "systemd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

static bool
is_for_us(const char *pid)
{
	unsigned long n;

	return pid != NULL && text_number(pid, 1, INT_MAX, &n) == MFA_OK && (pid_t)n == getpid();
}

static bool
take(int fd)
{
	int listening = 0, flags = fcntl(fd, F_GETFL);
	socklen_t len = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 &&
	    listening == 1 && flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

int
systemd_sockets(unsigned int max)
{
	const char *fds = secure_getenv("LISTEN_FDS");
	unsigned long n, i;

	if (fds == NULL || !is_for_us(secure_getenv("LISTEN_PID")))
		return 0;
	if (text_number(fds, 1, max, &n) != MFA_OK)
		return MFA_E_INVALID;
	for (i = 0; i < n; i++)
		if (!take(SYSTEMD_FD + (int)i))
			return MFA_E_INVALID;
	return (int)n;
}

/* ---- telling it ---- */

static int
notify_connect(void)
{
	const char *path = secure_getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    text_copy(at.sun_path, sizeof(at.sun_path), path) != MFA_OK)
		return -1;
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (at.sun_path[0] == '@')
		at.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)&at, len) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

void
systemd_notify(const char *state)
{
	static int fd = -2;	/* not looked yet */

	if (fd == -2)
		fd = notify_connect();
	if (fd != -1)
		(void)send(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT);
}

uint64_t
systemd_watchdog(void)
{
	const char *usec = secure_getenv("WATCHDOG_USEC"), *pid = secure_getenv("WATCHDOG_PID");
	unsigned long n;

	if (usec == NULL || (pid != NULL && !is_for_us(pid)) ||
	    text_number(usec, 1, ULONG_MAX, &n) != MFA_OK)
		return 0;
	return n;
}
