/* SPDX-License-Identifier: BSD-2-Clause */
#include "tool.h"

#include <check.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void
become(const struct tool *t, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1 || dup2(null, 0) == -1 || dup2(out, 1) == -1 ||
	    dup2(t->output_only ? null : out, 2) == -1)
		_exit(127);
	if (t->dir != NULL && chdir(t->dir) == -1)
		_exit(127);
	if (t->uid != 0 && (setgroups(0, NULL) == -1 || setresgid(t->uid, t->uid, t->uid) == -1 ||
	    setresuid(t->uid, t->uid, t->uid) == -1))
		_exit(127);
	/* It takes what it never writes to; the type lacks the const. */
	(void)execvp(t->argv[0], (char *const *)(uintptr_t)t->argv);
	_exit(127);
}

/* To its end, so that it does not wait for us. */
static void
hear(const struct tool *t, int from)
{
	char rest[4096];
	size_t have = 0, room;
	ssize_t n;

	do {
		room = t->said != NULL ? t->size - 1 - have : 0;
		n = room > 0 ? read(from, t->said + have, room) : read(from, rest, sizeof(rest));
		if (n > 0 && room > 0)
			have += (size_t)n;
	} while (n > 0);
	if (t->said != NULL)
		t->said[have] = '\0';
}

int
tool_run(const struct tool *t)
{
	int ends[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		become(t, ends[1]);
	close(ends[1]);
	hear(t, ends[0]);
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "%s: status %x", t->argv[0], (unsigned int)status);
	return WEXITSTATUS(status);
}

void
tool_must(const struct tool *t)
{
	char said[4096];
	struct tool heard = *t;

	heard.said = said;
	heard.size = sizeof(said);
	ck_assert_msg(tool_run(&heard) == 0, "%s %s: %s", t->argv[0], t->argv[1], said);
}

const char *
tool_built(const char *name)
{
	static char path[512];
	const char *build = getenv("BUILD");

	snprintf(path, sizeof(path), "%s/%s", build != NULL ? build : "build", name);
	return path;
}
