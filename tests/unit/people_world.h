/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PEOPLE_WORLD_H
#define PEOPLE_WORLD_H

#include "model_world.h"

/*
 * A state of mfad with two hosts, of which web has enrolled a phone for each of
 * two people, and what these do: as model_login.h and model_device.h have it, in
 * a transaction of its own.
 */
extern struct model_world model;
extern struct model_joined web, db;
extern struct model_offered anna, bert;

void people_make(void);
void people_drop(void);

/* On web; what was answered about trying again. */
extern int64_t people_retry;
int people_ask(const struct model_login_asked *in, int64_t now, struct model_login_opened *out);
int people_open(int64_t now, struct model_login_opened *out);	/* anna's */
int people_answer(const char *device, const char *login, enum model_decision d, int64_t now);
void people_finish(const char *login, enum login_state outcome, int64_t now);	/* must do */

#endif
