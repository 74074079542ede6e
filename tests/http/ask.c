/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask WORD...: mfa-helper's side of the dialogue with mfa-http, as told:
 *
 *   begin USER MS        push SERVICE ORIGIN EXPIRES       code CODE
 *   method N             form N, of the push that follows  wrong
 *   close OUTCOME        hear       pause MS      leave      bytes HEX
 *   version N            of the begin that follows
 *
 * "hear" shows one message on a line, after the milliseconds since the last
 * thing that was said; "end" when the other side is gone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "../words.h"
#include "error.h"
#include "paths.h"
#include "query.h"

#define HEAR_MS 30000

static uint32_t version = QUERY_VERSION, method = QUERY_BY_PUSH, form;
static struct query out, in;

static void
say(void)
{
	words_said(query_send(words_fd, &out, deadline_in(1000)));
}

static void
say_begin(char **w)
{
	out = (struct query){ .type = QUERY_BEGIN, .version = version };
	words_copy(out.user, sizeof(out.user), w[1]);
	out.ms_left = (uint32_t)number(w[2]);
	say();
}

static void
say_push(char **w)
{
	out = (struct query){ .type = QUERY_PUSH, .nonce_len = STATEMENT_NONCE_LEN, .digits = 6,
	    .method = method, .form = form };
	words_copy(out.service, sizeof(out.service), w[1]);
	words_copy(out.origin, sizeof(out.origin), w[2]);
	out.expires = (uint32_t)strtoul(w[3], NULL, 10);
	say();
}

static void
say_code(char **w)
{
	out = (struct query){ .type = QUERY_CODE, .nonce_len = sizeof(out.nonce),
	    .nonce = "which question?" };
	if (secret_set(&out.code, w[1], strlen(w[1])) != MFA_OK)
		words_fail("code");
	say();
}

static void
say_close(char **w)
{
	out = (struct query){ .type = QUERY_CLOSE };
	out.outcome = (uint32_t)number(w[1]);
	say();
}

static void
say_wrong(char **w)
{
	(void)w;
	out = (struct query){ .type = QUERY_WRONG };
	say();
}

static void
show_bytes(const char *name, const unsigned char *data, uint32_t len)
{
	uint32_t i;

	printf(" %s=", name);
	for (i = 0; i < len; i++)
		printf("%02x", data[i]);
}

static void
show_answer(void)
{
	printf("answered decision=%c%c%c%c certificate=%lu:%.*s", (int)(in.decision >> 24),
	    (int)(in.decision >> 16 & 255), (int)(in.decision >> 8 & 255), (int)(in.decision & 255),
	    (unsigned long)in.certificate_len, (int)strcspn((const char *)in.certificate, "\n"),
	    (const char *)in.certificate);
	show_bytes("signature", in.signature, in.signature_len);
	show_bytes("authenticator", in.authenticator_data, in.authenticator_data_len);
	show_bytes("client", in.client_data, in.client_data_len);
}

static const char *const preferred_words[] = { "", " prefers push", " prefers call",
    " prefers text" };

static void
show_more(void)
{
	if (in.type == QUERY_KEYED)
		printf("keyed %s#", in.keys);
	else if (in.type == QUERY_AGAIN)
		printf("again %lu", (unsigned long)in.again);
	else
		printf("other");
}

static void
show(void)
{
	if (in.type == QUERY_METHODS)
		printf("methods bits=%lx revocations=%lu%s%s", (unsigned long)in.methods,
		    (unsigned long)in.revocations_len,
		    in.compulsory_from == 1790000000 ? " compulsory" : "",
		    preferred_words[in.preferred & 3]);
	else if (in.type == QUERY_PUSHED)
		printf("pushed");
	else if (in.type == QUERY_ANSWERED)
		show_answer();
	else if (in.type == QUERY_ENDED)
		printf("ended%s%.0lu", in.why != 0 ? " why=" : "", (unsigned long)in.why);
	else if (in.type == QUERY_CODED)
		printf("coded result=%lx%s", (unsigned long)in.result,
		    in.by_text != 0 ? " by text" : "");
	else if (in.type == QUERY_FAILED)
		printf("failed failure=%lu retry=%lu words=%s", (unsigned long)in.failure,
		    (unsigned long)in.retry_after, in.words);
	else
		show_more();
}

static void
hear(char **w)
{
	(void)w;
	words_heard(query_recv(words_fd, &in, deadline_in(HEAR_MS)), show);
}

static void
set_version(char **w)
{
	version = (uint32_t)number(w[1]);
}

static void
set_method(char **w)
{
	method = (uint32_t)number(w[1]);
}

static void
set_form(char **w)
{
	form = (uint32_t)number(w[1]);
}

static const struct verb verbs[] = {
	{ "begin", 2, say_begin }, { "push", 3, say_push }, { "code", 1, say_code },
	{ "close", 1, say_close }, { "hear", 0, hear }, { "version", 1, set_version },
	{ "method", 1, set_method }, { "form", 1, set_form }, { "wrong", 0, say_wrong },
};

int
main(int argc, char **argv)
{
	(void)argc;
	words_reach(MFA_HTTP_SOCKET);
	words_run(argv, verbs, sizeof(verbs) / sizeof(verbs[0]));
	return 0;
}
