/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoys: what a host learns of one is what it learns of a login whose phone says
 * nothing, and nobody else learns of it.
 */

#include "../../server/model_decoy.h"
#include "../../server/model_telephone.h"
#include "../../server/model_token.h"
#include "../suite.h"
#include "model_world.h"

#define KEY "aaaaaaaaaaaaaaaaaaaaaa"
#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static struct model_world w;
static struct model_joined web, db;
static struct model_offered anna;

static void
setup(void)
{
	model_world_make(&w);
	web = model_world_host(&w, "web");
	db = model_world_host(&w, "db");
	anna = model_world_device(&w, web.host, "anna");
}

static void
teardown(void)
{
	model_world_drop(&w);
}

static int64_t retry;

static int
open_as(bool decoy, const char *host, const char *user, int64_t now,
    struct model_login_opened *out)
{
	struct model_login_asked in = model_world_asked(user, now);

	in.decoy = decoy;
	return WRITE(&w, model_login_open(w.db, NULL, host, &in, now, out, &retry));
}

/* What a host does, one step after another, each some seconds later. */
static const struct step {
	int after;
	bool on_db;		/* opens at the other host */
	bool close;		/* ends the last one that was opened, instead of opening */
	bool code;		/* asks about no code in it */
	enum login_state outcome;
} script[] = {
	{ .after = 0 }, { .after = 1 }, { .after = 1, .on_db = true }, { .code = true },
	{ .after = 5, .close = true, .outcome = MODEL_CANCELLED },
	{ .after = 0, .close = true, .outcome = MODEL_CODE }, { .code = true },
	{ .after = 1, .on_db = true }, { .after = 1, .close = true, .outcome = MODEL_CODE },
	{ .after = 1 }, { .after = 1, .close = true, .outcome = MODEL_REFUSED },
	{ .after = 1 }, { .after = 89 }, { .code = true }, { .after = 1 }, { .after = 1, .on_db = true },
	{ .after = 400 }, { .after = 200 }, { .after = 95 }, { .after = 95 }, { .after = 600 },
};

struct seen {
	int result, state_result;
	enum model_code_result code;
	int64_t retry, expires;
	enum login_state state;
	struct model_login_opened opened;
};

/* As a host does that has no code to ask about, so that nobody sees that. */
static int
ask_no_code(const char *host, const char *login, int64_t now, enum model_code_result *out)
{
	struct model_code_tried tried = { .factor = "" };
	struct model_code code;
	int r = model_code_read(w.db, host, login, "-", &code);

	if (r == MFA_OK)
		r = WRITE(&w, model_code_try(w.db, NULL, host, login, &code, &model_code_default,
		    now, &tried));
	*out = tried.result;
	return r;
}

static void
play(bool decoy, const char *user, struct seen *seen)
{
	struct model_login_opened last = { .login = "" };
	const char *host = web.host;
	struct model_login l;
	int64_t now = NOW;
	size_t i;

	for (i = 0; i < COUNT(script); i++, seen++) {
		const struct step *s = &script[i];

		now += s->after;
		if (s->code) {
			seen->result = ask_no_code(host, last.login, now, &seen->code);
		} else if (s->close) {
			seen->result = WRITE(&w, model_login_close(w.db, host, last.login,
			    s->outcome, now));
		} else {
			seen->result = open_as(decoy, s->on_db ? db.host : web.host, user, now,
			    &seen->opened);
			seen->retry = retry;
			if (seen->result == MFA_OK) {
				last = seen->opened;
				host = s->on_db ? db.host : web.host;
			}
		}
		seen->state_result = model_login(w.db, host, last.login, now, &l);
		seen->state = l.state;
		seen->expires = l.expires;
	}
}

START_TEST(a_decoy_goes_as_a_login_goes_whose_phone_is_silent)
{
	static struct seen real[COUNT(script)], decoy[COUNT(script)];
	size_t i, refusals = 0;

	play(false, "anna", real);
	play(true, "nobody", decoy);
	for (i = 0; i < COUNT(script); i++) {
		ck_assert_msg(real[i].result == decoy[i].result && real[i].retry == decoy[i].retry &&
		    real[i].state_result == decoy[i].state_result &&
		    real[i].state == decoy[i].state && real[i].expires == decoy[i].expires &&
		    real[i].code == decoy[i].code &&
		    real[i].opened.expires == decoy[i].opened.expires &&
		    real[i].opened.methods.push == decoy[i].opened.methods.push,
		    "step %zu: %d, %d, %d for %d, %d, %d", i, decoy[i].result,
		    decoy[i].state_result, (int)decoy[i].state, real[i].result,
		    real[i].state_result, (int)real[i].state);
		refusals += real[i].result == PROBLEM_ALREADY_WAITING;
		refusals += real[i].result == PROBLEM_TOO_MANY_UNANSWERED;
	}
	/* The script has met both limits. */
	ck_assert_uint_ge(refusals, 4);
}
END_TEST

static bool
count_one(void *arg, const struct model_pending *p)
{
	(void)p;
	++*(int *)arg;
	return true;
}

START_TEST(nobody_hears_of_a_decoy_and_nothing_answers_it)
{
	struct model_answer in = model_world_approval;
	struct model_answered out;
	struct model_login_opened l;
	struct model_pending p;
	enum login_state state;
	struct model_login is;
	int64_t before, seq;
	int count = 0;
	bool waits;

	ck_assert_int_eq(model_device_pending(w.db, anna.device, NOW, &waits, &p, &before), MFA_OK);
	ck_assert_int_eq(open_as(true, web.host, "anna", NOW, &l), MFA_OK);
	ck_assert_int_eq(model_device_pending(w.db, anna.device, NOW, &waits, &p, &seq), MFA_OK);
	ck_assert(!waits);
	ck_assert_int_eq(seq, before);
	ck_assert_int_eq(model_device_login(w.db, anna.device, l.login, NOW, &state),
	    PROBLEM_NOT_FOUND);
	ck_assert_int_eq(WRITE(&w, model_device_answer(w.db, NULL, anna.device, l.login, &in, NOW,
	    &out)), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_logins_waiting(w.db, NOW, count_one, &count), MFA_OK);
	ck_assert_int_eq(count, 0);
	ck_assert_int_eq(model_login(w.db, web.host, l.login, NOW, &is), MFA_OK);
	ck_assert_int_eq(is.state, MODEL_WAITING);
	ck_assert(is.decoy);
}
END_TEST

/* Not even one that is right, asked by a host in the wrong hands. */
START_TEST(no_code_counts_in_a_decoy)
{
	struct model_once once = model_world_once(web.host, KEY, 1);
	struct model_code_tried tried;
	struct model_login_opened l;
	struct model_code code;
	struct secret key;
	int64_t token, records;
	char right[OTP_CODE_MAX];
	int i;

	MUST(secret_set(&key, "12345678901234567890", 20));
	DONE(&w, model_token_add(w.db, "anna", "phone", &otp_default, &key, -1, "root", NOW,
	    &token));
	MUST(otp_code(&otp_default, &key, otp_step(&otp_default, NOW), right));
	ck_assert_int_eq(open_as(true, web.host, "anna", NOW, &l), MFA_OK);
	records = model_world_sql(&w, "SELECT count(*) FROM audit");
	MUST(model_code_read(w.db, web.host, l.login, right, &code));
	for (i = 0; i < 2; i++) {
		DONE(&w, model_code_try(w.db, &once, web.host, l.login, &code,
		    &model_code_default, NOW, &tried));
		ck_assert_int_eq(tried.result, MODEL_CODE_REFUSED);
	}
	ck_assert_int_eq(model_world_sql(&w, "SELECT failures FROM user WHERE name = 'anna'"), 0);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit"), records);
	ck_assert_int_eq(model_code_read(w.db, db.host, l.login, "-", &code), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(WRITE(&w, model_code_try(w.db, NULL, db.host, l.login, &code,
	    &model_code_default, NOW, &tried)), PROBLEM_NOT_FOUND);
}
END_TEST

/* Whoever is locked at one host is asked at the others as ever. */
START_TEST(decoys_keep_no_real_login_off)
{
	struct model_login_opened l;
	int i;

	for (i = 0; i < 4; i++) {
		int r = open_as(true, web.host, "anna", NOW, &l);

		ck_assert_int_eq(r, i < 3 ? MFA_OK : PROBLEM_TOO_MANY_UNANSWERED);
		if (i < 3)
			DONE(&w, model_login_close(w.db, web.host, l.login, MODEL_CANCELLED, NOW));
	}
	ck_assert_int_eq(open_as(false, db.host, "anna", NOW, &l), MFA_OK);
}
END_TEST

START_TEST(a_real_login_keeps_a_decoy_off)
{
	struct model_login_opened l;

	ck_assert_int_eq(open_as(false, db.host, "anna", NOW, &l), MFA_OK);
	ck_assert_int_eq(open_as(true, web.host, "anna", NOW, &l), PROBLEM_ALREADY_WAITING);
}
END_TEST

/* Whoever is locked in mfad and at a host is told there what is told at the others. */
START_TEST(a_lock_keeps_decoys_off_as_well)
{
	static const struct {
		enum model_lock what;
		int result;
	} locks[] = {
		{ MODEL_LOCK_PUSH, PROBLEM_PUSH_LOCKED }, { MODEL_LOCK_ALL, PROBLEM_LOCKED },
	};
	struct model_login_opened l;
	size_t i;

	for (i = 0; i < COUNT(locks); i++) {
		DONE(&w, model_user_lock(w.db, "anna", locks[i].what, "lost", "root", NOW));
		ck_assert_int_eq(open_as(false, db.host, "anna", NOW, &l), locks[i].result);
		ck_assert_int_eq(open_as(true, web.host, "anna", NOW, &l), locks[i].result);
		DONE(&w, model_user_unlock(w.db, "anna", locks[i].what, "root", NOW));
	}
	ck_assert_int_eq(open_as(true, web.host, "anna", NOW, &l), MFA_OK);
}
END_TEST

START_TEST(a_decoy_is_its_hosts)
{
	struct model_login_opened l;
	struct model_login is;

	ck_assert_int_eq(open_as(true, web.host, "nobody", NOW, &l), MFA_OK);
	ck_assert_int_eq(model_login(w.db, db.host, l.login, NOW, &is), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(WRITE(&w, model_login_close(w.db, db.host, l.login, MODEL_CANCELLED, NOW)),
	    PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_login(w.db, web.host, l.login, NOW, &is), MFA_OK);
	ck_assert_int_eq(is.state, MODEL_WAITING);
}
END_TEST

/* ---- of calls and texts ---- */

static struct model_dial_rules rules;

static int
dial(bool decoy, enum model_dial how, const char *user, int64_t now)
{
	struct model_login_asked in = model_world_asked(user, now);
	struct model_login_opened out;
	int r;

	in.decoy = decoy;
	in.push = false;
	in.dial = how;
	in.dial_rules = &rules;
	r = WRITE(&w, model_login_open(w.db, NULL, web.host, &in, now, &out, &retry));
	if (r == MFA_OK) {
		ck_assert_int_eq(dial(decoy, how, user, now), PROBLEM_ALREADY_WAITING);
		DONE(&w, model_login_close(w.db, web.host, out.login, MODEL_CANCELLED, now));
	}
	return r;
}

static void
give_telephone(const char *number, int64_t now)
{
	struct model_telephone_asked asked = { .number = number, .language = "en",
	    .by = MODEL_DIAL_CALL };
	struct model_telephone_made made;
	struct model_telephone_proved proved;

	DONE(&w, model_telephone_add(w.db, NULL, "anna", &asked, &rules, "admin", now, &made));
	DONE(&w, model_telephone_prove(w.db, "anna", made.id, MODEL_DIAL_CALL, made.proof, "admin",
	    now, &proved));
	ck_assert(proved.right);
}

/* How often it goes on, and what is said then; again after an hour. */
START_TEST(decoys_of_calls_meet_the_limits_of_calls)
{
	static const struct {
		struct model_dial_rules rules;
		enum model_dial how;
		int often, then;
	} cases[] = {
		{ { .call = true, .text = true, .per_user = 5, .per_number = 9, .per_hour = 90 },
		    MODEL_DIAL_CALL, 5, PROBLEM_TOO_MANY_CALLS },
		{ { .call = true, .text = true, .per_user = 5, .per_number = 9, .per_hour = 90 },
		    MODEL_DIAL_TEXT, 5, PROBLEM_TOO_MANY_CALLS },
		{ { .call = true, .text = true, .per_user = 9, .per_number = 5, .per_hour = 90 },
		    MODEL_DIAL_CALL, 5, PROBLEM_TOO_MANY_CALLS },
		{ { .call = false, .text = true, .per_user = 5, .per_number = 9, .per_hour = 90 },
		    MODEL_DIAL_CALL, 0, PROBLEM_NO_GATEWAY },
		{ { .call = true, .text = false, .per_user = 5, .per_number = 9, .per_hour = 90 },
		    MODEL_DIAL_TEXT, 0, PROBLEM_NO_GATEWAY },
	};
	int64_t now = NOW + MODEL_DIAL_TIME;
	int i, decoy;

	rules = (struct model_dial_rules){ .call = true, .text = true, .per_user = 9,
	    .per_number = 9, .per_hour = 9 };
	give_telephone("+31612345678", NOW);
	rules = cases[_i].rules;
	rules.text_digits = 6;
	for (decoy = 0; decoy < 2; decoy++) {
		const char *user = decoy != 0 ? "nobody" : "anna";

		for (i = 0; i < cases[_i].often; i++)
			ck_assert_int_eq(dial(decoy != 0, cases[_i].how, user, now), MFA_OK);
		ck_assert_int_eq(dial(decoy != 0, cases[_i].how, user, now + MODEL_DIAL_TIME - 1),
		    cases[_i].then);
		ck_assert_int_eq(retry, cases[_i].then == PROBLEM_TOO_MANY_CALLS ?
		    MODEL_DIAL_TIME : 0);
		ck_assert_int_eq(dial(decoy != 0, cases[_i].how, user, now + MODEL_DIAL_TIME),
		    cases[_i].often > 0 ? MFA_OK : cases[_i].then);
	}
}
END_TEST

/* What is told to whoever has a telephone is told to whoever has none; no decoy counts. */
START_TEST(the_hours_calls_keep_decoys_off)
{
	rules = (struct model_dial_rules){ .call = true, .per_user = 9, .per_number = 9,
	    .per_hour = 2 };
	ck_assert_int_eq(dial(true, MODEL_DIAL_CALL, "nobody", NOW), MFA_OK);
	ck_assert_int_eq(dial(true, MODEL_DIAL_CALL, "nobody", NOW), MFA_OK);
	give_telephone("+31612345678", NOW);
	ck_assert_int_eq(dial(false, MODEL_DIAL_CALL, "anna", NOW), MFA_OK);
	ck_assert_int_eq(dial(false, MODEL_DIAL_CALL, "anna", NOW), PROBLEM_TOO_MANY_CALLS);
	ck_assert_int_eq(dial(true, MODEL_DIAL_CALL, "nobody", NOW), PROBLEM_TOO_MANY_CALLS);
}
END_TEST

/* As a push and a call of one user's go beside each other. */
START_TEST(a_phone_that_is_asked_and_a_telephone_keep_each_other_from_nothing)
{
	struct model_login_opened l;

	rules = (struct model_dial_rules){ .call = true, .per_user = 9, .per_number = 9,
	    .per_hour = 9 };
	ck_assert_int_eq(open_as(true, web.host, "nobody", NOW, &l), MFA_OK);
	ck_assert_int_eq(dial(true, MODEL_DIAL_CALL, "nobody", NOW), MFA_OK);
	ck_assert_int_eq(open_as(true, web.host, "nobody", NOW, &l), PROBLEM_ALREADY_WAITING);
}
END_TEST

/* Names that are nobody's leave nothing behind. */
START_TEST(decoys_are_cleared_away_when_they_count_no_more)
{
	int64_t after = NOW + MODEL_DIAL_TIME;
	struct model_login_opened l;
	bool more;

	ck_assert_int_eq(open_as(true, web.host, "nobody", NOW, &l), MFA_OK);
	DONE(&w, model_tidy(w.db, after, 365, &more));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM decoy"), 1);
	DONE(&w, model_tidy(w.db, after + 1, 365, &more));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM decoy"), 0);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM user WHERE name = 'nobody'"), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("model_decoy");
	TCase *t = tcase_create("model_decoy");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_decoy_goes_as_a_login_goes_whose_phone_is_silent);
	tcase_add_test(t, nobody_hears_of_a_decoy_and_nothing_answers_it);
	tcase_add_test(t, no_code_counts_in_a_decoy);
	tcase_add_test(t, decoys_keep_no_real_login_off);
	tcase_add_test(t, a_real_login_keeps_a_decoy_off);
	tcase_add_test(t, a_lock_keeps_decoys_off_as_well);
	tcase_add_test(t, a_decoy_is_its_hosts);
	tcase_add_loop_test(t, decoys_of_calls_meet_the_limits_of_calls, 0, 5);
	tcase_add_test(t, the_hours_calls_keep_decoys_off);
	tcase_add_test(t, a_phone_that_is_asked_and_a_telephone_keep_each_other_from_nothing);
	tcase_add_test(t, decoys_are_cleared_away_when_they_count_no_more);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
