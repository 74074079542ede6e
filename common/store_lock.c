/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue of the writers.  SQLite's own lock is tried and slept for; the
 * kernel's record locks (fcntl(2), F_OFD_SETLKW) have a queue.  What they lack
 * is a time limit: a timer's signal interrupts the wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "store_private.h"

#define WAKE		(SIGRTMAX - 1)
#define WAKE_AGAIN	10000000L	/* ns, should the first come before we wait */

/* The bytes of the file "lock". */
enum { BYTE_WRITER, BYTE_PRESENCE };

static int
record_lock(int fd, int command, short type, off_t byte)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	return fcntl(fd, command, &l);
}

int
store_lock_open(struct store *s, const char *dir)
{
	char path[sizeof(s->path)];

	(void)snprintf(path, sizeof(path), "%s/lock", dir);
	s->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->lock == -1 ||
	    record_lock(s->lock, F_OFD_SETLK, F_RDLCK, BYTE_PRESENCE) == -1)
		return store_say(s, MFA_E_STATE, "%s: %s%s", path, strerror(errno),
		    store_advice(errno));
	return MFA_OK;
}

bool
store_alone(const struct store *s)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = BYTE_PRESENCE,
	    .l_len = 1 };

	return fcntl(s->lock, F_OFD_GETLK, &l) == 0 && l.l_type == F_UNLCK;
}

static void
woken(int sig)
{
	(void)sig;
}

/* A signal once the time is up, and again until it has been heard. */
static int
start_timer(timer_t *timer, int ms)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = WAKE };
	struct itimerspec when = {	/* zero would be never */
		.it_value = { ms / 1000, (ms % 1000) * 1000000L },
		.it_interval = { 0, WAKE_AGAIN },
	};

	if (timer_create(CLOCK_MONOTONIC, &event, timer) == -1)
		return -1;
	if (timer_settime(*timer, 0, &when, NULL) == 0)
		return 0;
	(void)timer_delete(*timer);
	return -1;
}

/* The signal's disposition and mask are the caller's again afterwards.  Until
 * timer_delete has returned our handler stands, so that a late signal finds
 * it. */
static int
wait_in_queue(int fd, struct deadline deadline)
{
	struct sigaction action = { .sa_handler = woken }, old_action;
	sigset_t wake, old_mask;
	timer_t timer;
	int r = -1, error;

	(void)sigemptyset(&wake);
	(void)sigaddset(&wake, WAKE);
	if (sigaction(WAKE, &action, &old_action) == -1)
		return -1;
	if (sigprocmask(SIG_UNBLOCK, &wake, &old_mask) == 0) {
		if (start_timer(&timer, deadline_left(deadline) + 1) == 0) {
			do
				r = record_lock(fd, F_OFD_SETLKW, F_WRLCK, BYTE_WRITER);
			while (r == -1 && errno == EINTR && deadline_left(deadline) > 0);
			error = errno;
			(void)timer_delete(timer);
			errno = error;
		}
		error = errno;
		(void)sigprocmask(SIG_SETMASK, &old_mask, NULL);
		(void)sigaction(WAKE, &old_action, NULL);
		errno = error;
	}
	return r;
}

int
store_lock(struct store *s, struct deadline deadline)
{
	int r = record_lock(s->lock, F_OFD_SETLK, F_WRLCK, BYTE_WRITER);

	if (r == -1 && (errno == EAGAIN || errno == EACCES)) {
		errno = EINTR;
		if (deadline_left(deadline) > 0)
			r = wait_in_queue(s->lock, deadline);
	}
	if (r == 0)
		return MFA_OK;
	if (errno == EINTR)
		return store_say(s, MFA_E_BUSY, "%s: too many wait to write", s->path);
	return store_say(s, MFA_E_STATE, "%s: lock: %s", s->path, strerror(errno));
}

void
store_unlock(struct store *s)
{
	if (record_lock(s->lock, F_OFD_SETLK, F_UNLCK, BYTE_WRITER) == 0)
		return;
	/* Cannot happen; but a lock that stays would stop every login.  The
	 * next store_lock fails, and so does this process. */
	(void)close(s->lock);
	s->lock = -1;
}
