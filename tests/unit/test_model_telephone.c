/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telephones: whose they are, how they are proved, and what dialling may cost.
 */
#include <stdio.h>
#include <string.h>

#include "../../server/model_telephone.h"
#include "../suite.h"
#include "model_world.h"

#define MOBILE	"+31612345678"
#define OTHER	"+31687654321"
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct model_world w;
static struct model_dial_rules rules;
static struct model_telephone_made made;
static bool vouched;			/* what is added */

static void
setup(void)
{
	model_world_make(&w);
	vouched = true;
	rules = (struct model_dial_rules){ .call = true, .text = true, .per_user = 6,
	    .per_number = 6, .per_hour = 100, .text_digits = 6 };
}

static void
teardown(void)
{
	model_world_drop(&w);
}

static int
add_by(enum model_dial by, const char *user, const char *number, int64_t now)
{
	struct model_telephone_asked in = { .number = number, .language = "nl", .by = by,
	    .vouched = vouched };

	return WRITE(&w, model_telephone_add(w.db, NULL, user, &in, &rules, "admin", now, &made));
}

static int
add(const char *user, const char *number, int64_t now)
{
	return add_by(MODEL_DIAL_CALL, user, number, now);
}

static int
prove(const char *user, int64_t id, const char *keys, int64_t now, bool *right)
{
	struct model_telephone_proved proved;
	int r = WRITE(&w, model_telephone_prove(w.db, user, id, MODEL_DIAL_CALL, keys, "admin", now,
	    &proved));

	*right = proved.right;
	return r;
}

static void
give(const char *user, const char *number, int64_t now)
{
	bool right;

	ck_assert_int_eq(add(user, number, now), MFA_OK);
	ck_assert_int_eq(prove(user, made.id, made.proof, now, &right), MFA_OK);
	ck_assert(right);
}

static const char *
number_of(const char *user)
{
	static struct model_telephone_number n;
	int r = model_telephone_of(w.db, user, &n);

	ck_assert(r == MFA_OK || r == MFA_E_ABSENT);
	ck_assert(r != MFA_OK || strcmp(n.language, "nl") == 0);
	return n.number;
}

START_TEST(a_number_counts_once_it_is_proved)
{
	bool right;

	ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	ck_assert_str_eq(made.number, MOBILE);
	ck_assert_uint_eq(strlen(made.proof), 6);
	ck_assert_str_eq(number_of("anna"), "");
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW, &right), MFA_OK);
	ck_assert(right);
	ck_assert_str_eq(number_of("anna"), MOBILE);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW, &right), PROBLEM_NOT_FOUND);
	ck_assert_str_eq(number_of("bert"), "");
}
END_TEST

START_TEST(a_proof_has_its_tries_and_its_time)
{
	bool right;
	int i;

	ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	for (i = 0; i < MODEL_PROOF_TRIES; i++) {
		ck_assert_int_eq(prove("anna", made.id, i == 0 ? "" : "0000000", NOW, &right),
		    MFA_OK);
		ck_assert(!right);
	}
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW, &right), PROBLEM_GONE);
	ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW + MODEL_PROOF_LIFE, &right),
	    PROBLEM_GONE);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW + MODEL_PROOF_LIFE - 1, &right),
	    MFA_OK);
	ck_assert(right);
}
END_TEST

/* An attacker who has one telephone of his own gets nobody else's login with it. */
START_TEST(a_proof_is_of_its_own_telephone)
{
	struct model_telephone_made annas;
	bool right;

	ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	annas = made;
	ck_assert_int_eq(add("mallory", OTHER, NOW), MFA_OK);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW, &right), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(prove("mallory", annas.id, annas.proof, NOW, &right), PROBLEM_NOT_FOUND);
	if (strcmp(made.proof, annas.proof) != 0) {
		ck_assert_int_eq(prove("anna", annas.id, made.proof, NOW, &right), MFA_OK);
		ck_assert(!right);
	}
}
END_TEST

START_TEST(a_number_is_one_users)
{
	struct model_telephone_made annas;
	bool right;

	/* Who proves it first has it. */
	ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	annas = made;
	give("bert", MOBILE, NOW);
	ck_assert_int_eq(prove("anna", annas.id, annas.proof, NOW, &right), PROBLEM_NAME_TAKEN);
	ck_assert_int_eq(add("anna", MOBILE, NOW), PROBLEM_NAME_TAKEN);
	ck_assert_int_eq(add("bert", MOBILE, NOW), PROBLEM_NAME_TAKEN);
	ck_assert_str_eq(number_of("anna"), "");
	ck_assert_str_eq(number_of("bert"), MOBILE);
}
END_TEST

START_TEST(a_user_has_few)
{
	char number[E164_MAX];
	int i;

	for (i = 0; i < MODEL_TELEPHONES_MAX; i++) {
		snprintf(number, sizeof(number), "+3161234567%d", i);
		ck_assert_int_eq(add("anna", number, NOW), MFA_OK);
	}
	ck_assert_int_eq(add("anna", "+31612345679", NOW), PROBLEM_TOO_MANY);
	/* Those that were not proved make room. */
	ck_assert_int_eq(add("anna", "+31612345679", NOW + MODEL_PROOF_LIFE), MFA_OK);
}
END_TEST

static bool
show(void *arg, const struct model_telephone_row *t)
{
	*(struct model_telephone_row *)arg = *t;
	return true;
}

START_TEST(a_number_is_readable_nowhere)
{
	struct model_telephone_row t = { .id = 0 };

	give("anna", MOBILE, NOW);
	ck_assert_int_eq(model_telephone_list(w.db, "anna", show, &t), MFA_OK);
	ck_assert_str_eq(t.shown, "+31 \u2022\u2022\u2022\u2022\u2022\u2022\u202278");
	ck_assert_int_eq(t.proved, NOW);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM telephone WHERE"
	    " instr(sealed, CAST('12345678' AS BLOB)) OR instr(mac, CAST('12345678' AS BLOB))"), 0);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit WHERE"
	    " instr(outcome || user || by || device || origin, '12345')"), 0);
}
END_TEST

/* A row of somebody else's does not open. */
START_TEST(a_number_that_was_moved_does_not_open)
{
	struct model_telephone_number n;

	give("anna", MOBILE, NOW);
	give("bert", OTHER, NOW);
	(void)model_world_sql(&w, "UPDATE telephone SET sealed ="
	    " (SELECT sealed FROM telephone WHERE user = 'bert') WHERE user = 'anna'");
	ck_assert_int_eq(model_telephone_of(w.db, "anna", &n), MFA_E_STATE);
	ck_assert_str_eq(n.number, "");
}
END_TEST

static bool
count_number(void *arg, const struct model_telephone_number *n)
{
	ck_assert_str_eq(n->number, OTHER);
	++*(int *)arg;
	return true;
}

START_TEST(the_others_are_told_of_a_new_one_and_its_owner_of_its_end)
{
	struct model_telephone_number gone;
	struct model_notice notice;
	int count = 0;

	give("anna", OTHER, NOW);
	give("anna", MOBILE, NOW);
	ck_assert_int_eq(model_telephone_numbers(w.db, "anna", made.id, count_number, &count),
	    MFA_OK);
	ck_assert_int_eq(count, 1);
	DONE(&w, model_notice_added(w.db, &rules, "anna", made.id, NOW, &notice));
	ck_assert(notice.added && notice.count == 1 && notice.unsent == 0);
	ck_assert_str_eq(notice.to[0].number, OTHER);
	DONE(&w, model_telephone_remove(w.db, "anna", made.id, "admin", NOW, &gone));
	ck_assert_str_eq(gone.number, MOBILE);
	ck_assert_str_eq(gone.language, "nl");
	DONE(&w, model_notice_removed(w.db, &rules, &gone, NOW, &notice));
	ck_assert(!notice.added && notice.count == 1 && notice.unsent == 0);
	ck_assert_str_eq(notice.to[0].number, MOBILE);
	ck_assert_str_eq(notice.to[0].language, "nl");
	ck_assert_str_eq(number_of("anna"), OTHER);
	ck_assert_int_eq(WRITE(&w, model_telephone_remove(w.db, "anna", made.id, "admin", NOW,
	    &gone)), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(WRITE(&w, model_telephone_remove(w.db, "bert", 1, "admin", NOW, &gone)),
	    PROBLEM_NOT_FOUND);
}
END_TEST

/* ---- cost ---- */

static int
dial(const char *user, const char *number, int64_t now)
{
	return WRITE(&w, model_dial(w.db, &rules, MODEL_DIAL_CALL, user, number, now));
}

START_TEST(an_hour_has_so_many_of_a_user_of_a_number_and_in_all)
{
	char user[16];
	int i;

	rules.per_user = rules.per_number = 3;
	rules.per_hour = 8;
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(dial("anna", MOBILE, NOW + i), MFA_OK);
	ck_assert_int_eq(dial("anna", OTHER, NOW + 3), PROBLEM_TOO_MANY_CALLS);
	ck_assert_int_eq(dial("bert", MOBILE, NOW + 3), PROBLEM_TOO_MANY_CALLS);
	for (i = 0; i < 5; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		ck_assert_int_eq(dial(user, i < 3 ? OTHER : "+3227000000", NOW + 4), MFA_OK);
	}
	ck_assert_int_eq(dial("carl", "+3227000001", NOW + 5), PROBLEM_TOO_MANY_CALLS);
	ck_assert_int_eq(dial("anna", MOBILE, NOW + 3599), PROBLEM_TOO_MANY_CALLS);
	ck_assert_int_eq(dial("anna", MOBILE, NOW + 3600), MFA_OK);
}
END_TEST

START_TEST(without_a_gateway_nothing_is_dialled)
{
	rules.call = false;
	ck_assert_int_eq(dial("anna", MOBILE, NOW), PROBLEM_NO_GATEWAY);
	ck_assert_int_eq(add("anna", MOBILE, NOW), PROBLEM_NO_GATEWAY);
	ck_assert_int_eq(add_by(MODEL_DIAL_TEXT, "anna", MOBILE, NOW), MFA_OK);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM dialled"), 1);
}
END_TEST

/* Proving is dialling, too: nobody makes others pay by adding numbers. */
START_TEST(a_proof_costs_as_a_login_does)
{
	int i;

	rules.per_user = 2;
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	ck_assert_int_eq(add("anna", MOBILE, NOW), PROBLEM_TOO_MANY_CALLS);
	/* What was refused has changed nothing. */
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM telephone"), 1);
}
END_TEST

START_TEST(repeated_it_is_one)
{
	struct model_once once = model_world_once("admin", "0123456789abcdef012345", 1);
	struct model_telephone_asked in = { .number = MOBILE, .language = "en",
	    .by = MODEL_DIAL_TEXT };
	struct model_telephone_made again;

	DONE(&w, model_telephone_add(w.db, &once, "anna", &in, &rules, "admin", NOW, &made));
	DONE(&w, model_telephone_add(w.db, &once, "anna", &in, &rules, "admin", NOW, &again));
	ck_assert_mem_eq(&made, &again, sizeof(made));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM dialled"), 1);
}
END_TEST

/* ---- a change ---- */

static int
ask_consent(const char *user, int64_t id, enum model_dial by, int64_t now)
{
	return WRITE(&w, model_telephone_consent(w.db, NULL, user, id, by, &rules, now, &made));
}

/* Whoever has a telephone has it say yes to another: each yes is good for one. */
START_TEST(another_one_needs_the_consent_of_one_that_counts)
{
	int64_t first;
	bool right;

	vouched = false;
	give("anna", MOBILE, NOW);
	first = made.id;
	ck_assert_int_eq(add("anna", OTHER, NOW), PROBLEM_NO_CONSENT);
	ck_assert_int_eq(ask_consent("anna", first, MODEL_DIAL_CALL, NOW), MFA_OK);
	ck_assert_str_eq(made.number, MOBILE);
	ck_assert_str_eq(made.language, "nl");
	ck_assert(made.consents);
	ck_assert_int_eq(add("anna", OTHER, NOW), PROBLEM_NO_CONSENT);
	ck_assert_int_eq(ask_consent("anna", first, MODEL_DIAL_CALL, NOW), MFA_OK);
	ck_assert_int_eq(prove("anna", first, "0", NOW, &right), MFA_OK);
	ck_assert(!right);
	ck_assert_int_eq(add("anna", OTHER, NOW), PROBLEM_NO_CONSENT);
	ck_assert_int_eq(ask_consent("anna", first, MODEL_DIAL_CALL, NOW), MFA_OK);
	ck_assert_int_eq(prove("anna", first, made.proof, NOW, &right), MFA_OK);
	ck_assert(right);
	ck_assert_str_eq(number_of("anna"), MOBILE);
	give("anna", OTHER, NOW + MODEL_PROOF_LIFE - 1);
	ck_assert_int_eq(add("anna", "+31612121212", NOW), PROBLEM_NO_CONSENT);
	vouched = true;
	ck_assert_int_eq(add("anna", "+31612121212", NOW), MFA_OK);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit WHERE event = 'telephone'"
	    " AND outcome = 'consented'"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit WHERE event = 'telephone'"
	    " AND outcome = 'vouched'"), 1);
}
END_TEST

/* Neither does one that was asked for when there was none to consent. */
START_TEST(two_that_are_asked_for_at_once_are_not_both_the_first)
{
	struct model_telephone_made first;
	bool right;

	vouched = false;
	ck_assert_int_eq(add("anna", OTHER, NOW), MFA_OK);
	first = made;
	give("anna", MOBILE, NOW);
	ck_assert_int_eq(prove("anna", first.id, first.proof, NOW, &right), PROBLEM_NOT_FOUND);
	ck_assert(!right);
	ck_assert_int_eq(add("anna", OTHER, NOW), PROBLEM_NO_CONSENT);
}
END_TEST

START_TEST(a_consent_has_its_time)
{
	bool right;

	vouched = false;
	give("anna", MOBILE, NOW);
	ck_assert_int_eq(ask_consent("anna", made.id, MODEL_DIAL_CALL, NOW), MFA_OK);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW + MODEL_PROOF_LIFE, &right),
	    PROBLEM_GONE);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW, &right), MFA_OK);
	ck_assert(right);
	ck_assert_int_eq(prove("anna", made.id, made.proof, NOW, &right), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(add("anna", OTHER, NOW + MODEL_PROOF_LIFE), PROBLEM_NO_CONSENT);
	/* The clock was set back. */
	ck_assert_int_eq(add("anna", OTHER, NOW - 1), PROBLEM_NO_CONSENT);
	ck_assert_int_eq(add("anna", OTHER, NOW), MFA_OK);
}
END_TEST

START_TEST(only_ones_own_telephone_that_counts_can_consent)
{
	bool right;

	vouched = false;
	give("bert", MOBILE, NOW);
	ck_assert_int_eq(ask_consent("anna", made.id, MODEL_DIAL_CALL, NOW), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(add("anna", OTHER, NOW), MFA_OK);
	ck_assert_int_eq(ask_consent("anna", made.id, MODEL_DIAL_CALL, NOW), PROBLEM_NOT_FOUND);
	ck_assert_int_eq(ask_consent("bert", 99, MODEL_DIAL_CALL, NOW), PROBLEM_NOT_FOUND);
	/* What the line brings and what a screen shows are not the same. */
	ck_assert_int_eq(ask_consent("bert", 1, MODEL_DIAL_TEXT, NOW), MFA_OK);
	ck_assert_int_eq(prove("bert", 1, made.proof, NOW, &right), MFA_OK);
	ck_assert(!right);
	rules.call = false;
	ck_assert_int_eq(ask_consent("bert", 1, MODEL_DIAL_CALL, NOW), PROBLEM_NO_GATEWAY);
	rules.per_user = 2;
	ck_assert_int_eq(ask_consent("bert", 1, MODEL_DIAL_TEXT, NOW), PROBLEM_TOO_MANY_CALLS);
}
END_TEST

static const struct { const char *field; struct model_telephone_asked in; } bad[] = {
	{ "number", { "", "en", MODEL_DIAL_CALL, true } },
	{ "number", { "0612345678", "en", MODEL_DIAL_CALL, true } },
	{ "number", { "+310612345678", "en", MODEL_DIAL_CALL, true } },
	{ "language", { MOBILE, "", MODEL_DIAL_CALL, true } },
	{ "language", { MOBILE, "xx", MODEL_DIAL_CALL, true } },
};

START_TEST(every_member_has_a_form)
{
	ck_assert_int_eq(WRITE(&w, model_telephone_add(w.db, NULL, "anna", &bad[_i].in, &rules,
	    "admin", NOW, &made)), PROBLEM_INVALID);
	ck_assert_str_eq(db_blamed(w.db), bad[_i].field);
	ck_assert_int_eq(made.id, 0);
}
END_TEST

static int
prefer(const char *method)
{
	return WRITE(&w, model_method_set(w.db, "anna", method, "admin", NOW));
}

START_TEST(a_user_prefers_a_method)
{
	give("anna", MOBILE, NOW);
	ck_assert_int_eq(prefer("call"), MFA_OK);
	ck_assert_int_eq(prefer("fax"), PROBLEM_INVALID);
	ck_assert_int_eq(model_world_sql(&w, "SELECT method = 'call' FROM user"), 1);
	ck_assert_int_eq(prefer(""), MFA_OK);
	ck_assert_int_eq(model_world_sql(&w, "SELECT method IS NULL FROM user"), 1);
}
END_TEST

START_TEST(a_call_first_needs_a_telephone)
{
	ck_assert_int_eq(prefer("call"), PROBLEM_NO_DEVICE);
	ck_assert_int_eq(add("anna", MOBILE, NOW), MFA_OK);
	ck_assert_int_eq(prefer("call"), PROBLEM_NO_DEVICE);
	ck_assert_int_eq(prefer("text"), PROBLEM_NO_DEVICE);
	ck_assert_int_eq(prefer("push"), MFA_OK);
	ck_assert_int_eq(prefer(""), MFA_OK);
}
END_TEST

static void
take_back(int64_t id)
{
	struct model_telephone_number gone;

	ck_assert_int_eq(WRITE(&w, model_telephone_remove(w.db, "anna", id, "admin", NOW, &gone)),
	    MFA_OK);
}

START_TEST(nobody_is_called_first_without_a_telephone)
{
	int64_t first;

	give("bert", "+31612345679", NOW);
	give("anna", MOBILE, NOW);
	first = made.id;
	give("anna", OTHER, NOW);
	ck_assert_int_eq(prefer("text"), MFA_OK);
	take_back(made.id);
	ck_assert_int_eq(model_world_sql(&w, "SELECT method = 'text' FROM user"
	    " WHERE name = 'anna'"), 1);
	/* One that does not count is not called. */
	ck_assert_int_eq(add("anna", OTHER, NOW), MFA_OK);
	take_back(first);
	ck_assert_int_eq(model_world_sql(&w, "SELECT method IS NULL FROM user"
	    " WHERE name = 'anna'"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit WHERE event = 'method'"
	    " AND outcome = 'none'"), 1);
}
END_TEST

START_TEST(a_phone_stays_first_without_a_telephone)
{
	give("anna", MOBILE, NOW);
	ck_assert_int_eq(prefer("push"), MFA_OK);
	take_back(made.id);
	ck_assert_int_eq(model_world_sql(&w, "SELECT method = 'push' FROM user"), 1);
}
END_TEST

START_TEST(what_was_dialled_is_cleared_away)
{
	bool more;

	ck_assert_int_eq(dial("anna", MOBILE, NOW), MFA_OK);
	DONE(&w, model_tidy(w.db, NOW + MODEL_DIALLED_LIFE, 365, &more));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM dialled"), 1);
	DONE(&w, model_tidy(w.db, NOW + MODEL_DIALLED_LIFE + 1, 365, &more));
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM dialled"), 0);
}
END_TEST

/* So many of a hundred are sent. */
static void
tell_many(int sent, int unsent)
{
	struct model_telephone_number n = { .language = "en" };
	struct model_notice notice;
	int i, count = 0, left = 0;

	for (i = 0; i < 100; i++) {
		snprintf(n.number, sizeof(n.number), "%s", i % 2 == 0 ? MOBILE : OTHER);
		DONE(&w, model_notice_removed(w.db, &rules, &n, NOW, &notice));
		ck_assert_uint_le(notice.count + notice.unsent, 1);
		count += (int)notice.count;
		left += (int)notice.unsent;
	}
	ck_assert_int_eq(count, sent);
	ck_assert_int_eq(left, unsent);
}

START_TEST(telling_costs_as_well)
{
	rules.per_hour = 10;
	tell_many(10, 90);
	ck_assert_int_eq(dial("anna", "+31611111111", NOW), PROBLEM_TOO_MANY_CALLS);
	rules.per_hour = 1000;
	tell_many(2, 98);
	ck_assert_int_eq(dial("anna", MOBILE, NOW), PROBLEM_TOO_MANY_CALLS);
	/* None of it is anna's. */
	rules.per_user = 1;
	ck_assert_int_eq(dial("anna", "+31611111111", NOW), MFA_OK);
	rules.text = false;
	tell_many(0, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("model_telephone");
	TCase *t = tcase_create("model_telephone");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_number_counts_once_it_is_proved);
	tcase_add_test(t, a_proof_has_its_tries_and_its_time);
	tcase_add_test(t, a_proof_is_of_its_own_telephone);
	tcase_add_test(t, a_number_is_one_users);
	tcase_add_test(t, a_user_has_few);
	tcase_add_test(t, a_number_is_readable_nowhere);
	tcase_add_test(t, a_number_that_was_moved_does_not_open);
	tcase_add_test(t, the_others_are_told_of_a_new_one_and_its_owner_of_its_end);
	tcase_add_test(t, an_hour_has_so_many_of_a_user_of_a_number_and_in_all);
	tcase_add_test(t, without_a_gateway_nothing_is_dialled);
	tcase_add_test(t, a_proof_costs_as_a_login_does);
	tcase_add_test(t, telling_costs_as_well);
	tcase_add_test(t, repeated_it_is_one);
	tcase_add_test(t, another_one_needs_the_consent_of_one_that_counts);
	tcase_add_test(t, two_that_are_asked_for_at_once_are_not_both_the_first);
	tcase_add_test(t, a_consent_has_its_time);
	tcase_add_test(t, only_ones_own_telephone_that_counts_can_consent);
	tcase_add_loop_test(t, every_member_has_a_form, 0, COUNT(bad));
	tcase_add_test(t, a_user_prefers_a_method);
	tcase_add_test(t, a_call_first_needs_a_telephone);
	tcase_add_test(t, nobody_is_called_first_without_a_telephone);
	tcase_add_test(t, a_phone_stays_first_without_a_telephone);
	tcase_add_test(t, what_was_dialled_is_cleared_away);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
