/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

#define SAW_MAX 256

/* What every step gets: it looks, says what it saw, and may decide. */
struct walk {
	const struct policy_input *in;
	const struct settings *s;
	struct decision *out;
	struct policy_ids ids;
	char saw[SAW_MAX];
};

static void saw(struct walk *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
saw(struct walk *w, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(w->saw, sizeof(w->saw), format, ap);
	va_end(ap);
}

static bool
decide(struct walk *w, enum outcome outcome, enum reason reason)
{
	w->out->outcome = outcome;
	w->out->reason = reason;
	return true;
}

static bool
has_name(const struct names *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		if (strcmp(n->word[i], name) == 0)
			return true;
	return false;
}

static bool
has_group(const struct groups *g, const struct policy_ids *ids)
{
	size_t i, j;

	for (i = 0; i < g->names.count; i++)
		for (j = 0; j < ids->group_count; j++)
			if (g->gid[i] != UID_UNSET && g->gid[i] == ids->groups[j])
				return true;
	return false;
}

/* ---- the steps, in order; true ends the walk ---- */

static bool
step_enabled(struct walk *w)
{
	saw(w, "enabled = %s", w->s->enabled ? "yes" : "no");
	return !w->s->enabled && decide(w, OUTCOME_GRANT, REASON_NOT_ENABLED);
}

/* Nobody is left out because a name service does not answer: not a user whose
 * groups are not known, and not the members of a group that is not known. */
static bool
groups_unsure(const struct groups *g, const struct policy_ids *ids)
{
	size_t i;

	for (i = 0; i < g->names.count; i++)
		if (ids->unknown_user || g->gid[i] == UID_UNSET)
			return true;
	return false;
}

static bool
names_groups(const struct settings *s)
{
	return s->only_groups.names.count > 0 || s->except_groups.names.count > 0;
}

static bool
step_scope(struct walk *w)
{
	const struct settings *s = w->s;
	bool all = s->only_users.count == 0 && s->only_groups.names.count == 0;
	bool unsure, listed, except;

	if (names_groups(s) && w->in->look_up(w->in->arg, &w->ids) != MFA_OK) {
		saw(w, "the user's groups cannot be looked up");
		return decide(w, OUTCOME_DENY, REASON_FAULT);
	}
	unsure = groups_unsure(&s->only_groups, &w->ids);
	listed = has_name(&s->only_users, w->in->user) || has_group(&s->only_groups, &w->ids);
	except = has_name(&s->except_users, w->in->user) || has_group(&s->except_groups, &w->ids);
	if (except)
		saw(w, "excepted by except_users or except_groups");
	else if (all)
		saw(w, "everybody is in scope");
	else if (unsure && !listed)
		saw(w, "in scope: the user, or a group of only_groups, is not known here");
	else
		saw(w, "%s by only_users or only_groups", listed ? "in scope" : "left out");
	if (!except && (all || listed || unsure))
		return false;
	return decide(w, OUTCOME_GRANT, REASON_OUT_OF_SCOPE);
}

static bool
step_network(struct walk *w)
{
	const struct origin *o = w->in->origin;
	char text[ORIGIN_TEXT_MAX], prefix[ADDRESS_TEXT_MAX + 8];
	const char *by;

	origin_format(o, text);
	if (o->kind == ORIGIN_ADDRESS) {
		bool trusted = networks_contain(w->s->trusted, &o->address);

		by = networks_explain(w->s->trusted, &o->address, prefix, sizeof(prefix));
		saw(w, "%s (from %s): %s%s", text, o->from,
		    trusted ? "trusted, by " : by[0] == '-' ? "in no trusted network" :
		    "not trusted, by ", by[0] == '-' ? "" : by);
		return trusted && decide(w, OUTCOME_GRANT, REASON_TRUSTED_NETWORK);
	}
	if (o->kind == ORIGIN_CONSOLE) {
		saw(w, "console (from %s): trust_console = %s", o->from,
		    w->s->trust_console ? "yes" : "no");
		return w->s->trust_console && decide(w, OUTCOME_GRANT, REASON_TRUSTED_CONSOLE);
	}
	saw(w, "unknown is never trusted");
	return false;
}

static bool
step_state(struct walk *w)
{
	struct policy_state *st = &w->out->state;
	int r = w->in->load(w->in->arg, st);

	if (r != MFA_OK) {
		memset(st, 0, sizeof(*st));
		saw(w, "%s", mfa_strerror(r));
		return decide(w, OUTCOME_DENY, REASON_STATE);
	}
	saw(w, "tokens: %u, recovery codes: %u, passes: %u, failures in a row: %u", st->user.tokens,
	    st->user.recovery, st->user.passes, st->user.failures);
	return false;
}

/* What only another vouches for counts where that is said. */
static void
keep_attested(struct walk *w, enum factor f)
{
	w->out->state.kinds[f] &= factor_is_in(f, w->s->attested);
}

/* What the person has in the approval service. */
static void
look_at_service(struct walk *w)
{
	struct policy_state *st = &w->out->state;

	if (w->s->server == NULL || (!factor_is_in(FACTOR_PUSH, w->s->factors) &&
	    w->s->attested[0] == FACTOR_NONE)) {
		saw(w, "%s", w->s->server == NULL ? "server = none" :
		    "push is not in factors, and nothing is attested");
	} else if (w->in->ask_service == NULL) {
		st->service_unasked = true;
		saw(w, "not asked now: what the user has there is not known");
	} else {
		w->in->ask_service(w->in->arg, st);
		st->kinds[FACTOR_PUSH] &= factor_is_in(FACTOR_PUSH, w->s->factors);
		keep_attested(w, FACTOR_SERVER_CODE);
		keep_attested(w, FACTOR_CALL);
		keep_attested(w, FACTOR_SMS);
		if (!st->kinds[st->preferred])
			st->preferred = FACTOR_NONE;
		if (st->service_down)
			saw(w, "cannot be reached: what offline names is left");
		else
			saw(w, "the user has %s phone%s%s%s", st->kinds[FACTOR_PUSH] ? "a" : "no",
			    st->kinds[FACTOR_CALL] ? ", can be called" : "",
			    st->kinds[FACTOR_SMS] ? ", gets text messages" : "",
			    st->kinds[FACTOR_SERVER_CODE] ? ", and codes there" : "");
	}
}

static bool
step_locked(struct walk *w)
{
	const struct user_state *u = &w->out->state.user;

	/* As much is asked for a decoy as for anybody else. */
	if (u->locked)
		look_at_service(w);
	saw(w, "%s%s", u->locked ? "locked: " : "not locked", u->locked ? u->lock_reason : "");
	return u->locked && decide(w, OUTCOME_DECOY, REASON_LOCKED);
}

static bool
step_remembered(struct walk *w)
{
	int64_t until = w->out->state.remembered_until;

	if (w->s->remember == 0) {
		saw(w, "remember = 0");
		return false;
	}
	if (until <= w->in->now) {
		saw(w, "no success remembered for this login");
		return false;
	}
	saw(w, "%lld seconds left", (long long)(until - w->in->now));
	return decide(w, OUTCOME_GRANT, REASON_REMEMBERED);
}

static bool
step_service(struct walk *w)
{
	look_at_service(w);
	return false;
}

static void
add_usable(struct walk *w, const enum factor *list, size_t *n)
{
	const struct policy_state *st = &w->out->state;
	size_t i;

	for (i = 0; i < FACTOR_COUNT && list[i] != FACTOR_NONE; i++)
		if (st->kinds[list[i]] &&
		    (!st->service_down || factor_is_in(list[i], w->s->offline)))
			w->out->factors[(*n)++] = list[i];
}

/* Which of the service's factors this user has, in the service's order; what
 * only another vouches for comes last. */
static size_t
usable_factors(struct walk *w)
{
	size_t n = 0;

	add_usable(w, w->s->factors, &n);
	add_usable(w, w->s->attested, &n);
	return n;
}

static const char *
not_enrolled(const struct walk *w)
{
	return w->out->state.service_unasked ? "not enrolled here" : "not enrolled";
}

/* The approval service can end what this host's own settings allow, and no
 * more: its date neither begins nor prolongs anything. */
static bool
is_compulsory(struct walk *w)
{
	const struct policy_state *st = &w->out->state;

	if (w->s->server == NULL || st->compulsory_from == 0 ||
	    w->in->now < st->compulsory_from)
		return false;
	saw(w, "%s; compulsory by the approval service%s; no grace", not_enrolled(w),
	    st->compulsory_told ? "" : ", as it said last");
	return true;
}

/* A person without a token, recovery code or the like of their own.  A pass
 * alone is no enrolment: it is how one begins. */
static bool
step_enrolled(struct walk *w)
{
	const struct policy_state *st = &w->out->state;
	size_t n = usable_factors(w);
	bool compulsory;

	if (n > 0 && (n > 1 || w->out->factors[0] != FACTOR_PASS)) {
		saw(w, "enrolled");
		return false;
	}
	if (st->service_down && n == 0) {
		saw(w, "nothing of what offline names, and nobody knows whether enrolled");
		return decide(w, OUTCOME_DECOY, REASON_SERVICE_DOWN);
	}
	if (st->service_down) {
		saw(w, "holds a pass; no grace while the service is down");
		return false;
	}
	/* Whoever has logged in with the service's help is not new here,
	 * whatever it says now. */
	if (st->user.approved) {
		saw(w, "has logged in by the approval service before; no grace");
		return n == 0 && decide(w, OUTCOME_DECOY, REASON_NOT_ENROLLED);
	}
	compulsory = is_compulsory(w);
	if (!compulsory && w->s->unenrolled == UNENROLLED_ALLOW && w->in->now < w->s->grace_until) {
		saw(w, "%s; allowed until the grace date", not_enrolled(w));
		return decide(w, OUTCOME_GRANT, REASON_GRACE_DATE);
	}
	if (!compulsory && st->user.grace_used < w->s->grace_logins) {
		saw(w, "%s; grace login %u of %u", not_enrolled(w), st->user.grace_used + 1,
		    w->s->grace_logins);
		return decide(w, OUTCOME_GRANT, REASON_GRACE_LOGIN);
	}
	if (n > 0) {
		w->out->enrol = w->s->unenrolled == UNENROLLED_ENROL && st->user.tokens == 0;
		saw(w, "%s, but holds a pass", not_enrolled(w));
		return false;
	}
	if (!compulsory)
		saw(w, "%s, and no grace is left", not_enrolled(w));
	return decide(w, OUTCOME_DECOY, compulsory ? REASON_COMPULSORY : REASON_NOT_ENROLLED);
}

static bool
step_factors(struct walk *w)
{
	size_t i, at = 0;
	char list[128] = "";

	for (i = 0; i < FACTOR_COUNT && w->out->factors[i] != FACTOR_NONE; i++) {
		int n = snprintf(list + at, sizeof(list) - at, "%s%s%s", i ? ", " : "",
		    factor_name(w->out->factors[i]),
		    factor_is_attested(w->out->factors[i]) ? " (attested)" : "");

		if (n < 0 || (size_t)n >= sizeof(list) - at)
			break;
		at += (size_t)n;
	}
	saw(w, "asks for one of: %s%s", list, w->s->prompts || w->s->combined ? "" :
	    "; without a prompt: by push or call only");
	return decide(w, OUTCOME_ASK, REASON_FACTOR_NEEDED);
}

static const struct {
	const char *name;
	bool (*look)(struct walk *w);
} steps[] = {
	{ "enabled", step_enabled },
	{ "scope", step_scope },
	{ "origin", step_network },
	{ "state", step_state },
	{ "lock", step_locked },
	{ "remembered", step_remembered },
	{ "service", step_service },
	{ "enrolment", step_enrolled },
	{ "factors", step_factors },
};

void
policy_decide(const struct policy_input *in, struct decision *out, policy_trace *trace, void *arg)
{
	struct walk w = { .in = in, .s = in->settings, .out = out };
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		bool decided = steps[i].look(&w);

		if (trace != NULL)
			trace(arg, steps[i].name, decided, w.saw);
		if (decided)
			return;
	}
	out->outcome = OUTCOME_DENY;
	out->reason = REASON_FAULT;
}
