/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_SERVICE_H
#define MFAD_SERVICE_H

#include "api.h"

/*
 * All that answers requests, from its files to its threads.  What is wrong is
 * logged.
 *
 *  1. service_keys, as the user that mfad runs as, before the sandbox.
 *  2. service_start, in the sandbox, with the server that it serves.
 *  3. server_run.
 *  4. service_stop, before the server is freed; what was asked is still done.
 *  5. service_free, after the server was.
 */
int service_keys(struct api *api, const struct mfad_config *config);
int service_start(struct api *api, struct server *s);
void service_stop(struct api *api);
void service_free(struct api *api);

#endif
