/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users and records as administrators see them; what is deleted and what is
 * not; and the forms of problems.
 */
#include <stdio.h>
#include <string.h>

#include "../../server/problem.h"
#include "model_world.h"

static struct model_world w;
static struct model_joined web;

static void
setup(void)
{
	model_world_make(&w);
	web = model_world_host(&w, "web");
}

static void
teardown(void)
{
	model_world_drop(&w);
}

/* ---- users ---- */

struct names {
	int count;
	char last[MODEL_NAME_MAX];
	unsigned int devices, locked;
};

static bool
note_user(void *arg, const struct model_user_row *u)
{
	struct names *n = arg;

	ck_assert_int_gt(strcmp(u->name, n->last), 0);
	(void)snprintf(n->last, sizeof(n->last), "%s", u->name);
	n->count++;
	n->devices += u->devices;
	n->locked += u->locked;
	return true;
}

START_TEST(users_come_page_by_page_in_order)
{
	struct names n = { .count = 0 };
	char name[16];
	int i, pages = 0, before;

	for (i = 0; i < 25; i++) {
		(void)snprintf(name, sizeof(name), "user%02d", (i * 7) % 25);
		DONE(&w, model_user_lock(w.db, name, MODEL_LOCK_ALL, "x", "root", NOW));
	}
	(void)model_world_device(&w, web.host, "user03");
	do {
		before = n.count;
		MUST(model_users(w.db, n.last, 10, NOW, note_user, &n));
		pages++;
	} while (n.count - before == 10);
	ck_assert_int_eq(n.count, 25);
	ck_assert_int_eq(pages, 3);
	ck_assert_uint_eq(n.devices, 1);
	ck_assert_uint_eq(n.locked, 25);
}
END_TEST

START_TEST(an_unknown_user_has_no_methods_and_is_no_error)
{
	struct model_user u, zeros;

	memset(&zeros, 0, sizeof(zeros));
	MUST(model_user(w.db, "nobody", NOW, &u));
	ck_assert_mem_eq(&u, &zeros, sizeof(u));
	ck_assert_int_eq(model_user(w.db, "a\nb", NOW, &u), PROBLEM_INVALID);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM user"), 0);
}
END_TEST

START_TEST(a_lock_has_a_reason_in_printable_words)
{
	ck_assert_int_eq(WRITE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "", "root", NOW)),
	    PROBLEM_INVALID);
	ck_assert_int_eq(WRITE(&w, model_user_lock(w.db, "anna", MODEL_LOCK_ALL, "a\nb", "root",
	    NOW)), PROBLEM_INVALID);
	ck_assert_str_eq(db_blamed(w.db), "reason");
}
END_TEST

/* ---- records ---- */

struct records {
	int count;
	int64_t last;
	char events[512];
};

static bool
note_record(void *arg, const struct model_audit *a)
{
	struct records *r = arg;

	ck_assert_int_gt(a->id, r->last);
	r->last = a->id;
	r->count++;
	(void)strncat(r->events, a->event, 40);
	(void)strncat(r->events, a->outcome[0] != '\0' ? ":" : "", 2);
	(void)strncat(r->events, a->outcome, 40);
	(void)strncat(r->events, " ", 2);
	return r->count % 4 != 0;
}

START_TEST(everything_that_matters_leaves_a_record)
{
	struct model_offered d = model_world_device(&w, web.host, "anna");
	struct model_login_opened l = model_world_login(&w, web.host, "anna", NOW);
	struct model_answered out;
	struct records r = { .count = 0 };
	int before;

	DONE(&w, model_device_answer(w.db, NULL, d.device, l.login, &model_world_approval, NOW, &out));
	DONE(&w, model_login_close(w.db, web.host, l.login, MODEL_GRANTED, NOW));
	DONE(&w, model_login_close(w.db, web.host, l.login, MODEL_REFUSED, NOW));
	DONE(&w, model_device_revoke(w.db, d.device, NULL, "root", NOW));
	do {
		before = r.count;
		MUST(model_audit_read(w.db, r.last, "anna", 100, note_record, &r));
	} while (r.count > before);
	ck_assert_str_eq(r.events, "enrol:open enrol:offered enrol:done login answer:approve "
	    "close:granted device-revoked ");
	r = (struct records){ .count = 0 };
	MUST(model_audit_read(w.db, 0, NULL, 3, note_record, &r));
	ck_assert_str_eq(r.events, "join-token join enrol:open ");
}
END_TEST

/* ---- what is over ---- */

static void
tidy(int64_t now)
{
	bool more;

	do
		DONE(&w, model_tidy(w.db, now, 365, &more));
	while (more);
}

START_TEST(what_is_over_is_deleted_and_what_is_not_stays)
{
	static const struct { const char *table; int64_t kept, gone; } cases[] = {
		{ "answer", 599, 600 },
		{ "login", 86400, 86401 },
		{ "enrolment", 86400 + 600, 86400 + 601 },
		{ "device WHERE user = 'bert'", 2 * DAY, 2 * DAY + 1 },
		{ "join_token", 30 * DAY + 3600, 30 * DAY + 3601 },
		{ "audit", 365 * DAY, 365 * DAY + 1 },
	};
	struct model_once once = model_world_once("admin", "0123456789abcdef012345", 1);
	struct model_offered d;
	struct model_join_token t;
	char sql[128];
	size_t i;

	(void)model_world_device(&w, web.host, "anna");
	(void)model_world_login(&w, web.host, "anna", NOW);
	DONE(&w, model_enrol_offer(w.db, NULL, model_world_enrolment(&w, web.host, "bert").id,
	    &model_world_offer, NOW, &d));
	DONE(&w, model_join_token_new(w.db, &once, NULL, 3600, "root", NOW, &t));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", cases[i].table);
		tidy(NOW + cases[i].kept);
		ck_assert_msg(model_world_sql(&w, sql) > 0, "%s", sql);
		tidy(NOW + cases[i].gone);
		ck_assert_msg(model_world_sql(&w, sql) == 0, "%s", sql);
	}
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM device"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM host"), 1);
}
END_TEST

START_TEST(much_is_deleted_in_rounds)
{
	bool more;

	(void)model_world_sql(&w, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 1200) INSERT INTO audit (at, event, user, host, service, origin, device,"
	    " outcome, by) SELECT 1, 'x', '', '', '', '', '', '', '' FROM n");
	DONE(&w, model_tidy(w.db, NOW + 366 * DAY, 365, &more));
	ck_assert(more);
	ck_assert_int_gt(model_world_sql(&w, "SELECT count(*) FROM audit"), 600);
	tidy(NOW + 366 * DAY);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit WHERE event = 'x'"), 0);
}
END_TEST

/* ---- problems ---- */

START_TEST(every_result_has_a_form)
{
	int i;

	for (i = 1; i < PROBLEM_COUNT; i++) {
		const struct problem_form *p = problem_form(i);

		ck_assert_int_ge(p->status, 400);
		ck_assert_ptr_nonnull(p->name);
		ck_assert_ptr_nonnull(p->title);
		ck_assert_uint_eq(strspn(p->name, "abcdefghijklmnopqrstuvwxyz-"), strlen(p->name));
	}
	ck_assert_int_eq(problem_form(MFA_E_BUSY)->status, 503);
	ck_assert_int_eq(problem_form(MFA_E_STATE)->status, 503);
	ck_assert_int_eq(problem_form(MFA_E_CRYPTO)->status, 500);
	ck_assert_int_eq(problem_form(-1000)->status, 500);
	ck_assert_int_eq(problem_form(1000)->status, 500);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		users_come_page_by_page_in_order,
		an_unknown_user_has_no_methods_and_is_no_error,
		a_lock_has_a_reason_in_printable_words,
		everything_that_matters_leaves_a_record,
		what_is_over_is_deleted_and_what_is_not_stays,
		much_is_deleted_in_rounds,
		every_result_has_a_form, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("model_rest", setup, teardown, 30, tests);
}
