/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_TOOL_H
#define TESTS_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A program that a test runs, without a shell and with nothing to read. */
struct tool {
	const char *const *argv;	/* argv[0] is its path, or is found as in a shell */
	const char *dir;		/* where it runs; NULL: here */
	uid_t uid;			/* and gid, in no group; 0: as we are */
	bool output_only;		/* what it says to standard error is not kept */
	char *said;			/* all that it says, terminated, and cut to size; or NULL */
	size_t size;
};

/* Its exit status when it has ended; 127: it could not be run.  A signal that ends
 * it fails the test. */
int tool_run(const struct tool *t);

/* For argv. */
#define ARGV(...) (const char *const[]){ __VA_ARGS__, NULL }

/* One of build/; static. */
const char *tool_built(const char *name);

/* openssl(1) in that directory, which must succeed. */
#define OPENSSL(where, ...) tool_must(&(struct tool){ \
	.argv = ARGV("openssl", __VA_ARGS__), .dir = (where) })
void tool_must(const struct tool *t);

#endif
