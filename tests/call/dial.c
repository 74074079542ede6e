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
#include <unistd.h>

#include "../../server/paths_mfad.h"
#include "../number.h"
#include "../words.h"
#include "dial.h"

#define HEAR_MS 60000

static struct dial out, in, next = { .version = DIAL_VERSION, .id = "l_0123456789abcdefghijkl",
	.language = "en", .organisation = "Example", .host = "web1", .service = "sshd" };

static void
say(void)
{
	words_said(dial_send(words_fd, &out, deadline_in(1000)));
}

static uint32_t
from_file(const char *name, unsigned char *to, size_t size)
{
	FILE *f = fopen(name, "re");
	size_t len;

	if (f == NULL)
		words_fail(name);
	len = fread(to, 1, size, f);
	fclose(f);
	return (uint32_t)len;
}

static void
say_text(char **w)
{
	out = next;
	out.type = DIAL_TEXT;
	words_copy(out.to, sizeof(out.to), w[1]);
	out.ms_left = (uint32_t)number(w[2]);
	out.text_len = from_file(w[3], out.text, sizeof(out.text));
	say();
}

static void
say_call(char **w)
{
	out = next;
	out.type = DIAL_CALL;
	words_copy(out.to, sizeof(out.to), w[1]);
	out.ms_left = (uint32_t)number(w[2]);
	out.form = (uint32_t)number(w[3]);
	out.digits = (uint32_t)number(w[4]);
	say();
}

static void
say_words(char **w)
{
	out = (struct dial){ .type = DIAL_SAY, .say = (uint32_t)number(w[1]) };
	say();
}

static void
say_cancel(char **w)
{
	(void)w;
	out = (struct dial){ .type = DIAL_CANCEL };
	say();
}

static void
say_callback(char **w)
{
	out = (struct dial){ .type = DIAL_CALLBACK };
	words_copy(out.url, sizeof(out.url), w[1]);
	words_copy(out.signature, sizeof(out.signature), w[2]);
	out.body_len = from_file(w[3], out.body, sizeof(out.body));
	say();
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
	if (in.type == DIAL_ENDED && in.ms_left != 0)
		printf(" in=%u", in.ms_left);
}

static void
hear(char **w)
{
	(void)w;
	words_heard(dial_recv(words_fd, &in, deadline_in(HEAR_MS)), show);
}

/* ---- the rest ---- */

static void
await(char **w)
{
	int i;

	for (i = 0; access(w[1], F_OK) == -1; i++) {
		if (i > HEAR_MS / 10)
			words_fail(w[1]);
		(void)poll(NULL, 0, 10);
	}
}

static void
set_version(char **w)
{
	next.version = (uint32_t)number(w[1]);
}

static void
set_id(char **w)
{
	words_copy(next.id, sizeof(next.id), w[1]);
}

static void
set_language(char **w)
{
	words_copy(next.language, sizeof(next.language), w[1]);
}

static const struct verb verbs[] = {
	{ "text", 3, say_text }, { "call", 4, say_call }, { "say", 1, say_words },
	{ "cancel", 0, say_cancel }, { "callback", 3, say_callback }, { "hear", 0, hear },
	{ "await", 1, await }, { "version", 1, set_version }, { "id", 1, set_id },
	{ "language", 1, set_language },
};

int
main(int argc, char **argv)
{
	(void)argc;
	words_reach(MFAD_CALL_SOCKET);
	words_run(argv, verbs, sizeof(verbs) / sizeof(verbs[0]));
	return 0;
}
