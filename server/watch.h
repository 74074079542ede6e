/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_WATCH_H
#define MFAD_WATCH_H

/*
 * A descriptor that is read in the loop's thread.  All are freed before the
 * server is, and before the descriptor is closed.
 */
struct watch;
struct server;

/* Has ready(arg) called whenever fd can be read.  NULL: no memory. */
struct watch *watch_new(struct server *s, int fd, void (*ready)(void *arg), void *arg);

/* Also from within ready. */
void watch_free(struct watch **w);

#endif
