/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_world.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "paths.h"
#include "text.h"

struct http_seen *http_seen;
static pid_t service;

void
http_person_reads(const char *text)
{
	const char *at = strstr(text, "number ");
	size_t n = 0;

	if (at == NULL)
		return;
	for (at += strlen("number "); (*at >= '0' && *at <= '9') || *at == ' '; at++)
		if (*at != ' ' && n < STATEMENT_DIGITS_MAX)
			http_seen->number[n++] = *at;
	http_seen->number[n] = '\0';
	http_seen->has_number = true;
}

/* Everything is kept, to be searched. */
static int
hear(int fd, struct query *q)
{
	size_t room = sizeof(http_seen->bytes) - http_seen->len;
	ssize_t n = recv(fd, http_seen->bytes + http_seen->len, room, MSG_PEEK);

	if (n > 0)
		http_seen->len += (size_t)n;
	return query_recv(fd, q, deadline_in(30000));
}

void
http_say(int fd, struct query *q)
{
	(void)query_send(fd, q, deadline_in(5000));
}

static void
send_failure(int fd, uint32_t failure)
{
	struct query q = { .type = QUERY_FAILED, .failure = failure, .words = "as played" };

	http_say(fd, &q);
}

/* ---- the phone ---- */

static void
ask_what(const struct query *push, struct http_answer *a)
{
	struct statement *s = &a->statement;

	(void)text_copy(s->host, sizeof(s->host), "web1.example.org");
	(void)text_copy(s->user, sizeof(s->user), WORLD_USER);
	(void)text_copy(s->service, sizeof(s->service), push->service);
	(void)text_copy(s->origin, sizeof(s->origin), push->origin);
	memcpy(s->nonce, push->nonce, sizeof(s->nonce));
	(void)text_copy(s->number, sizeof(s->number), http_seen->number);
	s->expires = push->expires;
	s->decision = DECISION_APPROVE;
}

static void
put_evidence(struct http_answer *a)
{
	struct world_assertion assertion;
	struct evidence e;
	struct query *q = &a->out;

	world_answer(a->kind, &a->statement, &assertion, &e);
	q->signature_len = (uint32_t)e.signature.len;
	memcpy(q->signature, e.signature.data, e.signature.len);
	q->authenticator_data_len = (uint32_t)e.assertion.authenticator_data_len;
	if (q->authenticator_data_len > 0)
		memcpy(q->authenticator_data, e.assertion.authenticator_data,
		    q->authenticator_data_len);
	q->client_data_len = (uint32_t)e.assertion.client_data_len;
	if (q->client_data_len > 0)
		memcpy(q->client_data, e.assertion.client_data, q->client_data_len);
}

static void
answer(int fd, const struct http_act *act, const struct query *push)
{
	static struct http_answer a;
	char text[SIGNED_MAX + 1];
	size_t len = 0;

	memset(&a, 0, sizeof(a));
	a.kind = act->kind != 0 ? act->kind : DEVICE_P256;
	a.certificate = world_certificates[a.kind];
	a.certificate.created = time(NULL) - 60;
	a.certificate.expires = time(NULL) + 3600;
	a.authority = &world_authority_key;
	ask_what(push, &a);
	if (act->before != NULL)
		act->before(&a);
	a.out.type = QUERY_ANSWERED;
	a.out.decision = a.statement.decision;
	put_evidence(&a);
	ck_assert_int_eq(certificate_issue(a.authority, &a.certificate, text, sizeof(text), &len),
	    MFA_OK);
	memcpy(a.out.certificate, text, len);
	a.out.certificate_len = (uint32_t)len;
	if (act->after != NULL)
		act->after(&a);
	http_seen->answer = a.out;
	http_say(fd, &a.out);
}

/* ---- the service ---- */

static void
send_methods(int fd, const struct http_act *act)
{
	struct query q = { .type = QUERY_METHODS, .methods = act->methods != 0 ? act->methods :
	    QUERY_CAN_PUSH, .compulsory_from = act->compulsory_from,
	    .preferred = act->preferred };
	struct revocation r = { .at = time(NULL) };
	char text[SIGNED_MAX + 1];
	size_t len;

	if (act->revokes) {
		(void)text_copy(r.user, sizeof(r.user), WORLD_USER);
		(void)text_copy(r.device, sizeof(r.device), world_certificates[DEVICE_P256].device.id);
		ck_assert_int_eq(revocation_issue(&world_authority_key, &r, text, sizeof(text), &len),
		    MFA_OK);
		memcpy(q.revocations, text, len);
		q.revocations_len = (uint32_t)len;
	}
	http_say(fd, &q);
}

/* The person has to see the number first, and may do something else. */
static bool
number_is_there(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (!http_seen->has_number)
		if (poll(&p, 1, 5) != 0)
			return false;
	return true;
}

void
http_key_in(int fd, const char *keys)
{
	struct query q = { .type = QUERY_KEYED };

	(void)text_copy(q.keys, sizeof(q.keys),
	    strcmp(keys, RIGHT_KEYS) == 0 ? http_seen->number : keys);
	http_say(fd, &q);
}

/* The telephone asks as long as there are keys. */
static void
hear_wrong(int fd, const struct http_act *act)
{
	struct query again = { .type = QUERY_AGAIN };
	const char *next = act->keys[++http_seen->wrongs];

	again.again = next != NULL;
	http_say(fd, &again);
	if (next != NULL)
		http_key_in(fd, next);
}

static void
come_back(int fd, const struct http_act *act, const struct query *q)
{
	if (act->call != NULL && !(act->answers && q->method == QUERY_BY_PUSH))
		act->call(fd);
	else if (q->method == QUERY_BY_PUSH)
		answer(fd, act, q);
	else if (q->method == QUERY_BY_CALL && act->keys[0] != NULL)
		http_key_in(fd, act->keys[0]);
}

static void
push(int fd, const struct http_act *act, const struct query *q)
{
	struct query pushed = { .type = QUERY_PUSHED };
	struct query ended = { .type = QUERY_ENDED, .why = act->why };

	http_seen->push = *q;
	http_seen->pushes++;
	http_seen->decoys += q->decoy != 0;
	http_seen->has_number = q->method == QUERY_BY_TEXT;	/* another one is shown */
	http_seen->wrongs = 0;
	if (act->push_failure != 0) {
		send_failure(fd, act->push_failure);
		return;
	}
	http_say(fd, &pushed);
	if (act->silent || !number_is_there(fd))
		return;
	if (act->ends)
		http_say(fd, &ended);
	else
		come_back(fd, act, q);
}

static void
look_at_code(int fd, const struct http_act *act, const struct query *q)
{
	struct query coded = { .type = QUERY_CODED, .nonce_len = q->nonce_len,
	    .result = act->coded, .by_text = act->by_text };

	memcpy(coded.nonce, q->nonce, sizeof(coded.nonce));
	(void)text_copy(http_seen->code, sizeof(http_seen->code), (const char *)q->code.data);
	http_seen->codes++;
	if (act->code != NULL)
		act->code(fd, &coded);
	else if (act->coded != 0)
		http_say(fd, &coded);
}

static void
serve(int fd, const struct http_act *act)
{
	static struct query q;

	while (hear(fd, &q) == MFA_OK && q.type != QUERY_CLOSE) {
		if (q.type == QUERY_BEGIN)
			http_seen->begins++;
		if (q.type == QUERY_BEGIN)
			http_seen->waited_idle |= !http_seen->busy;
		if (q.type == QUERY_BEGIN && act->begin_failure != 0)
			send_failure(fd, act->begin_failure);
		else if (q.type == QUERY_BEGIN)
			send_methods(fd, act);
		else if (q.type == QUERY_PUSH)
			push(fd, act, &q);
		else if (q.type == QUERY_CODE)
			look_at_code(fd, act, &q);
		else if (q.type == QUERY_WRONG)
			hear_wrong(fd, act);
	}
	if (q.type == QUERY_CLOSE) {
		http_seen->outcome = q.outcome;
		http_seen->outcomes[http_seen->ends % 8] = q.outcome;
	}
	http_seen->ends++;
}

#define HIDDEN MFA_RUNDIR "/hidden.sock"

void
http_hide(void)
{
	ck_assert_int_eq(rename(MFA_HTTP_SOCKET, HIDDEN), 0);
}

int
http_way(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = HIDDEN };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
listen_here(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = MFA_HTTP_SOCKET };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)mkdir(MFA_RUNDIR, 0755);
	(void)unlink(MFA_HTTP_SOCKET);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	return fd;
}

void
http_start(const struct http_act *act)
{
	int fd = listen_here(), one;

	if (http_seen == NULL)
		http_seen = mmap(NULL, sizeof(*http_seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(http_seen, MAP_FAILED);
	memset(http_seen, 0, sizeof(*http_seen));
	if ((service = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		while ((one = accept(fd, NULL, NULL)) != -1) {
			serve(one, act);
			close(one);
		}
		_exit(0);
	}
	close(fd);
}

/* The last word of a login comes after its verdict. */
void
http_stop(void)
{
	int i;

	for (i = 0; service > 0 && http_seen->ends < http_seen->begins && i < 200; i++)
		(void)poll(NULL, 0, 5);
	if (service > 0 && kill(service, SIGKILL) == 0)
		(void)waitpid(service, NULL, 0);
	service = 0;
	(void)unlink(MFA_HTTP_SOCKET);
	(void)unlink(HIDDEN);
}
