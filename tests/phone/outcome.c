/* SPDX-License-Identifier: BSD-2-Clause */
#include "outcome.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

/* ---- all limits ---- */
#define PAUSE_FIRST_MS	50	/* between two questions; it doubles */
#define PAUSE_MOST_MS	1000

/* In the words of the service; those without words are not the last. */
static const struct {
	const char *state, *words;
	int status;
} states[] = {
	{ "waiting", NULL, PHONE_NO },
	{ "answered", NULL, PHONE_NO },
	{ "granted", "Approved: the login went on.", PHONE_DONE },
	{ "wrong_number", "That was not the number: the login did not go on.", PHONE_NO },
	{ "refused", "The login host did not accept it: the login did not go on.", PHONE_NO },
	{ "cancelled", "The login was given up.", PHONE_NO },
	{ "expired", "The login's time was up.", PHONE_NO },
	{ "code", "The login went on with a code instead.", PHONE_NO },
};

#define STATES (sizeof(states) / sizeof(states[0]))

/* Its place in the list; STATES after a complaint. */
static size_t
ask_state(struct api *a, const char *login, int *status)
{
	struct fetch_request rq;
	struct api_reply reply;
	char state[32] = "";
	size_t i = STATES;
	int r;

	api_request(&rq, "GET", "/v1/device/logins/%s", login);
	r = api_ask(a, &rq, deadline_in(API_MS), &reply);
	if (r == MFA_OK && reply.json != NULL &&
	    api_text(reply.json, "state", state, sizeof(state)) == MFA_OK)
		for (i = 0; i < STATES && strcmp(state, states[i].state) != 0; i++)
			;
	if (i == STATES)
		*status = r != MFA_OK ? complain_of(r, &reply) :
		    complain(PHONE_FAILED, "the service does not say what became of the login");
	api_reply_free(&reply);
	return i;
}

/* True when somebody wants us to stop. */
static bool
pause_for(const struct api *a, int ms)
{
	struct pollfd p = { .fd = a->heed, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

int
outcome(struct api *a, const char *login, struct deadline deadline)
{
	int pause = PAUSE_FIRST_MS, status = PHONE_FAILED;
	size_t i;

	while ((i = ask_state(a, login, &status)) < STATES) {
		if (states[i].words != NULL) {
			(void)puts(states[i].words);
			return states[i].status;
		}
		if (deadline_left(deadline) == 0) {
			(void)puts(strcmp(states[i].state, "waiting") == 0 ? "The login is over." :
			    "Answered.");
			return PHONE_NO;
		}
		if (pause_for(a, pause))
			return complain(PHONE_REFUSED, "interrupted");
		pause = 2 * pause > PAUSE_MOST_MS ? PAUSE_MOST_MS : 2 * pause;
	}
	return status;
}
