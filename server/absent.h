/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_ABSENT_H
#define MFAD_ABSENT_H

#include "api.h"

/*
 * Hosts that do not poll a login that they opened and have not closed: who is
 * not there cancels what he asked for, unless he asks soon.
 */

/* ---- all limits ---- */
#define ABSENT_LEFT_MS	1000	/* since a poll broke off */
#define ABSENT_OPENED_MS 10000	/* since the login was opened, without any poll */
#define ABSENT_ASKED_MS	10000	/* since a poll was answered that it waits */
#define ABSENT_START_MS	10000	/* since mfad started: every host has to come back */
#define ABSENT_SPREAD_MS 1	/* from one to the next of the latter, so that many do not
				 * fill the writer's queue */
#define ABSENT_BUSY_MS	1000	/* once more, when that is full, or it cannot be written */
#define ABSENT_ATTEMPTS	60	/* to write it */

/* Cancels it after so long.  Again: begins again. */
void absent_note(struct api *api, const char *host, const char *login, unsigned int ms);

/* It is there again, or has closed it. */
void absent_forget(struct api *api, const char *host, const char *login);

/* All who have a login that waits, when mfad starts. */
int absent_note_all(struct api *api);

/* All of them, when the loop has ended. */
void absent_drop_all(void);

#endif
