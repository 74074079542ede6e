/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state: audit records, and what is deleted when.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "store_world.h"

static struct store_world w;
static struct store *s;

static void
setup(void)
{
	store_world_make(&w);
	s = w.store;
}

static void
teardown(void)
{
	store_world_drop(&w);
}

/* ---- audit ---- */

static void
record(const char *event, const char *user, const char *service, int64_t at)
{
	struct audit a = { .verdict = "grant", .origin = "192.0.2.1", .factor = "totp",
	    .reason = "code-accepted", .by = "helper", .ms = 12 };

	snprintf(a.event, sizeof(a.event), "%s", event);
	snprintf(a.user, sizeof(a.user), "%s", user);
	snprintf(a.service, sizeof(a.service), "%s", service);
	begin(s);
	MUST(store_audit(s, &a, at));
	commit(s);
}

struct list {
	char text[512];
	int stop_after;
	struct audit last;
};

static bool
note(void *arg, const struct audit *a)
{
	struct list *l = arg;
	size_t at = strlen(l->text);

	snprintf(l->text + at, sizeof(l->text) - at, "%s@%d ", a->user, (int)(a->at - NOW));
	l->last = *a;
	return --l->stop_after != 0;
}

static const char *
read_back(struct audit_filter f)
{
	static struct list l;

	l = (struct list){ .text = "" };
	MUST(store_audit_read(s, &f, note, &l));
	return l.text;
}

START_TEST(records_come_newest_first_and_filtered)
{
	record("login", "alice", "sshd", NOW);
	record("try", "alice", "sudo", NOW + 1);
	record("login", "bob", "sshd", NOW + 1);
	record("login", "alice", "sudo", NOW + 60);
	ck_assert_str_eq(read_back((struct audit_filter){ 0 }), "alice@60 bob@1 alice@1 alice@0 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .user = "alice" }),
	    "alice@60 alice@1 alice@0 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .service = "sudo" }),
	    "alice@60 alice@1 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .event = "try" }), "alice@1 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .user = "al" }), "");
	ck_assert_str_eq(read_back((struct audit_filter){ .since = NOW + 1 }),
	    "alice@60 bob@1 alice@1 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .until = NOW + 1 }),
	    "bob@1 alice@1 alice@0 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .since = NOW + 2, .until = NOW + 59 }),
	    "");
	ck_assert_str_eq(read_back((struct audit_filter){ .user = "alice", .limit = 2 }),
	    "alice@60 alice@1 ");
	ck_assert_str_eq(read_back((struct audit_filter){ .since = INT64_MAX }), "");
	ck_assert_str_eq(read_back((struct audit_filter){ .since = INT64_MIN, .limit = 1 }),
	    "alice@60 ");
}
END_TEST

START_TEST(a_record_keeps_every_field)
{
	struct audit_filter all = { .limit = 0 };
	struct audit in = { .ms = 4294967294U };
	struct list l = { .text = "" };

	memset(in.event, 'e', sizeof(in.event) - 1);
	memset(in.verdict, 'v', sizeof(in.verdict) - 1);
	memset(in.user, 'u', sizeof(in.user) - 1);
	memset(in.service, 's', sizeof(in.service) - 1);
	memset(in.origin, 'o', sizeof(in.origin) - 1);
	memset(in.factor, 'f', sizeof(in.factor) - 1);
	memset(in.reason, '\'', sizeof(in.reason) - 1);
	memset(in.by, '%', sizeof(in.by) - 1);
	begin(s);
	MUST(store_audit(s, &in, NOW));
	commit(s);
	MUST(store_audit_read(s, &all, note, &l));
	in.id = l.last.id;
	in.at = NOW;
	ck_assert_mem_eq(&in, &l.last, sizeof(in));
}
END_TEST

START_TEST(a_clock_set_back_loses_no_record)
{
	struct list l = { .stop_after = 3 };
	struct audit_filter all = { .limit = 0 };
	int i;

	record("login", "late", "sshd", NOW + 1000);
	for (i = 0; i < 5; i++)
		record("login", "alice", "sshd", NOW);
	ck_assert_str_eq(read_back(all), "late@1000 alice@0 alice@0 alice@0 alice@0 alice@0 ");
	MUST(store_audit_read(s, &all, note, &l));
	ck_assert_str_eq(l.text, "late@1000 alice@0 alice@0 ");
	begin(s);
	ck_assert_int_eq(store_audit(s, &l.last, -1), MFA_E_INVALID);
	ck_assert_int_eq(store_audit(s, &l.last, INT64_MAX), MFA_E_INVALID);
	MUST(store_audit(s, &l.last, 0));
	commit(s);
}
END_TEST

/* ---- deleting ---- */

/* One row of each kind that must go at NOW with 10 days of audit, and its
 * neighbour that must stay. */
static void
fill(void)
{
	struct pass p = { .created = 1, .uses = 1 };
	unsigned char hashes[3][ONETIME_HASH_LEN] = { { 1 }, { 2 }, { 3 } };
	unsigned int left;

	record("login", "old", "sshd", NOW - 10 * DAY - 1);
	record("login", "kept", "sshd", NOW - 10 * DAY);
	begin(s);
	MUST(store_grant_add(s, "old", "k", NOW - 99, NOW));
	MUST(store_grant_add(s, "kept", "k", NOW - 99, NOW + 1));
	MUST(store_recovery_set(s, "kept", hashes, 3, NOW - 400 * DAY));
	MUST(store_recovery_spend(s, "kept", hashes[0], NOW - 30 * DAY - 1, &left));
	MUST(store_recovery_spend(s, "kept", hashes[1], NOW - 30 * DAY, &left));
	p.expires = NOW - 30 * DAY - 1;
	MUST(store_pass_add(s, "old", hashes[0], &p));
	p.expires = NOW - 30 * DAY;
	MUST(store_pass_add(s, "kept", hashes[0], &p));
	p.expires = NOW + 99 * DAY;
	MUST(store_pass_add(s, "kept", hashes[1], &p));
	MUST(store_pass_add(s, "old", hashes[1], &p));
	MUST(store_pass_spend(s, "old", hashes[1], NOW - 31 * DAY, &left));
	MUST(store_session_open(s, "boot1", 1, "old", "sshd", "o", NOW));
	MUST(store_session_open(s, "boot2", 1, "kept", "sshd", "o", NOW - DAY));
	MUST(store_session_open(s, "boot2", 2, "kept", "sshd", "o", NOW - 99 * DAY));
	commit(s);
	store_world_enrol(s, "kept", "token");
	(void)store_world_sql(&w, "UPDATE token SET created = 1, used = 1");
}

static int64_t
rows(void)
{
	return store_world_sql(&w, "SELECT (SELECT count(*) FROM audit) * 100000"
	    " + (SELECT count(*) FROM remembered) * 10000 + (SELECT count(*) FROM recovery) * 1000"
	    " + (SELECT count(*) FROM pass) * 100 + (SELECT count(*) FROM session) * 10"
	    " + (SELECT count(*) FROM token)");
}

START_TEST(tidy_deletes_what_is_over_and_nothing_else)
{
	static const char *const gone[] = { "audit", "remembered", "pass", "session" };
	char sql[80];
	size_t i;

	fill();
	ck_assert_int_eq(rows(), 223431);
	store_tidy(s, NOW, 10);
	ck_assert_int_eq(rows(), 112221);
	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE user = 'old'", gone[i]);
		ck_assert_msg(store_world_sql(&w, sql) == 0, "%s", sql);
	}
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM user"), 2);
}
END_TEST

START_TEST(tidy_deletes_once_an_hour)
{
	int64_t before;

	store_tidy(s, NOW - 3599, 10);
	fill();
	before = rows();
	store_tidy(s, NOW, 10);
	ck_assert_int_eq(rows(), before);
	store_tidy(s, NOW + 1, 10);
	ck_assert_int_lt(rows(), before);
	/* A clock that is set back does not stop it. */
	record("login", "ancient", "sshd", 5);
	store_tidy(s, NOW - 99 * DAY, 10);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM audit WHERE user = 'ancient'"),
	    0);
}
END_TEST

START_TEST(a_long_backlog_is_deleted_in_rounds)
{
	struct audit a = { .user = "old" };
	int i;

	begin(s);
	for (i = 0; i < 1200; i++)
		MUST(store_audit(s, &a, NOW - 100 * DAY));
	commit(s);
	store_tidy(s, NOW, 10);
	ck_assert_int_eq(rows(), 700 * 100000);
	store_tidy(s, NOW, 10);
	store_tidy(s, NOW, 10);
	ck_assert_int_eq(rows(), 0);
}
END_TEST

START_TEST(reading_and_a_transaction_under_way_leave_tidy_alone)
{
	struct store *reader = store_world_open(&w, STORE_READ);
	int64_t before;

	fill();
	before = rows();
	store_tidy(reader, NOW, 10);
	begin(s);
	store_tidy(s, NOW, 10);
	store_rollback(s);
	ck_assert_int_eq(rows(), before);
	store_close(&reader);
}
END_TEST

/* ---- the log ---- */

static off_t
size_of(const char *name)
{
	struct stat st;

	return stat(store_world_path(&w, name), &st) == 0 ? st.st_size : -1;
}

static void
write_much(struct store *to, int commits)
{
	struct audit a = { .user = "alice" };
	int i;

	memset(a.reason, 'x', sizeof(a.reason) - 1);
	for (i = 0; i < commits; i++) {
		begin(to);
		MUST(store_audit(to, &a, NOW + i));
		MUST(store_commit(to, false));
	}
}

START_TEST(a_process_alone_leaves_a_short_log)
{
	write_much(s, 10);
	store_tidy(s, NOW, 10);
	ck_assert_int_gt(size_of("state.db-wal"), 0);
	write_much(s, 100);
	store_tidy(s, NOW, 1000);
	ck_assert_int_eq(size_of("state.db-wal"), 0);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM audit"), 110);
}
END_TEST

/* The other one is another process, as a child of the service is.  SQLite does
 * not want to be carried through a fork. */
static pid_t
start_other(int gate[2])
{
	char byte;
	pid_t pid;

	store_close(&w.store);
	ck_assert_int_eq(pipe(gate), 0);
	if ((pid = fork()) == 0) {
		(void)store_world_open(&w, STORE_LOGIN);
		(void)close(gate[0]);
		(void)!write(gate[1], "", 1);
		(void)pause();
	}
	(void)close(gate[1]);
	ck_assert_int_eq(read(gate[0], &byte, 1), 1);
	return pid;
}

START_TEST(beside_others_the_log_is_laid_out_and_starts_over)
{
	int gate[2];
	pid_t other = start_other(gate);
	off_t laid_out;

	s = w.store = store_world_open(&w, STORE_LOGIN);
	write_much(s, 3);
	store_tidy(s, NOW, 1000);
	laid_out = size_of("state.db-wal");
	ck_assert_int_ge(laid_out, 4 << 20);
	for (int i = 0; i < 4; i++) {
		write_much(s, 600);
		store_tidy(s, NOW, 1000);
	}
	/* 2400 commits of two pages would have been 20 MB. */
	ck_assert_int_lt(size_of("state.db-wal"), 3 * laid_out);
	ck_assert_int_ge(size_of("state.db-wal"), laid_out);
	kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM audit"), 2403);
	store_close(&w.store);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM audit"), 2403);
}
END_TEST

START_TEST(a_log_that_is_laid_out_is_recovered_after_everybody_died)
{
	int gate[2], status;
	pid_t other = start_other(gate), writer;

	if ((writer = fork()) == 0) {
		struct store *own = store_world_open(&w, STORE_LOGIN);

		write_much(own, 3);
		store_tidy(own, NOW, 1000);
		write_much(own, 2);
		_exit(0);
	}
	(void)waitpid(writer, &status, 0);
	ck_assert_int_eq(status, 0);
	kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	ck_assert_int_ge(size_of("state.db-wal"), 4 << 20);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM audit"), 5);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		records_come_newest_first_and_filtered, a_record_keeps_every_field,
		a_clock_set_back_loses_no_record, tidy_deletes_what_is_over_and_nothing_else,
		tidy_deletes_once_an_hour, a_long_backlog_is_deleted_in_rounds,
		reading_and_a_transaction_under_way_leave_tidy_alone,
		a_process_alone_leaves_a_short_log,
		beside_others_the_log_is_laid_out_and_starts_over,
		a_log_that_is_laid_out_is_recovered_after_everybody_died, NULL
	};

	return store_world_run("store_audit", setup, teardown, 60, tests);
}
