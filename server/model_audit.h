/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_MODEL_AUDIT_H
#define MFAD_MODEL_AUDIT_H

#include "model.h"

struct model_audit {
	int64_t id, at;
	char event[32];			/* "login", "answer", "close", "code", "enrol" … */
	char user[MODEL_NAME_MAX], host[MODEL_NAME_MAX];
	char service[MODEL_SERVICE_MAX], origin[64];
	char device[MODEL_ID_MAX];
	char outcome[32];
	char by[64];
};

/* GET /v1/audit: at most `limit` records with a higher id than `after`, oldest
 * first, of everybody or of one user; fn returns false to stop. */
int model_audit_read(struct db *db, int64_t after, const char *user, unsigned int limit,
    bool (*fn)(void *arg, const struct model_audit *a), void *arg);

#endif
