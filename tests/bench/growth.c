/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * growth DIRECTORY ROUNDS USERS
 *
 * What a login costs the state of mfad as that grows: opened, seen by the phone,
 * answered, seen by the host and closed, three durable steps.  With 1,000 and with
 * USERS users, and with 100 and 10,000 logins that wait; one login of the one
 * state and one of the other by turns, so that both meet the same machine.  Prints
 * the medians, and a line "BENCH name ratio goal ok|short" for each.  Then the
 * same with many at once, a batch of each by turns.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "error.h"
#include "growth_state.h"

/* ---- all limits ---- */
#define AT_ONCE		64
#define BATCH		256	/* logins */
#define BATCHES		9
#define ROUNDS_MAX	10000
#define GOAL		1.2

static double
clock_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *took, size_t n)
{
	qsort(took, n, sizeof(*took), ascending);
	return took[n / 2];
}

/* ---- one login, step by step ---- */

struct login {
	struct job job;
	struct growth_state *state;
	char user[PERSON_NAME_MAX];
	const char *device;
	char key[48];		/* of the request */
	struct model_login_opened opened;
	int step;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over = PTHREAD_COND_INITIALIZER;
static unsigned long to_start, to_finish;

static int
write_step(struct db *db, void *arg)
{
	struct login *l = arg;
	const char *host = l->state->people.host.host;
	int64_t now = growth_now();
	struct model_login_asked in = growth_asked(l->user, now);
	struct model_answer yes = { MODEL_APPROVE, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL,
	    NULL };
	struct model_once once = { .caller = host, .key = l->key };
	struct model_answered answered;
	int64_t retry;

	if (l->step == 0)
		return model_login_open(db, &once, host, &in, now, &l->opened, &retry);
	if (l->step == 1)
		return model_device_answer(db, NULL, l->device, l->opened.login, &yes, now,
		    &answered);
	return model_login_close(db, host, l->opened.login, MODEL_GRANTED, now);
}

static void
next(struct login *l)
{
	l->device = growth_next(l->state, l->user);
	(void)snprintf(l->key, sizeof(l->key), "%s%016lx", l->device + 2, l->state->at);
	l->step = 0;
}

/* What the phone and the host see, once they are woken. */
static void
look(const struct login *l)
{
	struct growth_state *s = l->state;
	int64_t now = growth_now();
	struct model_pending p;
	struct model_login seen;
	int64_t seq;
	bool waits;

	if (l->step == 0)
		people_must(model_device_pending(s->reader, l->device, now, &waits, &p,
		    &seq) == MFA_OK && waits ? MFA_OK : MFA_E_INTERNAL, "pending", "");
	if (l->step == 1)
		people_must(model_login(s->reader, s->people.host.host, l->opened.login, now,
		    &seen) == MFA_OK && seen.state == MODEL_ANSWERED ? MFA_OK : MFA_E_INTERNAL,
		    "look", "");
}

/* Another one follows it while there are some to start. */
static bool
another(void)
{
	bool more;

	(void)pthread_mutex_lock(&lock);
	if ((more = to_start > 0))
		to_start--;
	if (--to_finish == 0)
		(void)pthread_cond_signal(&over);
	(void)pthread_mutex_unlock(&lock);
	return more;
}

static void
step_done(struct job *job)
{
	struct login *l = job->arg;

	people_must(job->result, "step", job->why);
	look(l);
	if (++l->step == 3) {
		if (!another())
			return;
		next(l);
	}
	people_must(writer_submit(l->state->writer, &l->job), "submit", "");
}

/* Microseconds of `count` logins, so many at once. */
static double
serve(struct growth_state *s, unsigned long count, unsigned long at_once)
{
	static struct login logins[AT_ONCE];
	double start = clock_us();
	unsigned long i;

	(void)pthread_mutex_lock(&lock);
	to_start = count - at_once;
	to_finish = count;
	for (i = 0; i < at_once; i++) {
		logins[i] = (struct login){ .state = s };
		logins[i].job = (struct job){ .run = write_step, .done = step_done,
		    .arg = &logins[i] };
		next(&logins[i]);
		people_must(writer_submit(s->writer, &logins[i].job), "submit", "");
	}
	while (to_finish > 0)
		(void)pthread_cond_wait(&over, &lock);
	(void)pthread_mutex_unlock(&lock);
	return clock_us() - start;
}

/* ---- two states by turns ---- */

static void
compare(const char *name, const char *what, unsigned long sizes[2], struct growth_state both[2],
    size_t rounds, unsigned long count, unsigned long at_once)
{
	static double took[2][ROUNDS_MAX];
	double medians[2], ratio;
	size_t i, k;

	for (i = 0; i < rounds; i++)
		for (k = 0; k < 2; k++)
			took[k][i] = serve(&both[k], count, at_once) / (double)count;
	for (k = 0; k < 2; k++) {
		medians[k] = median(took[k], rounds);
		printf("  %8lu %s, %2lu at once: median %7.3f ms a login\n", sizes[k], what,
		    at_once, medians[k] / 1000);
	}
	ratio = medians[1] / medians[0];
	printf("BENCH %s %.2f %.1f %s\n", name, ratio, GOAL, ratio <= GOAL ? "ok" : "short");
}

static void
grow(const char *dir, const char *name, const char *what, unsigned long users[2],
    unsigned long pending[2], unsigned long sizes[2], size_t rounds)
{
	struct growth_state both[2];
	char row[64];
	size_t k;

	growth_make(&both[0], dir, "small", users[0], pending[0]);
	growth_make(&both[1], dir, "large", users[1], pending[1]);
	for (k = 0; k < 2; k++)
		growth_open(&both[k]);
	(void)snprintf(row, sizeof(row), "growth_%s", name);
	compare(row, what, sizes, both, rounds, 1, 1);
	(void)snprintf(row, sizeof(row), "growth_%s_busy", name);
	compare(row, what, sizes, both, BATCHES, BATCH, AT_ONCE);
	for (k = 0; k < 2; k++)
		growth_drop(&both[k]);
}

int
main(int argc, char **argv)
{
	unsigned long rounds = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long users = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	unsigned long few_and_many[2] = { 1000, users }, same[2] = { 20000, 20000 };
	unsigned long none[2] = { 0, 0 }, waiting[2] = { 100, 10000 };

	if (users < 2000 || rounds == 0 || rounds > ROUNDS_MAX) {
		(void)fprintf(stderr, "usage: growth DIRECTORY ROUNDS USERS\n");
		return 2;
	}
	if (mkdir(argv[1], 0700) == -1 && errno != EEXIST) {
		perror(argv[1]);
		return 2;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	grow(argv[1], "users", "users", few_and_many, none, few_and_many, rounds);
	grow(argv[1], "pending", "waiting", same, waiting, waiting, rounds);
	return 0;
}
