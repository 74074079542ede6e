/* SPDX-License-Identifier: BSD-2-Clause */
#include "alarm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "confine.h"
#include "deadline.h"
#include "error.h"
#include "log.h"

#define LOOK_MS	50	/* between two looks at whether it has ended */

struct alarm {
	int fd;
	pid_t child;
};

/* ---- in the child ---- */

static void
become(const char *command, const char *text, size_t len)
{
	static char name[] = "report", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *argv[] = { (char *)(uintptr_t)command, name, NULL }, *envp[] = { path, NULL };
	int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* A pipe takes this much at once. */
	if (null == -1 || pipe2(ends, O_CLOEXEC) == -1 ||
	    write(ends[1], text, len) != (ssize_t)len || dup2(ends[0], 0) == -1 ||
	    dup2(null, 1) == -1 || dup2(null, 2) == -1)
		_exit(126);
	(void)setsid();
	(void)execve(command, argv, envp);
	_exit(127);
}

static void
await(pid_t pid, const char *command)
{
	struct deadline end = deadline_in(ALARM_SECONDS * 1000);
	int status = 0;
	pid_t r;

	while ((r = waitpid(pid, &status, WNOHANG)) == 0 && deadline_left(end) > 0)
		(void)poll(NULL, 0, LOOK_MS);
	if (r == 0) {
		(void)kill(-pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
	}
	if (status != 0)
		log_line(LOG_ERR, "alert_command %s failed status=%d", command,
		    WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
}

static void
run(const char *command, const char *text, size_t len)
{
	pid_t pid = fork();

	if (pid == 0)
		become(command, text, len);
	if (pid == -1)
		log_line(LOG_ERR, "alert_command cannot be run: %s", strerror(errno));
	else
		await(pid, command);
}

/* Nothing of ours but the log and this socket is open in it. */
static void
serve(int fd, const char *command)
{
	char text[ALARM_TEXT_MAX];
	ssize_t n;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (confine_privileges() != MFA_OK)
		_exit(EXIT_FAILURE);
	while ((n = recv(fd, text, sizeof(text), 0)) != 0) {
		if (n > 0)
			run(command, text, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	_exit(EXIT_SUCCESS);
}

/* ---- in mfad ---- */

int
alarm_start(const char *command, struct alarm **out)
{
	struct alarm *a = calloc(1, sizeof(*a));
	int ends[2];

	*out = NULL;
	if (a == NULL)
		return MFA_E_MEMORY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1) {
		free(a);
		return MFA_E_SYSTEM;
	}
	a->fd = ends[0];
	if ((a->child = fork()) == 0) {
		(void)close(ends[0]);
		serve(ends[1], command);
	}
	(void)close(ends[1]);
	if (a->child == -1) {
		alarm_stop(&a);
		return MFA_E_SYSTEM;
	}
	*out = a;
	return MFA_OK;
}

void
alarm_raise(struct alarm *a, const char *text)
{
	if (send(a->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) == -1)
		log_line(LOG_ERR, "alert_command is not told: %s", strerror(errno));
}

void
alarm_stop(struct alarm **a)
{
	if (*a == NULL)
		return;
	(void)close((*a)->fd);
	free(*a);
	*a = NULL;
}
