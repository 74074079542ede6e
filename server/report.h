/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_REPORT_H
#define MFAD_REPORT_H

#include "answer.h"
#include "api.h"
#include "model_login.h"

/* "This was not me": a line at LOG_ALERT, and the administrator's command. */
void report_raise(struct api *api, const struct model_answered *what, const char *login,
    const char *device, int64_t now);

/* A login that waits, as an element of a list. */
void pending_put(struct answer *a, const struct model_pending *p);

#endif
