/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "error.h"

static int
add(int set, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) == 0 ? MFA_OK : MFA_E_SYSTEM;
}

int
watch_open(struct watch *w, bool person)
{
	sigset_t set;

	memset(w, 0, sizeof(*w));
	w->ended = !person;
	w->signals = w->fd = -1;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1 ||
	    (w->fd = epoll_create1(EPOLL_CLOEXEC)) == -1 || add(w->fd, w->signals) != MFA_OK)
		return MFA_E_SYSTEM;
	if (person && add(w->fd, STDIN_FILENO) != MFA_OK)
		w->file = true;
	return MFA_OK;
}

void
watch_close(struct watch *w)
{
	if (w->fd != -1)
		(void)close(w->fd);
	if (w->signals != -1)
		(void)close(w->signals);
	explicit_bzero(w->buf, sizeof(w->buf));
	w->fd = w->signals = -1;
}

bool
watch_interrupted(const struct watch *w)
{
	struct pollfd p = { .fd = w->signals, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* ---- what is typed ---- */

static void
end(struct watch *w)
{
	w->ended = true;
	if (!w->file)
		(void)epoll_ctl(w->fd, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
}

static void
fill(struct watch *w)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	if (w->ended || poll(&p, 1, 0) <= 0)
		return;
	n = read(STDIN_FILENO, w->buf + w->len, sizeof(w->buf) - w->len);
	if (n > 0)
		w->len += (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		end(w);
}

int
watch_typed(struct watch *w, char line[WATCH_LINE_MAX])
{
	char *lf;
	size_t len;

	line[0] = '\0';
	if ((lf = memchr(w->buf, '\n', w->len)) == NULL && w->len < sizeof(w->buf)) {
		fill(w);
		lf = memchr(w->buf, '\n', w->len);
	}
	if (lf == NULL && w->len == sizeof(w->buf))
		w->len = 0;
	if (lf == NULL)
		return w->ended ? MFA_E_CLOSED : MFA_E_ABSENT;
	len = (size_t)(lf - w->buf);
	if (memchr(w->buf, '\0', len) == NULL) {
		memcpy(line, w->buf, len);
		line[len] = '\0';
	}
	w->len -= len + 1;
	memmove(w->buf, lf + 1, w->len);
	return MFA_OK;
}

int
watch_line(struct watch *w, char line[WATCH_LINE_MAX])
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	int r;

	while ((r = watch_typed(w, line)) == MFA_E_ABSENT) {
		if (!w->file)
			(void)poll(&p, 1, -1);
		if (watch_interrupted(w))
			return MFA_E_CLOSED;
	}
	return r;
}

void
watch_forget(struct watch *w)
{
	if (!isatty(STDIN_FILENO))
		return;
	(void)tcflush(STDIN_FILENO, TCIFLUSH);
	w->len = 0;
}
