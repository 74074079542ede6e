/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_API_H
#define MFAD_API_H

#include "alarm.h"
#include "config_mfad.h"
#include "db.h"
#include "http.h"
#include "model_code.h"
#include "model_telephone.h"
#include "sign.h"
#include "waiters.h"
#include "worker.h"
#include "writer.h"

#include "authority.h"

/*
 * What the resources of the API share: the context of their server.  All of it
 * is used in the loop's thread, except where it says otherwise.
 */
struct api {
	struct server *server;
	const struct mfad_config *config;
	struct writer *writer;
	struct worker *worker;
	struct db *db;			/* reads */
	struct waiters *waiters;
	struct alarm *alarm;		/* NULL: nobody but the log is told */
	struct model_code_rules rules;	/* any thread */
	struct model_dial_rules dial_rules;	/* any thread */
	struct seal_key key;
	bool has_authority;
	struct sign_key authority;	/* any thread: it does not change */
	char authority_line[AUTHORITY_LINE_MAX];
	bool stopping;			/* the loop has ended */
};

struct api *api_of(const struct request *r);

/* The wall clock, seconds since 1970; and the milliseconds from now until then
 * (0: it has passed), at most so many: a clock that is set meanwhile prolongs nothing. */
int64_t api_now(void);
unsigned int api_ms_until(int64_t then, unsigned int most);

#endif
