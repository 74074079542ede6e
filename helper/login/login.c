/* SPDX-License-Identifier: BSD-2-Clause */
#include "login.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "text.h"
#include "words.h"

int
wall_clock(int64_t *now)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1 || ts.tv_sec <= 0)
		return MFA_E_SYSTEM;
	*now = ts.tv_sec;
	return MFA_OK;
}

void
login_grant(struct login *l, enum reason reason, enum factor factor)
{
	l->verdict = VERDICT_GRANT;
	l->reason = reason;
	l->factor = factor;
	l->detail = NULL;	/* was of a try before */
}

void
login_deny(struct login *l, enum reason reason, const char *detail)
{
	l->verdict = reason == REASON_FAULT || reason == REASON_STATE || reason == REASON_CONFIG ?
	    VERDICT_UNAVAILABLE : VERDICT_DENY;
	l->reason = reason;
	l->factor = FACTOR_NONE;
	l->detail = detail;
}

bool
login_is_remote(const struct login *l)
{
	return l->begin.ssh_connection[0] != '\0' || l->begin.rhost[0] != '\0';
}

void
login_busy(const struct login *l)
{
	if (l->w->busy != NULL)
		l->w->busy();
}

int
login_begin_change(const struct login *l)
{
	int left = deadline_left(l->deadline);

	return store_begin(l->w->store, left < STORE_MS ? left : STORE_MS);
}

/* ---- the policy's view of the state ---- */

static int
load_state(void *arg, struct policy_state *out)
{
	struct login *l = arg;
	int64_t now;
	int r;

	if (l->w->store == NULL)
		return MFA_E_STATE;
	if ((r = wall_clock(&now)) != MFA_OK)
		return r;
	return policy_read_state(l->w->store, l->begin.user, l->remember_key, now, out);
}

/* The audit session that the person is in.  A login over the network is in
 * none yet: an id that its daemon has is of whoever started that daemon. */
static uint32_t
session_of(const struct login *l)
{
	return login_is_remote(l) ? UID_UNSET : l->begin.sessionid;
}

/* Whoever looks for the reason finds it in the log, whatever becomes of the login. */
static void
ask_service(void *arg, struct policy_state *out)
{
	struct login *l = arg;

	push_look(l, out);
	if (!out->service_down || l->begin.phase == PHASE_SPLIT)
		return;
	login_deny(l, REASON_SERVICE_DOWN, NULL);
	report_asked(l, "service", l->courier.words, false);
}

static int
look_up(void *arg, struct policy_ids *out)
{
	return talk_look_up(arg, out);
}

static int
decide(struct login *l, struct decision *d)
{
	struct policy_input in = {
		.settings = l->settings,
		.service = l->begin.service,
		.user = l->begin.user,
		.origin = &l->origin,
		.look_up = look_up,
		.load = load_state,
		.ask_service = ask_service,
		.arg = l,
	};
	int r = wall_clock(&in.now);

	if (r != MFA_OK)
		return r;
	if (l->caller.root)
		(void)policy_remember_key(l->settings, l->begin.service, &l->origin, l->w->boot,
		    session_of(l), l->remember_key);
	policy_decide(&in, d, NULL, NULL);
	return MFA_OK;
}

/* ---- grants without asking ---- */

/* A grace login is counted, durably, before it is granted; what was read
 * before may be old by now. */
static int
spend_grace(struct login *l)
{
	struct store *s = l->w->store;
	struct user_state u;
	struct audit a;
	int64_t now;
	int r;

	login_busy(l);
	if ((r = wall_clock(&now)) != MFA_OK || (r = login_begin_change(l)) != MFA_OK)
		return r;
	report_audit(l, "grace", &a);
	if ((r = store_user(s, l->begin.user, now, &u)) == MFA_OK &&
	    (r = u.grace_used < l->settings->grace_logins ? MFA_OK : MFA_E_REFUSED) == MFA_OK &&
	    (r = store_user_grace(s, l->begin.user)) == MFA_OK &&
	    (r = store_audit(s, &a, now)) == MFA_OK)
		r = store_commit(s, true);
	if (r != MFA_OK)
		store_rollback(s);
	return r;
}

static void
grant_unasked(struct login *l, const struct decision *d)
{
	unsigned int left;
	int r;

	if (d->reason == REASON_GRACE_LOGIN) {
		if ((r = spend_grace(l)) != MFA_OK) {
			login_deny(l, r == MFA_E_REFUSED ? REASON_NOT_ENROLLED : REASON_STATE,
			    mfa_strerror(r));
			return;
		}
		left = l->settings->grace_logins - d->state.user.grace_used - 1;
		(void)talk_info(l, left == 1 ? N_("You have no second factor yet: %u more login "
		    "without one. Ask your administrator to set one up.") :
		    N_("You have no second factor yet: %u more logins without one. Ask your "
		    "administrator to set one up."), left);
	} else if (d->reason == REASON_GRACE_DATE) {
		(void)talk_info(l, "You have no second factor yet, and will soon need one. "
		    "Ask your administrator to set one up.");
	}
	login_grant(l, d->reason, FACTOR_NONE);
}

/* ---- the phases ---- */

static void
phase_auth(struct login *l)
{
	struct decision d;
	bool held = (l->begin.flags & BEGIN_CODE_HELD) != 0;

	if (decide(l, &d) != MFA_OK)
		login_deny(l, REASON_FAULT, "the clock cannot be read");
	else if (d.outcome == OUTCOME_GRANT)
		grant_unasked(l, &d);
	else if (d.outcome == OUTCOME_DENY)
		login_deny(l, d.reason, l->w->store == NULL ?
		    "the state cannot be opened: run mfactl status" : NULL);
	else if (held != l->settings->combined)
		login_deny(l, REASON_STACK, held ? "split, but the service is not combined" :
		    "the service is combined, but no split stands before the password");
	else
		login_ask(l, &d);
}

/* Combined mode, before the password: says whether a code will be needed.
 * Nothing is judged, so nothing is granted. */
static void
phase_split(struct login *l)
{
	struct decision d;

	if (!l->settings->combined) {
		login_deny(l, REASON_STACK, "split, but the service is not combined");
	} else if (decide(l, &d) != MFA_OK || d.outcome == OUTCOME_DENY) {
		login_deny(l, REASON_STATE, "the state cannot be used");
	} else {
		l->verdict = d.outcome == OUTCOME_GRANT ? VERDICT_NO_SPLIT : VERDICT_SPLIT;
		l->digits = l->settings->combined_digits;
		l->quiet = true;
	}
}

/* The guard: a login of sshd's that skipped the auth phase. */
static void
phase_account(struct login *l)
{
	bool remote = l->begin.ssh_connection[0] != '\0' || strcmp(l->begin.service, "sshd") == 0;
	struct decision d;

	if (!l->settings->guard || !remote || l->begin.flags & BEGIN_JUDGED) {
		l->quiet = true;
		login_grant(l, REASON_NONE, FACTOR_NONE);
	} else if (decide(l, &d) != MFA_OK) {
		login_deny(l, REASON_FAULT, "the clock cannot be read");
	} else if (d.outcome == OUTCOME_GRANT) {
		grant_unasked(l, &d);
	} else if (d.outcome == OUTCOME_DENY) {
		login_deny(l, d.reason, NULL);
	} else {
		login_deny(l, REASON_NO_VERDICT, "the auth phase was skipped");
	}
}

static const struct {
	enum msg_phase phase;
	void (*run)(struct login *l);
} phases[] = {
	{ PHASE_AUTH, phase_auth },
	{ PHASE_ACCOUNT, phase_account },
	{ PHASE_OPEN, session_open },
	{ PHASE_CLOSE, session_close },
	{ PHASE_SPLIT, phase_split },
};

static bool
yourself(const struct login *l)
{
	return l->caller.root ||
	    (l->caller.name[0] != '\0' && strcmp(l->caller.name, l->begin.user) == 0);
}

static void
run(struct login *l)
{
	int64_t ms;
	size_t i;

	if (l->w->config == NULL) {
		login_deny(l, REASON_CONFIG, "run mfactl check");
		return;
	}
	l->settings = config_service(l->w->config, l->begin.service);
	ms = (int64_t)l->settings->deadline * 1000;
	l->deadline = deadline_in(ms < l->begin.ms_left ? ms : l->begin.ms_left);
	if (!yourself(l)) {
		login_deny(l, REASON_NOT_YOURSELF, "a caller that is not root may only "
		    "authenticate itself");
		return;
	}
	session_find_origin(l);
	for (i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		if (phases[i].phase == l->begin.phase) {
			phases[i].run(l);
			return;
		}
	login_deny(l, REASON_FAULT, "unknown phase");
}

static int
receive_begin(struct login *l)
{
	struct deadline late = deadline_in(BEGIN_MS);
	int r = msg_recv(l->fd, &l->begin, deadline_in(SOON_MS));

	if (r == MFA_E_DEADLINE) {
		login_busy(l);
		r = msg_recv(l->fd, &l->begin, late);
	}
	if (r == MFA_OK)
		r = msg_permit(&l->dialogue, SIDE_MODULE, l->begin.type);
	if (r == MFA_OK && l->begin.version != MSG_VERSION)
		r = MFA_E_PROTOCOL;
	return r;
}

static void
send_verdict(struct login *l)
{
	struct msg m = { .type = MSG_VERDICT, .verdict = l->verdict, .digits = l->digits };
	struct deadline soon = deadline_in(VERDICT_MS);

	/* A login that was cancelled hears no verdict. */
	if (msg_permit(&l->dialogue, SIDE_HELPER, MSG_VERDICT) == MFA_OK)
		(void)msg_send(l->fd, &m, soon);
}

static enum query_outcome
outcome_of(const struct login *l)
{
	if (l->verdict != VERDICT_GRANT)
		return QUERY_CANCELLED;
	return l->factor == FACTOR_PUSH || l->factor == FACTOR_CALL ? QUERY_GRANTED :
	    QUERY_BY_CODE;
}

bool
login_serve(struct workshop *w, const struct caller *caller, int fd)
{
	struct login l = {
		.w = w,
		.caller = *caller,
		.fd = fd,
		.started = monotonic_ms(),
		.verdict = VERDICT_DENY,
		.reason = REASON_FAULT,
		.courier = { .fd = -1 },
	};
	bool well = false;

	if (receive_begin(&l) == MFA_OK) {
		run(&l);
		if (!l.recorded)
			report_log(&l);
		send_verdict(&l);
		if (l.recorded)
			report_log(&l);
		courier_close(&l, outcome_of(&l));
		login_busy(&l);
		report_record(&l);
		well = l.verdict == VERDICT_GRANT || l.quiet;
	}
	explicit_bzero(&l, sizeof(l));
	return well;
}
