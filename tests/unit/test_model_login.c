/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins: who may be asked, and how they end.
 */
#include <string.h>

#include "people_world.h"

/* ---- opening ---- */

START_TEST(a_login_waits_and_its_phone_is_told_all_but_the_number)
{
	struct model_login_opened l;
	struct model_pending p;
	int64_t before, seq;
	bool waits;

	ck_assert_int_eq(model_device_pending(model.db, anna.device, NOW, &waits, &p, &before),
	    MFA_OK);
	ck_assert(!waits);
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert(l.methods.push && !l.methods.totp && !l.methods.recovery && !l.methods.pass);
	ck_assert_int_eq(l.expires, NOW + 90);
	ck_assert_int_eq(model_device_pending(model.db, anna.device, NOW, &waits, &p, &seq),
	    MFA_OK);
	ck_assert(waits && seq > before);
	ck_assert_str_eq(p.login, l.login);
	ck_assert_str_eq(p.host, "web");
	ck_assert_str_eq(p.user, "anna");
	ck_assert_str_eq(p.service, "sshd");
	ck_assert_str_eq(p.origin, "192.0.2.1");
	ck_assert_str_eq(p.nonce, "AAAAAAAAAAAAAAAAAAAAAA");
	ck_assert_uint_eq(p.digits, 6);
	ck_assert_int_eq(model_device_pending(model.db, bert.device, NOW, &waits, &p, &seq),
	    MFA_OK);
	ck_assert(!waits);
	ck_assert_int_eq(model_device_pending(model.db, anna.device, NOW + 90, &waits, &p, &seq),
	    MFA_OK);
	ck_assert(!waits);
}
END_TEST

/* So that they are neighbours in the index. */
START_TEST(ids_of_one_second_begin_alike_and_end_differently)
{
	struct model_login_opened a = model_world_login(&model, web.host, "anna", NOW), b, c;

	b = model_world_login(&model, web.host, "bert", NOW);
	people_finish(a.login, MODEL_GRANTED, NOW);
	c = model_world_login(&model, web.host, "anna", NOW + 3600);
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
		ck_assert_int_eq(people_ask(&bad[i].in, NOW, &l), PROBLEM_INVALID);
		ck_assert_str_eq(db_blamed(model.db), bad[i].field);
		ck_assert_str_eq(l.login, "");
	}
	ck_assert_int_eq(model_world_sql(&model, "SELECT count(*) FROM login"), 0);
}
END_TEST

START_TEST(unknown_users_and_those_without_a_valid_certificate_are_the_same)
{
	struct model_enrolment e = model_world_enrolment(&model, web.host, "carl");
	struct model_login_opened l;
	struct model_login_asked in = model_world_asked("nobody", NOW);
	struct model_offered d;

	ck_assert_int_eq(people_ask(&in, NOW, &l), PROBLEM_NO_DEVICE);
	DONE(&model, model_enrol_offer(model.db, NULL, e.id, &model_world_offer, NOW, &d));
	in.user = "carl";
	ck_assert_int_eq(people_ask(&in, NOW, &l), PROBLEM_NO_DEVICE);
	in = model_world_asked("anna", NOW + 365 * DAY);
	ck_assert_int_eq(people_ask(&in, NOW + 365 * DAY, &l), PROBLEM_NO_DEVICE);
	DONE(&model, model_device_revoke(model.db, anna.device, NULL, "root", NOW));
	ck_assert_int_eq(people_open(NOW, &l), PROBLEM_NO_DEVICE);
}
END_TEST

START_TEST(a_user_has_one_login_that_waits)
{
	struct model_login_opened a, b;
	struct model_login_asked in = model_world_asked("bert", NOW);

	ck_assert_int_eq(people_open(NOW, &a), MFA_OK);
	ck_assert_int_eq(people_open(NOW, &b), PROBLEM_ALREADY_WAITING);
	ck_assert_str_eq(b.login, "");
	ck_assert_int_eq(people_ask(&in, NOW, &b), MFA_OK);
	ck_assert_int_eq(people_answer(anna.device, a.login, MODEL_APPROVE, NOW), MFA_OK);
	ck_assert_int_eq(people_open(NOW, &b), MFA_OK);
	/* One that has expired does not wait, whether anybody said so or not. */
	ck_assert_int_eq(people_open(NOW + 89, &a), PROBLEM_ALREADY_WAITING);
	ck_assert_int_eq(people_open(NOW + 90, &a), MFA_OK);
}
END_TEST

START_TEST(three_that_end_unanswered_in_ten_minutes_are_enough)
{
	static const enum login_state ends[] = { MODEL_CANCELLED, MODEL_REFUSED, MODEL_EXPIRED };
	struct model_login_opened l;
	struct model_login_asked in = model_world_asked("bert", NOW + 300);
	int i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(people_open(NOW + i * 100, &l), MFA_OK);
		if (ends[i] != MODEL_EXPIRED)
			people_finish(l.login, ends[i], NOW + i * 100 + 1);
	}
	ck_assert_int_eq(people_open(NOW + 300, &l), PROBLEM_TOO_MANY_UNANSWERED);
	ck_assert_int_eq(people_retry, 300);
	ck_assert_int_eq(people_ask(&in, NOW + 300, &l), MFA_OK);
	ck_assert_int_eq(people_retry, 0);
	ck_assert_int_eq(people_open(NOW + 599, &l), PROBLEM_TOO_MANY_UNANSWERED);
	ck_assert_int_eq(people_retry, 1);
	ck_assert_int_eq(people_open(NOW + 600, &l), MFA_OK);
	/* A clock that is set back does not keep it closed for longer. */
	people_finish(l.login, MODEL_CANCELLED, NOW + 600);
	ck_assert_int_eq(people_open(NOW - 10000, &l), PROBLEM_TOO_MANY_UNANSWERED);
	ck_assert_int_eq(people_retry, 600);
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
			ck_assert_int_eq(people_open(now, &l), MFA_OK);
			if (cases[i].d != 0)
				ck_assert_int_eq(people_answer(anna.device, l.login, cases[i].d,
				    now), MFA_OK);
			people_finish(l.login, cases[i].end, now);
		}
		ck_assert_int_eq(people_open(now, &l),
		    cases[i].counts ? PROBLEM_TOO_MANY_UNANSWERED : MFA_OK);
	}
}
END_TEST

START_TEST(a_repeated_request_opens_one_login)
{
	struct model_once once = model_world_once(web.host, "0123456789abcdef012345", 1);
	struct model_login_asked in = model_world_asked("anna", NOW);
	struct model_login_opened a, b;

	DONE(&model, model_login_open(model.db, &once, web.host, &in, NOW, &a, &people_retry));
	DONE(&model, model_login_open(model.db, &once, web.host, &in, NOW + 5, &b, &people_retry));
	ck_assert_mem_eq(&a, &b, sizeof(a));
	ck_assert_int_eq(model_world_sql(&model, "SELECT count(*) FROM login"), 1);
	/* Also when it is over by now. */
	people_finish(a.login, MODEL_CANCELLED, NOW);
	DONE(&model, model_login_open(model.db, &once, web.host, &in, NOW + 6, &b, &people_retry));
	ck_assert_str_eq(a.login, b.login);
	once = model_world_once(web.host, "0123456789abcdef012345", 2);
	ck_assert_int_eq(WRITE(&model, model_login_open(model.db, &once, web.host, &in, NOW, &b,
	    &people_retry)), PROBLEM_IDEMPOTENCY_MISMATCH);
}
END_TEST

START_TEST(a_host_that_was_revoked_opens_nothing)
{
	struct model_login_opened l;

	DONE(&model, model_host_revoke(model.db, web.host, "root", NOW));
	ck_assert_int_eq(people_open(NOW, &l), PROBLEM_UNAUTHENTICATED);
}
END_TEST

START_TEST(revoking_a_host_cancels_its_logins_only)
{
	struct model_login_opened a, b;
	struct model_login_asked in = model_world_asked("bert", NOW);

	ck_assert_int_eq(people_open(NOW, &a), MFA_OK);
	DONE(&model, model_login_open(model.db, NULL, db.host, &in, NOW, &b, &people_retry));
	DONE(&model, model_host_revoke(model.db, web.host, "root", NOW));
	ck_assert_int_eq(model_world_state(&model, web.host, a.login, NOW), MODEL_CANCELLED);
	ck_assert_int_eq(model_world_state(&model, db.host, b.login, NOW), MODEL_WAITING);
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

		ck_assert_int_eq(people_open(now, &l), MFA_OK);
		if (cases[i].answered)
			ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, now),
			    MFA_OK);
		people_finish(l.login, cases[i].outcome, now);
		ck_assert_int_eq(model_world_state(&model, web.host, l.login, now), cases[i].host);
		ck_assert_int_eq(model_device_login(model.db, anna.device, l.login, now, &state),
		    MFA_OK);
		ck_assert_int_eq(state, cases[i].phone);
		/* The first outcome stands. */
		people_finish(l.login, MODEL_GRANTED, now);
		ck_assert_int_eq(model_device_login(model.db, anna.device, l.login, now, &state),
		    MFA_OK);
		ck_assert_int_eq(state, cases[i].phone);
	}
}
END_TEST

START_TEST(one_that_nobody_ends_expires)
{
	struct model_login_opened l;
	enum login_state state;

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW + 89), MODEL_WAITING);
	ck_assert_int_eq(model_world_state(&model, web.host, l.login, NOW + 90), MODEL_EXPIRED);
	people_finish(l.login, MODEL_CANCELLED, NOW + 91);
	ck_assert_int_eq(model_device_login(model.db, anna.device, l.login, NOW + 91, &state),
	    MFA_OK);
	ck_assert_int_eq(state, MODEL_EXPIRED);
	ck_assert_int_eq(WRITE(&model, model_login_close(model.db, db.host, l.login,
	    MODEL_CANCELLED, NOW)), PROBLEM_NOT_FOUND);
}
END_TEST

START_TEST(whoever_waits_is_woken)
{
	struct model_login_opened l;
	struct wake *wakes;

	wakes = db_take_wakes(model.db);
	wakes_free(&wakes);
	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_ptr_nonnull(wakes = db_take_wakes(model.db));
	ck_assert_str_eq(wakes->what, "user anna");
	wakes_free(&wakes);
	ck_assert_int_eq(people_answer(anna.device, l.login, MODEL_APPROVE, NOW), MFA_OK);
	ck_assert_ptr_nonnull(wakes = db_take_wakes(model.db));
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

	ck_assert_int_eq(people_open(NOW, &l), MFA_OK);
	ck_assert_int_eq(people_ask(&in, NOW + 60, &l), MFA_OK);
	ck_assert_int_eq(model_logins_waiting(model.db, NOW + 60, count, &n), MFA_OK);
	ck_assert_int_eq(n, 2);
	n = 0;
	ck_assert_int_eq(model_logins_waiting(model.db, NOW + 100, count, &n), MFA_OK);
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
		host_and_phone_each_see_what_became_of_it,
		one_that_nobody_ends_expires,
		whoever_waits_is_woken,
		those_that_wait_now_are_listed,
		words_are_those_of_the_contract, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_login", people_make, people_drop, 30, tests);
}
