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
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../number.h"
#include "error.h"
#include "paths.h"
#include "query.h"

#define HEAR_MS 30000

static int fd;
static int64_t said;
static uint32_t version = QUERY_VERSION, method = QUERY_BY_PUSH, form;
static struct query out, in;

static void
fail(const char *what)
{
	printf("fault %s\n", what);
	exit(1);
}

static void
must(int r, const char *what)
{
	if (r != MFA_OK)
		fail(what);
}

static void
reach(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = MFA_HTTP_SOCKET };

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&at, sizeof(at)) == -1) {
		printf("unreachable\n");
		exit(2);
	}
}

static void
say(void)
{
	if (query_send(fd, &out, deadline_in(1000)) != MFA_OK)
		printf("deaf\n");
	said = monotonic_ms();
}

static void
text(char *to, size_t size, const char *from)
{
	if ((size_t)snprintf(to, size, "%s", from) >= size)
		fail("too long");
}

static void
say_begin(char **w)
{
	out = (struct query){ .type = QUERY_BEGIN, .version = version };
	text(out.user, sizeof(out.user), w[1]);
	out.ms_left = (uint32_t)strtoul(w[2], NULL, 10);
	say();
}

static void
say_push(char **w)
{
	out = (struct query){ .type = QUERY_PUSH, .nonce_len = STATEMENT_NONCE_LEN, .digits = 6,
	    .method = method, .form = form };
	text(out.service, sizeof(out.service), w[1]);
	text(out.origin, sizeof(out.origin), w[2]);
	out.expires = (uint32_t)strtoul(w[3], NULL, 10);
	say();
}

static void
say_code(char **w)
{
	out = (struct query){ .type = QUERY_CODE, .nonce_len = sizeof(out.nonce),
	    .nonce = "which question?" };
	must(secret_set(&out.code, w[1], strlen(w[1])), "code");
	say();
}

static void
say_close(char **w)
{
	out = (struct query){ .type = QUERY_CLOSE };
	out.outcome = (uint32_t)strtoul(w[1], NULL, 10);
	say();
}

static void
say_wrong(void)
{
	out = (struct query){ .type = QUERY_WRONG };
	say();
}

static void
say_bytes(const char *hex)
{
	unsigned char bytes[256];
	size_t n = 0;
	char digits[3] = "";

	for (; hex[0] != '\0' && hex[1] != '\0' && n < sizeof(bytes); hex += 2) {
		memcpy(digits, hex, 2);
		bytes[n++] = (unsigned char)strtoul(digits, NULL, 16);
	}
	(void)send(fd, bytes, n, MSG_NOSIGNAL);
	said = monotonic_ms();
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
	printf("%lld ", (long long)(monotonic_ms() - said));
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
	printf("\n");
	fflush(stdout);
}

static void
hear(void)
{
	int r = query_recv(fd, &in, deadline_in(HEAR_MS));

	if (r == MFA_OK)
		show();
	else
		printf("%lld %s\n", (long long)(monotonic_ms() - said),
		    r == MFA_E_CLOSED || r == MFA_E_UNHEARD ? "end" : mfa_strerror(r));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	static const struct { const char *name; int words; } verbs[] = {
		{ "begin", 3 }, { "push", 4 }, { "code", 2 }, { "close", 2 }, { "hear", 1 },
		{ "pause", 2 }, { "leave", 1 }, { "bytes", 2 }, { "version", 2 },
		{ "method", 2 }, { "form", 2 }, { "wrong", 1 },
	};
	size_t v;
	char **w;

	(void)argc;
	reach();
	for (w = argv + 1; *w != NULL; w += verbs[v].words) {
		for (v = 0; v < sizeof(verbs) / sizeof(verbs[0]); v++)
			if (strcmp(verbs[v].name, *w) == 0)
				break;
		switch (v) {
		case 0: say_begin(w); break;
		case 1: say_push(w); break;
		case 2: say_code(w); break;
		case 3: say_close(w); break;
		case 4: hear(); break;
		case 5: (void)poll(NULL, 0, number(w[1])); break;
		case 6: close(fd); fd = -1; break;
		case 7: say_bytes(w[1]); break;
		case 8: version = (uint32_t)strtoul(w[1], NULL, 10); break;
		case 9: method = (uint32_t)strtoul(w[1], NULL, 10); break;
		case 10: form = (uint32_t)strtoul(w[1], NULL, 10); break;
		case 11: say_wrong(); break;
		default: fail(*w);
		}
	}
	return 0;
}
