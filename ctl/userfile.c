/* SPDX-License-Identifier: BSD-2-Clause */
#include "userfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../helper/sandbox.h"
#include "ctl.h"
#include "error.h"
#include "message.h"

#define FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* How a child ends; its exit status. */
enum end { END_READ, END_FAULT, END_OPEN, END_LINK, END_KIND, END_SIZE };

/* Where the child leaves what it read. */
struct shared {
	size_t size;
	int error;		/* errno of END_OPEN */
	char data[USERFILE_MAX];
};

/* ---- the child ---- */

static int
open_file(const char *path, uint32_t owner)
{
	struct open_how how = { .flags = FLAGS, .resolve = RESOLVE_NO_SYMLINKS };

	if (owner == 0)
		return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	return open(path, FLAGS);
}

static enum end
read_all(int fd, struct shared *out)
{
	ssize_t n;

	while ((n = read(fd, out->data + out->size, sizeof(out->data) - out->size)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return END_FAULT;
		out->size += (size_t)n;
	}
	return END_READ;
}

static enum end
child(const char *path, uint32_t owner, uint32_t group, struct shared *out)
{
	struct stat st;
	int fd;

	if (owner != 0 && sandbox_become(owner, group) != MFA_OK)
		return END_FAULT;
	if ((fd = open_file(path, owner)) == -1) {
		out->error = errno;
		return errno == ELOOP ? END_LINK : END_OPEN;
	}
	if (fstat(fd, &st) == -1)
		return END_FAULT;
	if (!S_ISREG(st.st_mode) || st.st_uid != owner || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return END_KIND;
	if (st.st_size >= (off_t)sizeof(out->data))
		return END_SIZE;
	return read_all(fd, out);
}

/* ---- we ---- */

static int
explain(enum end end, const char *path, const struct shared *s)
{
	char shown[SHOW_MAX];

	show(shown, sizeof(shown), path);
	switch (end) {
	case END_OPEN:
		return complain(s->error == ENOENT ? CTL_ABSENT : CTL_REFUSED, "%s: %s", shown,
		    strerror(s->error));
	case END_LINK:
		return complain(CTL_REFUSED, "%s: a symbolic link: name the file itself", shown);
	case END_KIND:
		return complain(CTL_REFUSED, "%s: not a regular file that only its owner can write",
		    shown);
	case END_SIZE:
		return complain(CTL_REFUSED, "%s: larger than 8 MiB", shown);
	case END_READ:
	case END_FAULT:
	default:
		return complain(CTL_STATE, "%s: it could not be read", shown);
	}
}

static int
run_child(const char *path, const struct stat *st, struct shared *s)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)child(path, st->st_uid, st->st_gid, s));
	if (pid == -1)
		return explain(END_FAULT, path, s);
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return explain(END_FAULT, path, s);
	if (!WIFEXITED(status))
		return explain(END_FAULT, path, s);
	if (WEXITSTATUS(status) != END_READ || s->size >= sizeof(s->data))
		return explain((enum end)WEXITSTATUS(status), path, s);
	return CTL_DONE;
}

static int
hand_over(const struct shared *s, char **data, size_t *size)
{
	if ((*data = malloc(s->size + 1)) == NULL)
		return complain(CTL_STATE, "out of memory");
	memcpy(*data, s->data, s->size);
	(*data)[s->size] = '\0';
	*size = s->size;
	return CTL_DONE;
}

int
userfile_read(const char *path, uint32_t owner, char **data, size_t *size)
{
	char shown[SHOW_MAX];
	struct shared *s;
	struct stat st;
	int r;

	*data = NULL;
	*size = 0;
	show(shown, sizeof(shown), path);
	if (lstat(path, &st) == -1)
		return complain(errno == ENOENT ? CTL_ABSENT : CTL_REFUSED, "%s: %s", shown,
		    strerror(errno));
	if (owner != UID_UNSET && st.st_uid != owner && st.st_uid != 0)
		return complain(CTL_REFUSED, "%s belongs to somebody else than that user or root",
		    shown);
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return complain(CTL_STATE, "out of memory");
	if ((r = run_child(path, &st, s)) == CTL_DONE)
		r = hand_over(s, data, size);
	explicit_bzero(s->data, s->size < sizeof(s->data) ? s->size : sizeof(s->data));
	(void)munmap(s, sizeof(*s));
	return r;
}

void
userfile_free(char **data, size_t size)
{
	if (*data != NULL)
		explicit_bzero(*data, size);
	free(*data);
	*data = NULL;
}
