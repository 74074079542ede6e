/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A code that a person typed, compared and spent.
 */
#include <string.h>

#include "error.h"
#include "model_decoy.h"
#include "model_host.h"
#include "model_private.h"
#include "model_token.h"
#include "model_user.h"
#include "text.h"

#define CHUNK 200	/* counters that otp_find takes at once */

const struct model_code_rules model_code_default = {
	.totp_window = 1, .hotp_look_ahead = 10, .hotp_resync = 100,
	.delay_after = 5, .max_failures = 50, .delay = 30, .delay_max = 900,
};

static const char login_sql[] =
	"SELECT user, service, origin, state, expires FROM login WHERE id = ?1 AND host = ?2";
static const char failed_sql[] =
	"UPDATE user SET failures = failures + 1, last_failure = ?2,"
	" locked = iif(failures + 1 >= ?3, coalesce(locked, ?2), locked),"
	" lock_reason = iif(failures + 1 >= ?3 AND locked IS NULL,"
	" 'too many failures in a row', lock_reason) WHERE name = ?1";
static const char succeeded_sql[] =
	"UPDATE user SET failures = 0 WHERE name = ?1 AND failures <> 0";

const char *
model_code_result_name(enum model_code_result r)
{
	static const char *const names[] = { "refused", "accepted", "replayed", "too-soon",
	    "locked" };

	return names[r];
}

/* ---- comparing ---- */

struct attempt {
	struct db *db;
	const struct model_code *code;
	const struct model_code_rules *rules;
	int64_t now;
	struct { char user[MODEL_NAME_MAX], service[MODEL_SERVICE_MAX], origin[64]; } login;
	struct model_token tokens[MODEL_TOKENS_MAX];
	size_t count;
	bool replayed, decoy;
};

static bool
same_codes(const struct model_token *a, const struct model_token *b)
{
	return a->params.kind == b->params.kind && a->params.algorithm == b->params.algorithm &&
	    a->params.digits == b->params.digits && a->params.period == b->params.period &&
	    a->key.len == b->key.len && secret_equal(a->key.data, b->key.data, a->key.len);
}

/* In every token that has this key: a code is one code. */
static int
spend(struct attempt *a, const struct model_token *t, uint64_t counter)
{
	size_t i;
	int r = MFA_OK;

	for (i = 0; r == MFA_OK && i < a->count; i++)
		if (same_codes(t, &a->tokens[i]))
			r = model_token_spend(a->db, a->tokens[i].id, (int64_t)counter, a->now);
	a->replayed |= r == MFA_E_REFUSED;
	return r;
}

/* RFC 6238 section 5.2: a step is used once, and none at or below it again,
 * whatever the clock says. */
static int
try_totp(struct attempt *a, const struct model_token *t)
{
	uint64_t window = a->rules->totp_window, now = otp_step(&t->params, a->now);
	uint64_t first = now > window ? now - window : 0, last = now + window;
	uint64_t fresh = t->last >= 0 && (uint64_t)t->last >= first ? (uint64_t)t->last + 1 : first;
	uint64_t match = 0;
	int r = MFA_E_REFUSED;

	if (fresh <= last)
		r = otp_find(&t->params, &t->key, a->code->digits, fresh, last, &match);
	if (r == MFA_OK)
		return spend(a, t, match);
	if (r != MFA_E_REFUSED)
		return r;
	if (fresh > first && otp_find(&t->params, &t->key, a->code->digits, first,
	    fresh <= last ? fresh - 1 : last, &match) == MFA_OK)
		a->replayed = true;
	return MFA_E_REFUSED;
}

/* RFC 4226 section 7.4, two codes in a row: the first one, far ahead, is
 * noted and refused; the one that follows it brings the counter there. */
static int
resynchronise(struct attempt *a, const struct model_token *t, uint64_t next)
{
	uint64_t first = next + a->rules->hotp_look_ahead + 1, end = next + a->rules->hotp_resync;
	uint64_t last, match = 0;
	int r = MFA_E_REFUSED;

	for (; first <= end && r == MFA_E_REFUSED; first = last + 1) {
		last = end - first >= CHUNK ? first + CHUNK - 1 : end;
		r = otp_find(&t->params, &t->key, a->code->digits, first, last, &match);
	}
	if (r != MFA_OK)
		return r;
	if (t->resync >= 0 && (uint64_t)t->resync + 1 == match)
		return spend(a, t, match);
	r = model_token_resync(a->db, t->id, (int64_t)match);
	return r == MFA_OK ? MFA_E_REFUSED : r;
}

static int
try_hotp(struct attempt *a, const struct model_token *t)
{
	uint64_t next = (uint64_t)(t->last + 1), match;
	int r = otp_find(&t->params, &t->key, a->code->digits, next,
	    next + a->rules->hotp_look_ahead, &match);

	if (r == MFA_OK)
		return spend(a, t, match);
	return r == MFA_E_REFUSED ? resynchronise(a, t, next) : r;
}

static int
try_tokens(struct attempt *a, struct model_code_tried *out)
{
	size_t i;
	int r = model_tokens(a->db, a->login.user, a->tokens, &a->count);

	if (r != MFA_OK)
		return r;
	for (i = 0; i < a->count; i++) {
		const struct model_token *t = &a->tokens[i];

		if (strlen(a->code->digits) != t->params.digits)
			continue;
		r = t->params.kind == OTP_TOTP ? try_totp(a, t) : try_hotp(a, t);
		if (r == MFA_OK)
			out->factor = otp_kind_name(t->params.kind);
		if (r != MFA_E_REFUSED)
			return r;
	}
	return MFA_E_REFUSED;
}

/* MFA_E_REFUSED when nothing fits. */
static int
compare(struct attempt *a, const char *login, struct model_code_tried *out)
{
	int r;

	if (!a->code->hashed) {
		out->factor = "sms";
		r = model_login_text_is(a->db, login, a->code->digits);
		return r != MFA_E_REFUSED ? r : try_tokens(a, out);
	}
	out->factor = "recovery";
	r = model_recovery_spend(a->db, a->login.user, a->code->hash, a->now, &out->left);
	if (r != MFA_E_REFUSED)
		return r;
	out->factor = "pass";
	return model_pass_spend(a->db, a->login.user, a->code->hash, a->now, &out->left);
}

/* ---- counting ---- */

/* None for the first few failures, then a delay that doubles up to its maximum
 * (SP 800-63B section 3.2.2). */
static bool
too_soon(const struct model_code_rules *rules, const struct model_user *u, int64_t now)
{
	int64_t delay = rules->delay, elapsed = now - u->last_failure;
	unsigned int i;

	if (u->failures < rules->delay_after || delay == 0)
		return false;
	for (i = rules->delay_after; i < u->failures && delay < rules->delay_max; i++)
		delay *= 2;
	if (delay > rules->delay_max)
		delay = rules->delay_max;
	return elapsed < delay;
}

static int
count(struct attempt *a, const char *login, int r, struct model_code_tried *out)
{
	if (r == MFA_OK) {
		out->result = MODEL_CODE_ACCEPTED;
		r = db_do(a->db, succeeded_sql, ARGS(TEXT(a->login.user),), NULL);
		return r != MFA_OK || login == NULL ? r :
		    model_login_end(a->db, login, a->login.user, MODEL_CODE);
	}
	if (r != MFA_E_REFUSED)
		return r;
	out->result = a->replayed ? MODEL_CODE_REPLAYED : MODEL_CODE_REFUSED;
	out->factor = "";
	out->left = 0;
	return db_do(a->db, failed_sql, ARGS(TEXT(a->login.user), NUMBER(a->now),
	    NUMBER(a->rules->max_failures),), NULL);
}

static int
weigh(struct attempt *a, const char *login, struct model_code_tried *out)
{
	struct model_user u;
	int r = model_user(a->db, a->login.user, a->now, &u);

	if (r != MFA_OK)
		return r;
	if (u.locked)
		out->result = MODEL_CODE_LOCKED;
	else if (too_soon(a->rules, &u, a->now))
		out->result = MODEL_CODE_TOO_SOON;
	else if (!a->code->hashed && a->code->digits[0] == '\0')
		out->result = MODEL_CODE_REFUSED;	/* no guess was made */
	else
		return count(a, login, compare(a, login, out), out);
	return MFA_OK;
}

/* What is asked in a decoy is answered like no guess, counts nowhere and has no record. */
static int
find_decoy(struct attempt *a, const char *host, const char *login)
{
	struct model_login l;
	int r = model_decoy(a->db, host, login, a->now, &l);

	a->decoy = true;
	return r == MFA_OK && l.state != MODEL_WAITING ? PROBLEM_GONE : r;
}

static int
find_login(struct attempt *a, const char *host, const char *login)
{
	sqlite3_stmt *st;
	bool over;
	int r = db_first(a->db, login_sql, ARGS(TEXT(login), TEXT(host),), &st);

	if (r != MFA_OK)
		return r == MFA_E_ABSENT ? find_decoy(a, host, login) : r;
	db_text(a->db, st, 0, a->login.user, sizeof(a->login.user));
	db_text(a->db, st, 1, a->login.service, sizeof(a->login.service));
	db_text(a->db, st, 2, a->login.origin, sizeof(a->login.origin));
	over = sqlite3_column_int64(st, 3) > MODEL_ANSWERED ||
	    sqlite3_column_int64(st, 4) <= a->now;
	return db_end(a->db, st, over ? PROBLEM_GONE : MFA_OK);
}

/* ---- once ---- */

/* As an answer is kept. */
struct kept {
	enum model_code_result result;
	unsigned int factor, left;
};

static const char *const factors[] = { "", "totp", "hotp", "recovery", "pass", "sms" };

static int
keep(struct attempt *a, const struct model_once *once, const struct model_code_tried *out)
{
	struct kept kept;
	unsigned int i;

	memset(&kept, 0, sizeof(kept));
	kept.result = out->result;
	kept.left = out->left;
	for (i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
		if (strcmp(factors[i], out->factor) == 0)
			kept.factor = i;
	return model_once_keep(a->db, once, "code", a->now, &kept, sizeof(kept));
}

static int
find_kept(struct attempt *a, const struct model_once *once, struct model_code_tried *out,
    bool *found)
{
	struct kept kept;
	int r = model_once_find(a->db, once, "code", a->now, &kept, sizeof(kept), found);

	if (r == MFA_OK && *found)
		*out = (struct model_code_tried){ kept.result, factors[kept.factor % 6],
		    kept.left };
	return r;
}

/* login NULL: a->login has the user already. */
static int
try(struct attempt *a, const struct model_once *once, const char *host, const char *login,
    struct model_code_tried *out)
{
	struct model_host h;
	bool found;
	int r;

	if ((r = find_kept(a, once, out, &found)) != MFA_OK || found)
		return r;
	if ((r = model_host(a->db, host, &h)) != MFA_OK)
		return r == PROBLEM_NOT_FOUND ? PROBLEM_UNAUTHENTICATED : r;
	if (login != NULL && (r = find_login(a, host, login)) != MFA_OK)
		return r;
	if (a->decoy) {
		out->result = MODEL_CODE_REFUSED;
		return keep(a, once, out);
	}
	if ((r = weigh(a, login, out)) != MFA_OK ||
	    (r = model_note(a->db, &(struct model_event){ .event = "code",
	    .user = a->login.user, .host = h.name, .service = a->login.service,
	    .origin = a->login.origin, .outcome = model_code_result_name(out->result),
	    .by = host }, a->now)) != MFA_OK)
		return r;
	return keep(a, once, out);
}

static int
finish(struct attempt *a, int r, struct model_code_tried *out)
{
	explicit_bzero(a, sizeof(*a));
	if (r != MFA_OK)
		*out = (struct model_code_tried){ .factor = "" };
	return r;
}

int
model_code_try(struct db *db, const struct model_once *once, const char *host, const char *login,
    const struct model_code *code, const struct model_code_rules *rules, int64_t now,
    struct model_code_tried *out)
{
	struct attempt a = { .db = db, .code = code, .rules = rules, .now = now };

	*out = (struct model_code_tried){ .factor = "" };
	return finish(&a, try(&a, once, host, login, out), out);
}

int
model_code_try_user(struct db *db, const struct model_once *once, const char *host,
    const char *user, const struct model_code *code, const struct model_code_rules *rules,
    int64_t now, struct model_code_tried *out)
{
	struct attempt a = { .db = db, .code = code, .rules = rules, .now = now };
	int r = model_check_text(db, "user", user, MODEL_NAME_MAX);

	*out = (struct model_code_tried){ .factor = "" };
	if (r == MFA_OK)
		r = text_copy(a.login.user, sizeof(a.login.user), user);
	return finish(&a, r != MFA_OK ? r : try(&a, once, host, NULL, out), out);
}
