/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state: how it is made, opened, migrated, locked; and what is said when
 * it cannot be.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "store_world.h"

static struct store_world w;

static void
setup(void)
{
	store_world_empty(&w);
}

static void
teardown(void)
{
	store_world_drop(&w);
}

static void
make(void)
{
	w.store = store_world_open(&w, STORE_CREATE);
	store_world_enrol(w.store, "alice", "phone");
	store_close(&w.store);
}

/* Opening answers r, in words that hold `words`. */
static void
opens(enum store_mode mode, int r, const char *words)
{
	char why[256] = "";

	ck_assert_int_eq(store_world_try(&w, mode, why), r);
	if (words != NULL && strstr(why, words) == NULL)
		ck_abort_msg("\"%s\" does not say \"%s\"", why, words);
}

/* ---- making ---- */

START_TEST(only_create_makes_a_state)
{
	opens(STORE_LOGIN, MFA_E_STATE, "No such file");
	opens(STORE_READ, MFA_E_STATE, "No such file");
	ck_assert_int_eq(access(store_world_path(&w, "state.db"), F_OK), -1);
	opens(STORE_CREATE, MFA_OK, NULL);
	opens(STORE_LOGIN, MFA_OK, NULL);
	opens(STORE_READ, MFA_OK, NULL);
	ck_assert_int_eq(store_world_sql(&w, "PRAGMA user_version"), 3);
	ck_assert_int_eq(store_world_sql(&w, "PRAGMA application_id"), 0x50414d66);
	ck_assert_int_eq(access(store_world_path(&w, "state.db.new"), F_OK), -1);
}
END_TEST

START_TEST(every_file_is_its_owners_alone)
{
	static const char *const names[] = { "state.db", "state.db-wal", "state.db-shm", "lock" };
	struct stat st;
	size_t i;

	(void)umask(0);
	w.store = store_world_open(&w, STORE_CREATE);
	store_world_enrol(w.store, "alice", "phone");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(stat(store_world_path(&w, names[i]), &st), 0);
		ck_assert_msg((st.st_mode & 0777) == 0600, "%s: %o", names[i], st.st_mode);
	}
}
END_TEST

/* Runs fn in `count` processes; how many returned true. */
static int
together(int count, bool (*fn)(int i))
{
	int i, status, yes = 0;

	(void)fflush(NULL);
	for (i = 0; i < count; i++)
		if (fork() == 0)
			_exit(fn(i) ? 0 : 1);
	for (i = 0; i < count; i++) {
		ck_assert_int_ne(wait(&status), -1);
		yes += status == 0;
	}
	return yes;
}

static bool
create_and_enrol(int i)
{
	struct store *s = store_world_open(&w, STORE_CREATE);
	char user[16];

	snprintf(user, sizeof(user), "user%d", i);
	store_world_enrol(s, user, "phone");
	return true;
}

START_TEST(creators_at_once_make_one_state)
{
	int round;

	for (round = 0; round < 5; round++) {
		ck_assert_int_eq(together(16, create_and_enrol), 16);
		ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM token"), 16);
		teardown();
		setup();
	}
}
END_TEST

START_TEST(what_an_earlier_attempt_left_is_no_obstacle)
{
	static const char *const names[] = { "state.db.new", "state.db.new-wal",
	    "state.db.new-shm", "state.db.new-journal" };
	size_t i;
	int fd;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fd = open(store_world_path(&w, names[i]), O_WRONLY | O_CREAT, 0600);
		ck_assert_int_eq(write(fd, "half a state", 12), 12);
		(void)close(fd);
	}
	opens(STORE_CREATE, MFA_OK, NULL);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_int_eq(access(store_world_path(&w, names[i]), F_OK), -1);
}
END_TEST

START_TEST(a_directory_name_too_long_is_refused)
{
	struct store *s;
	char dir[400], why[16];

	memset(dir, 'd', sizeof(dir) - 1);
	dir[sizeof(dir) - 1] = '\0';
	ck_assert_int_eq(store_open(dir, NULL, STORE_CREATE, &s, why, sizeof(why)), MFA_E_INVALID);
	ck_assert_ptr_null(s);
	ck_assert_uint_lt(strlen(why), sizeof(why));
}
END_TEST

/* ---- versions ---- */

/* A state as version 0 would be: ours, and nothing in it. */
static void
make_older(void)
{
	(void)store_world_sql(&w, "PRAGMA application_id = 0x50414d66; CREATE TABLE t (x);"
	    "DROP TABLE t; PRAGMA user_version = 0");
}

static bool
login_opens(int i)
{
	(void)i;
	(void)store_world_open(&w, STORE_LOGIN);
	return true;
}

START_TEST(an_older_schema_is_migrated_once)
{
	make_older();
	opens(STORE_READ, MFA_E_STATE, "older schema 0");
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM sqlite_schema"), 0);
	ck_assert_int_eq(together(8, login_opens), 8);
	ck_assert_int_eq(store_world_sql(&w, "PRAGMA user_version"), 3);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM tidied"), 1);
	opens(STORE_READ, MFA_OK, NULL);
	w.store = store_world_open(&w, STORE_LOGIN);
	store_world_enrol(w.store, "alice", "phone");
}
END_TEST

START_TEST(a_migration_that_fails_changes_nothing)
{
	make_older();
	(void)store_world_sql(&w, "CREATE TABLE audit (in_the_way)");
	opens(STORE_LOGIN, MFA_E_STATE, "already exists");
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM sqlite_schema"), 1);
	ck_assert_int_eq(store_world_sql(&w, "PRAGMA user_version"), 0);
	(void)store_world_sql(&w, "DROP TABLE audit");
	opens(STORE_LOGIN, MFA_OK, NULL);
}
END_TEST

START_TEST(a_newer_schema_is_refused_and_says_so)
{
	static const enum store_mode modes[] = { STORE_LOGIN, STORE_READ, STORE_CREATE };
	char words[300];
	size_t i;

	make();
	(void)store_world_sql(&w, "PRAGMA user_version = 7");
	snprintf(words, sizeof(words),
	    "%s/state.db has schema 7, this program knows up to 3: upgrade pam_mfa", w.dir);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		opens(modes[i], MFA_E_STATE, words);
	(void)store_world_sql(&w, "PRAGMA user_version = 3");
	opens(STORE_LOGIN, MFA_OK, NULL);
}
END_TEST

START_TEST(somebody_elses_or_an_empty_database_is_refused)
{
	int fd;

	make();
	(void)store_world_sql(&w, "PRAGMA application_id = 5");
	opens(STORE_LOGIN, MFA_E_STATE, "not pam_mfa's");
	opens(STORE_CREATE, MFA_E_STATE, "not pam_mfa's");
	teardown();
	setup();
	/* A file that a fault emptied must not become a state without users. */
	fd = open(store_world_path(&w, "state.db"), O_WRONLY | O_CREAT, 0600);
	(void)close(fd);
	opens(STORE_LOGIN, MFA_E_STATE, "not pam_mfa's");
	opens(STORE_CREATE, MFA_E_STATE, "not pam_mfa's");
}
END_TEST

/* ---- transactions and turns ---- */

START_TEST(nothing_is_written_outside_of_a_transaction)
{
	struct token t = store_world_token("phone");

	w.store = store_world_open(&w, STORE_CREATE);
	ck_assert_int_eq(store_user_lock(w.store, "alice", NOW, ""), MFA_E_INTERNAL);
	ck_assert_int_eq(store_token_add(w.store, "alice", &t, NOW), MFA_E_INTERNAL);
	ck_assert_int_eq(store_commit(w.store, true), MFA_E_INTERNAL);
	store_rollback(w.store);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM user"), 0);
	begin(w.store);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_E_INTERNAL);
	store_rollback(w.store);
}
END_TEST

START_TEST(what_is_rolled_back_or_closed_is_gone)
{
	struct token t = store_world_token("phone");

	w.store = store_world_open(&w, STORE_CREATE);
	begin(w.store);
	MUST(store_token_add(w.store, "alice", &t, NOW));
	store_rollback(w.store);
	store_rollback(w.store);
	begin(w.store);
	MUST(store_user_lock(w.store, "bob", NOW, ""));
	store_close(&w.store);
	ck_assert_ptr_null(w.store);
	store_close(&w.store);
	ck_assert_int_eq(store_world_sql(&w, "SELECT count(*) FROM user"), 0);
}
END_TEST

START_TEST(a_reader_reads_and_cannot_write)
{
	struct store *reader, *writer;
	struct user_state u;

	make();
	writer = store_world_open(&w, STORE_LOGIN);
	reader = store_world_open(&w, STORE_READ);
	ck_assert_int_eq(store_begin(reader, 10), MFA_E_INTERNAL);
	begin(writer);
	MUST(store_user_lock(writer, "alice", NOW, "x"));
	MUST(store_user(reader, "alice", NOW, &u));	/* without waiting */
	ck_assert(u.exists && !u.locked);
	commit(writer);
	MUST(store_user(reader, "alice", NOW, &u));
	ck_assert(u.locked);
	store_close(&reader);
	store_close(&writer);
}
END_TEST

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* store_begin says busy after about 0.3 s, and leaves signals as they were. */
static void
is_busy(struct store *s, const char *words)
{
	struct sigaction action;
	sigset_t before, after;
	double start = seconds();
	int sig;

	(void)sigprocmask(SIG_SETMASK, NULL, &before);
	ck_assert_int_eq(store_begin(s, 300), MFA_E_BUSY);
	ck_assert(seconds() - start > 0.25 && seconds() - start < 3);
	ck_assert_ptr_nonnull(strstr(store_message(s), words));
	(void)sigprocmask(SIG_SETMASK, NULL, &after);
	for (sig = 1; sig <= SIGRTMAX; sig++) {
		ck_assert_int_eq(sigismember(&before, sig), sigismember(&after, sig));
		if (sig >= SIGRTMIN && sigaction(sig, NULL, &action) == 0)
			ck_assert(action.sa_handler == SIG_DFL);
	}
}

START_TEST(a_writer_waits_its_time_and_no_longer)
{
	struct store *first, *second;

	make();
	first = store_world_open(&w, STORE_LOGIN);
	second = store_world_open(&w, STORE_LOGIN);
	begin(first);
	is_busy(second, "too many wait");
	ck_assert_int_eq(store_begin(second, 0), MFA_E_BUSY);
	commit(first);
	begin(second);
	store_rollback(second);
	begin(first);
	store_close(&first);
	begin(second);
	store_close(&second);
}
END_TEST

START_TEST(a_signal_mask_does_not_stop_the_time)
{
	struct store *first, *second;
	sigset_t all;

	make();
	first = store_world_open(&w, STORE_LOGIN);
	second = store_world_open(&w, STORE_LOGIN);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	begin(first);
	is_busy(second, "too many wait");
	store_close(&first);
	store_close(&second);
}
END_TEST

START_TEST(a_writer_gets_its_turn_when_the_other_is_killed)
{
	int gate[2], status;
	char byte;
	pid_t pid;

	make();
	ck_assert_int_eq(pipe(gate), 0);
	if ((pid = fork()) == 0) {
		begin(store_world_open(&w, STORE_LOGIN));
		(void)!write(gate[1], "", 1);
		(void)usleep(200000);
		(void)kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(read(gate[0], &byte, 1), 1);
	w.store = store_world_open(&w, STORE_LOGIN);
	begin(w.store);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	store_rollback(w.store);
}
END_TEST

/* Another program that knows nothing of our queue. */
static pid_t
start_administrator(int told[2])
{
	int gate[2];
	sqlite3 *db;
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(pipe(told), 0);
	if ((pid = fork()) == 0) {
		if (sqlite3_open(store_world_path(&w, "state.db"), &db) != SQLITE_OK ||
		    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
		    write(gate[1], "", 1) != 1 || read(told[0], &byte, 1) != 1 ||
		    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(read(gate[0], &byte, 1), 1);
	return pid;
}

START_TEST(an_administrators_sqlite_is_waited_for)
{
	int told[2], status;
	pid_t pid;

	make();
	pid = start_administrator(told);
	w.store = store_world_open(&w, STORE_LOGIN);
	is_busy(w.store, "another program");
	ck_assert_int_eq(write(told[1], "", 1), 1);
	begin(w.store);
	store_rollback(w.store);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_state_replaced_under_us_is_noticed)
{
	char old[128];

	make();
	w.store = store_world_open(&w, STORE_LOGIN);
	snprintf(old, sizeof(old), "%s", store_world_path(&w, "kept"));
	ck_assert_int_eq(rename(store_world_path(&w, "state.db"), old), 0);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(store_message(w.store), "was replaced"));
	ck_assert_int_eq(rename(old, store_world_path(&w, "state.db")), 0);
	begin(w.store);
	store_rollback(w.store);
	ck_assert_int_eq(unlink(store_world_path(&w, "state.db-wal")), 0);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_E_STATE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		only_create_makes_a_state, every_file_is_its_owners_alone,
		creators_at_once_make_one_state, what_an_earlier_attempt_left_is_no_obstacle,
		a_directory_name_too_long_is_refused, an_older_schema_is_migrated_once,
		a_migration_that_fails_changes_nothing, a_newer_schema_is_refused_and_says_so,
		somebody_elses_or_an_empty_database_is_refused,
		nothing_is_written_outside_of_a_transaction, what_is_rolled_back_or_closed_is_gone,
		a_reader_reads_and_cannot_write, a_writer_waits_its_time_and_no_longer,
		a_signal_mask_does_not_stop_the_time,
		a_writer_gets_its_turn_when_the_other_is_killed,
		an_administrators_sqlite_is_waited_for, a_state_replaced_under_us_is_noticed, NULL
	};

	return store_world_run("store", setup, teardown, 60, tests);
}
