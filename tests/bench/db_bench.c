/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_bench DIRECTORY USERS [PENDING]
 *
 * What the state of mfad costs a login — opened, answered, looked at and
 * closed — one after the other and many at once, at 1,000 and at USERS users,
 * with 100 and with PENDING others waiting.  DIRECTORY is made, and what is in
 * it removed at the end.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../server/model_device.h"
#include "../../server/model_host.h"
#include "../../server/model_login.h"
#include "../../server/writer.h"
#include "error.h"

#define MOST	256	/* at once */

static const struct seal_key key = { { 1, 2, 3 } };
static const int64_t now = 1700000000;

struct state {
	char path[512];
	unsigned long users;
	struct writer *writer;
	struct db *reader;
	struct model_joined host;
	char (*devices)[MODEL_ID_MAX];
	unsigned long at;		/* the user whose turn it is */
};

static double
clock_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
must(int r, const char *what, const char *why)
{
	if (r == MFA_OK)
		return;
	fprintf(stderr, "%s: %d %s\n", what, r, why);
	exit(2);
}

/* ---- a state with users ---- */

static void
add_user(struct db *db, struct state *s, unsigned long i)
{
	static const struct model_offer offer = { "phone", "ed25519",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "-",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	struct model_enrolment e;
	struct model_offered d;
	char user[32], text[512];

	(void)snprintf(user, sizeof(user), "user%07lu", i);
	must(model_enrol_open(db, NULL, s->host.host, user, 600, now, &e), "enrol", db_message(db));
	must(model_enrol_offer(db, NULL, e.id, &offer, now, &d), "offer", db_message(db));
	(void)snprintf(text, sizeof(text), "pam_mfa device 1\nuser %s\ndevice %s\nkind %s\nkey %s\n"
	    "origin -\ncreated %lld\nexpires %lld\nauthority AAAAAAAAAAAAAAAAAAAAAA\n"
	    "signature %s%s\n", user, d.device, offer.kind, offer.key, (long long)now,
	    (long long)now + 86400 * 300, offer.key, offer.key);
	must(model_enrol_certify(db, s->host.host, e.id, text, now), "certify", db_message(db));
	memcpy(s->devices[i], d.device, sizeof(d.device));
}

static void
fill(struct state *s)
{
	struct model_join_token t;
	struct wake *wakes;
	struct db *db;
	char why[256];
	unsigned long i;

	must(db_open(s->path, &key, DB_CREATE, &db, why, sizeof(why)), "open", why);
	must(db_begin(db), "begin", "");
	must(model_join_token_new(db, NULL, "web", 60, "root", now, &t), "token", "");
	must(model_host_join(db, NULL, t.token, NULL, now, &s->host), "join", "");
	for (i = 0; i < s->users; i++) {
		add_user(db, s, i);
		wakes = db_take_wakes(db);
		wakes_free(&wakes);
		if (i % 5000 == 4999) {
			must(db_commit(db), "commit", db_message(db));
			must(db_begin(db), "begin", db_message(db));
		}
	}
	must(db_commit(db), "commit", db_message(db));
	db_close(&db);
}

/* ---- logins ---- */

struct login {
	struct job job;
	struct state *state;
	char user[32];
	const char *device;
	struct model_login_opened opened;
	int step;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over = PTHREAD_COND_INITIALIZER;
static unsigned long started, finished, total;

static int
take_step(struct db *db, void *arg)
{
	struct login *l = arg;
	struct model_login_asked in = { l->user, "sshd", "192.0.2.1", "AAAAAAAAAAAAAAAAAAAAAA",
	    now + 90, 6, true };
	struct model_answer yes = { MODEL_APPROVE, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL,
	    NULL };
	struct model_once once = { .caller = l->state->host.host, .key = l->device };
	struct model_answered answered;
	int64_t retry;

	if (l->step == 0)
		return model_login_open(db, &once, l->state->host.host, &in, now, &l->opened,
		    &retry);
	if (l->step == 1)
		return model_device_answer(db, NULL, l->device, l->opened.login, &yes, now, &answered);
	return model_login_close(db, l->state->host.host, l->opened.login, MODEL_GRANTED, now);
}

/* A user who has not had a turn yet; spread, as people are. */
static void
next_user(struct login *l)
{
	struct state *s = l->state;
	unsigned long i = (s->at++ * 7919) % s->users;

	(void)snprintf(l->user, sizeof(l->user), "user%07lu", i);
	l->device = s->devices[i];
	l->step = 0;
}

static void
step_done(struct job *job)
{
	struct login *l = job->arg;
	struct model_login seen;

	must(job->result, "step", job->why);
	if (l->step == 1)
		must(model_login(l->state->reader, l->state->host.host, l->opened.login, now,
		    &seen), "look", "");
	if (++l->step == 3) {
		bool more;

		(void)pthread_mutex_lock(&lock);
		if ((more = started < total))
			started++;
		if (++finished == total)
			(void)pthread_cond_signal(&over);
		(void)pthread_mutex_unlock(&lock);
		if (!more)
			return;
		next_user(l);
	}
	must(writer_submit(l->state->writer, &l->job), "submit", "");
}

static void
at_once_post(void *ctx, void (*fn)(void *arg), void *arg)
{
	(void)ctx;
	fn(arg);
}

/* Logins a second, each three durable steps, with so many at once. */
static double
measure(struct state *s, unsigned int at_once, unsigned long count)
{
	static struct login logins[MOST];
	double start = clock_us();
	unsigned int i;

	(void)pthread_mutex_lock(&lock);
	finished = 0;
	started = at_once;
	total = count;
	for (i = 0; i < at_once; i++) {
		logins[i] = (struct login){ .state = s };
		logins[i].job = (struct job){ .run = take_step, .done = step_done,
		    .arg = &logins[i] };
		next_user(&logins[i]);
	}
	for (i = 0; i < at_once; i++)
		must(writer_submit(s->writer, &logins[i].job), "submit", "");
	while (finished < total)
		(void)pthread_cond_wait(&over, &lock);
	(void)pthread_mutex_unlock(&lock);
	return (double)count / (clock_us() - start) * 1e6;
}

/* Others that wait while it is measured. */
static void
leave_pending(struct state *s, unsigned long n)
{
	struct model_login_asked in = { NULL, "sshd", "192.0.2.1", "AAAAAAAAAAAAAAAAAAAAAA",
	    now + 90, 6, true };
	struct model_login_opened opened;
	char user[32], why[256];
	unsigned long i;
	int64_t retry;
	struct db *db;

	must(db_open(s->path, &key, DB_WRITE, &db, why, sizeof(why)), "open", why);
	must(db_begin(db), "begin", db_message(db));
	for (i = 0; i < n; i++) {
		(void)snprintf(user, sizeof(user), "user%07lu", (s->at++ * 7919) % s->users);
		in.user = user;
		must(model_login_open(db, NULL, s->host.host, &in, now, &opened, &retry), "wait",
		    db_message(db));
	}
	must(db_commit(db), "commit", db_message(db));
	db_close(&db);
}

static void
remove_state(const struct state *s)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[600];
	size_t i;

	for (i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", s->path, endings[i]);
		(void)unlink(path);
	}
}

static void
report(const char *dir, unsigned long users, unsigned long pending)
{
	/* A disk's flush is what the first ones wait for. */
	static const struct { unsigned int at_once; unsigned long logins; } rows[] = {
		{ 1, 100 }, { 8, 400 }, { 64, 600 }, { 256, 600 },
	};
	struct state s = { .users = users };
	struct writer_counts before, after;
	struct stat st;
	char why[256];
	size_t i;

	(void)snprintf(s.path, sizeof(s.path), "%s/mfad.db", dir);
	if ((s.devices = calloc(users, sizeof(*s.devices))) == NULL)
		exit(2);
	fill(&s);
	leave_pending(&s, pending);
	(void)stat(s.path, &st);
	printf("%lu users, %lu pending, %.0f MB\n", users, pending, (double)st.st_size / 1e6);
	must(db_open(s.path, &key, DB_READ, &s.reader, why, sizeof(why)), "open", why);
	must(writer_start(s.path, &key, (struct poster){ at_once_post, NULL }, &s.writer, why,
	    sizeof(why)), "start", why);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double rate;

		writer_counts(s.writer, &before);
		rate = measure(&s, rows[i].at_once, rows[i].logins);
		writer_counts(s.writer, &after);
		printf("  %3u at once: %6.0f logins/s, %6.0f requests/s, %5.1f requests a commit, "
		    "%lu checkpoints\n", rows[i].at_once, rate, rate * 3,
		    (double)(after.jobs - before.jobs) / (double)(after.commits - before.commits),
		    after.checkpoints - before.checkpoints);
	}
	writer_stop(&s.writer);
	db_close(&s.reader);
	remove_state(&s);
	free(s.devices);
}

int
main(int argc, char **argv)
{
	unsigned long users = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long pending = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;

	if (users < 2000 || pending > users / 4) {
		fprintf(stderr, "usage: db_bench DIRECTORY USERS [PENDING]\n");
		return 2;
	}
	if (mkdir(argv[1], 0700) == -1 && errno != EEXIST) {
		perror(argv[1]);
		return 2;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	report(argv[1], 2000, 100);
	report(argv[1], users, pending);
	return 0;
}
