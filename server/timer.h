/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_TIMER_H
#define MFAD_TIMER_H

/*
 * A moment in the loop's thread.  All timers are freed before the server is.
 */
struct timer;
struct server;

/* NULL: no memory. */
struct timer *timer_new(struct server *s, void (*fire)(void *arg), void *arg);

/* Has fire(arg) called once, in ms; instead of what was set before. */
void timer_set(struct timer *t, unsigned int ms);

/* Also from within fire. */
void timer_free(struct timer **t);

#endif
