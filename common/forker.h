/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_FORKER_H
#define MFA_FORKER_H

/*
 * The listener of a program that serves each caller in a process of its own:
 * who may call, how many at once, and what a child begins with.
 */

#include <stdbool.h>
#include <stdint.h>

#define FORKER_FD 3	/* the caller, in its child: the only descriptor taken along */

struct forker {
	const char *name;		/* of the program, for the log */
	const char *what;		/* "login": what a child is the process of */
	const char *user;		/* who may call besides root */
	unsigned int most;		/* children at once; more callers are turned away */
	void (*prepare)(void *ctx);	/* before each fork; may change `most` */
	void (*serve)(void *ctx);	/* the child's life, with the log open and signals as
					 * they begin, SIGPIPE ignored; ends the process */
	void *ctx;
};

/* Serves whoever connects to `listening`, which does not block.  Returns (an exit
 * status) on SIGTERM or SIGINT, or when it cannot go on. */
int forker_run(struct forker *f, int listening);

/* Its parts, for a process that was run for one caller.  May this one be served: root,
 * or `user`?  By the kernel's word; *uid is who it is. */
bool forker_may_call(int caller, const char *user, uint32_t *uid);

/* What a child begins with, as above.  MFA_E_SYSTEM: it must end. */
int forker_settle(const char *name, int caller);

#endif
