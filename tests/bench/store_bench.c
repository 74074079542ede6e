/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_bench DIRECTORY USERS
 *
 * What the state costs a login, at 1 and at USERS enrolled users: each login
 * in a process of its own, which has opened the state before, as the helper's
 * children have.  Both sizes take turns, so that a disk that is busy with other
 * things is busy for both.  DIRECTORY is made, and removed at the end.
 */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "store.h"

#define SAMPLES 1500
#define PROCESSES 32

struct sample {
	double open, reads, wait, work, sync, all;	/* microseconds */
	double heap;					/* KiB */
};

static const struct seal_key key = { { 1, 2, 3 } };
static int64_t now = 1700000000;

/* One state. */
struct size {
	char dir[512];
	unsigned long users;
	int64_t step;
	pid_t other;		/* has it open while the service runs, else 0 */
	struct sample *samples;	/* SAMPLES; shared with the children */
};

static double
clock_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
must(int r, struct store *s, const char *what)
{
	if (r == MFA_OK)
		return;
	fprintf(stderr, "%s: %s: %s\n", what, mfa_strerror(r), s != NULL ? store_message(s) : "");
	_exit(2);
}

static struct store *
open_state(const struct size *z, enum store_mode mode)
{
	struct store *s = NULL;
	char why[256];

	if (store_open(z->dir, &key, mode, &s, why, sizeof(why)) != MFA_OK) {
		fprintf(stderr, "%s\n", why);
		_exit(2);
	}
	return s;
}

static void
enrol(const struct size *z)
{
	struct store *s = open_state(z, STORE_CREATE);
	unsigned long i;
	char user[32];

	must(store_begin(s, 10000), s, "begin");
	for (i = 1; i <= z->users; i++) {
		struct token t = { .name = "bench", .params = otp_default, .last = -1,
		    .resync = -1 };

		(void)snprintf(user, sizeof(user), "u%lu", i);
		must(secret_set(&t.key, "12345678901234567890", 20), s, "secret");
		must(store_token_add(s, user, &t, now), s, "token");
	}
	must(store_commit(s, true), s, "commit");
	store_close(&s);
}

/* What the policy looks up before it asks. */
static void
read_policy(struct store *s, const char *user)
{
	struct user_state u;
	char origin[64];
	int64_t expires;
	bool totp, hotp;

	(void)store_session_find(s, "boot", 7, origin, sizeof(origin));
	must(store_user(s, user, now, &u), s, "user");
	must(store_token_kinds(s, user, &totp, &hotp), s, "kinds");
	(void)store_grant_find(s, user, "session boot 7", now, &expires);
}

/* The one transaction of a code. */
static void
spend(struct store *s, const char *user, int64_t step, struct sample *out)
{
	double start = clock_us(), begun, worked;
	struct audit a = { .event = "login", .verdict = "grant", .service = "sshd",
	    .origin = "192.0.2.77", .factor = "totp", .reason = "code-accepted", .by = "helper",
	    .ms = 12 };
	struct token tokens[TOKENS_MAX];
	struct user_state u;
	size_t count;

	(void)snprintf(a.user, sizeof(a.user), "%s", user);
	must(store_begin(s, 10000), s, "begin");
	begun = clock_us();
	must(store_user(s, user, now, &u), s, "user");
	must(store_tokens(s, user, tokens, &count), s, "tokens");
	must(count == 1 ? MFA_OK : MFA_E_ABSENT, s, user);
	must(store_token_spend(s, tokens[0].id, step, now), s, "spend");
	must(store_user_succeeded(s, user), s, "succeeded");
	must(store_audit(s, &a, now), s, "audit");
	worked = clock_us();
	must(store_commit(s, true), s, "commit");
	out->wait = begun - start;
	out->work = worked - begun;
	out->sync = clock_us() - worked;
}

/* In a child of its own; waits for `gate` to close, if there is one. */
static void
login(const struct size *z, int sample, int gate)
{
	struct sample *out = &z->samples[sample];
	struct mallinfo2 before = mallinfo2();
	struct store *s;
	double start;
	char user[32], byte;

	(void)snprintf(user, sizeof(user), "u%lu",
	    (unsigned long)z->step * 7919 % z->users + 1);
	start = clock_us();
	s = open_state(z, STORE_LOGIN);
	out->open = clock_us() - start;
	if (gate != -1 && read(gate, &byte, 1) == -1)
		_exit(2);
	start = clock_us();
	read_policy(s, user);
	out->reads = clock_us() - start;
	spend(s, user, z->step, out);
	out->all = clock_us() - start;
	out->heap = (double)(mallinfo2().uordblks - before.uordblks) / 1024;
	store_tidy(s, now, 365);
	_exit(0);
}

/* ---- runs ---- */

static void
one_login(struct size *z, int sample)
{
	int status;
	pid_t pid;

	z->step++;
	if ((pid = fork()) == 0)
		login(z, sample, -1);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		exit(2);
}

/* PROCESSES of them let go at once; microseconds until the last has ended. */
static double
crowd(struct size *z, int round)
{
	int i, gate[2], status;
	double start;

	if (pipe(gate) == -1)
		exit(2);
	for (i = 0; i < PROCESSES; i++) {
		z->step++;
		if (fork() == 0) {
			(void)close(gate[1]);
			login(z, round * PROCESSES + i, gate[0]);
		}
	}
	(void)close(gate[0]);
	(void)usleep(60000);
	start = clock_us();
	(void)close(gate[1]);
	for (i = 0; i < PROCESSES; i++)
		if (wait(&status) == -1 || status != 0)
			exit(2);
	return clock_us() - start;
}

/* ---- results ---- */

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
quantile(const struct size *z, size_t field, double q)
{
	static double values[SAMPLES];
	size_t i;

	for (i = 0; i < SAMPLES; i++)
		memcpy(&values[i], (const char *)&z->samples[i] + field, sizeof(values[i]));
	qsort(values, SAMPLES, sizeof(values[0]), by_value);
	return values[(size_t)((SAMPLES - 1) * q)];
}

static void
show(const char *title, const struct size *z)
{
	static const struct {
		const char *name;
		size_t field;
	} rows[] = {
		{ "store_open", offsetof(struct sample, open) },
		{ "reads of the policy", offsetof(struct sample, reads) },
		{ "wait for its turn", offsetof(struct sample, wait) },
		{ "transaction", offsetof(struct sample, work) },
		{ "commit and sync", offsetof(struct sample, sync) },
		{ "all but store_open", offsetof(struct sample, all) },
		{ "KiB of heap", offsetof(struct sample, heap) },
	};
	size_t i;

	printf("%s, %lu users: median and p99, us\n", title, z->users);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("  %-20s %7.0f %7.0f\n", rows[i].name,
		    quantile(z, rows[i].field, 0.5), quantile(z, rows[i].field, 0.99));
}

/* SQLite does not want to be carried through a fork, so this process has
 * nothing open. */
static void
serve(struct size *z)
{
	int ready[2];
	char byte;

	if (pipe(ready) == -1)
		exit(2);
	if ((z->other = fork()) == 0) {
		(void)open_state(z, STORE_LOGIN);
		if (write(ready[1], "", 1) == 1)
			(void)pause();
		_exit(0);
	}
	if (read(ready[0], &byte, 1) != 1)
		exit(2);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void
stop(const struct size *z)
{
	(void)kill(z->other, SIGKILL);
	(void)waitpid(z->other, NULL, 0);
}

static void
take_turns(const char *title, struct size *one, struct size *many, bool service)
{
	int i;

	if (service) {
		serve(one);
		serve(many);
	}
	for (i = 0; i < SAMPLES; i++) {
		one_login(one, i);
		one_login(many, i);
	}
	show(title, one);
	show(title, many);
	if (service) {
		stop(one);
		stop(many);
	}
}

static void
all_at_once(struct size *z)
{
	int rounds = SAMPLES / PROCESSES, i;
	double total = 0;

	serve(z);
	for (i = 0; i < rounds; i++)
		total += crowd(z, i);
	show("32 at once", z);
	printf("  %.0f logins a second\n", rounds * PROCESSES / total * 1e6);
	stop(z);
}

/* ---- the whole ---- */

static struct size
make(const char *dir, const char *name, unsigned long users)
{
	struct size z = { .users = users, .step = 1 };

	(void)snprintf(z.dir, sizeof(z.dir), "%s/%s", dir, name);
	z.samples = mmap(NULL, SAMPLES * sizeof(*z.samples), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (z.samples == MAP_FAILED || mkdir(z.dir, 0700) == -1)
		exit(2);
	enrol(&z);
	return z;
}

static void
discard(const struct size *z)
{
	static const char *const names[] = { "state.db", "state.db-wal", "state.db-shm", "lock" };
	char path[600];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", z->dir, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(z->dir);
}

int
main(int argc, char **argv)
{
	unsigned long users = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct size one, many;
	double ratio;

	if (users < 2 || mkdir(argv[1], 0700) == -1) {
		fprintf(stderr, "usage: store_bench DIRECTORY USERS\n");
		return 2;
	}
	must(otp_warm_up(), NULL, "otp");
	must(seal_warm_up(), NULL, "seal");
	one = make(argv[1], "one", 1);
	many = make(argv[1], "many", users);
	take_turns("spawned", &one, &many, false);
	take_turns("service", &one, &many, true);
	ratio = quantile(&many, offsetof(struct sample, all), 0.5) /
	    quantile(&one, offsetof(struct sample, all), 0.5);
	all_at_once(&many);
	printf("BENCH store-1-to-%lu-users %.2f 1.10 %s\n", users, ratio,
	    ratio <= 1.1 ? "ok" : "short");
	discard(&one);
	discard(&many);
	(void)rmdir(argv[1]);
	return 0;
}
