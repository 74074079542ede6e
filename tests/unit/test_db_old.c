/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state that an older mfad left: it is made by the statements of that time
 * (db_schema_1.sql), and everything in it is found.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../server/db_private.h"
#include "model_world.h"

#define RECORDS	2500	/* of anna and bert by turns; more than two chunks */
#define ONCE	"0123456789abcdef012345"

static struct model_world w;
static struct {
	struct model_joined host;
	struct model_offered anna, bert, carl;
	struct model_login_opened annas, berts;
	int64_t seq;
	struct secret key;
} cast;

/* ---- what is in it ---- */

static void
open_once(struct model_login_opened *out)
{
	struct model_once once = model_world_once(cast.host.host, ONCE, 1);
	struct model_login_asked in = model_world_asked("anna", NOW);
	int64_t retry;

	DONE(&w, model_login_open(w.db, &once, cast.host.host, &in, NOW, out, &retry));
}

static void
people(void)
{
	unsigned char hashes[1][ONETIME_HASH_LEN] = { { 5 } };
	int64_t id;

	cast.host = model_world_host(&w, "web");
	cast.anna = model_world_device(&w, cast.host.host, "anna");
	cast.bert = model_world_device(&w, cast.host.host, "bert");
	cast.carl = model_world_device(&w, cast.host.host, "carl");
	MUST(secret_set(&cast.key, "12345678901234567890", 20));
	DONE(&w, model_token_add(w.db, "bert", "phone", &otp_default, &cast.key, -1, "root", NOW,
	    &id));
	DONE(&w, model_recovery_set(w.db, "bert", hashes, 1, "root", NOW));
}

static void
logins(void)
{
	struct model_answered out;
	int i;

	open_once(&cast.annas);
	cast.berts = model_world_login(&w, cast.host.host, "bert", NOW);
	DONE(&w, model_device_answer(w.db, NULL, cast.bert.device, cast.berts.login,
	    &model_world_approval, NOW, &out));
	for (i = 0; i < MODEL_UNANSWERED; i++)
		DONE(&w, model_login_close(w.db, cast.host.host, model_world_login(&w,
		    cast.host.host, "carl", NOW + i).login, MODEL_REFUSED, NOW + i));
}

static void
records(void)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM n WHERE i < %d) INSERT INTO audit (at, event, user, host, service,"
	    " origin, device, outcome, by) SELECT i, 'old', iif(i %% 2, 'anna', 'bert'), '', '', '',"
	    " '', '', '' FROM n", RECORDS);
	(void)model_world_sql(&w, sql);
}

/* ---- made old ---- */

static char *
read_schema(void)
{
	const char *top = getenv("TOP");
	static char text[16384];
	char path[512];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/db_schema_1.sql", top != NULL ? top : ".");
	ck_assert_ptr_nonnull(f = fopen(path, "r"));
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	ck_assert_uint_gt(n, 1000);
	return text;
}

static const char copy[] =
	"INSERT INTO host SELECT * FROM new.host; INSERT INTO user SELECT name, failures,"
	" last_failure, locked, lock_reason, push_locked, push_lock_reason, push_seq, salt"
	" FROM new.user;"
	"INSERT INTO enrolment SELECT * FROM new.enrolment;"
	"INSERT INTO device SELECT id, user, enrolment, name, kind, key, origin, proof, secret,"
	" created, used, certificate, expires, revoked FROM new.device;"
	"INSERT INTO token SELECT * FROM new.token;"
	"INSERT INTO recovery SELECT * FROM new.recovery;"
	"INSERT INTO audit SELECT * FROM new.audit;"
	"INSERT INTO login SELECT id, host, user, service, origin, nonce, digits, push, created,"
	" expires, state, decision, device, signature, authenticator_data, client_data"
	" FROM new.login;"
	"INSERT INTO answer SELECT caller, key, request, body, at, sealed FROM new.answer;";

static void
run(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s", why);
}

static void
make_old(void)
{
	char path[160], attach[256];
	sqlite3 *db;

	db_close(&w.db);
	(void)snprintf(path, sizeof(path), "%s/old", w.dir);
	(void)snprintf(attach, sizeof(attach), "ATTACH '%s' AS new", w.path);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	run(db, read_schema());
	run(db, attach);
	run(db, copy);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(rename(path, w.path), 0);
}

static void
setup(void)
{
	struct model_pending p;
	bool waits;

	model_world_make(&w);
	people();
	logins();
	records();
	MUST(model_device_pending(w.db, cast.bert.device, NOW, &waits, &p, &cast.seq));
	make_old();
}

static void
teardown(void)
{
	model_world_drop(&w);
}

/* ---- everything is found ---- */

START_TEST(who_only_reads_does_not_migrate)
{
	struct db *db = NULL;
	char why[256];

	ck_assert_int_eq(db_open(w.path, &w.key, DB_READ, &db, why, sizeof(why)), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(why, "the older schema 1"));
	ck_assert_int_eq(model_world_sql(&w, "PRAGMA user_version"), 1);
}
END_TEST

START_TEST(the_file_is_sound_and_whole)
{
	w.db = model_world_open(&w, DB_WRITE);
	ck_assert_int_eq(model_world_sql(&w, "PRAGMA user_version"), 4);
	ck_assert_int_eq(model_world_sql(&w, "SELECT integrity_check = 'ok' FROM"
	    " pragma_integrity_check"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login"), 2 + MODEL_UNANSWERED);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name LIKE '%\\_1' ESCAPE '\\' AND name NOT LIKE 'sqlite%'"), 0);
	db_close(&w.db);
	w.db = model_world_open(&w, DB_WRITE);
}
END_TEST

START_TEST(a_login_that_waits_is_answered)
{
	char credential[MODEL_CREDENTIAL_MAX];
	struct model_pending p;
	struct model_caller c;
	struct model_answered out;
	int64_t seq;
	bool waits;

	w.db = model_world_open(&w, DB_WRITE);
	(void)snprintf(credential, sizeof(credential), "%s.%s", cast.anna.device,
	    cast.anna.secret);
	MUST(model_device_authenticate(w.db, credential, NOW, &c));
	MUST(model_device_pending(w.db, cast.anna.device, NOW, &waits, &p, &seq));
	ck_assert(waits);
	ck_assert_str_eq(p.login, cast.annas.login);
	DONE(&w, model_device_answer(w.db, NULL, cast.anna.device, cast.annas.login,
	    &model_world_approval, NOW, &out));
	ck_assert_int_eq(model_world_state(&w, cast.host.host, cast.annas.login, NOW),
	    MODEL_ANSWERED);
	ck_assert_int_eq(model_world_state(&w, cast.host.host, cast.berts.login, NOW),
	    MODEL_ANSWERED);
	MUST(model_device_pending(w.db, cast.bert.device, NOW, &waits, &p, &seq));
	ck_assert_int_eq(seq, cast.seq);
}
END_TEST

START_TEST(what_a_user_may_not_do_stays_so)
{
	struct model_login_asked in = model_world_asked("carl", NOW + 10);
	struct model_login_opened l;
	int64_t retry;

	w.db = model_world_open(&w, DB_WRITE);
	ck_assert_int_eq(WRITE(&w, model_login_open(w.db, NULL, cast.host.host, &in, NOW + 10, &l,
	    &retry)), PROBLEM_TOO_MANY_UNANSWERED);
	in = model_world_asked("anna", NOW);
	ck_assert_int_eq(WRITE(&w, model_login_open(w.db, NULL, cast.host.host, &in, NOW, &l,
	    &retry)), PROBLEM_ALREADY_WAITING);
}
END_TEST

START_TEST(a_request_that_was_answered_gets_the_same_answer)
{
	struct model_login_opened again;

	w.db = model_world_open(&w, DB_WRITE);
	open_once(&again);
	ck_assert_str_eq(again.login, cast.annas.login);
}
END_TEST

START_TEST(a_token_s_code_is_accepted_once)
{
	struct model_code code = { .digits = "" };
	struct model_code_tried out;

	w.db = model_world_open(&w, DB_WRITE);
	MUST(otp_code(&otp_default, &cast.key, otp_step(&otp_default, NOW), code.digits));
	DONE(&w, model_code_try_user(w.db, NULL, cast.host.host, "bert", &code,
	    &model_code_default, NOW, &out));
	ck_assert_int_eq(out.result, MODEL_CODE_ACCEPTED);
	DONE(&w, model_code_try_user(w.db, NULL, cast.host.host, "bert", &code,
	    &model_code_default, NOW, &out));
	ck_assert_int_eq(out.result, MODEL_CODE_REPLAYED);
}
END_TEST

struct seen {
	int64_t last;
	int old, all;
};

static bool
count(void *arg, const struct model_audit *a)
{
	struct seen *s = arg;

	ck_assert_int_gt(a->id, s->last);
	ck_assert_str_eq(a->user, "anna");
	s->last = a->id;
	s->old += strcmp(a->event, "old") == 0;
	s->all++;
	return true;
}

START_TEST(records_of_a_user_come_in_order_from_any_place)
{
	struct seen s = { .old = 0 };
	int pages;

	w.db = model_world_open(&w, DB_WRITE);
	MUST(model_audit_read(w.db, 0, "anna", 10000, count, &s));
	ck_assert_int_eq(s.old, RECORDS / 2);
	ck_assert_int_gt(s.all, s.old);
	s = (struct seen){ .old = 0 };
	for (pages = 0; ; pages++) {
		int before = s.all;

		MUST(model_audit_read(w.db, s.last, "anna", 100, count, &s));
		ck_assert_int_le(s.all - before, 100);
		if (s.all == before)
			break;
	}
	ck_assert_int_eq(s.old, RECORDS / 2);
	ck_assert_int_eq(pages, (s.all + 99) / 100);
	MUST(model_audit_read(w.db, INT64_MAX - 1, "anna", 100, count, &s));
	MUST(model_audit_read(w.db, 0, "nobody", 100, count, &s));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_only_reads_does_not_migrate,
		the_file_is_sound_and_whole,
		a_login_that_waits_is_answered,
		what_a_user_may_not_do_stays_so,
		a_request_that_was_answered_gets_the_same_answer,
		a_token_s_code_is_accepted_once,
		records_of_a_user_come_in_order_from_any_place, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("db_old", setup, teardown, 30, tests);
}
