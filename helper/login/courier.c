/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The approval service as this login sees it: mfa-http behind its socket.
 * Where nobody listens there, a module that is root is asked to run it, since
 * nothing may be run from here; where that is no way either, the service counts
 * as unreachable, and what the policy left for that is asked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "courier_private.h"
#include "error.h"
#include "login.h"
#include "paths.h"
#include "revoked.h"
#include "text.h"

/* ---- all limits ---- */
#define METHODS_MS	5000	/* for the service to say what a user has */
#define PUSH_MS		5000	/* for it to take a push */
#define CLOSE_MS	200	/* for our last word to leave */

static struct deadline
within(const struct login *l, int ms)
{
	return deadline_min(l->deadline, deadline_in(ms));
}

int
courier_fail(struct login *l, enum query_failure failure, const char *words)
{
	l->courier.failure = failure;
	(void)text_copy(l->courier.words, sizeof(l->courier.words), words);
	return MFA_E_ABSENT;
}

void
courier_hang_up(struct login *l)
{
	if (l->courier.fd != -1)
		(void)close(l->courier.fd);
	l->courier.fd = -1;
	l->courier.pending = false;
}

/* Whoever made the socket is root, or it is somebody else's. */
static bool
roots(int fd)
{
	struct ucred peer = { .uid = UID_UNSET };
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    len == sizeof(peer) && peer.uid == 0;
}

/* The connection, or -1. */
static int
call(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = MFA_HTTP_SOCKET };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd != -1 && connect(fd, (const struct sockaddr *)&at, sizeof(at)) == -1) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

static int
reach(struct login *l)
{
	l->courier.dialogue = (struct query_dialogue){ .asked = 0 };
	l->courier.fd = call();
	if (l->courier.fd == -1 && !l->courier.no_way)
		l->courier.no_way = talk_reach(l, &l->courier.fd) != MFA_OK;
	if (l->courier.fd != -1 && roots(l->courier.fd))
		return MFA_OK;
	courier_hang_up(l);
	return courier_fail(l, QUERY_UNREACHABLE, l->caller.root ? "mfa-http does not serve "
	    MFA_HTTP_SOCKET " and could not be run" : "mfa-http does not serve " MFA_HTTP_SOCKET);
}

static int
say(struct login *l, const struct query *q, struct deadline deadline)
{
	int r = query_permit(&l->courier.dialogue, QUERY_HELPER, q);

	return r != MFA_OK ? r : query_send(l->courier.fd, q, deadline);
}

/* One message; a failure is taken note of. */
int
courier_hear(struct login *l, struct query *out, struct deadline deadline)
{
	int r = query_recv(l->courier.fd, out, deadline);

	if (r == MFA_OK)
		r = query_permit(&l->courier.dialogue, QUERY_HTTP, out);
	if (r == MFA_OK && out->type == QUERY_FAILED)
		r = courier_fail(l, out->failure == 0 ? QUERY_SERVICE :
		    (enum query_failure)out->failure, out->words);
	else if (r == MFA_E_DEADLINE)
		r = courier_fail(l, QUERY_UNREACHABLE, "no answer in time");
	else if (r != MFA_OK)
		r = courier_fail(l, QUERY_SERVICE, mfa_strerror(r));
	return r;
}

void
courier_forget_early(struct login *l)
{
	if (l->courier.early != NULL)
		explicit_bzero(l->courier.early->keys, sizeof(l->courier.early->keys));
	free(l->courier.early);
	l->courier.early = NULL;
}

/* What the phone says is kept for when it is waited for: it says one thing. */
int
courier_keep_early(struct login *l, const struct query *said)
{
	if (l->courier.early == NULL)
		l->courier.early = calloc(1, sizeof(*l->courier.early));
	if (l->courier.early == NULL)
		return courier_fail(l, QUERY_SERVICE, "out of memory");
	*l->courier.early = *said;
	return MFA_OK;
}

/* The answer to what was asked. */
static int
hear_answer(struct login *l, struct query *out, struct deadline deadline)
{
	int r;

	while ((r = courier_hear(l, out, deadline)) == MFA_OK && l->courier.dialogue.asked != 0)
		if ((r = courier_keep_early(l, out)) != MFA_OK)
			return r;
	return r;
}

void
courier_leave(struct login *l, enum query_outcome outcome)
{
	struct query q = { .type = QUERY_CLOSE, .outcome = outcome };

	if (l->courier.fd != -1 && l->courier.dialogue.begun && !l->courier.dialogue.over)
		(void)say(l, &q, deadline_in(CLOSE_MS));
	courier_hang_up(l);
}

/* Asks and hears; what is not an answer to it ends the dialogue. */
int
courier_request(struct login *l, const struct query *q, struct query *out, int ms)
{
	struct deadline deadline = within(l, ms);
	int r;

	login_busy(l);
	l->courier.failure = 0;
	if ((r = say(l, q, deadline)) != MFA_OK)
		r = courier_fail(l, QUERY_UNREACHABLE, mfa_strerror(r));
	else
		r = hear_answer(l, out, deadline);
	if (r != MFA_OK && (out->type != QUERY_FAILED || l->courier.dialogue.over))
		courier_hang_up(l);
	return r;
}

/* The end of the first of them; NULL: none. */
static const char *
end_of_revocation(const char *at, const char *end)
{
	const char *stop = memmem(at, (size_t)(end - at), "\nsignature ", strlen("\nsignature "));

	if (stop != NULL)
		stop = memchr(stop + 1, '\n', (size_t)(end - stop - 1));
	return stop != NULL ? stop + 1 : NULL;
}

static int
write_down(struct login *l, const struct revocation *r, int64_t now, bool *begun)
{
	int error;

	if (!*begun && (error = login_begin_change(l)) != MFA_OK)
		return error;
	*begun = true;
	return store_revocation_add(l->w->store, r->device, r->user, now);
}

static bool
is_known(const struct revoked *known, const struct revocation *r)
{
	size_t i;

	for (i = 0; i < known->count; i++)
		if (strcmp(known->list[i].device, r->device) == 0 &&
		    strcmp(known->list[i].user, r->user) == 0)
			return true;
	return false;
}

/* Those that are not known yet, in one transaction. */
static int
write_new(struct login *l, const struct query *m, const struct revoked *known, int64_t now)
{
	const struct trust trust = { .authorities = l->w->authorities,
	    .authority_count = l->w->authority_count };
	const char *at = (const char *)m->revocations, *end = at + m->revocations_len, *stop;
	struct revocation rev;
	enum refusal why;
	bool begun = false;
	int r = MFA_OK;

	for (; r == MFA_OK && (stop = end_of_revocation(at, end)) != NULL; at = stop)
		if (revocation_verify(at, (size_t)(stop - at), &trust, &rev, &why) == MFA_OK &&
		    !is_known(known, &rev))
			r = write_down(l, &rev, now, &begun);
	if (r == MFA_OK && begun)
		r = store_commit(l->w->store, false);
	if (r != MFA_OK && begun)
		store_rollback(l->w->store);
	return r;
}

/* Kept when the service stops telling of them; nobody is let in by one.  Where
 * they cannot be kept, the phones are not believed either. */
static int
remember_revocations(struct login *l, const struct query *m)
{
	struct revoked *known;
	int64_t now;
	int r;

	if (l->w->store == NULL || wall_clock(&now) != MFA_OK)
		return MFA_E_STATE;
	if (m->revocations_len == 0)
		return MFA_OK;
	if ((known = calloc(1, sizeof(*known))) == NULL)
		return MFA_E_MEMORY;
	r = revoked_read(l->w->store, l->begin.user, known);
	if (r == MFA_OK || r == MFA_E_REFUSED)
		r = write_new(l, m, known, now);
	free(known);
	return r;
}

/* Of a user with a phone nothing was asked. */
static int
remember_policy(struct login *l, const struct query *m)
{
	struct store *s = l->w->store;
	int64_t now, before;
	int r;

	if ((m->methods & QUERY_CAN_PUSH) != 0)
		return MFA_OK;
	l->courier.compulsory_from = m->compulsory_from;
	r = store_told(s, STORE_COMPULSORY, &before);
	if ((r == MFA_OK && before == m->compulsory_from) || (r != MFA_OK && r != MFA_E_ABSENT))
		return r;
	if ((r = wall_clock(&now)) != MFA_OK ||
	    (r = login_begin_change(l)) != MFA_OK)
		return r;
	if ((r = store_told_set(s, STORE_COMPULSORY, m->compulsory_from, now)) == MFA_OK)
		r = store_commit(s, false);
	if (r != MFA_OK)
		store_rollback(s);
	return r;
}

int
courier_begin(struct login *l, uint32_t *methods)
{
	struct query q = { .type = QUERY_BEGIN, .version = QUERY_VERSION }, *in;
	int r;

	*methods = 0;
	q.ms_left = (uint32_t)deadline_left(l->deadline);
	if ((r = text_copy(q.user, sizeof(q.user), l->begin.user)) != MFA_OK)
		return r;
	if ((in = calloc(1, sizeof(*in))) == NULL)
		return courier_fail(l, QUERY_SERVICE, "out of memory");
	if ((r = reach(l)) == MFA_OK && (r = courier_request(l, &q, in, METHODS_MS)) == MFA_OK) {
		if ((r = remember_revocations(l, in)) != MFA_OK)
			(void)courier_fail(l, QUERY_SERVICE, "a revocation cannot be kept");
		else if ((r = remember_policy(l, in)) != MFA_OK)
			(void)courier_fail(l, QUERY_SERVICE, "its policy cannot be kept");
		else
			*methods = in->methods;
		l->courier.preferred = in->preferred;
	}
	if (r != MFA_OK)
		courier_hang_up(l);
	free(in);
	return r;
}

int
courier_push(struct login *l, uint32_t method, bool decoy)
{
	const struct statement *s = &l->courier.statement;
	struct query q = { .type = QUERY_PUSH, .nonce_len = sizeof(s->nonce) }, *in;
	uint32_t methods;
	int r;

	/* Of what was asked before this nothing counts any more. */
	courier_forget_early(l);
	/* One dialogue asks the phone once. */
	if (l->courier.fd == -1 || l->courier.dialogue.pushed) {
		courier_take_back(l);
		if ((r = courier_begin(l, &methods)) != MFA_OK)
			return r;
	}
	if ((in = calloc(1, sizeof(*in))) == NULL)
		return courier_fail(l, QUERY_SERVICE, "out of memory");
	memcpy(q.nonce, s->nonce, sizeof(s->nonce));
	q.digits = (uint32_t)strlen(s->number);
	q.expires = (uint32_t)s->expires;
	q.decoy = decoy;
	q.method = method;
	q.form = l->settings->call_form == CALL_HASH ? QUERY_FORM_HASH : QUERY_FORM_NUMBER;
	if ((r = text_copy(q.service, sizeof(q.service), s->service)) == MFA_OK &&
	    (r = text_copy(q.origin, sizeof(q.origin), s->origin)) == MFA_OK)
		r = courier_request(l, &q, in, PUSH_MS);
	l->courier.pending = r == MFA_OK;
	free(in);
	return r;
}

void
courier_close(struct login *l, enum query_outcome outcome)
{
	courier_leave(l, outcome);
	courier_forget_early(l);
}
