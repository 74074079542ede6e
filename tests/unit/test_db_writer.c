/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread that writes: what fails undoes itself alone, nobody hears of what
 * is not durable, and of 32 who want the same thing one gets it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../server/writer.h"
#include "model_world.h"

#define THREADS 32

static struct model_world w;
static struct writer *writer;

/* Those who wait are told in the writer's own thread. */
static void
at_once(void *ctx, void (*fn)(void *arg), void *arg)
{
	(void)ctx;
	fn(arg);
}

static void
start(struct poster poster)
{
	char why[256];

	if (writer_start(w.path, &w.key, poster, &writer, why, sizeof(why)) != MFA_OK)
		ck_abort_msg("%s", why);
}

static void
setup(void)
{
	model_world_make(&w);
	start((struct poster){ at_once, NULL });
}

static void
teardown(void)
{
	writer_stop(&writer);
	model_world_drop(&w);
}

/* ---- jobs that somebody waits for ---- */

struct errand {
	struct job job;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool done;
};

static void
errand_done(struct job *job)
{
	struct errand *e = (struct errand *)job;

	(void)pthread_mutex_lock(&e->lock);
	e->done = true;
	(void)pthread_cond_signal(&e->over);
	(void)pthread_mutex_unlock(&e->lock);
}

static void
errand_start(struct errand *e, int (*run)(struct db *db, void *arg), void *arg)
{
	memset(e, 0, sizeof(*e));
	(void)pthread_mutex_init(&e->lock, NULL);
	(void)pthread_cond_init(&e->over, NULL);
	e->job = (struct job){ .run = run, .done = errand_done, .arg = arg };
	ck_assert_int_eq(writer_submit(writer, &e->job), MFA_OK);
}

static int
errand_wait(struct errand *e)
{
	(void)pthread_mutex_lock(&e->lock);
	while (!e->done)
		(void)pthread_cond_wait(&e->over, &e->lock);
	(void)pthread_mutex_unlock(&e->lock);
	return e->job.result;
}

static int
do_it(int (*run)(struct db *db, void *arg), void *arg)
{
	struct errand e;

	errand_start(&e, run, arg);
	return errand_wait(&e);
}

/* ---- a job or two ---- */

static const char make_user[] = "INSERT INTO user (name) VALUES (?1)";

static int
add(struct db *db, void *arg)
{
	db_wake(db, "user ", arg);
	return db_do(db, make_user, ARGS(TEXT(arg),), NULL);
}

static int
add_and_refuse(struct db *db, void *arg)
{
	int r = add(db, arg);

	db_blame(db, "name");
	return r != MFA_OK ? r : PROBLEM_INVALID;
}

static int
wrong_sql(struct db *db, void *arg)
{
	int r = add(db, arg);

	return r != MFA_OK ? r : db_do(db, "INSERT INTO nowhere VALUES (1)", ARGS(), NULL);
}

/* Its own undoing cannot work then. */
static int
add_and_let_go(struct db *db, void *arg)
{
	int r = add(db, arg);

	if (r == MFA_OK)
		r = db_do(db, "RELEASE try", ARGS(), NULL);
	return r != MFA_OK ? r : PROBLEM_INVALID;
}

/* Holds up the writer, so that those behind it are one group. */
static pthread_mutex_t barrier = PTHREAD_MUTEX_INITIALIZER;

static int
wait_there(struct db *db, void *arg)
{
	(void)db;
	(void)arg;
	(void)pthread_mutex_lock(&barrier);
	(void)pthread_mutex_unlock(&barrier);
	return MFA_OK;
}

static int64_t
users(void)
{
	return model_world_sql(&w, "SELECT count(*) FROM user");
}

START_TEST(what_a_job_did_is_there_when_it_is_done)
{
	char name[] = "anna";

	ck_assert_int_eq(do_it(add, name), MFA_OK);
	ck_assert_int_eq(users(), 1);
	ck_assert_int_eq(do_it(add, name), MFA_E_EXISTS);
	ck_assert_int_eq(users(), 1);
}
END_TEST

START_TEST(one_that_fails_undoes_itself_alone)
{
	static const struct { int (*run)(struct db *db, void *arg); int result; } kinds[] = {
		{ add, MFA_OK }, { add_and_refuse, PROBLEM_INVALID }, { add, MFA_OK },
		{ wrong_sql, MFA_E_STATE }, { add, MFA_OK },
	};
	struct writer_counts before, after;
	struct errand first, e[5];
	char names[5][8];
	size_t i;

	(void)pthread_mutex_lock(&barrier);
	errand_start(&first, wait_there, NULL);
	do
		writer_counts(writer, &before);
	while (before.waiting > 0);
	for (i = 0; i < 5; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "user%zu", i);
		errand_start(&e[i], kinds[i].run, names[i]);
	}
	(void)pthread_mutex_unlock(&barrier);
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(errand_wait(&e[i]), kinds[i].result);
		ck_assert_int_eq(e[i].job.why[0] != '\0', kinds[i].result < 0);
		ck_assert_int_eq(e[i].job.field != NULL, kinds[i].run == add_and_refuse);
	}
	(void)errand_wait(&first);
	ck_assert_int_eq(users(), 3);
	do
		writer_counts(writer, &after);
	while (after.commits < 2);
	ck_assert_uint_eq(after.commits, 2);	/* one for all five */
	ck_assert_uint_eq(after.jobs, 6);
}
END_TEST

START_TEST(what_cannot_be_undone_is_not_committed)
{
	char anna[] = "anna", bert[] = "bert";

	ck_assert_int_eq(do_it(add_and_let_go, anna), MFA_E_STATE);
	ck_assert_int_eq(users(), 0);
	ck_assert_int_eq(do_it(add, bert), MFA_OK);
	ck_assert_int_eq(users(), 1);
}
END_TEST

START_TEST(a_full_queue_is_busy_and_empties)
{
	static struct job jobs[WRITER_QUEUE + 8];
	struct writer_counts c;
	struct errand first;
	size_t i, busy = 0;

	(void)pthread_mutex_lock(&barrier);
	errand_start(&first, wait_there, NULL);
	do
		writer_counts(writer, &c);
	while (c.waiting > 0);
	for (i = 0; i < WRITER_QUEUE + 8; i++) {
		jobs[i] = (struct job){ .run = wait_there };
		busy += writer_submit(writer, &jobs[i]) == MFA_E_BUSY;
	}
	ck_assert_uint_eq(busy, 8);
	(void)pthread_mutex_unlock(&barrier);
	(void)errand_wait(&first);
	do
		writer_counts(writer, &c);
	while (c.waiting > 0);
	ck_assert_int_eq(do_it(wait_there, NULL), MFA_OK);
	ck_assert_uint_eq(c.refused_busy, busy);
	ck_assert_uint_eq(c.waiting, 0);
}
END_TEST

/* ---- delivery to another thread ---- */

static struct {
	pthread_mutex_t lock;
	void (*fn)(void *arg);
	void *arg;
	int posted;
} mailbox = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
to_mailbox(void *ctx, void (*fn)(void *arg), void *arg)
{
	(void)ctx;
	(void)pthread_mutex_lock(&mailbox.lock);
	ck_assert(mailbox.fn == NULL);	/* one at a time */
	mailbox.fn = fn;
	mailbox.arg = arg;
	mailbox.posted++;
	(void)pthread_mutex_unlock(&mailbox.lock);
}

static bool
read_mailbox(void)
{
	void (*fn)(void *argument);
	void *arg;

	(void)pthread_mutex_lock(&mailbox.lock);
	fn = mailbox.fn;
	arg = mailbox.arg;
	mailbox.fn = NULL;
	(void)pthread_mutex_unlock(&mailbox.lock);
	if (fn != NULL)
		fn(arg);
	return fn != NULL;
}

static int order[100], done_count;

static void
note_order(struct job *job)
{
	int i = *(int *)job->arg;

	ck_assert_int_eq(job->result, MFA_OK);
	ck_assert_ptr_nonnull(job->wakes);
	order[done_count++] = i;
}

static int
add_number(struct db *db, void *arg)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "user%d", *(int *)arg);
	return add(db, name);
}

START_TEST(completions_arrive_in_order_where_they_are_posted)
{
	static struct job jobs[100];
	static int numbers[100];
	int i;

	writer_stop(&writer);
	start((struct poster){ to_mailbox, NULL });
	for (i = 0; i < 100; i++) {
		numbers[i] = i;
		jobs[i] = (struct job){ .run = add_number, .done = note_order, .arg = &numbers[i] };
		ck_assert_int_eq(writer_submit(writer, &jobs[i]), MFA_OK);
	}
	while (done_count < 100)
		(void)read_mailbox();
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(order[i], i);
	ck_assert_int_eq(users(), 100);
}
END_TEST

START_TEST(stopping_runs_what_is_queued_and_tells_those_who_wait)
{
	static struct job jobs[100];
	static int numbers[100];
	int i;

	writer_stop(&writer);
	start((struct poster){ to_mailbox, NULL });
	for (i = 0; i < 100; i++) {
		numbers[i] = i;
		jobs[i] = (struct job){ .run = add_number, .done = note_order, .arg = &numbers[i] };
		ck_assert_int_eq(writer_submit(writer, &jobs[i]), MFA_OK);
	}
	writer_stop(&writer);
	ck_assert_int_eq(done_count, 100);
	ck_assert_int_eq(users(), 100);
}
END_TEST

/* ---- faults ---- */

START_TEST(a_database_that_another_holds_is_busy_and_then_works)
{
	char name[] = "anna";
	sqlite3 *other;
	struct errand e;

	ck_assert_int_eq(sqlite3_open(w.path, &other), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	errand_start(&e, add, name);
	ck_assert_int_eq(errand_wait(&e), MFA_E_BUSY);
	ck_assert_ptr_nonnull(strstr(e.job.why, "another program holds it"));
	ck_assert_ptr_null(e.job.wakes);
	ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(other);
	ck_assert_int_eq(do_it(add, name), MFA_OK);
}
END_TEST

START_TEST(a_database_that_was_replaced_is_not_written_to)
{
	char name[] = "anna", copy[160];
	struct errand e;

	(void)snprintf(copy, sizeof(copy), "%s/copy", w.dir);
	MUST(db_backup(w.db, copy));
	ck_assert_int_eq(rename(copy, w.path), 0);
	errand_start(&e, add, name);
	ck_assert_int_eq(errand_wait(&e), MFA_E_STATE);
	ck_assert_ptr_nonnull(strstr(e.job.why, "was replaced"));
}
END_TEST

/* ---- exactly one ---- */

static struct {
	pthread_barrier_t barrier;
	atomic_int won, lost, other;
	int (*run)(struct db *db, void *arg);
	void *arg;
	int loses;
} race;

static void *
racer(void *arg)
{
	int r;

	(void)arg;
	(void)pthread_barrier_wait(&race.barrier);
	r = do_it(race.run, race.arg);
	atomic_fetch_add(r == MFA_OK ? &race.won : r == race.loses ? &race.lost : &race.other, 1);
	return NULL;
}

static void
exactly_one(int (*run)(struct db *db, void *arg), void *arg, int loses)
{
	pthread_t threads[THREADS];
	int i;

	race.run = run;
	race.arg = arg;
	race.loses = loses;
	atomic_store(&race.won, 0);
	atomic_store(&race.lost, 0);
	atomic_store(&race.other, 0);
	(void)pthread_barrier_init(&race.barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, racer, NULL), 0);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&race.won), 1);
	ck_assert_int_eq(atomic_load(&race.lost), THREADS - 1);
}

struct cast {
	struct model_joined host;
	struct model_offered device;
	struct model_login_opened login;
	char token[MODEL_CREDENTIAL_MAX], enrolment[MODEL_ID_MAX];
	struct model_code code;
};

static int
join(struct db *db, void *arg)
{
	struct model_joined out;

	return model_host_join(db, NULL, ((struct cast *)arg)->token, "web2", NOW, &out);
}

static int
open_login(struct db *db, void *arg)
{
	struct model_login_asked in = model_world_asked("anna", NOW);
	struct model_login_opened out;
	int64_t retry;

	return model_login_open(db, NULL, ((struct cast *)arg)->host.host, &in, NOW, &out, &retry);
}

static int
answer(struct db *db, void *arg)
{
	const struct cast *c = arg;
	struct model_answered out;

	return model_device_answer(db, NULL, c->device.device, c->login.login, &model_world_approval,
	    NOW, &out);
}

static int
offer(struct db *db, void *arg)
{
	struct model_offered out;

	return model_enrol_offer(db, NULL, ((struct cast *)arg)->enrolment, &model_world_offer,
	    NOW, &out);
}

/* Accepted, or what a host is told. */
static int
try_code(struct db *db, void *arg)
{
	const struct cast *c = arg;
	struct model_code_tried out;
	int r = model_code_try(db, NULL, c->host.host, c->login.login, &c->code, &model_code_default,
	    NOW, &out);

	return r == MFA_OK && out.result != MODEL_CODE_ACCEPTED ? PROBLEM_ALREADY_USED : r;
}

static void
make_cast(struct cast *c)
{
	c->host = model_world_host(&w, "web");
	c->device = model_world_device(&w, c->host.host, "anna");
	c->login = model_world_login(&w, c->host.host, "anna", NOW);
}

START_TEST(one_join_token_makes_one_host)
{
	struct cast c;

	(void)snprintf(c.token, sizeof(c.token), "%s", model_world_token(&w, NULL));
	exactly_one(join, &c, PROBLEM_BAD_TOKEN);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM host"), 1);
}
END_TEST

START_TEST(one_user_gets_one_push)
{
	struct cast c;

	make_cast(&c);
	DONE(&w, model_login_close(w.db, c.host.host, c.login.login, MODEL_CODE, NOW));
	exactly_one(open_login, &c, PROBLEM_ALREADY_WAITING);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM login WHERE state = 0"), 1);
}
END_TEST

START_TEST(one_login_gets_one_answer)
{
	struct cast c;

	make_cast(&c);
	exactly_one(answer, &c, PROBLEM_ALREADY_ANSWERED);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM audit WHERE event = 'answer'"),
	    1);
}
END_TEST

START_TEST(one_enrolment_takes_one_phone)
{
	struct cast c;

	c.host = model_world_host(&w, "web");
	(void)snprintf(c.enrolment, sizeof(c.enrolment), "%s",
	    model_world_enrolment(&w, c.host.host, "anna").id);
	exactly_one(offer, &c, PROBLEM_ALREADY_USED);
	ck_assert_int_eq(model_world_sql(&w, "SELECT count(*) FROM device"), 1);
}
END_TEST

START_TEST(one_code_is_accepted_once)
{
	struct cast c;
	struct secret key;
	int64_t id;

	make_cast(&c);
	MUST(secret_set(&key, "12345678901234567890", 20));
	DONE(&w, model_token_add(w.db, "anna", "phone", &otp_default, &key, -1, "root", NOW, &id));
	memset(&c.code, 0, sizeof(c.code));
	MUST(otp_code(&otp_default, &key, otp_step(&otp_default, NOW), c.code.digits));
	/* The login has ended with the first; the others have theirs. */
	exactly_one(try_code, &c, PROBLEM_GONE);
	DONE(&w, model_user_unlock(w.db, "anna", MODEL_LOCK_ALL, "root", NOW));
	c.login = model_world_login(&w, c.host.host, "anna", NOW);
	ck_assert_int_eq(do_it(try_code, &c), PROBLEM_ALREADY_USED);
}
END_TEST

/* Readers beside the writer, and a log that never grows without end. */
START_TEST(the_log_is_written_home_while_others_read_and_write)
{
	struct db *reader = model_world_open(&w, DB_READ);
	static struct job jobs[WRITER_GROUP];
	static int numbers[WRITER_GROUP];
	struct writer_counts c;
	struct stat st;
	char log[160];
	int round, i, n = 0;

	db_close(&w.db);
	for (round = 0; round < 120; round++) {
		struct model_user u;
		struct errand last;
		int number = 1000000 + round;

		for (i = 0; i < WRITER_GROUP; i++) {
			numbers[i] = n++;
			jobs[i] = (struct job){ .run = add_number, .arg = &numbers[i] };
			ck_assert_int_eq(writer_submit(writer, &jobs[i]), MFA_OK);
		}
		errand_start(&last, add_number, &number);
		ck_assert_int_eq(model_user(reader, "user1", NOW, &u), MFA_OK);
		ck_assert_int_eq(errand_wait(&last), MFA_OK);
	}
	writer_counts(writer, &c);
	ck_assert_uint_ge(c.checkpoints, 1);
	(void)snprintf(log, sizeof(log), "%s-wal", w.path);
	ck_assert_int_eq(stat(log, &st), 0);
	ck_assert_int_lt(st.st_size, 60L << 20);
	db_close(&reader);
	w.db = model_world_open(&w, DB_WRITE);
	ck_assert_int_eq(users(), 120 * (WRITER_GROUP + 1));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_a_job_did_is_there_when_it_is_done,
		one_that_fails_undoes_itself_alone,
		what_cannot_be_undone_is_not_committed,
		a_full_queue_is_busy_and_empties,
		completions_arrive_in_order_where_they_are_posted,
		stopping_runs_what_is_queued_and_tells_those_who_wait,
		a_database_that_another_holds_is_busy_and_then_works,
		a_database_that_was_replaced_is_not_written_to,
		one_join_token_makes_one_host,
		one_user_gets_one_push,
		one_login_gets_one_answer,
		one_enrolment_takes_one_phone,
		one_code_is_accepted_once,
		the_log_is_written_home_while_others_read_and_write, NULL
	};

	store_world_base = "/dev/shm";
	return store_world_run("db_writer", setup, teardown, 60, tests);
}
