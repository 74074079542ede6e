/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of mfad when the process dies, the power goes or the disk is full
 * at the n-th write or sync, for every n: what somebody was told stands, what
 * nobody was told may be either, and nothing that was spent is spent again.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../server/writer.h"
#include "../fault/kill_at_write.h"
#include "model_world.h"

#define MOST 400	/* writes that nothing here reaches */
#define DEEDS 6

static struct model_world w;

/* What there is to spend; made before, undisturbed. */
static struct {
	struct model_joined host;
	struct model_offered anna, bert;
	struct model_login_opened annas, berts;
	char token[MODEL_CREDENTIAL_MAX];
	struct model_enrolment enrolment;
	struct model_code code;
	unsigned char recovery[ONETIME_HASH_LEN];
} cast;

/* What a child told before it died. */
static struct {
	volatile bool acknowledged[DEEDS], ended;
	volatile int results[DEEDS];
	volatile long writes;
	char why[256];
} *told;

static void
setup(void)
{
	/* In memory: a process that dies leaves behind what it wrote, and a sync
	 * takes no time. */
	if (access("/dev/shm", W_OK) == 0)
		store_world_base = "/dev/shm";
	model_world_empty(&w);
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(told, MAP_FAILED);
}

static void
teardown(void)
{
	model_world_drop(&w);
}

static void
fresh(void)
{
	unsigned char hashes[1][ONETIME_HASH_LEN] = { { 5 } };
	struct secret key;
	int64_t id;

	teardown();
	model_world_make(&w);
	cast.host = model_world_host(&w, "web");
	cast.anna = model_world_device(&w, cast.host.host, "anna");
	cast.bert = model_world_device(&w, cast.host.host, "bert");
	(void)model_world_device(&w, cast.host.host, "carl");
	cast.annas = model_world_login(&w, cast.host.host, "anna", NOW);
	cast.berts = model_world_login(&w, cast.host.host, "bert", NOW);
	(void)snprintf(cast.token, sizeof(cast.token), "%s", model_world_token(&w, NULL));
	cast.enrolment = model_world_enrolment(&w, cast.host.host, "dora");
	MUST(secret_set(&key, "12345678901234567890", 20));
	DONE(&w, model_token_add(w.db, "bert", "phone", &otp_default, &key, -1, "root", NOW, &id));
	DONE(&w, model_recovery_set(w.db, "anna", hashes, 1, "root", NOW));
	memset(&cast.code, 0, sizeof(cast.code));
	MUST(otp_code(&otp_default, &key, otp_step(&otp_default, NOW), cast.code.digits));
	db_close(&w.db);
}

/* ---- deeds that work once ---- */

static int
join(struct db *db, void *arg)
{
	struct model_joined out;

	(void)arg;
	return model_host_join(db, NULL, cast.token, "web2", NOW, &out);
}

static int
answer(struct db *db, void *arg)
{
	struct model_answered out;

	(void)arg;
	return model_device_answer(db, NULL, cast.anna.device, cast.annas.login, &model_world_approval,
	    NOW, &out);
}

static int
type_code(struct db *db, void *arg)
{
	struct model_code_tried out;
	int r = model_code_try(db, NULL, cast.host.host, cast.berts.login, &cast.code,
	    &model_code_default, NOW, &out);

	(void)arg;
	return r == MFA_OK && out.result != MODEL_CODE_ACCEPTED ? PROBLEM_ALREADY_USED : r;
}

static int
offer(struct db *db, void *arg)
{
	struct model_offered out;

	(void)arg;
	return model_enrol_offer(db, NULL, cast.enrolment.id, &model_world_offer, NOW, &out);
}

static int
open_login(struct db *db, void *arg)
{
	struct model_login_asked in = model_world_asked("carl", NOW);
	struct model_login_opened out;
	int64_t retry;

	(void)arg;
	return model_login_open(db, NULL, cast.host.host, &in, NOW, &out, &retry);
}

static int
mark_key(struct db *db, void *arg)
{
	(void)arg;
	return db_change(db, "UPDATE host SET old_key = key, old_until = 1 WHERE name = 'web'"
	    " AND old_key IS NULL", ARGS(), PROBLEM_ALREADY_USED);
}

static int (*const deeds[DEEDS])(struct db *db, void *arg) = {
	join, answer, type_code, offer, open_login, mark_key,
};

/* How the groups are cut: one alone, three together, two together. */
static const int last_of_group[] = { 0, 3, 5 };

/* ---- the child ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int finished;

static void
at_once(void *ctx, void (*fn)(void *arg), void *arg)
{
	(void)ctx;
	fn(arg);
}

static void
acknowledge(struct job *job)
{
	int i = *(int *)job->arg;

	told->results[i] = job->result;
	told->acknowledged[i] = job->result == MFA_OK;
	if (job->result < 0)
		(void)snprintf(told->why, sizeof(told->why), "%s", job->why);
	(void)pthread_mutex_lock(&lock);
	finished++;
	(void)pthread_cond_signal(&changed);
	(void)pthread_mutex_unlock(&lock);
}

/* Nobody else writes while they wait. */
static void
live(void)
{
	static struct job jobs[DEEDS];
	static int numbers[DEEDS];
	struct writer *writer;
	size_t g;
	int i = 0;

	if (writer_start(w.path, &w.key, (struct poster){ at_once, NULL }, &writer, told->why,
	    sizeof(told->why)) == MFA_OK) {
		for (g = 0; g < sizeof(last_of_group) / sizeof(last_of_group[0]); g++) {
			for (; i <= last_of_group[g]; i++) {
				numbers[i] = i;
				jobs[i] = (struct job){ .run = deeds[i], .done = acknowledge,
				    .arg = &numbers[i] };
				(void)writer_submit(writer, &jobs[i]);
			}
			(void)pthread_mutex_lock(&lock);
			while (finished < i)
				(void)pthread_cond_wait(&changed, &lock);
			(void)pthread_mutex_unlock(&lock);
		}
		writer_stop(&writer);
	}
	told->ended = true;
	power_cut();
	told->writes = writes_so_far();
	_exit(0);
}

/* Whether it lived to its end. */
static bool
child(enum at_write what, long n)
{
	int status;
	pid_t pid;

	memset(told, 0, sizeof(*told));
	for (int i = 0; i < DEEDS; i++)
		told->results[i] = MFA_E_INTERNAL;
	if ((pid = fork()) == 0) {
		at_write(what, n);
		live();
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
	/* The index of the log is in memory only. */
	if (what == AT_WRITE_POWER || what == AT_WRITE_POWER_SOME) {
		char path[160];

		(void)snprintf(path, sizeof(path), "%s-shm", w.path);
		(void)unlink(path);
	}
	return WIFEXITED(status) || told->ended;
}

/* ---- afterwards ---- */

/* Each works if nobody was told that it had, and at most once. */
static void
look_back(long n)
{
	int i;

	w.db = model_world_open(&w, DB_WRITE);
	for (i = 0; i < DEEDS; i++) {
		int r = WRITE(&w, deeds[i](w.db, NULL));

		ck_assert_msg(r == MFA_OK || r > 0, "write %ld, deed %d: %d", n, i, r);
		ck_assert_msg(!told->acknowledged[i] || r != MFA_OK,
		    "write %ld: deed %d was done twice", n, i);
		ck_assert_int_ne(WRITE(&w, deeds[i](w.db, NULL)), MFA_OK);
	}
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM host WHERE name = 'web2'"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login WHERE state = 1"
	    " AND decision = 1"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login WHERE user = 'carl'"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM device WHERE user = 'dora'"), 1);
	ck_assert_int_eq(model_world_sql(&w,
	    "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void
killed_everywhere(enum at_write what)
{
	bool lived = false;
	long n;

	for (n = 1; !lived && n < MOST; n++) {
		fresh();
		lived = child(what, n);
		if (lived)
			ck_assert_msg(told->acknowledged[DEEDS - 1], "%s", told->why);
		look_back(n);
	}
	ck_assert(lived);
	ck_assert_int_gt(n, 15);
}

START_TEST(killed_at_any_write_nothing_is_lost_or_spent_twice)
{
	killed_everywhere(AT_WRITE_KILL);
	killed_everywhere(AT_WRITE_KILL_HALF);
}
END_TEST

START_TEST(without_power_at_any_write_what_was_told_stands)
{
	killed_everywhere(AT_WRITE_POWER);
	killed_everywhere(AT_WRITE_POWER_SOME);
}
END_TEST

static void
failing_everywhere(enum at_write what)
{
	bool passed = false;
	long n;
	int i;

	for (n = 1; !passed && n < MOST; n++) {
		fresh();
		ck_assert(child(what, n));
		passed = told->writes < n;
		for (i = 0; i < DEEDS; i++) {
			ck_assert_msg(told->acknowledged[i] || !passed, "%s", told->why);
			if (told->acknowledged[i])
				continue;
			/* An error of ours in words, never a refusal. */
			ck_assert_int_lt(told->results[i], 0);
			ck_assert_msg(strstr(told->why, "mfad.db") != NULL, "%s", told->why);
		}
		look_back(n);
	}
	ck_assert(passed);
	ck_assert_int_gt(n, 15);
}

START_TEST(a_disk_that_fills_up_is_an_error_and_all_works_afterwards)
{
	failing_everywhere(AT_WRITE_FULL);
}
END_TEST

START_TEST(an_error_at_any_write_is_an_error_and_all_works_afterwards)
{
	failing_everywhere(AT_WRITE_ERROR);
}
END_TEST

/* In one life: the disk is full, then it is not. */
START_TEST(a_writer_outlives_a_full_disk)
{
	int status;
	pid_t pid;

	fresh();
	if ((pid = fork()) == 0) {
		static struct job jobs[2];
		static int numbers[2] = { 1, 1 };
		struct writer *writer;
		int i;

		MUST(writer_start(w.path, &w.key, (struct poster){ at_once, NULL }, &writer,
		    told->why, sizeof(told->why)));
		for (i = 0; i < 2; i++) {
			at_write(i == 0 ? AT_WRITE_FULL : AT_WRITE_NOTHING, 1);
			jobs[i] = (struct job){ .run = answer, .done = acknowledge,
			    .arg = &numbers[i] };
			(void)writer_submit(writer, &jobs[i]);
			(void)pthread_mutex_lock(&lock);
			while (finished <= i)
				(void)pthread_cond_wait(&changed, &lock);
			(void)pthread_mutex_unlock(&lock);
		}
		writer_stop(&writer);
		_exit(jobs[0].result == MFA_E_STATE && strstr(jobs[0].why, "full") != NULL &&
		    jobs[1].result == MFA_OK ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* A backup of which any write fails is none. */
START_TEST(a_backup_is_whole_or_not_there)
{
	static const enum at_write ways[] = { AT_WRITE_KILL, AT_WRITE_POWER, AT_WRITE_FULL,
	    AT_WRITE_ERROR };
	struct model_world copy;
	bool lived;
	size_t i;
	long n;
	int status;
	pid_t pid;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (n = 1, lived = false; !lived && n < MOST; n++) {
			fresh();
			copy = w;
			(void)snprintf(copy.path, sizeof(copy.path), "%s/copy", w.dir);
			if ((pid = fork()) == 0) {
				struct db *db = model_world_open(&w, DB_READ);
				int r;

				at_write(ways[i], n);
				r = db_backup(db, copy.path);
				_exit(r == MFA_OK && writes_so_far() < n ? 0 : 1);
			}
			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
			lived = status == 0;
			if (access(copy.path, F_OK) == 0) {
				copy.db = model_world_open(&copy, DB_WRITE);
				db_close(&copy.db);
				ck_assert_int_eq(model_world_sql(&copy,
				    "SELECT count(*) FROM host"), 1);
			} else {
				ck_assert(!lived);
			}
		}
		ck_assert(lived);
		ck_assert_int_gt(n, 5);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		killed_at_any_write_nothing_is_lost_or_spent_twice,
		without_power_at_any_write_what_was_told_stands,
		a_disk_that_fills_up_is_an_error_and_all_works_afterwards,
		an_error_at_any_write_is_an_error_and_all_works_afterwards,
		a_writer_outlives_a_full_disk,
		a_backup_is_whole_or_not_there, NULL
	};

	return store_world_run("db_kill", setup, teardown, 200, tests);
}
