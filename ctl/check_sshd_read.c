/* SPDX-License-Identifier: BSD-2-Clause */
/* What sshd says its settings are: sshd -T. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_sshd.h"
#include "ctl.h"
#include "deadline.h"

#define WAIT_MS	10000

/* In the child: nothing but the pipe, and an empty environment. */
_Noreturn static void
run(const char *sshd, const char *spec, int out)
{
	char *const env[] = { NULL };
	char *argv[] = { strdup("sshd"), strdup("-T"), strdup("-C"), strdup(spec), NULL };
	int null = open("/dev/null", O_RDWR);

	if (null != -1 && dup2(null, 0) != -1 && dup2(out, 1) != -1 && dup2(out, 2) != -1)
		(void)execve(sshd, argv, env);
	_exit(127);
}

/* Reads until the end; false when it did not come within the deadline or the
 * size.  What was read is kept. */
static bool
collect(int fd, char *text, size_t size)
{
	struct deadline deadline = deadline_in(WAIT_MS);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < size - 1 && poll(&p, 1, deadline_left(deadline)) > 0) {
		n = read(fd, text + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	text[len] = '\0';
	return n == 0;
}

bool
sshd_read(const char *sshd, const char *spec, struct sshd_settings *out)
{
	int pipes[2], status = -1;
	pid_t pid;

	out->text[0] = '\0';
	if (pipe2(pipes, O_CLOEXEC) == -1)
		exit(complain(CTL_STATE, "sshd cannot be asked: %s", strerror(errno)));
	if ((pid = fork()) == 0)
		run(sshd, spec, pipes[1]);
	(void)close(pipes[1]);
	if (pid != -1) {
		if (!collect(pipes[0], out->text, sizeof(out->text)))
			(void)kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
			;
	}
	(void)close(pipes[0]);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

const char *
sshd_value(const struct sshd_settings *s, const char *key, char *dst, size_t size)
{
	const char *at = s->text;
	size_t len = strlen(key);

	for (; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, key, len) == 0 && at[len] == ' ') {
			(void)snprintf(dst, size, "%.*s", (int)strcspn(at + len + 1, "\n"),
			    at + len + 1);
			return dst;
		}
	return NULL;
}

bool
sshd_is(const struct sshd_settings *s, const char *key, const char *value)
{
	char text[256];

	return sshd_value(s, key, text, sizeof(text)) != NULL && strcmp(text, value) == 0;
}
