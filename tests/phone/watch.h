/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PHONE_WATCH_H
#define MFA_PHONE_WATCH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The person and the signals, as descriptors to be waited for beside the
 * service.  SIGINT, SIGTERM, SIGHUP and SIGQUIT come in by watch.signals only.
 */
#define WATCH_LINE_MAX	2048	/* of what is typed; with the terminator */

struct watch {
	int signals;		/* readable once one came; it is never read */
	int fd;			/* readable when that is, or there is something typed */
	bool ended;		/* nothing more will be typed */
	bool file;		/* what is "typed" can always be read */
	size_t len;		/* of what was read and not used */
	char buf[WATCH_LINE_MAX];
};

/* person: standard input as well.  MFA_E_SYSTEM (errno); watch_close in any
 * case, which wipes what was typed. */
int watch_open(struct watch *w, bool person);
void watch_close(struct watch *w);

bool watch_interrupted(const struct watch *w);

/* A line of what was typed, without waiting.  MFA_OK; MFA_E_ABSENT: no whole
 * one yet; MFA_E_CLOSED: the end.  A longer line than fits is empty. */
int watch_typed(struct watch *w, char line[WATCH_LINE_MAX]);

/* Waits for one: MFA_OK, or MFA_E_CLOSED at the end and when interrupted. */
int watch_line(struct watch *w, char line[WATCH_LINE_MAX]);

/* What was typed before now is no answer to what is asked next. */
void watch_forget(struct watch *w);

#endif
