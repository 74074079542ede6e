/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dial WORD...: mfad's side of the dialogue with mfa-call, as told:
 *
 *   text TO MS FILE      call TO MS FORM DIGITS      say N      cancel
 *   callback URL SIGNATURE FILE
 *   hear      pause MS      await FILE      leave      bytes HEX
 *   version N, id ID, language L     of the text or call that follows
 *
 * "hear" shows one message on a line, after the milliseconds since the last thing
 * that was said; "end" when the other side is gone.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../server/paths_mfad.h"
#include "../number.h"
#include "dial.h"
#include "error.h"

#define HEAR_MS 60000

static int fd;
static int64_t said;
static struct dial out, in, next = { .version = DIAL_VERSION, .id = "l_0123456789abcdefghijkl",
	.language = "en", .organisation = "Example", .host = "web1", .service = "sshd" };

static void
fail(const char *what)
{
	printf("fault %s\n", what);
	exit(1);
}

static void
reach(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = MFAD_CALL_SOCKET };

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&at, sizeof(at)) == -1) {
		printf("unreachable\n");
		exit(2);
	}
	said = monotonic_ms();
}

static void
say(void)
{
	if (dial_send(fd, &out, deadline_in(1000)) != MFA_OK)
		printf("deaf\n");
	said = monotonic_ms();
}

static void
copy(char *to, size_t size, const char *from)
{
	if ((size_t)snprintf(to, size, "%s", from) >= size)
		fail("too long");
}

static uint32_t
from_file(const char *name, unsigned char *to, size_t size)
{
	FILE *f = fopen(name, "re");
	size_t len;

	if (f == NULL)
		fail(name);
	len = fread(to, 1, size, f);
	fclose(f);
	return (uint32_t)len;
}

static void
say_text(char **w)
{
	out = next;
	out.type = DIAL_TEXT;
	copy(out.to, sizeof(out.to), w[1]);
	out.ms_left = (uint32_t)number(w[2]);
	out.text_len = from_file(w[3], out.text, sizeof(out.text));
	say();
}

static void
say_call(char **w)
{
	out = next;
	out.type = DIAL_CALL;
	copy(out.to, sizeof(out.to), w[1]);
	out.ms_left = (uint32_t)number(w[2]);
	out.form = (uint32_t)number(w[3]);
	out.digits = (uint32_t)number(w[4]);
	say();
}

static void
say_short(unsigned int type, uint32_t what)
{
	out = (struct dial){ .type = type, .say = what };
	say();
}

static void
say_callback(char **w)
{
	out = (struct dial){ .type = DIAL_CALLBACK };
	copy(out.url, sizeof(out.url), w[1]);
	copy(out.signature, sizeof(out.signature), w[2]);
	out.body_len = from_file(w[3], out.body, sizeof(out.body));
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

/* ---- hearing ---- */

static void
show(void)
{
	static const char *const outcomes[] = { "0", "done", "no-answer", "busy", "declined",
	    "hung-up", "no-keys", "cancelled", "gateway", "refused", "misconfigured" };

	if (in.type == DIAL_ENDED)
		printf("ended %s units=%u words=%s",
		    in.outcome <= DIAL_MISCONFIGURED ? outcomes[in.outcome] : "?", in.units,
		    in.words);
	else if (in.type == DIAL_PROGRESS)
		printf("progress %s", in.progress == DIAL_ANSWERED ? "answered" : "ringing");
	else if (in.type == DIAL_KEYS)
		printf("keys %s", in.keys);
	else if (in.type == DIAL_REPLY)
		printf("reply %u %.*s", in.status, (int)in.body_len, (const char *)in.body);
	else
		printf("other %u", in.type);
	printf("\n");
}

static void
hear(void)
{
	int r = dial_recv(fd, &in, deadline_in(HEAR_MS));

	printf("%lld ", (long long)(monotonic_ms() - said));
	if (r == MFA_OK)
		show();
	else
		printf("%s\n", r == MFA_E_CLOSED || r == MFA_E_UNHEARD ? "end" : mfa_strerror(r));
	fflush(stdout);
}

static void
await(const char *file)
{
	int i;

	for (i = 0; access(file, F_OK) == -1; i++) {
		if (i > HEAR_MS / 10)
			fail(file);
		(void)poll(NULL, 0, 10);
	}
}

static void
leave(void)
{
	close(fd);
	fd = -1;
}

int
main(int argc, char **argv)
{
	static const struct { const char *name; int words; } verbs[] = {
		{ "text", 4 }, { "call", 5 }, { "say", 2 }, { "cancel", 1 }, { "callback", 4 },
		{ "hear", 1 }, { "pause", 2 }, { "await", 2 }, { "leave", 1 }, { "bytes", 2 },
		{ "version", 2 }, { "id", 2 }, { "language", 2 },
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
		case 0: say_text(w); break;
		case 1: say_call(w); break;
		case 2: say_short(DIAL_SAY, (uint32_t)number(w[1])); break;
		case 3: say_short(DIAL_CANCEL, 0); break;
		case 4: say_callback(w); break;
		case 5: hear(); break;
		case 6: (void)poll(NULL, 0, number(w[1])); break;
		case 7: await(w[1]); break;
		case 8: leave(); break;
		case 9: say_bytes(w[1]); break;
		case 10: next.version = (uint32_t)number(w[1]); break;
		case 11: copy(next.id, sizeof(next.id), w[1]); break;
		case 12: copy(next.language, sizeof(next.language), w[1]); break;
		default: fail(*w);
		}
	}
	return 0;
}
