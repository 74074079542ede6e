/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers to a login: who may give one, what it has to be, and what makes it void.
 */
#include <string.h>

#include "people_world.h"

/* ---- what an answer has to be ---- */

START_TEST(an_answer_reaches_its_host_whole)
{
	struct model_login_opened l;
	struct model_login got;

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW + 1), MFA_OK);
	ck_assert_int_eq(model_login(model.db, web.host, l.login, NOW + 1, &got), MFA_OK);
	ck_assert_int_eq(got.state, MODEL_ANSWERED);
	ck_assert_int_eq(got.decision, MODEL_APPROVE);
	ck_assert_str_eq(got.device, anna.device);
	ck_assert_str_eq(got.kind, "p256");
	ck_assert_str_eq(got.signature, "MEQCIAAA");
	ck_assert_str_eq(got.authenticator_data, "");
	ck_assert_ptr_nonnull(strstr(got.certificate, anna.device));
	/* It stays so when the login's time is over, and is nobody else's. */
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW + 1000), MODEL_ANSWERED);
	ck_assert_int_eq(model_login(model.db, db.host, l.login, NOW, &got), PROBLEM_NOT_FOUND);
	ck_assert_str_eq(got.signature, "");
}
END_TEST

START_TEST(a_login_is_answered_once)
{
	static const enum model_decision second[] = { MODEL_APPROVE, MODEL_DENY, MODEL_REPORT };
	struct model_login_opened l;
	struct model_login got;
	size_t i;

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_DENY, NOW), MFA_OK);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(people_answer(anna.device, l.login, second[i], NOW),
		    PROBLEM_ALREADY_ANSWERED);
	ck_assert_int_eq(model_login(model.db, web.host, l.login, NOW, &got), MFA_OK);
	ck_assert_int_eq(got.decision, MODEL_DENY);
	people_finish(l.login, MODEL_REFUSED, NOW);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW),
	    PROBLEM_ALREADY_ANSWERED);
}
END_TEST

START_TEST(only_a_phone_of_the_user_answers)
{
	struct model_enrolment e = model_world_enrolment(&model, web.host, "anna");
	struct model_login_opened l;
	struct model_offered second;
	enum login_state state;

	DONE(&model, model_enrol_offer(model.db, NULL, e.id, &model_world_offer, NOW, &second));
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(people_answer(bert.device, l.login, MODEL_APPROVE, NOW),
	    PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_device_login(model.db, bert.device, l.login, NOW, &state),
	    PROBLEM_NOT_FOUND);
	/* Without a certificate it is no phone of the user yet. */
	ck_assert_int_eq(people_answer(second.device, l.login, MODEL_APPROVE, NOW),
	    PROBLEM_FORBIDDEN);
	ck_assert_int_eq(people_answer("d_none", l.login, MODEL_APPROVE, NOW),
	    PROBLEM_UNAUTHENTICATED);
	ck_assert_int_eq(people_answer(anna.device, "l_none", MODEL_APPROVE, NOW),
	    PROBLEM_NOT_FOUND);
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW), MODEL_WAITING);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
}
END_TEST

START_TEST(what_has_ended_is_gone)
{
	static const enum login_state ends[] = { MODEL_CANCELLED, MODEL_CODE, MODEL_REFUSED };
	struct model_login_opened l;
	size_t i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(people_open(NOW + (int64_t)i * 700, &l), MFA_OK);
		people_finish(l.login, ends[i], NOW + (int64_t)i * 700);
		ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE,
		    NOW + (int64_t)i * 700), PROBLEM_GONE);
	}
	ck_assert_int_eq(people_open(NOW + 9000, &l), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW + 9090),
	    PROBLEM_GONE);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW + 9089), MFA_OK);
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

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(WRITE(&model, model_device_answer(model.db, NULL, anna.device,
		    l.login, &bad[i].in, NOW, &out)), PROBLEM_INVALID);
		ck_assert_str_eq(db_blamed(model.db), bad[i].field);
	}
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW), MODEL_WAITING);
}
END_TEST

/* ---- what makes it void ---- */

START_TEST(a_report_locks_the_users_phones_until_somebody_unlocks_them)
{
	struct model_answer in = model_world_approval;
	struct model_login_opened l;
	struct model_answered out;
	struct model_user u;

	in.decision = MODEL_REPORT;
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	DONE(&model, model_device_answer(model.db, NULL, anna.device, l.login, &in, NOW, &out));
	ck_assert(out.report);
	ck_assert_str_eq(out.user, "anna");
	ck_assert_str_eq(out.host, "web");
	ck_assert_int_eq(people_open(NOW + 9999, &l), PROBLEM_PUSH_LOCKED);
	ck_assert_int_eq(model_user(model.db, "anna", NOW, &u), MFA_OK);
	ck_assert(u.push_locked && !u.locked && u.push_lock_reason[0] != '\0');
	DONE(&model, model_user_unlock(model.db, "anna", MODEL_LOCK_PUSH, "root", NOW));
	ck_assert_int_eq(people_open(NOW + 9999, &l), MFA_OK);
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

	DONE(&model, model_telephone_add(model.db, NULL, "anna", &number, &rules, "admin", now,
	    &made));
	DONE(&model, model_telephone_prove(model.db, "anna", made.id, MODEL_DIAL_CALL, made.proof,
	    "admin", now, &proved));
	in.push = false;
	in.dial = MODEL_DIAL_CALL;
	in.dial_rules = &rules;
	return people_ask(&in, now, out);
}

static void
is(const char *login, enum login_state state)
{
	ck_assert_int_eq(model_world_state(&model, web.host, login, NOW), state);
}

static void
report_by_telephone(const char *login)
{
	struct model_answered out;

	DONE(&model, model_login_report(model.db, login, NOW, &out));
	ck_assert_str_eq(out.user, "anna");
}

static void
report_by_phone(const char *login)
{
	ck_assert_int_eq(people_answer(anna.device, login, MODEL_REPORT, NOW), MFA_OK);
}

static void
lock_push(const char *login)
{
	(void)login;
	DONE(&model, model_user_lock(model.db, "anna", MODEL_LOCK_PUSH, "lost phone", "root", NOW));
}

static void
lock_all(const char *login)
{
	(void)login;
	DONE(&model, model_user_lock(model.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
}

static void (*const stops[])(const char *login) = { report_by_telephone, report_by_phone,
    lock_push, lock_all };

/* Between the approval and its host's look there may be time. */
static void
stop_by(void (*stop)(const char *login))
{
	struct model_login_opened granted, denied, approved, called, pushed, berts;
	struct model_login_asked in = model_world_asked("bert", NOW);

	ck_assert_int_eq(people_open(NOW, &granted), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, granted.login, MODEL_APPROVE, NOW), MFA_OK);
	people_finish(granted.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(people_open(NOW, &denied), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, denied.login, MODEL_DENY, NOW), MFA_OK);
	ck_assert_int_eq(people_open(NOW, &approved), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, approved.login, MODEL_APPROVE, NOW), MFA_OK);
	ck_assert_int_eq(call(NOW, &called), MFA_OK);
	ck_assert_int_eq(people_open(NOW, &pushed), MFA_OK);
	ck_assert_int_eq(people_ask(&in, NOW, &berts), MFA_OK);
	ck_assert_int_eq(people_answer(bert.device, berts.login, MODEL_APPROVE, NOW), MFA_OK);
	is(approved.login, MODEL_ANSWERED);
	stop(stop == report_by_phone ? pushed.login : called.login);
	is(approved.login, MODEL_CANCELLED);
	is(called.login, MODEL_CANCELLED);
	is(pushed.login, stop == report_by_phone ? MODEL_ANSWERED : MODEL_CANCELLED);
	is(denied.login, MODEL_ANSWERED);
	is(berts.login, MODEL_ANSWERED);
	/* That one was in already. */
	is(granted.login, MODEL_ANSWERED);
	ck_assert_int_eq(model_world_sql(&model, "SELECT count(*) FROM login WHERE state = 4"), 1);
}

START_TEST(what_was_approved_and_not_taken_is_stopped_by_a_report_or_a_lock)
{
	size_t i;

	for (i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		if (i > 0) {
			people_drop();
			people_make();
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

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
	DONE(&model, model_user_lock(model.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	people_finish(l.login, MODEL_CANCELLED, NOW);
	ck_assert_int_eq(model_world_sql(&model, granted), 0);
	people_finish(l.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(model_world_sql(&model, granted), 1);
	is(l.login, MODEL_CANCELLED);
	DONE(&model, model_user_unlock(model.db, "anna", MODEL_LOCK_ALL, "root", NOW));
	/* Nobody says so of one that was never approved. */
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	people_finish(l.login, MODEL_CANCELLED, NOW);
	people_finish(l.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(model_world_sql(&model, granted), 1);
}
END_TEST

/* Nor does anything here tell of the number that was keyed in. */
START_TEST(so_is_one_that_let_a_call_in)
{
	static const char granted[] = "SELECT count(*) FROM audit WHERE event = 'close'"
	    " AND outcome = 'granted' AND user = 'anna' AND host <> ''";
	struct model_login_opened l;

	ck_assert_int_eq(call(NOW, &l), MFA_OK);
	DONE(&model, model_user_lock(model.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	people_finish(l.login, MODEL_CANCELLED, NOW);
	ck_assert_int_eq(model_world_sql(&model, granted), 0);
	people_finish(l.login, MODEL_GRANTED, NOW);
	ck_assert_int_eq(model_world_sql(&model, granted), 1);
	is(l.login, MODEL_CANCELLED);
}
END_TEST

START_TEST(a_lock_cancels_what_waits_and_keeps_more_from_coming)
{
	struct model_login_opened l;

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	DONE(&model, model_user_lock(model.db, "anna", MODEL_LOCK_PUSH, "lost phone", "root", NOW));
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW), MODEL_CANCELLED);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW), PROBLEM_GONE);
	ck_assert_int_eq(people_open(NOW, &l), PROBLEM_PUSH_LOCKED);
	DONE(&model, model_user_lock(model.db, "anna", MODEL_LOCK_ALL, "left", "root", NOW));
	ck_assert_int_eq(people_open(NOW, &l), PROBLEM_LOCKED);
	DONE(&model, model_user_unlock(model.db, "anna", MODEL_LOCK_PUSH, "root", NOW));
	ck_assert_int_eq(people_open(NOW, &l), PROBLEM_LOCKED);
	DONE(&model, model_user_unlock(model.db, "anna", MODEL_LOCK_ALL, "root", NOW));
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
}
END_TEST

START_TEST(a_revoked_phone_takes_its_logins_with_it)
{
	struct model_login_opened l;

	(void)model_world_device(&model, web.host, "anna");
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
	DONE(&model, model_device_revoke(model.db, anna.device, NULL, "root", NOW));
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW), MODEL_CANCELLED);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_DENY, NOW),
	    PROBLEM_UNAUTHENTICATED);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
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
		a_revoked_phone_takes_its_logins_with_it, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_answer", people_make, people_drop, 30, tests);
}
