/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BENCH_PEOPLE_H
#define MFA_BENCH_PEOPLE_H

#include "../../server/model_device.h"
#include "../../server/model_host.h"

/* For a state of mfad: a host, and users "user0000000", … with a phone each.
 * Whatever fails ends the program with a line that says what. */
struct person {
	char device[MODEL_ID_MAX];
	char secret[MODEL_SECRET_MAX];
};

struct people {
	struct model_joined host;
	struct person *all;
	unsigned long count;
};

#define PERSON_NAME_MAX 32
void person_name(unsigned long i, char name[PERSON_NAME_MAX]);

/* Ends the program if r is not MFA_OK. */
void people_must(int r, const char *what, const char *why);

/* In transactions of its own.  The caller frees p->all. */
void people_make(struct db *db, unsigned long count, int64_t now, struct people *p);

/* Commits; nobody waits for what is woken. */
void people_commit(struct db *db);

#endif
