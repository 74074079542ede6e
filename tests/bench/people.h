/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BENCH_PEOPLE_H
#define MFA_BENCH_PEOPLE_H

#include "../../server/model_device.h"
#include "../../server/model_host.h"
#include "seal.h"

/* A state of mfad with a host, and users "user0000000", … with a phone each.
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

/* Makes the state at path, and p->all, which the caller frees. */
void people_make(const char *path, const struct seal_key *key, unsigned long count, int64_t now,
    struct people *p);

#endif
