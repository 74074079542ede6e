/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TRIAL_H
#define MFA_TRIAL_H

#include "../client/link.h"
#include "../helper/login/revoked.h"
#include "approval.h"
#include "remote.h"
#include "state.h"

/*
 * mfactl test: one login that lets nobody in, hop by hop.  test.c is the subcommand,
 * trial.c what all ways of being asked have in common; each way has a file.
 */

/* ---- all limits ---- */
#define TRIAL_LIFE	60	/* seconds that a phone has */
#define TRIAL_CALL_LIFE	120	/* a call, which has to be picked up */
#define TRIAL_TEXT_LIFE	300	/* a text, which has to arrive */
#define TRIAL_PAUSE_MS	500	/* between two questions that came back at once */
#define TRIAL_STATE_MAX	16

struct trial {
	const char *user;
	struct api api;
	struct authority believed[AUTHORITIES_MAX];
	size_t believed_count;
	struct state st;
	struct revoked revoked;		/* as this host remembers them */
	enum refusal why;		/* of the phone that was looked at last */
	char login[LINK_ID_LEN + 1];	/* "": none is open */
	struct statement s;		/* as it is asked */
	const char *outcome;		/* what the service is told in the end */
	int64_t began;			/* of this hop */
};

/* All return an enum ctl_exit, after a complaint. */

/* A hop was made, or not (status is returned): one line, with its time. */
void trial_begin(struct trial *t);
int trial_arrived(struct trial *t, const char *hop, const char *words);
int trial_failed(struct trial *t, const char *hop, int status);

/* A question of one hop; the reply is the caller's. */
int trial_ask(struct trial *t, struct fetch_request *rq, const char *hop,
    struct api_reply *reply);

/* The service, as this host. */
int trial_reach(struct trial *t);

/* Opens the login: with method "push", "call" or "text", which is also its hop. */
int trial_open(struct trial *t, const char *method, unsigned int life, const char *words);

/* What became of it: the state's name, and the reply, which is the caller's.  The service
 * holds the question for `wait` seconds, unless something happens. */
int trial_look(struct trial *t, const char *hop, unsigned int wait,
    char state[TRIAL_STATE_MAX], struct api_reply *reply);

/* The service is told what became of it, also when we were interrupted. */
void trial_close(struct trial *t);

/* ---- the ways ---- */

int trial_push(struct trial *t);	/* test_push.c */
int trial_call(struct trial *t);	/* test_telephone.c */
int trial_text(struct trial *t);

#endif
