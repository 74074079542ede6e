/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WORDS_H
#define TESTS_WORDS_H

#include <stddef.h>

/*
 * For programs of the tests that do, one after another, what the words of their command
 * line say, as the client of a socket: a verb, and as many words more as it takes.
 * Three verbs are everybody's: pause MS, leave, and bytes HEX, which is one message.
 */
struct verb {
	const char *name;
	int words;			/* that follow it */
	void (*run)(char **w);		/* w[0] is the verb */
};

/* The client's end; leave makes it -1. */
extern int words_fd;

/* Connected to that SOCK_SEQPACKET, or says "unreachable" and ends. */
void words_reach(const char *path);

/* Ends the program at a verb that is none of them. */
void words_run(char **argv, const struct verb *verbs, size_t count);

/* Ends it with a line that says so. */
_Noreturn void words_fail(const char *what);

/* Or ends it: it was too long. */
void words_copy(char *to, size_t size, const char *from);

/* A message was sent, with that result: "deaf", if the other side takes none. */
void words_said(int r);

/* One was received, with that result: a line of the milliseconds since the last that was
 * sent, and what show writes, or the fault, which is "end" if the other side is gone. */
void words_heard(int r, void (*show)(void));

#endif
