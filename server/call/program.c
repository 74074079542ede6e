/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"

#define END_MS	200	/* from its output's end to its own */

/* ---- in the new process ---- */

static _Noreturn void
become(int in, int out, const char *const *argv, const char *const *envp)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	/* Both may be among 0 to 2. */
	in = fcntl(in, F_DUPFD_CLOEXEC, 3);
	out = fcntl(out, F_DUPFD_CLOEXEC, 3);
	if (null == -1 || in == -1 || out == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    dup2(in, 0) == -1 || dup2(out, 1) == -1 || dup2(null, 2) == -1 || setsid() == -1 ||
	    chdir("/") == -1 || sigemptyset(&none) == -1)
		_exit(126);
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	_exit(127);
}

/* ---- in ours ---- */

static void
shut(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static int
fork_it(struct program *p, int in[2], int out[2], const char *const *argv,
    const char *const *envp)
{
	if (fcntl(in[1], F_SETFL, O_NONBLOCK) == -1 || fcntl(out[0], F_SETFL, O_NONBLOCK) == -1)
		return MFA_E_SYSTEM;
	p->pid = fork();
	if (p->pid == 0)
		become(in[0], out[1], argv, envp);
	if (p->pid == -1)
		return MFA_E_SYSTEM;
	p->in = in[1];
	p->out = out[0];
	in[1] = out[0] = -1;
	return MFA_OK;
}

int
program_start(struct program *p, const char *const *argv, const char *const *envp)
{
	static const char *const empty[] = { NULL };
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, r = MFA_E_SYSTEM;

	(void)signal(SIGPIPE, SIG_IGN);
	*p = (struct program){ .pid = -1, .in = -1, .out = -1 };
	if (pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0)
		r = fork_it(p, in, out, argv, envp != NULL ? envp : empty);
	shut(&in[0]);
	shut(&in[1]);
	shut(&out[0]);
	shut(&out[1]);
	return r;
}

void
program_close_input(struct program *p)
{
	shut(&p->in);
}

int
program_end(struct program *p)
{
	struct deadline end = deadline_in(END_MS);
	int status = 0;
	pid_t r = 0;

	shut(&p->in);
	shut(&p->out);
	if (p->pid == -1)
		return -1;
	while ((r = waitpid(p->pid, &status, WNOHANG)) == 0 && deadline_left(end) > 0)
		(void)poll(NULL, 0, 1);
	/* Whatever it started is in its group, also when it has ended itself. */
	(void)kill(-p->pid, SIGKILL);
	if (r == 0) {
		(void)kill(p->pid, SIGKILL);
		(void)waitpid(p->pid, NULL, 0);
		p->pid = -1;
		return -1;
	}
	p->pid = -1;
	return r > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- text in, bytes out ---- */

static void
feed(struct program *p, const char **text, size_t *left)
{
	ssize_t n = write(p->in, *text, *left);

	if (n > 0) {
		*text += n;
		*left -= (size_t)n;
	}
	if (*left == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		program_close_input(p);
}

/* 1: its output has ended. */
static int
take(struct program *p, unsigned char *out, size_t size, size_t *len)
{
	unsigned char beyond;
	ssize_t n = *len < size ? read(p->out, out + *len, size - *len) :
	    read(p->out, &beyond, 1);

	if (n == 0)
		return 1;
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? MFA_OK : MFA_E_SYSTEM;
	if (*len == size)
		return MFA_E_INVALID;
	*len += (size_t)n;
	return MFA_OK;
}

static int
exchange(struct program *p, const char *text, unsigned char *out, size_t size, size_t *len,
    struct deadline deadline)
{
	size_t left = strlen(text);
	int r = MFA_OK;

	while (r == MFA_OK) {
		struct pollfd fds[2] = { { p->out, POLLIN, 0 }, { p->in, POLLOUT, 0 } };

		if (deadline_left(deadline) == 0)
			return MFA_E_DEADLINE;
		if (poll(fds, 2, deadline_left(deadline)) == -1 && errno != EINTR)
			return MFA_E_SYSTEM;
		if (p->in != -1 && fds[1].revents != 0)
			feed(p, &text, &left);
		if (fds[0].revents != 0)
			r = take(p, out, size, len);
	}
	return r == 1 ? MFA_OK : r;
}

int
program_filter(const char *const *argv, const char *text, void *out, size_t size, size_t *len,
    struct deadline deadline)
{
	struct program p;
	int r = program_start(&p, argv, NULL), status;

	*len = 0;
	if (r == MFA_OK)
		r = exchange(&p, text, out, size, len, deadline);
	status = program_end(&p);
	return r == MFA_OK && status != 0 ? MFA_E_INVALID : r;
}
