/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BENCH_GROWTH_STATE_H
#define MFA_BENCH_GROWTH_STATE_H

#include "../../server/model_login.h"
#include "../../server/writer.h"
#include "people.h"

/*
 * A state of mfad with a host and so many users, each with a phone, and the
 * threads that serve it.  What fails ends the program with a line that says so.
 */
struct growth_state {
	char path[512];
	struct people people;
	unsigned long at;		/* whose turn it is */
	struct writer *writer;
	struct db *reader;
};

/* When the state was made, and so many seconds later as have gone since. */
#define GROWTH_NOW	1700000000
int64_t growth_now(void);

/* Makes it in the directory, with so many logins that wait. */
void growth_make(struct growth_state *s, const char *dir, const char *name, unsigned long users,
    unsigned long pending);
void growth_open(struct growth_state *s);	/* when nothing of making it is left to write */
void growth_drop(struct growth_state *s);

/* A user who has not had a turn yet, spread as people are; and the phone. */
const char *growth_next(struct growth_state *s, char user[PERSON_NAME_MAX]);

/* What a host asks for. */
struct model_login_asked growth_asked(const char *user, int64_t now);

#endif
