/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KILL_AT_WRITE_H
#define KILL_AT_WRITE_H

/*
 * Every call that changes a file or a descriptor's other end is counted, and
 * the n-th one is where the process dies (SIGKILL), or where the disk is full.
 *
 * Linked into a test, or made a shared object for a shipped program: then
 * KILL_AT_WRITE in the environment, or else the file /run/kill_at_write (for
 * programs that are started with an empty environment; /etc/ld.so.preload
 * names the object), says "PROGRAM MODE N", with the program's short name.
 * Every process counts from its own start or fork.
 */
enum at_write {
	AT_WRITE_NOTHING,	/* "count" */
	AT_WRITE_KILL,		/* "kill": dies instead of it */
	AT_WRITE_KILL_HALF,	/* "half": half of it is written, then it dies */
	AT_WRITE_FULL,		/* "full": it and all that follow fail with ENOSPC
				 * (syncs with EIO) */
	AT_WRITE_ERROR,		/* "error": it alone fails with EIO */
	AT_WRITE_POWER,		/* "power": dies instead of it, and what was written
				 * to files since their last sync is undone */
	AT_WRITE_POWER_SOME,	/* "some": likewise, but some of it stays, as a disk
				 * writes in any order; which, depends on n */
};

/* From now on, in this process and its children. */
__attribute__((visibility("default"))) void at_write(enum at_write what, long n);
__attribute__((visibility("default"))) long writes_so_far(void);
__attribute__((visibility("default"))) long directory_syncs_so_far(void);

/* As if the n-th write came now; nothing when the mode is another. */
__attribute__((visibility("default"))) void power_cut(void);

#endif
