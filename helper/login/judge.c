/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "error.h"
#include "login.h"
#include "text.h"

static const struct {
	enum factor factor;
	int (*attempt)(struct attempt *a);
} factors[] = {
	{ FACTOR_TOTP, factor_totp },
	{ FACTOR_HOTP, factor_hotp },
	{ FACTOR_RECOVERY, factor_recovery },
	{ FACTOR_PASS, factor_pass },
};

/* Seconds until the next try is looked at: none for the first few failures,
 * then a delay that doubles up to its maximum (SP 800-63B section 3.2.2). */
static int64_t
seconds_to_wait(const struct settings *s, const struct user_state *u, int64_t now)
{
	int64_t delay = s->delay, elapsed = now - u->last_failure;
	unsigned int i;

	if (u->failures < s->delay_after || delay == 0)
		return 0;
	for (i = s->delay_after; i < u->failures && delay < s->delay_max; i++)
		delay *= 2;
	if (delay > s->delay_max)
		delay = s->delay_max;
	return elapsed < 0 ? delay : delay - elapsed;
}

/* What can be said of the typed text before the state is locked: digits, or
 * the slow hash of a recovery code or pass.  A user without a salt gets one
 * that fits nobody, and the same work. */
static int
read_typed(struct attempt *a, const struct secret *typed)
{
	unsigned char salt[ONETIME_SALT_LEN] = { 0 };
	struct secret normalised;
	int r;

	if (otp_normalise(typed, a->code, sizeof(a->code)) == MFA_OK &&
	    strspn(a->code, "0123456789") == strlen(a->code))
		return MFA_OK;
	explicit_bzero(a->code, sizeof(a->code));
	if ((r = onetime_normalise(typed, &normalised)) != MFA_OK)
		goto out;
	r = store_salt(a->l->w->store, a->l->begin.user, salt);
	if (r == MFA_OK || r == MFA_E_ABSENT)
		r = onetime_hash(&normalised, salt, a->hash);
	a->onetime = r == MFA_OK;
out:
	secret_wipe(&normalised);
	return r;
}

/* For a decoy: the time that a comparison takes, and no result. */
static void
compare_nothing(const struct attempt *a)
{
	struct secret key = { .len = 20 };
	uint64_t match, now = otp_step(&otp_default, a->now);

	(void)otp_find(&otp_default, &key, a->code, now - 1, now + 1, &match);
}

static bool
same_codes(const struct token *a, const struct token *b)
{
	return a->params.kind == b->params.kind && a->params.algorithm == b->params.algorithm &&
	    a->params.digits == b->params.digits && a->params.period == b->params.period &&
	    a->key.len == b->key.len && secret_equal(a->key.data, b->key.data, a->key.len);
}

int
attempt_spend(struct attempt *a, const struct token *t, uint64_t counter)
{
	size_t i;
	int r = MFA_OK;

	for (i = 0; r == MFA_OK && i < a->token_count; i++)
		if (same_codes(t, &a->tokens[i]))
			r = store_token_spend(a->l->w->store, a->tokens[i].id, (int64_t)counter,
			    a->now);
	if (r == MFA_E_REFUSED)
		a->reason = REASON_REPLAYED;
	return r;
}

static int
compare(struct attempt *a, const struct decision *d, struct judgement *out)
{
	size_t i, j;
	int r;

	r = store_tokens(a->l->w->store, a->l->begin.user, a->tokens, &a->token_count);
	if (r != MFA_OK)
		return r;
	for (i = 0; i < FACTOR_COUNT && d->factors[i] != FACTOR_NONE; i++) {
		if (d->factors[i] == FACTOR_PUSH || factor_is_attested(d->factors[i]))
			continue;	/* nothing that is typed, or compared here */
		for (j = 0; factors[j].factor != d->factors[i]; j++)
			;
		if ((r = factors[j].attempt(a)) != MFA_E_REFUSED)
			break;
		r = MFA_OK;
	}
	if (r != MFA_OK || i == FACTOR_COUNT || d->factors[i] == FACTOR_NONE)
		return r;
	out->accepted = true;
	out->factor = d->factors[i];
	return MFA_OK;
}

/* An approval that was verified counts once; one that was not is a try. */
static int
spend_approval(struct attempt *a, const struct decision *d, struct judgement *out)
{
	const struct approved *p = a->approved;
	struct store *s = a->l->w->store;
	const char *user = a->l->begin.user;
	int r = store_user_make(s, user);

	/* The policy has the last word. */
	if (r == MFA_OK && p->verified && factor_is_in(p->factor, d->factors)) {
		r = store_approval_spend(s, p->nonce, sizeof(p->nonce), user, p->device, a->now);
		if (r == MFA_OK)
			r = store_user_approved(s, user, a->now);
	} else if (r == MFA_OK) {
		a->reason = REASON_WRONG_NUMBER;
		r = MFA_E_REFUSED;
	}
	out->accepted = r == MFA_OK;
	out->factor = r == MFA_OK ? p->factor : FACTOR_NONE;
	return r == MFA_E_REFUSED ? MFA_OK : r;
}

/* Compared, counted and spent by the service; whatever it says that is not in
 * the language is a refusal. */
static int
take_attested(struct attempt *a, const struct decision *d, struct judgement *out)
{
	struct store *s = a->l->w->store;
	const char *user = a->l->begin.user;
	int r = MFA_OK;

	switch (a->attested) {
	case QUERY_CODE_ACCEPTED:
		if (!factor_is_in(a->attested_as, d->factors))
			break;
		/* Known to the service for good, whatever it says later. */
		if ((r = store_user_make(s, user)) == MFA_OK)
			r = store_user_approved(s, user, a->now);
		out->accepted = r == MFA_OK;
		out->factor = r == MFA_OK ? a->attested_as : FACTOR_NONE;
		break;
	case QUERY_CODE_REPLAYED:
		a->reason = REASON_REPLAYED;
		break;
	case QUERY_CODE_TOO_SOON:
		a->reason = REASON_TOO_SOON;
		break;
	case QUERY_CODE_LOCKED:
		a->reason = REASON_LOCKED;
		break;
	default:
		break;
	}
	return r;
}

static int
take_evidence(struct attempt *a, const struct decision *d, struct judgement *out)
{
	a->reason = a->approved != NULL ? REASON_REPLAYED : REASON_CODE_REFUSED;
	return a->approved != NULL ? spend_approval(a, d, out) :
	    a->attested != 0 ? take_attested(a, d, out) : compare(a, d, out);
}

static int
count_failure(struct attempt *a, const struct user_state *u)
{
	struct store *s = a->l->w->store;
	const char *user = a->l->begin.user;
	int r;

	if (a->attested != 0)
		return MFA_OK;	/* a try counts in one place */
	r = store_user_failed(s, user, a->now);
	if (r == MFA_OK && u->exists && u->failures + 1 >= a->l->settings->max_failures)
		r = store_user_lock(s, user, a->now, "too many failures in a row");
	return r;
}

static int
count_success(struct attempt *a)
{
	struct login *l = a->l;
	int r = store_user_succeeded(l->w->store, l->begin.user);

	/* Only what root asked for is remembered: another caller could have
	 * named any service. */
	if (r == MFA_OK && l->caller.root && l->remember_key[0] != '\0')
		r = store_grant_add(l->w->store, l->begin.user, l->remember_key, a->now,
		    a->now + l->settings->remember);
	return r;
}

/* Inside the transaction. */
static int
weigh(struct attempt *a, const struct decision *d, struct judgement *out)
{
	struct user_state u;
	int r = store_user(a->l->w->store, a->l->begin.user, a->now, &u);

	if (r != MFA_OK)
		return r;
	if (d->outcome != OUTCOME_ASK) {
		compare_nothing(a);
		out->reason = d->reason;
	} else if (u.locked) {
		out->reason = REASON_LOCKED;
	} else if (seconds_to_wait(a->l->settings, &u, a->now) > 0) {
		out->reason = REASON_TOO_SOON;
	} else if (a->attested_as == FACTOR_SERVER_CODE && u.tokens > 0) {
		/* Enrolled here meanwhile: nobody else vouches for this user any more. */
		out->reason = REASON_CODE_REFUSED;
	} else {
		if ((r = take_evidence(a, d, out)) != MFA_OK)
			return r;
		out->reason = !out->accepted ? a->reason :
		    a->approved != NULL ? REASON_APPROVED : REASON_CODE_ACCEPTED;
		out->left = a->left;
		if (out->accepted)
			(void)text_copy(out->notice, sizeof(out->notice), u.notice);
		return out->accepted ? count_success(a) : count_failure(a, &u);
	}
	return MFA_OK;
}

static int
keep_record(struct attempt *a, const struct judgement *j)
{
	struct audit record;

	report_audit(a->l, j->accepted ? "login" : "try", &record);
	(void)strncpy(record.verdict, j->accepted ? "grant" : "deny", sizeof(record.verdict) - 1);
	(void)strncpy(record.reason, reason_name(j->reason), sizeof(record.reason) - 1);
	(void)strncpy(record.factor, factor_name(j->factor), sizeof(record.factor) - 1);
	return store_audit(a->l->w->store, &record, a->now);
}

/* The one locked transaction. */
static int
transact(struct attempt *a, const struct decision *d, struct judgement *j)
{
	struct store *s = a->l->w->store;
	int r = login_begin_change(a->l);

	if (r != MFA_OK)
		return r;
	if ((r = weigh(a, d, j)) == MFA_OK && (r = keep_record(a, j)) == MFA_OK)
		r = store_commit(s, true);
	if (r != MFA_OK)
		store_rollback(s);
	return r;
}

int
judge(struct login *l, const struct decision *d, const struct secret *typed,
    struct judgement *out)
{
	struct judgement j = { .reason = REASON_FAULT };
	struct attempt a = { .l = l };
	int r;

	*out = j;
	if ((r = wall_clock(&a.now)) != MFA_OK)
		return r;
	r = read_typed(&a, typed);
	if (r == MFA_E_INVALID) {
		/* Neither digits nor a code of ours: no guess was made. */
		out->reason = REASON_NOT_A_CODE;
		r = MFA_OK;
	} else if (r == MFA_OK && (r = transact(&a, d, &j)) == MFA_OK) {
		*out = j;
	}
	explicit_bzero(&a, sizeof(a));
	return r;
}

static int
judge_evidence(struct attempt *a, const struct decision *d, struct judgement *out)
{
	struct judgement j = { .reason = REASON_FAULT };
	int r;

	*out = j;
	if ((r = wall_clock(&a->now)) == MFA_OK && (r = transact(a, d, &j)) == MFA_OK) {
		*out = j;
		out->counted = true;
	}
	explicit_bzero(a, sizeof(*a));
	return r;
}

int
judge_push(struct login *l, const struct decision *d, const struct approved *approved,
    struct judgement *out)
{
	struct attempt a = { .l = l, .approved = approved };

	return judge_evidence(&a, d, out);
}

int
judge_attested(struct login *l, const struct decision *d, uint32_t result, enum factor factor,
    struct judgement *out)
{
	/* 0 would be a code that was compared here. */
	struct attempt a = { .l = l, .attested = result != 0 ? result : QUERY_CODE_REFUSED,
	    .attested_as = factor };

	return judge_evidence(&a, d, out);
}

bool
judge_refuses_unseen(struct login *l)
{
	struct user_state u;
	int64_t now;

	return wall_clock(&now) != MFA_OK ||
	    store_user(l->w->store, l->begin.user, now, &u) != MFA_OK || u.locked ||
	    seconds_to_wait(l->settings, &u, now) > 0;
}
