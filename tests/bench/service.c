/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mfad with TLS does under load.  Run in the world by tests/bench/service.sh.
 *
 *	service make DATABASE KEY COUNT FILE		a state with COUNT people; who they are, to FILE
 *	service held FILE FIRST COUNT ROUNDS PID	COUNT logins held, and ROUNDS of them approved
 *	service logins FILE FIRST COUNT AT_ONCE		COUNT logins, each on a connection of its own
 *
 * held prints "held bytes-each ticks-in-2-s median_us p99_us", logins "logins
 * a-second".  Users from FIRST on are used, each once.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../number.h"
#include "error.h"
#include "people.h"
#include "seal.h"
#include "wire.h"

#define ADDRESS		"127.0.0.2"
#define PORT		443
#define CA		"/run/ca.pem"
#define IDLE_S		2
#define AT_ONCE_MAX	256
#define FILL_AT_ONCE	16
#define LINE_MAX_LEN	128

static struct people people;
static char host[LINE_MAX_LEN];
static SSL_CTX *context;

static double
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "service: %s\n", what);
	exit(2);
}

static unsigned long
count_of(const char *text)
{
	return (unsigned long)number(text);
}

/* ---- who there is ---- */

static void
make(const char *path, const char *key_path, unsigned long count, const char *file)
{
	struct seal_key key;
	const char *why = "";
	char said[256];
	struct db *db;
	FILE *f;

	if (seal_key_read(key_path, &key, &why) != MFA_OK)
		die(why);
	people_must(db_open(path, &key, DB_CREATE, &db, said, sizeof(said)), "open", said);
	people_make(db, count, time(NULL), &people);
	db_close(&db);
	if ((f = fopen(file, "w")) == NULL)
		die(file);
	fprintf(f, "%s.%s\n", people.host.host, people.host.key);
	for (unsigned long i = 0; i < count; i++)
		fprintf(f, "%s.%s\n", people.all[i].device, people.all[i].secret);
	if (fclose(f) != 0)
		die(file);
}

static void
read_line(FILE *f, char line[LINE_MAX_LEN])
{
	if (fgets(line, LINE_MAX_LEN, f) == NULL)
		die("more people are needed");
	line[strcspn(line, "\n")] = '\0';
}

static char (*phones)[LINE_MAX_LEN];	/* of those from first on */

static void
read_people(const char *file, unsigned long first, unsigned long count)
{
	char line[LINE_MAX_LEN];
	FILE *f = fopen(file, "r");

	if (f == NULL || (phones = calloc(count, sizeof(*phones))) == NULL)
		die(file);
	read_line(f, host);
	while (first-- > 0)
		read_line(f, line);
	for (unsigned long i = 0; i < count; i++)
		read_line(f, phones[i]);
	(void)fclose(f);
}

/* ---- the steps of a login ---- */

static void
open_login(struct wire *w, unsigned long user, char login[MODEL_ID_MAX])
{
	char body[256], name[PERSON_NAME_MAX];

	person_name(user, name);
	(void)snprintf(body, sizeof(body), "{\"user\":\"%s\",\"service\":\"sshd\",\"origin\":"
	    "\"192.0.2.1\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"expires\":%lld,\"digits\":6}",
	    name, (long long)time(NULL) + 110);
	wire_ask(w, host, "POST", "/v1/logins", body);
	wire_reply(w, 201);
	wire_text(w, "login", login, MODEL_ID_MAX);
}

static void
hold(struct wire *w, const char *login)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/v1/logins/%s?wait=55", login);
	wire_ask(w, host, "GET", path, NULL);
}

static void
approve(struct wire *phone, const char *credential, const char *login)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/v1/device/logins/%s/answer", login);
	wire_ask(phone, credential, "POST", path,
	    "{\"decision\":\"approve\",\"signature\":\"c2ln\"}");
}

static void
expect_answer(struct wire *w)
{
	wire_reply(w, 200);
	if (strstr(w->reply, "\"state\":\"answered\"") == NULL)
		die(w->reply);
}

/* ---- many held ---- */

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
wake_one(struct wire *phone, struct wire *w, unsigned long i, const char *login)
{
	double posted = now_us(), took;

	approve(phone, phones[i], login);
	expect_answer(w);
	took = now_us() - posted;
	wire_reply(phone, 204);
	return took;
}

static void
raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == -1)
		die("getrlimit");
	l.rlim_cur = l.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

static struct waiting {
	struct wire wire;
	char login[MODEL_ID_MAX];
} *waiting;
static atomic_ulong next;
static unsigned long first_login, login_count, fill_to;

/* Opens connections and logins until there are so many, and has them wait. */
static void *
fill(void *arg)
{
	unsigned long i;

	(void)arg;
	while ((i = atomic_fetch_add(&next, 1)) < fill_to) {
		wire_open(&waiting[i].wire, context, ADDRESS, PORT);
		open_login(&waiting[i].wire, first_login + i, waiting[i].login);
		hold(&waiting[i].wire, waiting[i].login);
	}
	return NULL;
}

static void
together(unsigned long at_once, void *(*fn)(void *))
{
	pthread_t threads[AT_ONCE_MAX];

	if (at_once == 0 || at_once > AT_ONCE_MAX)
		die("so many at once are not possible");
	for (unsigned long i = 0; i < at_once; i++)
		if (pthread_create(&threads[i], NULL, fn, NULL) != 0)
			die("no thread");
	for (unsigned long i = 0; i < at_once; i++)
		(void)pthread_join(threads[i], NULL);
}

/* The memory of the process with so many that wait, once they do. */
static long
fill_until(unsigned long count, int pid)
{
	const struct timespec idle = { .tv_sec = IDLE_S };

	atomic_store(&next, fill_to);
	fill_to = count;
	together(FILL_AT_ONCE, fill);
	(void)nanosleep(&idle, NULL);
	return process_status(pid, "VmRSS:");
}

static long
busy_while_idle(int pid)
{
	const struct timespec idle = { .tv_sec = IDLE_S };
	long before = process_ticks(pid);

	(void)nanosleep(&idle, NULL);
	return process_ticks(pid) - before;
}

/* What a login costs in memory is what the second half of them adds: what the
 * first one brings with it, the database's cache above all, is not theirs. */
static void
held(unsigned long rounds, int pid)
{
	double *took = calloc(rounds, sizeof(*took));
	unsigned long half = login_count / 2, every = login_count / rounds;
	struct wire phone;
	long kib, busy;

	waiting = calloc(login_count, sizeof(*waiting));
	if (waiting == NULL || took == NULL || every == 0)
		die("no memory, or more rounds than logins");
	raise_limit();
	kib = fill_until(half, pid);
	kib = fill_until(login_count, pid) - kib;
	busy = busy_while_idle(pid);
	wire_open(&phone, context, ADDRESS, PORT);
	for (unsigned long i = 0; i < rounds; i++)
		took[i] = wake_one(&phone, &waiting[i * every].wire, i * every,
		    waiting[i * every].login);
	qsort(took, rounds, sizeof(*took), ascending);
	printf("held %.0f %ld %.1f %.1f\n", (double)kib * 1024 / (double)(login_count - half), busy,
	    took[rounds / 2], took[rounds * 99 / 100]);
}

/* ---- logins, one connection each ---- */

static void *
work(void *arg)
{
	struct wire phone, w;
	char login[MODEL_ID_MAX];
	unsigned long i;

	(void)arg;
	wire_open(&phone, context, ADDRESS, PORT);
	while ((i = atomic_fetch_add(&next, 1)) < login_count) {
		wire_open(&w, context, ADDRESS, PORT);
		open_login(&w, first_login + i, login);
		hold(&w, login);
		approve(&phone, phones[i], login);
		expect_answer(&w);
		wire_reply(&phone, 204);
		wire_close(&w);
	}
	wire_close(&phone);
	return NULL;
}

static void
logins(unsigned long at_once)
{
	double began = now_us();

	together(at_once, work);
	printf("logins %.1f\n", (double)login_count / (now_us() - began) * 1e6);
}

int
main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "make") == 0) {
		make(argv[2], argv[3], count_of(argv[4]), argv[5]);
		return 0;
	}
	if (argc < 6)
		die("usage: service make|held|logins ...");
	context = wire_context(CA);
	first_login = count_of(argv[3]);
	login_count = count_of(argv[4]);
	read_people(argv[2], first_login, login_count);
	if (argc == 7 && strcmp(argv[1], "held") == 0)
		held(count_of(argv[5]), number(argv[6]));
	else if (argc == 6 && strcmp(argv[1], "logins") == 0)
		logins(count_of(argv[5]));
	else
		die("usage: service make|held|logins ...");
	return 0;
}
