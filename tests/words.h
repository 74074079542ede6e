/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WORDS_H
#define TESTS_WORDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * For programs of the tests that do, one after another, what the words of their command
 * line say, as the client of a socket: a verb, and as many words more as it takes.
 */
struct verb {
	const char *name;
	int words;			/* that follow it */
	void (*run)(char **w);		/* w[0] is the verb */
};

/* Ends the program at a verb that is none of them. */
void words_run(char **argv, const struct verb *verbs, size_t count);

/* Ends it with a line that says so. */
_Noreturn void words_fail(const char *what);

/* Or ends it: it was too long. */
void words_copy(char *to, size_t size, const char *from);

/* Connected to that SOCK_SEQPACKET, or says "unreachable" and ends. */
int words_reach(const char *path);

/* The bytes that are written in hexadecimal, as one message. */
void words_send(int fd, const char *hex);

/* "MS " since then, on standard output. */
void words_since(int64_t then);

/* The other side is gone ("end"), or a fault: r, in words. */
const char *words_end(int r);

#endif
