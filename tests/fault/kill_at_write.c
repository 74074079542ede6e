/* SPDX-License-Identifier: BSD-2-Clause */
#include "kill_at_write.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONTROL "/run/kill_at_write"
#define PUBLIC __attribute__((visibility("default")))

static enum at_write mode;
static long count, target, directory_syncs;

void
at_write(enum at_write what, long n)
{
	mode = what;
	target = n;
	count = directory_syncs = 0;
}

long
writes_so_far(void)
{
	return count;
}

long
directory_syncs_so_far(void)
{
	return directory_syncs;
}

/* ---- what a power cut undoes ---- */

/* One change of a file that has not been synced: what was there before. */
struct change {
	struct change *older;
	dev_t device;
	ino_t file;
	int fd;
	off_t size, at;		/* of the file; of old */
	size_t len;
	unsigned char old[];
};

static struct change *changes;

static bool
cuts_power(void)
{
	return mode == AT_WRITE_POWER || mode == AT_WRITE_POWER_SOME;
}

/* Before len bytes from `at` change, or go. */
static void
remember(int fd, off_t at, size_t len)
{
	struct change *c;
	struct stat st;

	if (!cuts_power() || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (c = malloc(sizeof(*c) + len)) == NULL)
		return;
	*c = (struct change){ changes, st.st_dev, st.st_ino, dup(fd), st.st_size, at, 0 };
	if (len > 0 && at < st.st_size)
		c->len = (size_t)pread(c->fd, c->old, len, at);
	changes = c;
}

/* A sync has returned. */
static void
forget(int fd)
{
	struct change **c = &changes, *gone;
	struct stat st;

	if (!cuts_power() || fstat(fd, &st) == -1)
		return;
	while ((gone = *c) != NULL) {
		if (gone->device != st.st_dev || gone->file != st.st_ino) {
			c = &gone->older;
			continue;
		}
		*c = gone->older;
		(void)close(gone->fd);
		free(gone);
	}
}

static void
undo(const struct change *c)
{
	struct stat st;

	if (c->len > 0)
		(void)syscall(SYS_pwrite64, c->fd, c->old, c->len, c->at);
	/* Some later change that stays may need the length. */
	if (mode == AT_WRITE_POWER && fstat(c->fd, &st) == 0 && st.st_size > c->size)
		(void)syscall(SYS_ftruncate, c->fd, c->size);
}

static void
undo_all(void)
{
	unsigned long random = (unsigned long)target * 2654435761UL + 12345;

	for (; changes != NULL; changes = changes->older) {
		random = random * 6364136223846793005UL + 1442695040888963407UL;
		if (mode == AT_WRITE_POWER || random >> 63 != 0)
			undo(changes);
	}
}

/* A sandboxed helper may send no signal, but is ended on the spot by the
 * kernel when it tries to run a program. */
static void
die(void)
{
	(void)syscall(SYS_tgkill, getpid(), gettid(), SIGKILL);
	(void)syscall(SYS_execve, "/", NULL, NULL);
	_exit(99);
}

void
power_cut(void)
{
	if (!cuts_power())
		return;
	undo_all();
	die();
}

/* Counts a call: true when it shall fail, with `error`. */
static bool
strikes(int error)
{
	count++;
	if (mode == AT_WRITE_NOTHING || count < target || (count > target && mode != AT_WRITE_FULL))
		return false;
	power_cut();
	if (mode == AT_WRITE_KILL || mode == AT_WRITE_KILL_HALF)
		die();
	errno = mode == AT_WRITE_ERROR ? EIO : error;
	return true;
}

static bool
halved(void)
{
	return mode == AT_WRITE_KILL_HALF && count + 1 == target;
}

/* ---- the calls ---- */

PUBLIC ssize_t
write(int fd, const void *data, size_t n)
{
	if (halved())
		(void)syscall(SYS_write, fd, data, n / 2);
	if (strikes(ENOSPC))
		return -1;
	remember(fd, lseek(fd, 0, SEEK_CUR), n);
	return syscall(SYS_write, fd, data, n);
}

PUBLIC ssize_t
pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	if (halved())
		(void)syscall(SYS_pwrite64, fd, data, n / 2, at);
	if (strikes(ENOSPC))
		return -1;
	remember(fd, at, n);
	return syscall(SYS_pwrite64, fd, data, n, at);
}

PUBLIC ssize_t
pwrite(int fd, const void *data, size_t n, off_t at)
{
	return pwrite64(fd, data, n, at);
}

PUBLIC int
ftruncate64(int fd, off64_t size)
{
	struct stat st;

	if (strikes(ENOSPC))
		return -1;
	if (fstat(fd, &st) == 0 && st.st_size > size)
		remember(fd, size, (size_t)(st.st_size - size));
	return (int)syscall(SYS_ftruncate, fd, size);
}

PUBLIC int
ftruncate(int fd, off_t size)
{
	return ftruncate64(fd, size);
}

PUBLIC int
fdatasync(int fd)
{
	int r;

	if (strikes(EIO))
		return -1;
	if ((r = (int)syscall(SYS_fdatasync, fd)) == 0)
		forget(fd);
	return r;
}

PUBLIC int
fsync(int fd)
{
	struct stat st;
	int r;

	if (strikes(EIO))
		return -1;
	if ((r = (int)syscall(SYS_fsync, fd)) == 0)
		forget(fd);
	directory_syncs += fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	return r;
}

PUBLIC int
linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	return strikes(ENOSPC) ? -1 :
	    (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
}

/* A full disk lets go of files. */
PUBLIC int
unlinkat(int dir, const char *name, int flags)
{
	if (strikes(EIO) && mode != AT_WRITE_FULL)
		return -1;
	return (int)syscall(SYS_unlinkat, dir, name, flags);
}

PUBLIC int
unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

/* What leaves the process counts as well: a verdict, above all. */
PUBLIC ssize_t
send(int fd, const void *data, size_t n, int flags)
{
	return strikes(EPIPE) ? -1 : syscall(SYS_sendto, fd, data, n, flags, NULL, 0);
}

PUBLIC ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	return strikes(EPIPE) ? -1 : syscall(SYS_sendmsg, fd, m, flags);
}

/* ---- control from outside ---- */

static void
restart_count(void)
{
	count = 0;
}

static void
obey(const char *text)
{
	static const char *const modes[] = { "count", "kill", "half", "full", "error",
		"power", "some" };
	const char *name = program_invocation_short_name, *word = text + strlen(name) + 1;
	size_t i, len;

	if (strncmp(text, name, strlen(name)) != 0 || word[-1] != ' ')
		return;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		len = strlen(modes[i]);
		if (strncmp(word, modes[i], len) == 0 && word[len] == ' ')
			at_write((enum at_write)i, strtol(word + len, NULL, 10));
	}
}

static __attribute__((constructor)) void
begin(void)
{
	const char *text = getenv("KILL_AT_WRITE");
	char line[128];
	ssize_t n;
	int fd;

	(void)pthread_atfork(NULL, NULL, restart_count);
	if (text != NULL) {
		obey(text);
	} else if ((fd = open(CONTROL, O_RDONLY | O_CLOEXEC)) != -1) {
		if ((n = read(fd, line, sizeof(line) - 1)) > 0) {
			line[n] = '\0';
			obey(line);
		}
		(void)close(fd);
	}
}
