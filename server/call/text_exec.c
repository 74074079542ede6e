/* SPDX-License-Identifier: BSD-2-Clause */
/* The administrator's own program; mfa-call(8) has the contract. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "numbers.h"
#include "seclude_call.h"
#include "texting.h"

/* ---- all limits ---- */
#define INPUT_MAX	(DIAL_TEXT_MAX + 128)	/* less than a pipe takes at once */
#define OUTPUT_MAX	65536			/* bytes; then it is ended */
#define STATUS_REFUSED	3			/* exit status: not to this number */

struct program {
	pid_t pid;
	int pidfd, output;
	size_t said;			/* bytes of output, in all */
	char first[DIAL_WORDS_MAX];	/* the beginning of it */
};

/* ---- in the new process ---- */

static _Noreturn void
become(const char *command, int input, int output)
{
	static char word[] = "text";
	char *argv[] = { (char *)(uintptr_t)command, word, NULL }, *envp[] = { NULL };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null == -1 || dup2(input, 0) == -1 || dup2(output, 1) == -1 || dup2(null, 2) == -1 ||
	    setsid() == -1 || chdir("/") == -1)
		_exit(126);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)alarm(0);
	(void)execve(command, argv, envp);
	_exit(127);
}

/* ---- in ours ---- */

static int
fill_input(int fd, const struct text *t)
{
	char input[INPUT_MAX];
	int n = snprintf(input, sizeof(input), "to=%s\nid=%s\n\n%s", t->to, t->id, t->bytes);
	int r = MFA_E_INVALID;

	if (n > 0 && (size_t)n < sizeof(input))
		r = write(fd, input, (size_t)n) == n ? MFA_OK : MFA_E_SYSTEM;
	explicit_bzero(input, sizeof(input));
	return r;
}

static void
close_all(int *fds, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (fds[i] != -1)
			(void)close(fds[i]);
}

/* All of its input is in the pipe before it begins. */
static int
start(struct program *p, const struct text *t)
{
	int ends[4] = { -1, -1, -1, -1 };
	int r = pipe2(ends, O_CLOEXEC) == 0 && pipe2(ends + 2, O_CLOEXEC | O_NONBLOCK) == 0 ?
	    fill_input(ends[1], t) : MFA_E_SYSTEM;

	/* What it says it may say blocking. */
	if (r == MFA_OK && fcntl(ends[3], F_SETFL, 0) == -1)
		r = MFA_E_SYSTEM;
	if (r == MFA_OK && (p->pid = fork()) == 0)
		become(t->line->config->text_command, ends[0], ends[3]);
	if (r != MFA_OK || p->pid == -1) {
		close_all(ends, 4);
		return MFA_E_SYSTEM;
	}
	p->output = ends[2];
	ends[2] = -1;
	close_all(ends, 4);
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	return p->pidfd != -1 ? MFA_OK : MFA_E_SYSTEM;
}

/* What is there now; false at its end, and when it is too much. */
static bool
take_output(struct program *p)
{
	char buf[4096];
	size_t room, fits;
	ssize_t n;

	while ((n = read(p->output, buf, sizeof(buf))) > 0) {
		room = p->said < sizeof(p->first) - 1 ? sizeof(p->first) - 1 - p->said : 0;
		fits = (size_t)n < room ? (size_t)n : room;
		memcpy(p->first + (sizeof(p->first) - 1 - room), buf, fits);
		p->said += (size_t)n;
		if (p->said > OUTPUT_MAX)
			return false;
	}
	return n == -1 && (errno == EAGAIN || errno == EINTR);
}

/* NULL when it has ended by itself, else why it must be ended. */
static const char *
attend(struct program *p, const struct text *t)
{
	struct pollfd fds[3] = {
		{ .fd = p->pidfd, .events = POLLIN }, { .fd = p->output, .events = POLLIN },
		{ .fd = t->mfad, .events = POLLIN },
	};
	int n;

	for (;;) {
		n = poll(fds, 3, deadline_left(t->deadline));
		if (n == -1 && errno != EINTR)
			return "it cannot be watched";
		if (n == 0)
			return "no answer in time";
		if (fds[1].revents != 0 && !take_output(p)) {
			if (p->said > OUTPUT_MAX)
				return "it says too much";
			fds[1].fd = -1;
		}
		if (fds[0].revents != 0)
			return NULL;
		if (fds[2].revents != 0)
			return "";
	}
}

/* Whatever it has started in its session's first group ends with it. */
static int
finish(struct program *p)
{
	int status = -1;

	(void)kill(-p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

static enum dial_outcome
judge(const struct text *t, struct program *p, int status, uint32_t *units,
    char words[DIAL_WORDS_MAX])
{
	char how[64];

	p->first[strcspn(p->first, "\n")] = '\0';
	text_words(t, p->first, words);
	number_hide(words);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		*units = t->line->config->text_units;
		return DIAL_DONE;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_REFUSED)
		return DIAL_REFUSED;
	if (words[0] == '\0') {
		(void)snprintf(how, sizeof(how), WIFEXITED(status) ?
		    "the program's exit status is %d" : "the program died of signal %d",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
		(void)snprintf(words, DIAL_WORDS_MAX, "%s", how);
	}
	return DIAL_GATEWAY;
}

static enum dial_outcome
send_text(const struct text *t, uint32_t *units, char words[DIAL_WORDS_MAX])
{
	struct program p = { .pid = -1, .pidfd = -1, .output = -1 };
	const char *why;
	int r = seclude_running(), status;

	if (r == MFA_OK)
		r = start(&p, t);
	if (r == MFA_OK)
		r = seclude_waiting();
	if (r != MFA_OK) {
		if (p.pid != -1)
			(void)finish(&p);
		(void)snprintf(words, DIAL_WORDS_MAX, "the program cannot be run");
		return DIAL_GATEWAY;
	}
	why = attend(&p, t);
	(void)take_output(&p);
	status = finish(&p);
	if (why == NULL)
		return judge(t, &p, status, units, words);
	(void)snprintf(words, DIAL_WORDS_MAX, "%s", why);
	return why[0] == '\0' ? DIAL_CANCELLED : DIAL_GATEWAY;
}

const struct text_gateway text_gateway_exec = { "exec", send_text };
