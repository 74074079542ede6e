/* SPDX-License-Identifier: BSD-2-Clause */
#include "call.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "exec_line.h"
#include "program.h"

/*
 * The administrator's own program places the call.  It is told what to do in its
 * environment:
 *
 *  MFA_TO (E.164), MFA_FORM (number, hash, code), MFA_DIGITS, MFA_LANGUAGE (en, nl),
 *  MFA_ORGANISATION, MFA_HOST, MFA_SERVICE, MFA_ID, MFA_SECONDS (it is killed then)
 *
 * and writes lines:
 *
 *  ringing | answered | keys DIGITS | keys | ended OUTCOME [WORDS]
 *
 * where "keys" alone is "#" alone, which counts only where MFA_FORM is hash, and must
 * be written only after the greeting was heard to its end.  OUTCOME is done,
 * no-answer, busy, declined, hung-up, no-keys or gateway.  After each "keys" it reads one line
 *
 *  say thanks | say once-more | say wrong | say reported | say over
 *
 * and at any time "cancel", upon which it should hang up.  Anything else that it
 * writes, or its end without "ended", ends the call.
 */
#define CANCEL_MS	1500	/* to hang up in */

struct exec {
	struct call *call;
	struct program program;
	struct exec_lines lines;
	bool ended;
};

/* ---- what it is told ---- */

#define VARIABLE	160
#define VARIABLES	10

struct environment {
	char text[VARIABLES][VARIABLE];
	const char *envp[VARIABLES + 1];
	unsigned int count;
};

static void
set(struct environment *e, const char *name, const char *value)
{
	(void)snprintf(e->text[e->count], VARIABLE, "%s=%s", name, value);
	e->envp[e->count] = e->text[e->count];
	e->count++;
}

static void
set_number(struct environment *e, const char *name, unsigned long value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lu", value);
	set(e, name, text);
}

static void
describe(const struct call *c, struct environment *e)
{
	static const char *const forms[] = { "", "number", "hash", "code" };
	const struct dial *d = c->asked;

	memset(e, 0, sizeof(*e));
	set(e, "PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
	set(e, "MFA_TO", d->to);
	set(e, "MFA_FORM", forms[d->form]);
	set_number(e, "MFA_DIGITS", d->digits);
	set(e, "MFA_LANGUAGE", d->language);
	set(e, "MFA_ORGANISATION", d->organisation);
	set(e, "MFA_HOST", d->host);
	set(e, "MFA_SERVICE", d->service);
	set(e, "MFA_ID", d->id);
	set_number(e, "MFA_SECONDS", (unsigned long)deadline_left(c->deadline) / 1000);
}

/* It may have ended already, which its output shows. */
static void
tell(struct exec *x, const char *line)
{
	(void)!write(x->program.in, line, strlen(line));
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
		end(x, said.outcome, said.words);
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
		"say reported\n", "say over\n" };
	struct dial said;

	if (call_hear(x->call, &said) == MFA_OK && said.type == DIAL_SAY)
		tell(x, lines[said.say]);
	else
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

static void
place(struct call *c)
{
	const char *const argv[] = { c->settings->call_command, NULL };
	struct exec x = { .call = c };
	struct environment e;

	if (argv[0] == NULL || argv[0][0] != '/' || access(argv[0], X_OK) == -1) {
		call_ended(c, DIAL_MISCONFIGURED, "call_command is not a program");
		return;
	}
	describe(c, &e);
	if (program_start(&x.program, argv, e.envp) != MFA_OK) {
		call_ended(c, DIAL_GATEWAY, strerror(errno));
		return;
	}
	serve(&x);
	(void)program_end(&x.program);
}

const struct call_gateway call_gateway_exec = { "exec", place };
