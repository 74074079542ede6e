/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a gateway on the network asks about a call that it has placed.  Anybody may
 * post here: the process of that call looks at the signature.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "dialler.h"
#include "error.h"
#include "resources.h"

/* ---- all limits ---- */
#define CALLBACK_MS 5000	/* for mfa-call to say what to answer */

struct callback {
	struct dialler_callback callback;
	struct request *request;	/* NULL: the gateway has gone, or was answered */
};

static void
answer(struct request *r, unsigned int status, const unsigned char *body, size_t len)
{
	if (status == 200)
		reply(r, 200, "text/xml", body, len);
	else if (status == 204)
		reply(r, 204, NULL, NULL, 0);
	else
		answer_problem(r, status == 403 ? PROBLEM_FORBIDDEN : status == 0 ?
		    PROBLEM_NOT_FOUND : PROBLEM_BUSY, NULL, NULL);
}

static void
on_reply(struct dialler_callback *d, unsigned int status, const unsigned char *body, size_t len)
{
	struct callback *c = (struct callback *)d;

	if (c->request != NULL)
		answer(c->request, status, body, len);
	free(c);
}

/* The place in the line stays until mfa-call has said what it wanted to say. */
static void
on_gone(void *arg)
{
	((struct callback *)arg)->request = NULL;
}

static void
on_late(struct request *r, void *arg)
{
	((struct callback *)arg)->request = NULL;
	answer_problem(r, PROBLEM_BUSY, NULL, NULL);
}

static void
post_callback(struct request *r)
{
	const char *id = request_param(r, "call"), *event = request_param(r, "event");
	const char *signature = request_field(r, HTTP_TWILIO_SIGNATURE), *body;
	const char *type = request_field(r, HTTP_CONTENT_TYPE);
	struct dialling *d = dialler_find(id);
	struct callback *c;
	char path[256];
	size_t len;

	body = request_body(r, &len);
	(void)snprintf(path, sizeof(path), "/v1/callbacks/%s/%s", id, event);
	if (type == NULL || strcmp(type, "application/x-www-form-urlencoded") != 0) {
		reply_problem(r, 415, NULL, NULL, "application/x-www-form-urlencoded");
		return;
	}
	if (d == NULL || signature == NULL) {
		answer_problem(r, d == NULL ? PROBLEM_NOT_FOUND : PROBLEM_FORBIDDEN, NULL, NULL);
		return;
	}
	if ((c = calloc(1, sizeof(*c))) == NULL) {
		answer_problem(r, MFA_E_MEMORY, NULL, NULL);
		return;
	}
	c->callback.reply = on_reply;
	c->request = r;
	if (dialler_ask(d, &c->callback, path, signature, body, len) != MFA_OK) {
		free(c);
		answer_problem(r, PROBLEM_BUSY, NULL, NULL);
		return;
	}
	request_hold(r, CALLBACK_MS, on_late, on_gone, c);
}

const struct route callback_routes[] = {
	{ HTTP_POST, "/v1/callbacks/{call}/{event}", post_callback },
	{ .handle = NULL },
};
