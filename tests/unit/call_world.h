/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CALL_WORLD_H
#define CALL_WORLD_H

#include "api_world.h"
#include "dial.h"

/* mfa-call as a test plays it, for the mfad of api_world.h, which has a line for
 * calls and texts. */
#define CALL_MOBILE	"+31612345678"
#define CALL_CODE_MAX	16

const char *call_world_listen(const char *more);	/* and what configures mfad for it; static */
void call_world_start(const char *more);	/* api_start, and listens */
void call_world_steer(const char *more);	/* with a clock for mfad_clock */
void call_world_stop(void);
void call_world_deaf(void);			/* nobody serves the socket any more */

/* The next call or text: its connection, and what mfad asks. */
int call_world_accept(struct dial *asked);
bool call_world_quiet(int ms);			/* none comes in that time */
void call_world_code(const struct dial *d, char code[CALL_CODE_MAX]);	/* of a text */
void call_world_tell(int fd, const struct dial *d);
void call_world_pick_up(int fd);
void call_world_keys(int fd, const char *keys);
void call_world_end(int fd, enum dial_outcome outcome);	/* and closes it */
void call_world_nobody(int fd, unsigned int ms);	/* that ends, not picked up, then; closes it */
void call_world_hear(int fd, unsigned int type, struct dial *d);
bool call_world_hung_up(int fd);		/* by mfad, soon; closes it */

/* mfad says nothing and does not hang up in that time. */
bool call_world_goes_on(int fd, int ms);

/* A proved telephone of the user's. */
void call_world_telephone(const char *user, const char *number);
/* A login of a call or a text, as api_login. */
void call_world_login(const struct api_host *h, const char *user, const char *members,
    char id[32]);
/* What its host hears of it when it waits: of a question on the way, and at once. */
void call_world_poll(const struct api_host *h, const char *login, struct asked *a);
const char *call_world_state(const struct api_host *h, const char *login);

#endif
