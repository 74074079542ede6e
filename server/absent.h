/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_ABSENT_H
#define MFAD_ABSENT_H

#include "api.h"

/*
 * Hosts that left the poll of a login without closing it: who leaves cancels
 * what he asked for, unless he asks again soon.
 */

/* ---- all limits ---- */
#define ABSENT_MS 1000

void absent_note(struct api *api, const char *host, const char *login);

/* It is there again. */
void absent_forget(struct api *api, const char *host, const char *login);

/* All of them, when the loop has ended. */
void absent_drop_all(void);

#endif
