/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_PROGRAM_H
#define MFA_CALL_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

#include "deadline.h"

/*
 * A program that is run with pipes as its input and output: fixed path, no
 * shell, nothing in its environment but what is given, no other descriptor of
 * ours, a session of its own, and killed with all of it when we end.  Its
 * complaints (standard error) are dropped.
 */
struct program {
	pid_t pid;
	int in, out;	/* to its input, from its output; not blocking, close-on-exec */
};

/* SIGPIPE is ignored from now on, since its input may end at any time.
 * MFA_E_SYSTEM (errno).  That it cannot be executed shows as its end, status 127. */
int program_start(struct program *p, const char *const *argv, const char *const *envp);

/* No more input for it. */
void program_close_input(struct program *p);

/* Kills what is left of it and frees.  Its exit status where it had ended by itself,
 * else -1. */
int program_end(struct program *p);

/* Gives it text, takes what it writes until its end: MFA_OK and *len bytes when it
 * ended by itself with status 0.  MFA_E_INVALID: more than size bytes, or another
 * status; MFA_E_DEADLINE; MFA_E_SYSTEM. */
int program_filter(const char *const *argv, const char *text, void *out, size_t size,
    size_t *len, struct deadline deadline);

#endif
