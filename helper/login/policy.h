/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_POLICY_H
#define MFA_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "message.h"
#include "origin.h"
#include "store.h"

/*
 * The decision whether a login is asked for a second factor, and for which.
 * It changes nothing: the login acts on it, `mfactl why` prints it.
 */

/* What the state knows; read only when the steps before have not decided. */
struct policy_state {
	struct user_state user;
	bool kinds[FACTOR_COUNT];	/* the user has one of this factor */
	bool service_down;		/* the approval service cannot be reached: what it
					 * has is not in kinds */
	bool service_unasked;		/* nor when a login would ask it, and this does not */
	int64_t remembered_until;	/* 0: no remembered grant for this login */
	int64_t compulsory_from;	/* as the approval service says; 0: never */
	bool compulsory_told;		/* it said so just now; else the last time */
	enum factor preferred;		/* FACTOR_PUSH, FACTOR_CALL, FACTOR_SMS: what the user
					 * has chosen there, and may use here */
};

/* What the name services know; read only for settings that name groups. */
struct policy_ids {
	bool unknown_user;
	size_t group_count;
	uint32_t groups[MSG_GROUPS_MAX];
};

struct policy_input {
	const struct settings *settings;	/* of the service */
	const char *service;
	const char *user;
	const struct origin *origin;
	int64_t now;				/* seconds since 1970 */
	/* Each is called at most once, and only when a step needs it; fills *out
	 * (zeroed before); anything but 0 is a denial. */
	int (*look_up)(void *arg, struct policy_ids *out);
	int (*load)(void *arg, struct policy_state *out);
	/* Adds what the approval service has; NULL: it is not asked. */
	void (*ask_service)(void *arg, struct policy_state *out);
	void *arg;
};

enum outcome {
	OUTCOME_DENY = 0,	/* without asking */
	OUTCOME_GRANT,		/* without asking */
	OUTCOME_ASK,		/* for one of factors */
	OUTCOME_DECOY,		/* ask as always, and accept nothing */
};

/* Why; the words of the log, of the audit record and of `mfactl why`. */
enum reason {
	REASON_NONE = 0,
	REASON_NOT_ENABLED,
	REASON_OUT_OF_SCOPE,
	REASON_TRUSTED_NETWORK,
	REASON_TRUSTED_CONSOLE,
	REASON_REMEMBERED,
	REASON_GRACE_DATE,
	REASON_GRACE_LOGIN,
	REASON_LOCKED,
	REASON_NOT_ENROLLED,
	REASON_COMPULSORY,
	REASON_SERVICE_DOWN,
	REASON_FACTOR_NEEDED,
	REASON_STATE,
	REASON_CODE_ACCEPTED,
	REASON_APPROVED,
	REASON_DENIED_ON_PHONE,
	REASON_REPORTED,
	REASON_WRONG_NUMBER,
	REASON_NO_APPROVAL,
	REASON_BAD_APPROVAL,
	REASON_NOT_PICKED_UP,
	REASON_BUSY,
	REASON_DECLINED,
	REASON_HUNG_UP,
	REASON_NO_KEYS,
	REASON_KEYS_TWICE,
	REASON_GATEWAY,
	REASON_NOT_ALLOWED,
	REASON_TOO_MANY_CALLS,
	REASON_NO_MESSAGE,
	REASON_CODE_REFUSED,
	REASON_REPLAYED,
	REASON_CLOCK_BEHIND,
	REASON_TOO_SOON,
	REASON_NOT_A_CODE,
	REASON_NOT_CHECKED,
	REASON_NO_ANSWER,
	REASON_NO_TERMINAL,
	REASON_CANCELLED,
	REASON_DEADLINE,
	REASON_NO_VERDICT,
	REASON_NOT_YOURSELF,
	REASON_NOT_ROOT,
	REASON_STACK,
	REASON_CONFIG,
	REASON_FAULT,
	REASON_COUNT
};

struct decision {
	enum outcome outcome;
	enum reason reason;
	enum factor factors[FACTOR_COUNT];	/* OUTCOME_ASK: in order, ends with FACTOR_NONE */
	bool enrol;				/* a pass may be followed by enrolment */
	struct policy_state state;		/* zeros when it was not read */
};

/* One line of `mfactl why`: the step ("scope", "trusted networks" …), whether
 * it decided, and what it saw (printable, bounded). */
typedef void policy_trace(void *arg, const char *step, bool decided, const char *saw);

/* Always sets *out; trace may be NULL. */
void policy_decide(const struct policy_input *in, struct decision *out, policy_trace *trace,
    void *arg);

/* The key under which a success is remembered for this login; MFA_E_ABSENT
 * when the settings or the login have none (no audit session, origin
 * unknown).  key holds POLICY_KEY_MAX bytes. */
#define POLICY_KEY_MAX 256
int policy_remember_key(const struct settings *s, const char *service,
    const struct origin *origin, const char *boot, uint32_t sessionid, char *key);

/* Reads the part of the state that the policy asks for, for a login whose
 * grants are remembered under `key` ("" for none). */
int policy_read_state(struct store *store, const char *user, const char *key, int64_t now,
    struct policy_state *out);

const char *reason_name(enum reason r);		/* "trusted_network" … */

#endif
