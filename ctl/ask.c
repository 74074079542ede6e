/* SPDX-License-Identifier: BSD-2-Clause */
#include "ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "error.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t interrupted;

static void
note(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* Signals come in only while we wait, so that none is missed between a look
 * at the flag and the wait. */
struct watch {
	struct sigaction old[SIGNALS];
	sigset_t mask;
};

static void
watch_begin(struct watch *w)
{
	struct sigaction sa = { .sa_handler = note };
	sigset_t all;
	size_t i;

	interrupted = 0;
	(void)sigemptyset(&all);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaddset(&all, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &all, &w->mask);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &sa, &w->old[i]);
}

/* What came in together with the answer is still ours. */
static int
watch_end(struct watch *w)
{
	size_t i;

	(void)sigprocmask(SIG_SETMASK, &w->mask, NULL);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &w->old[i], NULL);
	return interrupted ? MFA_E_CLOSED : MFA_OK;
}

/* One byte: 1, 0 at the end, or an error. */
static int
read_byte(const sigset_t *mask, unsigned char *c)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n = -1;

	while (!interrupted && n == -1) {
		if (ppoll(&p, 1, NULL, mask) > 0)
			n = read(STDIN_FILENO, c, 1);
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return MFA_E_SYSTEM;
	}
	return interrupted ? MFA_E_CLOSED : (int)n;
}

static int
read_line(const sigset_t *mask, struct secret *out)
{
	bool fits = true;
	unsigned char c;
	int n;

	while ((n = read_byte(mask, &c)) == 1 && c != '\n') {
		fits = fits && out->len < SECRET_MAX;
		if (fits)
			out->data[out->len++] = c;
	}
	if (n < 0)
		return n;
	if (n == 0 && out->len == 0)
		return MFA_E_CLOSED;
	if (out->len > 0 && out->data[out->len - 1] == '\r')
		out->data[--out->len] = '\0';
	return fits ? MFA_OK : MFA_E_INVALID;
}

/* True when the echo was turned off, and must be turned on again. */
static bool
hush(struct termios *before)
{
	struct termios quiet;

	if (tcgetattr(STDIN_FILENO, before) == -1)
		return false;
	quiet = *before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

int
ask(const char *prompt, bool echo, struct secret *out)
{
	struct termios before;
	struct watch w;
	bool hushed;
	int r, interruption;

	secret_wipe(out);
	watch_begin(&w);
	hushed = !echo && hush(&before);
	(void)fflush(stdout);
	(void)fputs(prompt, stderr);
	(void)fflush(stderr);
	r = read_line(&w.mask, out);
	if (hushed)
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	interruption = watch_end(&w);
	r = interruption != MFA_OK ? interruption : r;
	/* The person's own line end was not shown. */
	if (hushed || r == MFA_E_CLOSED || !isatty(STDIN_FILENO))
		(void)fputc('\n', stderr);
	return r;
}
