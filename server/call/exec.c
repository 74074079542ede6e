/* SPDX-License-Identifier: BSD-2-Clause */
#include "call.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "exec_line.h"
#include "numbers.h"
#include "program.h"
#include "seclude_call.h"

/*
 * The administrator's own program places the call; mfa-call(8) has the contract.  Its
 * order is on its standard input, as that of the program that sends texts: an
 * environment would be inherited by all that it runs.
 */
#define CANCEL_MS	1500	/* to hang up in */

struct exec {
	struct call *call;
	struct program program;
	struct exec_lines lines;
	bool ended;
};

/* ---- what it is told ---- */

#define ORDER_MAX	1024	/* less than a pipe takes at once */

/* It may have ended already, which its output shows. */
static void
tell(struct exec *x, const char *line)
{
	(void)!write(x->program.in, line, strlen(line));
}

static int
order(struct exec *x)
{
	static const char *const forms[] = { "", "number", "hash", "code", "consent" };
	const struct dial *d = x->call->asked;
	char text[ORDER_MAX];
	int n = snprintf(text, sizeof(text), "to=%s\nid=%s\nform=%s\ndigits=%u\nlanguage=%s\n"
	    "organisation=%s\nhost=%s\nservice=%s\nseconds=%d\n\n", d->to, d->id,
	    forms[d->form], d->digits, d->language, d->organisation, d->host, d->service,
	    deadline_left(x->call->deadline) / 1000);

	if (n < 0 || (size_t)n >= sizeof(text))
		return MFA_E_INVALID;
	tell(x, text);
	return MFA_OK;
}

/* ---- its end ---- */

static void
end(struct exec *x, enum dial_outcome outcome, const char *words)
{
	if (!x->ended)
		call_ended(x->call, outcome, words);
	x->ended = true;
}

/* It may hang up by itself; what it says of it nobody waits for. */
static void
await_hang_up(struct exec *x)
{
	struct deadline deadline = deadline_in(CANCEL_MS);
	char dropped[256];
	ssize_t n = 1;

	while (n != 0 && deadline_left(deadline) > 0) {
		struct pollfd fd = { x->program.out, POLLIN, 0 };

		if (poll(&fd, 1, deadline_left(deadline)) <= 0)
			continue;
		n = read(x->program.out, dropped, sizeof(dropped));
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return;
	}
}

static void
cancel(struct exec *x)
{
	end(x, DIAL_CANCELLED, NULL);
	tell(x, "cancel\n");
	await_hang_up(x);
}

/* ---- what it says ---- */

/* Its words may name whom it was told to call. */
static void
end_as_said(struct exec *x, const struct exec_said *said)
{
	char words[DIAL_WORDS_MAX];

	(void)snprintf(words, sizeof(words), "%s", said->words);
	number_hide(words);
	end(x, said->outcome, words);
}

static int
obey(struct exec *x, const char *line)
{
	struct call *c = x->call;
	struct exec_said said;
	int r = exec_read(line, &said);

	if (r != MFA_OK)
		return r;
	switch (said.word) {
	case EXEC_RINGING:
		return call_progress(c, DIAL_RINGING);
	case EXEC_ANSWERED:
		return call_progress(c, DIAL_ANSWERED);
	case EXEC_KEYS:
		if (!c->answered || c->dialogue.asked ||
		    (said.keys[0] == '\0' && c->asked->form != DIAL_WANTS_HASH))
			return MFA_E_INVALID;
		r = call_keys(c, said.keys);
		explicit_bzero(&said, sizeof(said));
		return r;
	case EXEC_ENDED:
		end_as_said(x, &said);
		return MFA_OK;
	}
	return MFA_E_INVALID;
}

static void
hear_program(struct exec *x)
{
	struct exec_lines *l = &x->lines;
	ssize_t n = read(x->program.out, l->buf + l->len, exec_room(l));
	const char *line;
	int r;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(x, DIAL_GATEWAY, "call_command ended and did not say how the call did");
		return;
	}
	l->len += (size_t)n;
	while (!x->ended && (r = exec_next(l, &line)) != MFA_E_ABSENT) {
		if (r == MFA_OK)
			r = obey(x, line);
		if (r != MFA_OK && !x->call->mfad_left)
			end(x, DIAL_GATEWAY, "call_command wrote what it must not");
		if (r != MFA_OK)
			break;
	}
}

static void
hear_mfad(struct exec *x)
{
	static const char *const lines[] = { "", "say thanks\n", "say once-more\n", "say wrong\n",
		"say reported\n", "say over\n",
		"say twice\n" };
	struct dial said;

	if (call_hear(x->call, &said) == MFA_OK && said.type == DIAL_SAY)
		tell(x, lines[said.say]);
	else if (x->call->mfad_left || said.type != DIAL_CALLBACK)
		cancel(x);
}

/* ---- */

static void
serve(struct exec *x)
{
	while (!x->ended) {
		struct pollfd fds[2] = { { x->program.out, POLLIN, 0 },
			{ x->call->fd, POLLIN, 0 } };

		if (deadline_left(x->call->deadline) == 0) {
			cancel(x);
			return;
		}
		if (poll(fds, 2, deadline_left(x->call->deadline)) == -1 && errno != EINTR) {
			end(x, DIAL_GATEWAY, strerror(errno));
			return;
		}
		if (fds[1].revents != 0)
			hear_mfad(x);
		else if (fds[0].revents != 0)
			hear_program(x);
		if (x->call->mfad_left)
			cancel(x);
	}
}

/* Whatever the program writes is read by a process that can do little else. */
static int
start(struct exec *x)
{
	static char word[] = "call";
	const char *const argv[] = { x->call->settings->call_command, word, NULL };
	int r = program_start(&x->program, argv, NULL);

	if (r == MFA_OK)
		r = order(x);
	return r == MFA_OK ? seclude_waiting() : r;
}

static void
place(struct call *c)
{
	const char *command = c->settings->call_command;
	struct exec x = { .call = c, .program = { .pid = -1, .in = -1, .out = -1 } };

	if (command == NULL || command[0] != '/' || access(command, X_OK) == -1) {
		call_ended(c, DIAL_MISCONFIGURED, "call_command is not a program");
		return;
	}
	if (start(&x) == MFA_OK)
		serve(&x);
	else
		end(&x, DIAL_GATEWAY, "the program cannot be run");
	(void)program_end(&x.program);
}

const struct call_gateway call_gateway_exec = { "exec", place };
