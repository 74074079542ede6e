/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file: what is opened and what is not, in words; and backups.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../server/writer.h"
#include "model_world.h"

static struct model_world w;

static void
setup(void)
{
	model_world_make(&w);
}

static void
teardown(void)
{
	model_world_drop(&w);
}

/* What opening answers, and its words. */
static int
try_open(enum db_mode mode, char why[256])
{
	struct db *db = NULL;
	int r = db_open(w.path, &w.key, mode, &db, why, 256);

	ck_assert_int_eq(db == NULL, r != MFA_OK);
	db_close(&db);
	return r;
}

static void
refused(enum db_mode mode, const char *words)
{
	char why[256];

	ck_assert_int_eq(try_open(mode, why), MFA_E_STATE);
	ck_assert_msg(strstr(why, words) != NULL, "%s", why);
	ck_assert_ptr_nonnull(strstr(why, "mfad.db"));
}

/* ---- opening ---- */

START_TEST(it_is_made_private_and_once)
{
	struct stat st;
	char why[256];

	ck_assert_int_eq(stat(w.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	(void)model_world_host(&w, "web");
	ck_assert_int_eq(try_open(DB_CREATE, why), MFA_OK);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM host"), 1);
}
END_TEST

START_TEST(a_missing_one_is_not_made_unless_it_is_meant)
{
	char why[256];

	db_close(&w.db);
	ck_assert_int_eq(unlink(w.path), 0);
	refused(DB_WRITE, "unable to open");
	refused(DB_READ, "unable to open");
	ck_assert_int_eq(access(w.path, F_OK), -1);
	ck_assert_int_eq(try_open(DB_CREATE, why), MFA_OK);
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
	int fd;

	db_close(&w.db);
	(void)model_world_sql(&w, "PRAGMA application_id = 1");
	refused(DB_CREATE, "is not mfad's");
	(void)model_world_sql(&w, "PRAGMA application_id = 0x50414d64; PRAGMA user_version = 99");
	refused(DB_CREATE, "upgrade mfad");
	/* An empty file is no state without users. */
	ck_assert_int_ge(fd = open(w.path, O_WRONLY | O_TRUNC), 0);
	refused(DB_CREATE, "is not mfad's");
	ck_assert_int_eq(pwrite(fd, "this is no database at all", 26, 0), 26);
	ck_assert_int_eq(ftruncate(fd, 8192), 0);
	refused(DB_CREATE, "is damaged");
	(void)close(fd);
}
END_TEST

START_TEST(a_damaged_page_is_an_error_in_words_and_others_go_on)
{
	struct model_joined h = model_world_host(&w, "web");
	struct model_user u;
	int64_t page;
	int fd, i, r = MFA_OK;

	for (i = 0; i < 2000; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "user%d", i);
		DONE(&w, model_user_lock(w.db, name, MODEL_LOCK_ALL, "x", "root", NOW));
	}
	page = model_world_sql(&w, "SELECT rootpage FROM sqlite_schema WHERE name = 'user'");
	db_close(&w.db);
	ck_assert_int_ge(fd = open(w.path, O_WRONLY), 0);
	for (i = 0; i < 512; i++)
		ck_assert_int_eq(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8,
		    (page - 1) * 4096 + i * 8), 8);
	(void)close(fd);
	w.db = model_world_open(&w, DB_WRITE);
	r = model_user(w.db, "user5", NOW, &u);
	ck_assert_int_eq(r, MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(db_message(w.db), "is damaged"));
	ck_assert(!u.push);
	ck_assert_int_eq(model_host(w.db, h.host, &(struct model_host){ 0 }), MFA_OK);
}
END_TEST

/* As another user than root, whom no mode stops. */
START_TEST(one_that_may_not_be_written_says_so)
{
	int status;
	pid_t pid;

	db_close(&w.db);
	ck_assert_int_eq(chmod(w.dir, 0755), 0);
	ck_assert_int_eq(chmod(w.path, 0444), 0);
	if (geteuid() != 0)
		return;
	if ((pid = fork()) == 0) {
		char why[256] = "";

		_exit(setuid(65534) == 0 && try_open(DB_WRITE, why) == MFA_E_STATE &&
		    strstr(why, "cannot be written") != NULL ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(nothing_is_written_outside_of_a_transaction_or_by_a_reader)
{
	struct db *reader = model_world_open(&w, DB_READ);
	static const char sql[] = "INSERT INTO user (name) VALUES ('a')";

	ck_assert_int_eq(db_do(w.db, sql, ARGS(), NULL), MFA_E_INTERNAL);
	ck_assert_int_eq(db_do(reader, sql, ARGS(), NULL), MFA_E_INTERNAL);
	MUST(db_begin(reader));
	ck_assert_int_eq(db_do(reader, sql, ARGS(), NULL), MFA_E_STATE);
	db_close(&reader);
}
END_TEST

START_TEST(the_schema_keeps_its_own_rules)
{
	static const char *const bad[] = {
		"INSERT INTO login (id, host, user, service, origin, nonce, digits, push, created,"
		" expires) VALUES ('l_aaaaaaaaaaaaaaaaaaaaaa', 'h_none', 'carl', 's', 'o', 'n', 6, 1,"
		" 1, 2)",
		"UPDATE login SET state = 9", "UPDATE login SET state = 1",
		"UPDATE login SET decision = 1", "UPDATE host SET key = x'00'",
		"UPDATE host SET name = NULL", "UPDATE host SET created = 'x'",
		"DELETE FROM host", "DELETE FROM user WHERE name = 'anna'",
	};
	struct model_joined h = model_world_host(&w, "web");
	size_t i;

	(void)model_world_device(&w, h.host, "anna");
	(void)model_world_login(&w, h.host, "anna", NOW);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		MUST(db_begin(w.db));
		ck_assert_msg(db_do(w.db, bad[i], ARGS(), NULL) == MFA_E_INTERNAL, "%s: %s",
		    bad[i], db_message(w.db));
		db_rollback(w.db);
	}
	/* The index, should the model ever forget. */
	MUST(db_begin(w.db));
	ck_assert_int_eq(db_do(w.db, "INSERT INTO login (id, host, user, service, origin, nonce,"
	    " digits, push, created, expires) SELECT 'l_aaaaaaaaaaaaaaaaaaaaaa', host, user,"
	    " service, origin, nonce, digits, push, created, expires FROM login", ARGS(), NULL),
	    MFA_E_EXISTS);
	db_rollback(w.db);
}
END_TEST

START_TEST(one_wrong_statement_has_words)
{
	sqlite3_stmt *st;

	ck_assert_int_eq(db_first(w.db, "SELECT 1 FROM nowhere", ARGS(), &st), MFA_E_STATE);
	ck_assert_msg(strstr(db_message(w.db), "nowhere") != NULL, "%s", db_message(w.db));
}
END_TEST

/* ---- backups ---- */

static char target[128];

static const char *
backup_path(const char *name)
{
	(void)snprintf(target, sizeof(target), "%s/%s", w.dir, name);
	return target;
}

START_TEST(a_backup_is_a_whole_state)
{
	struct model_joined h = model_world_host(&w, "web");
	struct model_offered d = model_world_device(&w, h.host, "anna");
	struct model_login_opened l = model_world_login(&w, h.host, "anna", NOW);
	struct db *reader = model_world_open(&w, DB_READ);
	struct model_caller c;
	char credential[MODEL_CREDENTIAL_MAX];
	struct model_answered out;
	struct stat st;

	MUST(db_backup(reader, backup_path("copy")));
	db_close(&reader);
	ck_assert_int_eq(stat(target, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	/* What came later is not in it. */
	DONE(&w, model_device_answer(w.db, NULL, d.device, l.login, &model_world_approval, NOW, &out));
	db_close(&w.db);
	ck_assert_int_eq(rename(target, w.path), 0);
	w.db = model_world_open(&w, DB_WRITE);
	(void)snprintf(credential, sizeof(credential), "%s.%s", d.device, d.secret);
	ck_assert_int_eq(model_device_authenticate(w.db, credential, NOW, &c), MFA_OK);
	ck_assert_int_eq(model_world_state(&w, h.host, l.login, NOW), MODEL_WAITING);
	ck_assert_int_eq(model_world_sql(&w, "SELECT integrity_check = 'ok' FROM"
	    " pragma_integrity_check"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT journal_mode = 'wal' FROM"
	    " pragma_journal_mode"), 1);
	DONE(&w, model_device_answer(w.db, NULL, d.device, l.login, &model_world_approval, NOW, &out));
}
END_TEST

START_TEST(a_backup_replaces_nothing_and_leaves_nothing_half)
{
	static const char *const bad[] = { "", "relative", "copy/of/it" };
	struct db *reader = model_world_open(&w, DB_READ);
	size_t i;
	int fd;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(db_backup(reader, bad[i]), MFA_E_INVALID);
	ck_assert_int_eq(db_backup(reader, w.path), MFA_E_EXISTS);
	ck_assert_int_eq(db_backup(reader, backup_path("no/such/directory")), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(db_message(reader), "No such file"));
	ck_assert_int_ge(fd = open(backup_path("there"), O_CREAT | O_WRONLY, 0600), 0);
	(void)close(fd);
	ck_assert_int_eq(db_backup(reader, target), MFA_E_EXISTS);
	/* Nothing lies beside it. */
	MUST(db_backup(reader, backup_path("copy")));
	db_close(&reader);
	db_close(&w.db);
	ck_assert_int_eq(unlink(target), 0);
	ck_assert_int_eq(unlink(backup_path("there")), 0);
	ck_assert_int_eq(unlink(w.path), 0);
	ck_assert_int_eq(rmdir(w.dir), 0);
	model_world_make(&w);
}
END_TEST

static atomic_bool stop;
static atomic_int written;

static void
direct(void *ctx, void (*fn)(void *arg), void *arg)
{
	(void)ctx;
	fn(arg);
}

static int
add_pair(struct db *db, void *arg)
{
	char name[32];
	int n = *(int *)arg, r;

	/* Two rows that belong together. */
	(void)snprintf(name, sizeof(name), "a%d", n);
	r = model_user_lock(db, name, MODEL_LOCK_ALL, "x", "root", NOW);
	(void)snprintf(name, sizeof(name), "b%d", n);
	return r != MFA_OK ? r : model_user_lock(db, name, MODEL_LOCK_ALL, "x", "root", NOW);
}

static void
pair_added(struct job *job)
{
	ck_assert_int_eq(job->result, MFA_OK);
	atomic_fetch_add(&written, 1);
}

static void *
write_on(void *arg)
{
	static struct job jobs[20000];
	static int numbers[20000];
	int i;

	for (i = 0; i < 20000 && !atomic_load(&stop); i++) {
		numbers[i] = i;
		jobs[i] = (struct job){ .run = add_pair, .done = pair_added, .arg = &numbers[i] };
		while (writer_submit(arg, &jobs[i]) != MFA_OK)
			(void)usleep(100);
	}
	return NULL;
}

START_TEST(a_backup_while_others_write_is_of_one_moment)
{
	struct db *reader = model_world_open(&w, DB_READ);
	struct writer *writer;
	char why[256], from[16];
	pthread_t thread;
	int i, before;

	MUST(writer_start(w.path, &w.key, (struct poster){ direct, NULL }, &writer, why,
	    sizeof(why)));
	ck_assert_int_eq(pthread_create(&thread, NULL, write_on, writer), 0);
	for (i = 0; i < 5; i++) {
		struct model_world copy = { 0 };

		while (atomic_load(&written) < (i + 1) * 200)
			(void)usleep(100);
		before = atomic_load(&written);
		(void)snprintf(from, sizeof(from), "copy%d", i);
		MUST(db_backup(reader, backup_path(from)));
		(void)snprintf(copy.path, sizeof(copy.path), "%s", target);
		ck_assert_int_ge(model_world_sql(&copy, "SELECT count(*) / 2 FROM user"), before);
		ck_assert_int_eq(model_world_sql(&copy, "SELECT count(*) % 2 FROM user"), 0);
	}
	atomic_store(&stop, true);
	(void)pthread_join(thread, NULL);
	writer_stop(&writer);
	db_close(&reader);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_is_made_private_and_once,
		a_missing_one_is_not_made_unless_it_is_meant,
		what_is_not_ours_is_left_alone,
		a_damaged_page_is_an_error_in_words_and_others_go_on,
		one_that_may_not_be_written_says_so,
		nothing_is_written_outside_of_a_transaction_or_by_a_reader,
		the_schema_keeps_its_own_rules,
		one_wrong_statement_has_words,
		a_backup_is_a_whole_state,
		a_backup_replaces_nothing_and_leaves_nothing_half,
		a_backup_while_others_write_is_of_one_moment, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("db_file", setup, teardown, 60, tests);
}
