/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins: who may be asked, who may answer, and what becomes of it.
 */
#include <stdio.h>
#include <string.h>

#include "model_world.h"

static struct model_world w;
static struct model_joined web, db;
static struct model_offered anna, bert;

static void
setup(void)
{
	model_world_make(&w);
	web = model_world_host(&w, "web");
	db = model_world_host(&w, "db");
	anna = model_world_device(&w, web.host, "anna");
	bert = model_world_device(&w, web.host, "bert");
}

static void
teardown(void)
{
	model_world_drop(&w);
}

static int64_t retry;

static int
ask(const struct model_login_asked *in, int64_t now, struct model_login_opened *out)
{
	return WRITE(&w, model_login_open(w.db, NULL, web.host, in, now, out, &retry));
}

/* Anna's, on web. */
static int
open_at(int64_t now, struct model_login_opened *out)
{
	struct model_login_asked in = model_world_asked("anna", now);

	return ask(&in, now, out);
}

static int
answer(const char *device, const char *login, enum model_decision d, int64_t now)
{
	struct model_answer in = model_world_approval;
	struct model_answered out;

	in.decision = d;
	return WRITE(&w, model_device_answer(w.db, NULL, device, login, &in, now, &out));
}

static void
finish(const char *login, enum login_state outcome, int64_t now)
{
	DONE(&w, model_login_close(w.db, web.host, login, outcome, now));
}

/* ---- opening ---- */

START_TEST(a_login_waits_and_its_phone_is_told_all_but_the_number)
{
	struct model_login_opened l;
	struct model_pending p;
	int64_t before, seq;
	bool waits;

	ck_assert_int_eq(model_device_pending(w.db, anna.device, NOW, &waits, &p, &before), MFA_OK);
	ck_assert(!waits);
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert(l.methods.push && !l.methods.totp && !l.methods.recovery && !l.methods.pass);
	ck_assert_int_eq(l.expires, NOW + 90);
	ck_assert_int_eq(model_device_pending(w.db, anna.device, NOW, &waits, &p, &seq), MFA_OK);
	ck_assert(waits && seq > before);
	ck_assert_str_eq(p.login, l.login);
	ck_assert_str_eq(p.host, "web");
	ck_assert_str_eq(p.user, "anna");
	ck_assert_str_eq(p.service, "sshd");
	ck_assert_str_eq(p.origin, "192.0.2.1");
	ck_assert_str_eq(p.nonce, "AAAAAAAAAAAAAAAAAAAAAA");
	ck_assert_uint_eq(p.digits, 6);
	ck_assert_int_eq(model_device_pending(w.db, bert.device, NOW, &waits, &p, &seq), MFA_OK);
	ck_assert(!waits);
	ck_assert_int_eq(model_device_pending(w.db, anna.device, NOW + 90, &waits, &p, &seq),
	    MFA_OK);
	ck_assert(!waits);
}
END_TEST

/* So that they are neighbours in the index. */
START_TEST(ids_of_one_second_begin_alike_and_end_differently)
{
	struct model_login_opened a = model_world_login(&w, web.host, "anna", NOW), b, c;

	b = model_world_login(&w, web.host, "bert", NOW);
	finish(a.login, MODEL_GRANTED, NOW);
	c = model_world_login(&w, web.host, "anna", NOW + 3600);
	ck_assert_int_eq(strncmp(a.login, b.login, 7), 0);
	ck_assert_str_ne(a.login + 7, b.login + 7);
	ck_assert_int_ne(strncmp(a.login, c.login, 7), 0);
}
END_TEST

START_TEST(every_member_of_a_request_has_a_form)
{
	const struct { const char *field; struct model_login_asked in; } bad[] = {
#define N "AAAAAAAAAAAAAAAAAAAAAA"
		{ "user", { "", "sshd", "console", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "user", { "a\nb", "sshd", "console", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "user", { NULL, "sshd", "console", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "service", { "anna", "", "console", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "service", { "anna", "a\x01", "console", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "service", { "anna", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		    "console", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "origin", { "anna", "sshd", "", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "origin", { "anna", "sshd", "\xe2\x80\xae", N, NOW + 90, 6, true, false, 0, NULL } },
		{ "nonce", { "anna", "sshd", "console", "", NOW + 90, 6, true, false, 0, NULL } },
		{ "nonce", { "anna", "sshd", "console", N "A", NOW + 90, 6, true, false, 0, NULL } },
		{ "nonce", { "anna", "sshd", "console", "AAAAAAAAAAAAAAAAAAAAA", NOW + 90, 6, true,
		    false, 0, NULL } },
		{ "nonce", { "anna", "sshd", "console", "AAAAAAAAAAAAAAAAAAAAA=", NOW + 90, 6, true,
		    false, 0, NULL } },
		{ "digits", { "anna", "sshd", "console", N, NOW + 90, 1, true, false, 0, NULL } },
		{ "digits", { "anna", "sshd", "console", N, NOW + 90, 9, true, false, 0, NULL } },
		{ "expires", { "anna", "sshd", "console", N, NOW, 6, true, false, 0, NULL } },
		{ "expires", { "anna", "sshd", "console", N, NOW + 121, 6, true, false, 0, NULL } },
		{ "expires", { "anna", "sshd", "console", N, -1, 6, true, false, 0, NULL } },
		{ "decoy", { "anna", "sshd", "console", N, NOW + 90, 6, false, true, 0, NULL } },
#undef N
	};
	struct model_login_opened l;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(ask(&bad[i].in, NOW, &l), PROBLEM_INVALID);
		ck_assert_str_eq(db_blamed(w.db), bad[i].field);
		ck_assert_str_eq(l.login, "");
	}
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login"), 0);
}
END_TEST

START_TEST(unknown_users_and_those_without_a_valid_certificate_are_the_same)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "carl");
	struct model_login_opened l;
	struct model_login_asked in = model_world_asked("nobody", NOW);
	struct model_offered d;

	ck_assert_int_eq(ask(&in, NOW, &l), PROBLEM_NO_DEVICE);
	DONE(&w, model_enrol_offer(w.db, NULL, e.id, &model_world_offer, NOW, &d));
	in.user = "carl";
	ck_assert_int_eq(ask(&in, NOW, &l), PROBLEM_NO_DEVICE);
	in = model_world_asked("anna", NOW + 365 * DAY);
	ck_assert_int_eq(ask(&in, NOW + 365 * DAY, &l), PROBLEM_NO_DEVICE);
	DONE(&w, model_device_revoke(w.db, anna.device, NULL, "root", NOW));
	ck_assert_int_eq(open_at(NOW, &l), PROBLEM_NO_DEVICE);
}
END_TEST

START_TEST(a_user_has_one_login_that_waits)
{
	struct model_login_opened a, b;
	struct model_login_asked in = model_world_asked("bert", NOW);

	ck_assert_int_eq(open_at(NOW, &a), MFA_OK);
	ck_assert_int_eq(open_at(NOW, &b), PROBLEM_ALREADY_WAITING);
	ck_assert_str_eq(b.login, "");
	ck_assert_int_eq(ask(&in, NOW, &b), MFA_OK);
	ck_assert_int_eq(answer(anna.device, a.login, MODEL_APPROVE, NOW), MFA_OK);
	ck_assert_int_eq(open_at(NOW, &b), MFA_OK);
	/* One that has expired does not wait, whether anybody said so or not. */
	ck_assert_int_eq(open_at(NOW + 89, &a), PROBLEM_ALREADY_WAITING);
	ck_assert_int_eq(open_at(NOW + 90, &a), MFA_OK);
}
END_TEST

START_TEST(three_that_end_unanswered_in_ten_minutes_are_enough)
{
	static const enum login_state ends[] = { MODEL_CANCELLED, MODEL_REFUSED, MODEL_EXPIRED };
	struct model_login_opened l;
	struct model_login_asked in = model_world_asked("bert", NOW + 300);
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(open_at(NOW + i * 100, &l), MFA_OK);
		if (ends[i] != MODEL_EXPIRED)
			finish(l.login, ends[i], NOW + i * 100 + 1);
	}
	ck_assert_int_eq(open_at(NOW + 300, &l), PROBLEM_TOO_MANY_UNANSWERED);
	ck_assert_int_eq(retry, 300);
	ck_assert_int_eq(ask(&in, NOW + 300, &l), MFA_OK);
	ck_assert_int_eq(retry, 0);
	ck_assert_int_eq(open_at(NOW + 599, &l), PROBLEM_TOO_MANY_UNANSWERED);
	ck_assert_int_eq(retry, 1);
	ck_assert_int_eq(open_at(NOW + 600, &l), MFA_OK);
	/* A clock that is set back does not keep it closed for longer. */
	finish(l.login, MODEL_CANCELLED, NOW + 600);
	ck_assert_int_eq(open_at(NOW - 10000, &l), PROBLEM_TOO_MANY_UNANSWERED);
	ck_assert_int_eq(retry, 600);
}
END_TEST

START_TEST(a_wrong_number_counts_like_no_answer_and_a_code_or_a_denial_does_not)
{
	static const struct { enum model_decision d; enum login_state end; bool counts; } cases[] = {
		{ MODEL_APPROVE, MODEL_WRONG_NUMBER, true },
		{ MODEL_APPROVE, MODEL_GRANTED, false },
		{ MODEL_DENY, MODEL_REFUSED, false },
		{ 0, MODEL_CODE, false },
		{ 0, MODEL_CANCELLED, true },
	};
	struct model_login_opened l;
	size_t i;
	int n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t now = NOW + (int64_t)i * 1000;

		for (n = 0; n < 3; n++) {
			ck_assert_int_eq(open_at(now, &l), MFA_OK);
			if (cases[i].d != 0)
				ck_assert_int_eq(answer(anna.device, l.login, cases[i].d, now),
				    MFA_OK);
			finish(l.login, cases[i].end, now);
		}
		ck_assert_int_eq(open_at(now, &l),
		    cases[i].counts ? PROBLEM_TOO_MANY_UNANSWERED : MFA_OK);
	}
}
END_TEST

START_TEST(a_repeated_request_opens_one_login)
{
	struct model_once once = model_world_once(web.host, "0123456789abcdef012345", 1);
	struct model_login_asked in = model_world_asked("anna", NOW);
	struct model_login_opened a, b;

	DONE(&w, model_login_open(w.db, &once, web.host, &in, NOW, &a, &retry));
	DONE(&w, model_login_open(w.db, &once, web.host, &in, NOW + 5, &b, &retry));
	ck_assert_mem_eq(&a, &b, sizeof(a));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login"), 1);
	/* Also when it is over by now. */
	finish(a.login, MODEL_CANCELLED, NOW);
	DONE(&w, model_login_open(w.db, &once, web.host, &in, NOW + 6, &b, &retry));
	ck_assert_str_eq(a.login, b.login);
	once = model_world_once(web.host, "0123456789abcdef012345", 2);
	ck_assert_int_eq(WRITE(&w, model_login_open(w.db, &once, web.host, &in, NOW, &b, &retry)),
	    PROBLEM_IDEMPOTENCY_MISMATCH);
}
END_TEST

START_TEST(a_host_that_was_revoked_opens_nothing)
{
	struct model_login_opened l;

	DONE(&w, model_host_revoke(w.db, web.host, "root", NOW));
	ck_assert_int_eq(open_at(NOW, &l), PROBLEM_UNAUTHENTICATED);
}
END_TEST

START_TEST(revoking_a_host_cancels_its_logins_only)
{
	struct model_login_opened a, b;
	struct model_login_asked in = model_world_asked("bert", NOW);

	ck_assert_int_eq(open_at(NOW, &a), MFA_OK);
	DONE(&w, model_login_open(w.db, NULL, db.host, &in, NOW, &b, &retry));
	DONE(&w, model_host_revoke(w.db, web.host, "root", NOW));
	ck_assert_int_eq(model_world_state(&w, web.host, a.login, NOW), MODEL_CANCELLED);
	ck_assert_int_eq(model_world_state(&w, db.host, b.login, NOW), MODEL_WAITING);
}
END_TEST

/* ---- answering ---- */

START_TEST(an_answer_reaches_its_host_whole)
{
	struct model_login_opened l;
	struct model_login got;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW + 1), MFA_OK);
	ck_assert_int_eq(model_login(w.db, web.host, l.login, NOW + 1, &got), MFA_OK);
	ck_assert_int_eq(got.state, MODEL_ANSWERED);
	ck_assert_int_eq(got.decision, MODEL_APPROVE);
	ck_assert_str_eq(got.device, anna.device);
	ck_assert_str_eq(got.kind, "p256");
	ck_assert_str_eq(got.signature, "MEQCIAAA");
	ck_assert_str_eq(got.authenticator_data, "");
	ck_assert_ptr_nonnull(strstr(got.certificate, anna.device));
	/* It stays so when the login's time is over, and is nobody else's. */
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW + 1000), MODEL_ANSWERED);
	ck_assert_int_eq(model_login(w.db, db.host, l.login, NOW, &got), PROBLEM_NOT_FOUND);
	ck_assert_str_eq(got.signature, "");
}
END_TEST

START_TEST(a_login_is_answered_once)
{
	static const enum model_decision second[] = { MODEL_APPROVE, MODEL_DENY, MODEL_REPORT };
	struct model_login_opened l;
	struct model_login got;
	size_t i;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_DENY, NOW), MFA_OK);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(answer(anna.device, l.login, second[i], NOW),
		    PROBLEM_ALREADY_ANSWERED);
	ck_assert_int_eq(model_login(w.db, web.host, l.login, NOW, &got), MFA_OK);
	ck_assert_int_eq(got.decision, MODEL_DENY);
	finish(l.login, MODEL_REFUSED, NOW);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW),
	    PROBLEM_ALREADY_ANSWERED);
}
END_TEST

START_TEST(only_a_phone_of_the_user_answers)
{
	struct model_enrolment e = model_world_enrolment(&w, web.host, "anna");
	struct model_login_opened l;
	struct model_offered second;
	enum login_state state;

	DONE(&w, model_enrol_offer(w.db, NULL, e.id, &model_world_offer, NOW, &second));
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(answer(bert.device, l.login, MODEL_APPROVE, NOW), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_device_login(w.db, bert.device, l.login, NOW, &state),
	    PROBLEM_NOT_FOUND);
	/* Without a certificate it is no phone of the user yet. */
	ck_assert_int_eq(answer(second.device, l.login, MODEL_APPROVE, NOW), PROBLEM_FORBIDDEN);
	ck_assert_int_eq(answer("d_none", l.login, MODEL_APPROVE, NOW), PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(answer(anna.device, "l_none", MODEL_APPROVE, NOW), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW), MODEL_WAITING);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
}
END_TEST

START_TEST(what_has_ended_is_gone)
{
	static const enum login_state ends[] = { MODEL_CANCELLED, MODEL_CODE, MODEL_REFUSED };
	struct model_login_opened l;
	size_t i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(open_at(NOW + (int64_t)i * 700, &l), MFA_OK);
		finish(l.login, ends[i], NOW + (int64_t)i * 700);
		ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE,
		    NOW + (int64_t)i * 700), PROBLEM_GONE);
	}
	ck_assert_int_eq(open_at(NOW + 9000, &l), MFA_OK);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW + 9090), PROBLEM_GONE);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW + 9089), MFA_OK);
}
END_TEST

START_TEST(the_evidence_has_the_form_of_the_devices_kind)
{
	static const struct { const char *field; struct model_answer in; } bad[] = {
		{ "decision", { 0, "AAAA", NULL, NULL } },
		{ "decision", { 4, "AAAA", NULL, NULL } },
		{ "signature", { MODEL_APPROVE, NULL, NULL, NULL } },
		{ "signature", { MODEL_APPROVE, "", NULL, NULL } },
		{ "signature", { MODEL_APPROVE, "AA=", NULL, NULL } },
		{ "client_data", { MODEL_APPROVE, "AAAA", NULL, "AAAA" } },
		{ "authenticator_data", { MODEL_APPROVE, "AAAA", "AAAA", NULL } },
	};
	struct model_login_opened l;
	struct model_answered out;
	size_t i;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(WRITE(&w, model_device_answer(w.db, NULL, anna.device, l.login,
		    &bad[i].in, NOW, &out)), PROBLEM_INVALID);
		ck_assert_str_eq(db_blamed(w.db), bad[i].field);
	}
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW), MODEL_WAITING);
}
END_TEST

START_TEST(a_report_locks_the_users_phones_until_somebody_unlocks_them)
{
	struct model_answer in = model_world_approval;
	struct model_login_opened l;
	struct model_answered out;
	struct model_user u;

	in.decision = MODEL_REPORT;
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	DONE(&w, model_device_answer(w.db, NULL, anna.device, l.login, &in, NOW, &out));
	ck_assert(out.report);
	ck_assert_str_eq(out.user, "anna");
	ck_assert_str_eq(out.host, "web");
	ck_assert_int_eq(open_at(NOW + 9999, &l), PROBLEM_PUSH_LOCKED);
	ck_assert_int_eq(model_user(w.db, "anna", NOW, &u), MFA_OK);
	ck_assert(u.push_locked && !u.locked && u.push_lock_reason[0] != '\0');
	DONE(&w, model_user_unlock(w.db, "anna", MODEL_LOCK_PUSH, "root", NOW));
	ck_assert_int_eq(open_at(NOW + 9999, &l), MFA_OK);
}
END_TEST

static const struct model_dial_rules rules = { .call = true, .text = true, .per_user = 9,
    .per_number = 9, .per_hour = 9, .text_digits = 6 };

/* One of anna's that is called for. */
static int
call(int64_t now, struct model_login_opened *out)
{
	struct model_telephone_asked number = { .number = "+31612345678", .language = "en",
	    .by = MODEL_DIAL_CALL };
	struct model_login_asked in = model_world_asked("anna", now);
	struct model_telephone_made made;
	struct model_telephone_proved proved;

	DONE(&w, model_telephone_add(w.db, NULL, "anna", &number, &rules, "admin", now, &made));
	DONE(&w, model_telephone_prove(w.db, "anna", made.id, MODEL_DIAL_CALL, made.proof, "admin",
	    now, &proved));
	in.push = false;
	in.dial = MODEL_DIAL_CALL;
	in.dial_rules = &rules;
	return ask(&in, now, out);
}

static void
is(const char *login, enum login_state state)
{
	ck_assert_int_eq(model_world_state(&w, web.host, login, NOW), state);
}

static void
report_by_telephone(const char *login)
{
	struct model_answered out;

	DONE(&w, model_login_report(w.db, login, NOW, &out));
	ck_assert_str_eq(out.user, "anna");
}

static void
report_by_phone(const char *login)
{
	ck_assert_int_eq(answer(anna.device, login, MODEL_REPORT, NOW), MFA_OK);
}

static void
lock_push(const char *login)
{
	(void)login;
	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_PUSH, "lost phone", "root", NOW));
}

static void
lock_all(const char *login)
{
	(void)login;
	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
}

static void (*const stops[])(const char *login) = { report_by_telephone, report_by_phone,
    lock_push, lock_all };

/* Between the approval and its host's look there may be time. */
static void
stop_by(void (*stop)(const char *login))
{
	struct model_login_opened granted, denied, approved, called, pushed, berts;
	struct model_login_asked in = model_world_asked("bert", NOW);

	ck_assert_int_eq(open_at(NOW, &granted), MFA_OK);
	ck_assert_int_eq(answer(anna.device, granted.login, MODEL_APPROVE, NOW), MFA_OK);
	finish(granted.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(open_at(NOW, &denied), MFA_OK);
	ck_assert_int_eq(answer(anna.device, denied.login, MODEL_DENY, NOW), MFA_OK);
	ck_assert_int_eq(open_at(NOW, &approved), MFA_OK);
	ck_assert_int_eq(answer(anna.device, approved.login, MODEL_APPROVE, NOW), MFA_OK);
	ck_assert_int_eq(call(NOW, &called), MFA_OK);
	ck_assert_int_eq(open_at(NOW, &pushed), MFA_OK);
	ck_assert_int_eq(ask(&in, NOW, &berts), MFA_OK);
	ck_assert_int_eq(answer(bert.device, berts.login, MODEL_APPROVE, NOW), MFA_OK);
	is(approved.login, MODEL_ANSWERED);
	stop(stop == report_by_phone ? pushed.login : called.login);
	is(approved.login, MODEL_CANCELLED);
	is(called.login, MODEL_CANCELLED);
	is(pushed.login, stop == report_by_phone ? MODEL_ANSWERED : MODEL_CANCELLED);
	is(denied.login, MODEL_ANSWERED);
	is(berts.login, MODEL_ANSWERED);
	/* That one was in already. */
	is(granted.login, MODEL_ANSWERED);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login WHERE state = 4"), 1);
}

START_TEST(what_was_approved_and_not_taken_is_stopped_by_a_report_or_a_lock)
{
	size_t i;

	for (i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		if (i > 0) {
			teardown();
			setup();
		}
		stop_by(stops[i]);
	}
}
END_TEST

/* It saw the approval first. */
START_TEST(a_host_that_let_one_in_before_it_was_stopped_is_on_record)
{
	static const char granted[] = "SELECT count(*) FROM audit WHERE event = 'close'"
	    " AND outcome = 'granted' AND user = 'anna' AND device <> ''";
	struct model_login_opened l;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	finish(l.login, MODEL_CANCELLED, NOW);
	ck_assert_int_eq(model_world_sql(&w, granted), 0);
	finish(l.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(model_world_sql(&w, granted), 1);
	is(l.login, MODEL_CANCELLED);
	DONE(&w, model_user_unlock(w.db, "anna", MODEL_LOCK_ALL, "root", NOW));
	/* Nobody says so of one that was never approved. */
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	finish(l.login, MODEL_CANCELLED, NOW);
	finish(l.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(model_world_sql(&w, granted), 1);
}
END_TEST

/* Nor does anything here tell of the number that was keyed in. */
START_TEST(so_is_one_that_let_a_call_in)
{
	static const char granted[] = "SELECT count(*) FROM audit WHERE event = 'close'"
	    " AND outcome = 'granted' AND user = 'anna' AND host <> ''";
	struct model_login_opened l;

	ck_assert_int_eq(call(NOW, &l), MFA_OK);
	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	finish(l.login, MODEL_CANCELLED, NOW);
	ck_assert_int_eq(model_world_sql(&w, granted), 0);
	finish(l.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(model_world_sql(&w, granted), 1);
	is(l.login, MODEL_CANCELLED);
}
END_TEST

START_TEST(a_lock_cancels_what_waits_and_keeps_more_from_coming)
{
	struct model_login_opened l;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_PUSH, "lost phone", "root", NOW));
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW), MODEL_CANCELLED);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW), PROBLEM_GONE);
	ck_assert_int_eq(open_at(NOW, &l), PROBLEM_PUSH_LOCKED);
	DONE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	ck_assert_int_eq(open_at(NOW, &l), PROBLEM_LOCKED);
	DONE(&w, model_user_unlock(w.db, "anna", MODEL_LOCK_PUSH, "root", NOW));
	ck_assert_int_eq(open_at(NOW, &l), PROBLEM_LOCKED);
	DONE(&w, model_user_unlock(w.db, "anna", MODEL_LOCK_ALL, "root", NOW));
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
}
END_TEST

START_TEST(a_revoked_phone_takes_its_logins_with_it)
{
	struct model_login_opened l;

	(void)model_world_device(&w, web.host, "anna");
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
	DONE(&w, model_device_revoke(w.db, anna.device, NULL, "root", NOW));
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW), MODEL_CANCELLED);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_DENY, NOW), PROBLEM_UNAUTHENTICATED);
}
END_TEST

/* ---- ending ---- */

START_TEST(host_and_phone_each_see_what_became_of_it)
{
	static const struct {
		bool answered;
		enum login_state outcome, host, phone;
	} cases[] = {
		{ true, MODEL_GRANTED, MODEL_ANSWERED, MODEL_GRANTED },
		{ true, MODEL_WRONG_NUMBER, MODEL_ANSWERED, MODEL_WRONG_NUMBER },
		{ true, MODEL_REFUSED, MODEL_ANSWERED, MODEL_REFUSED },
		{ true, MODEL_CANCELLED, MODEL_CANCELLED, MODEL_CANCELLED },
		{ true, MODEL_CODE, MODEL_ANSWERED, MODEL_CANCELLED },
		{ false, MODEL_CODE, MODEL_CANCELLED, MODEL_CANCELLED },
		{ false, MODEL_REFUSED, MODEL_CANCELLED, MODEL_REFUSED },
		{ false, MODEL_CANCELLED, MODEL_CANCELLED, MODEL_CANCELLED },
	};
	struct model_login_opened l;
	enum login_state state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t now = NOW + (int64_t)i * 1000;

		ck_assert_int_eq(open_at(now, &l), MFA_OK);
		if (cases[i].answered)
			ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, now), MFA_OK);
		finish(l.login, cases[i].outcome, now);
		ck_assert_int_eq(model_world_state(&w, web.host, l.login, now), cases[i].host);
		ck_assert_int_eq(model_device_login(w.db, anna.device, l.login, now, &state),
		    MFA_OK);
		ck_assert_int_eq(state, cases[i].phone);
		/* The first outcome stands. */
		finish(l.login, MODEL_GRANTED, now);
		ck_assert_int_eq(model_device_login(w.db, anna.device, l.login, now, &state),
		    MFA_OK);
		ck_assert_int_eq(state, cases[i].phone);
	}
}
END_TEST

START_TEST(one_that_nobody_ends_expires)
{
	struct model_login_opened l;
	enum login_state state;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW + 89), MODEL_WAITING);
	ck_assert_int_eq(model_world_state(&w, web.host, l.login, NOW + 90), MODEL_EXPIRED);
	finish(l.login, MODEL_CANCELLED, NOW + 91);
	ck_assert_int_eq(model_device_login(w.db, anna.device, l.login, NOW + 91, &state), MFA_OK);
	ck_assert_int_eq(state, MODEL_EXPIRED);
	ck_assert_int_eq(WRITE(&w, model_login_close(w.db, db.host, l.login, MODEL_CANCELLED, NOW)),
	    PROBLEM_NOT_FOUND);
}
END_TEST

START_TEST(whoever_waits_is_woken)
{
	struct model_login_opened l;
	struct wake *wakes;

	wakes = db_take_wakes(w.db);
	wakes_free(&wakes);
	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_ptr_nonnull(wakes = db_take_wakes(w.db));
	ck_assert_str_eq(wakes->what, "user anna");
	wakes_free(&wakes);
	ck_assert_int_eq(answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
	ck_assert_ptr_nonnull(wakes = db_take_wakes(w.db));
	ck_assert_str_eq(wakes->what, l.login);
	wakes_free(&wakes);
}
END_TEST

static bool
count(void *arg, const struct model_pending *p)
{
	(void)p;
	++*(int *)arg;
	return true;
}

START_TEST(those_that_wait_now_are_listed)
{
	struct model_login_opened l;
	struct model_login_asked in = model_world_asked("bert", NOW + 60);
	int n = 0;

	ck_assert_int_eq(open_at(NOW, &l), MFA_OK);
	ck_assert_int_eq(ask(&in, NOW + 60, &l), MFA_OK);
	ck_assert_int_eq(model_logins_waiting(w.db, NOW + 60, count, &n), MFA_OK);
	ck_assert_int_eq(n, 2);
	n = 0;
	ck_assert_int_eq(model_logins_waiting(w.db, NOW + 100, count, &n), MFA_OK);
	ck_assert_int_eq(n, 1);
}
END_TEST

START_TEST(words_are_those_of_the_contract)
{
	enum model_decision d;
	enum login_state s;

	ck_assert_int_eq(model_decision("report", &d), MFA_OK);
	ck_assert_int_eq(d, MODEL_REPORT);
	ck_assert_int_eq(model_decision("", &d), PROBLEM_INVALID);
	ck_assert_int_eq(model_decision("Approve", &d), PROBLEM_INVALID);
	ck_assert_int_eq(model_login_outcome("wrong_number", &s), MFA_OK);
	ck_assert_int_eq(s, MODEL_WRONG_NUMBER);
	ck_assert_int_eq(model_login_outcome("waiting", &s), PROBLEM_INVALID);
	ck_assert_int_eq(model_login_outcome("expired", &s), PROBLEM_INVALID);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_login_waits_and_its_phone_is_told_all_but_the_number,
		ids_of_one_second_begin_alike_and_end_differently,
		every_member_of_a_request_has_a_form,
		unknown_users_and_those_without_a_valid_certificate_are_the_same,
		a_user_has_one_login_that_waits,
		three_that_end_unanswered_in_ten_minutes_are_enough,
		a_wrong_number_counts_like_no_answer_and_a_code_or_a_denial_does_not,
		a_repeated_request_opens_one_login,
		a_host_that_was_revoked_opens_nothing,
		revoking_a_host_cancels_its_logins_only,
		an_answer_reaches_its_host_whole,
		a_login_is_answered_once,
		only_a_phone_of_the_user_answers,
		what_has_ended_is_gone,
		the_evidence_has_the_form_of_the_devices_kind,
		a_report_locks_the_users_phones_until_somebody_unlocks_them,
		what_was_approved_and_not_taken_is_stopped_by_a_report_or_a_lock,
		a_host_that_let_one_in_before_it_was_stopped_is_on_record,
		so_is_one_that_let_a_call_in,
		a_lock_cancels_what_waits_and_keeps_more_from_coming,
		a_revoked_phone_takes_its_logins_with_it,
		host_and_phone_each_see_what_became_of_it,
		one_that_nobody_ends_expires,
		whoever_waits_is_woken,
		those_that_wait_now_are_listed,
		words_are_those_of_the_contract, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_login", setup, teardown, 30, tests);
}
