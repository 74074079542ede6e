/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <security/pam_appl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "module.h"
#include "paths.h"
#include "sibling.h"

static const char *const helper_argv[] = { "mfa-helper", "login", NULL };

static const struct sibling helper = {
	.socket = MFA_SOCKET,
	.user = MFA_USER,
	.path = MFA_HELPER,
	.argv = helper_argv,
};

static const char *const http_argv[] = { "mfa-http", "login", NULL };

static const struct sibling http = {
	.socket = MFA_HTTP_SOCKET,
	.user = MFA_HTTP_USER,
	.path = MFA_HTTP,
	.argv = http_argv,
};

struct relay {
	struct request *rq;
	int fd;
	struct msg_dialogue dialogue;
	bool heard;
	bool held_used;
};

static int
hear(struct relay *r, struct msg *m)
{
	int error = msg_recv(r->fd, m, r->rq->deadline);

	r->heard |= error == MFA_OK;
	return error != MFA_OK ? error : msg_permit(&r->dialogue, SIDE_HELPER, m->type);
}

static int
say(struct relay *r, const struct msg *m, struct deadline deadline)
{
	int error = msg_permit(&r->dialogue, SIDE_MODULE, m->type);

	return error != MFA_OK ? error : msg_send(r->fd, m, deadline);
}

/* The answer is the one that combined mode holds, or the person's. */
static int
find_answer(struct relay *r, const struct msg *prompt, struct secret *answer)
{
	const struct secret *held = r->rq->held;

	if (held == NULL)
		return conv_ask(r->rq->pamh, prompt->echo == 1, prompt->text, answer);
	if (r->held_used)
		return MFA_E_PROTOCOL;
	r->held_used = true;
	return secret_set(answer, held->data, held->len);
}

/* A verdict that came while the person was asked says that time is up, whatever
 * its word.  Nothing else is looked at before its turn. */
static bool
is_late(const struct relay *r)
{
	unsigned char type;

	return recv(r->fd, &type, sizeof(type), MSG_PEEK | MSG_DONTWAIT) > 0 &&
	    type == MSG_VERDICT;
}

static int
answer_prompt(struct relay *r, const struct msg *prompt)
{
	struct msg m = { .type = MSG_ANSWER };
	int error;

	/* Only a login may ask a person something. */
	if (r->rq->phase != PHASE_AUTH || prompt->echo > 1)
		return MFA_E_PROTOCOL;
	error = find_answer(r, prompt, &m.answer);
	if (error == MFA_OK && (deadline_left(r->rq->deadline) == 0 || is_late(r))) {
		r->rq->late = true;
		error = MFA_E_DEADLINE;
	}
	if (error == MFA_OK) {
		error = say(r, &m, r->rq->deadline);
	} else {
		m.type = MSG_CANCEL;
		(void)say(r, &m, deadline_in(CANCEL_MS));
	}
	msg_wipe(&m);
	return error;
}

/* Whatever cannot be looked up ends the login. */
static int
look_up(struct relay *r)
{
	struct msg m;
	int error = items_look_up(r->rq, &m);

	if (error != MFA_OK) {
		m.type = MSG_CANCEL;
		(void)say(r, &m, deadline_in(CANCEL_MS));
		return error;
	}
	return say(r, &m, r->rq->deadline);
}

/* The helper may run nothing.  Where there is no way, it goes on without. */
static int
reach(struct relay *r)
{
	int fd, error;

	(void)sibling_open(&http, r->rq->deadline, &fd);
	error = msg_permit(&r->dialogue, SIDE_MODULE, MSG_REACHED);
	if (error == MFA_OK)
		error = msg_send_reached(r->fd, fd, r->rq->deadline);
	if (fd != -1)
		(void)close(fd);
	return error;
}

static int
show_line(struct relay *r, const struct msg *m)
{
	if (!r->rq->silent)
		(void)conv_tell(r->rq->pamh, m->type == MSG_INFO ? PAM_TEXT_INFO : PAM_ERROR_MSG,
		    m->text);
	return MFA_OK;
}

/* Whoever cannot be told so does not wait any more: a client that has left, or
 * whoever pressed Ctrl-C.  The helper sees us hang up. */
static int
show_waiting(struct relay *r, const struct msg *m)
{
	if (r->rq->phase != PHASE_AUTH)
		return MFA_E_PROTOCOL;
	return r->rq->silent ? MFA_OK : conv_tell(r->rq->pamh, PAM_TEXT_INFO, m->text);
}

/* A helper that has said its verdict has nothing more to say; one that has
 * queued more already is not believed. */
static int
take_verdict(struct relay *r, const struct msg *m)
{
	unsigned char byte;

	if (recv(r->fd, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) > 0)
		return MFA_E_PROTOCOL;
	switch (m->verdict) {
	case VERDICT_GRANT:
	case VERDICT_DENY:
	case VERDICT_UNAVAILABLE:
	case VERDICT_TRIES:
	case VERDICT_SPLIT:
	case VERDICT_NO_SPLIT:
		r->rq->verdict = m->verdict;
		r->rq->digits = m->digits;
		return MFA_OK;
	default:
		return MFA_E_PROTOCOL;
	}
}

static int
act_on(struct relay *r, const struct msg *m)
{
	switch (m->type) {
	case MSG_PROMPT:
		return answer_prompt(r, m);
	case MSG_INFO:
	case MSG_ERROR:
		return show_line(r, m);
	case MSG_WAITING:
		return show_waiting(r, m);
	case MSG_LOOK_UP:
		return look_up(r);
	case MSG_REACH:
		return reach(r);
	case MSG_VERDICT:
		return take_verdict(r, m);
	case MSG_BEGIN:
	case MSG_ANSWER:
	case MSG_CANCEL:
	case MSG_IDS:
	case MSG_REACHED:
	default:
		return MFA_E_PROTOCOL;
	}
}

static int
converse(struct relay *r)
{
	struct msg m;
	int error;

	r->rq->begin.ms_left = (uint32_t)deadline_left(r->rq->deadline);
	error = say(r, &r->rq->begin, r->rq->deadline);
	while (error == MFA_OK && r->dialogue.turn == TURN_HELPER) {
		error = hear(r, &m);
		if (error == MFA_OK)
			error = act_on(r, &m);
		msg_wipe(&m);
	}
	return error;
}

static void
hang_up(struct relay *r)
{
	if (r->fd != -1)
		(void)close(r->fd);
	r->fd = -1;
}

/* A service without a process for us hangs up before it has read anything:
 * then the login begins anew, with a helper of our own.  Where we are not root
 * there is none, and it stays a denial. */
int
relay_run(struct request *rq)
{
	struct relay r = { .rq = rq, .fd = -1 };
	int error;

	rq->verdict = 0;
	error = sibling_open(&helper, rq->deadline, &r.fd);
	if (error == MFA_OK)
		error = converse(&r);
	if (error == MFA_E_UNHEARD && !r.heard) {
		hang_up(&r);
		r.dialogue = (struct msg_dialogue){ .turn = TURN_BEGIN };
		if (sibling_run(&helper, &r.fd) == MFA_OK)
			error = converse(&r);
	}
	if (rq->what == NULL)
		rq->saved_errno = errno;
	hang_up(&r);
	return error;
}
