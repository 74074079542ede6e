/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls through mfad and mfa-call, as they ship.  Run in the world by
 * tests/bench/call.sh.
 *
 *	calls make DATABASE KEY COUNT FILE	a state with COUNT people who have a telephone,
 *						and person PERSON; the host that asks, to FILE
 *	calls asked FILE FIRST ROUNDS		logins by a call, keyed in
 *	calls waiting FILE FIRST COUNT		COUNT calls, until standard input ends
 *	calls login PERSON ROUNDS SERVICE	whole logins through libpam
 *
 * asked prints "invited US" and "keyed US" for each, login "returned US"; waiting prints
 * "ready" once all were picked up.
 */
#include <pthread.h>
#include <security/pam_appl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../server/db.h"
#include "../../server/model_telephone.h"
#include "../number.h"
#include "callee.h"
#include "error.h"
#include "people.h"
#include "seal.h"
#include "wire.h"

#define ADDRESS		"127.0.0.2"
#define PORT		443
#define CA		"/run/ca.pem"
#define LINE		5060
#define CONFDIR		"/etc/bench.d"
#define PATIENCE_MS	20000
#define PERSON		"alice"

static char host[128];
static SSL_CTX *context;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "calls: %s\n", what);
	exit(2);
}

/* ---- who there is ---- */

static void
add_telephone(struct db *db, const char *user, unsigned long i, int64_t now)
{
	static const struct model_dial_rules rules = { .call = true, .text = true,
	    .per_user = 1000, .per_number = 1000, .per_hour = 100000, .text_digits = 6 };
	char number[E164_MAX];
	const struct model_telephone_asked asked = { .number = number,
	    .language = "en", .by = MODEL_DIAL_CALL };
	struct model_telephone_made made;
	struct model_telephone_proved proved;

	(void)snprintf(number, sizeof(number), "+316%08lu", i);
	people_must(model_telephone_add(db, NULL, user, &asked, &rules, "root", now, &made),
	    "telephone", db_message(db));
	people_must(model_telephone_prove(db, user, made.id, MODEL_DIAL_CALL, made.proof, "root",
	    now, &proved), "proof", db_message(db));
	people_must(model_method_set(db, user, "call", "root", now), "method", db_message(db));
}

static void
make(const char *path, const char *key_path, unsigned long count, const char *file)
{
	struct people people;
	struct seal_key key;
	const char *why = "";
	char said[256], name[PERSON_NAME_MAX];
	int64_t before = time(NULL) - 2 * MODEL_DIAL_TIME;	/* not among the calls of the hour */
	struct db *db;
	FILE *f;

	if (seal_key_read(key_path, &key, &why) != MFA_OK)
		die(why);
	people_must(db_open(path, &key, DB_CREATE, &db, said, sizeof(said)), "open", said);
	people_make(db, count, time(NULL), &people);
	people_must(db_begin(db), "begin", db_message(db));
	for (unsigned long i = 0; i < count; i++) {
		person_name(i, name);
		add_telephone(db, name, i, before);
	}
	add_telephone(db, PERSON, count, before);
	people_commit(db);
	db_close(&db);
	if ((f = fopen(file, "w")) == NULL ||
	    fprintf(f, "%s.%s\n", people.host.host, people.host.key) < 0 || fclose(f) != 0)
		die(file);
}

/* ---- a login host ---- */

static void
read_host(const char *file)
{
	FILE *f = fopen(file, "r");

	if (f == NULL || fgets(host, sizeof(host), f) == NULL)
		die(file);
	host[strcspn(host, "\n")] = '\0';
	(void)fclose(f);
	context = wire_context(CA);
}

static void
ask_login(struct wire *w, unsigned long user)
{
	char body[320], name[PERSON_NAME_MAX];

	person_name(user, name);
	(void)snprintf(body, sizeof(body), "{\"user\":\"%s\",\"service\":\"sshd\",\"origin\":"
	    "\"192.0.2.1\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"expires\":%lld,\"digits\":6,"
	    "\"method\":\"call\"}", name, (long long)time(NULL) + 110);
	wire_ask(w, host, "POST", "/v1/logins", body);
}

static void
opened(struct wire *w, char login[MODEL_ID_MAX])
{
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
close_login(struct wire *w, const char *login)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/v1/logins/%s/close", login);
	wire_ask(w, host, "POST", path, "{\"outcome\":\"granted\"}");
	wire_reply(w, 204);
}

/* ---- one login after another ---- */

static double
key_in(struct callee_call *c, const char *digits)
{
	for (; *digits != '\0'; digits++)
		(void)callee_press(c, *digits);
	return callee_press(c, '#');
}

static void
one(struct wire *w, struct wire *poll, unsigned long user)
{
	char login[MODEL_ID_MAX], keys[32];
	struct callee_call *c;
	double asked = callee_now_us(), pressed;

	ask_login(w, user);
	c = callee_invited(PATIENCE_MS);
	printf("invited %.1f\n", c->invited_us - asked);
	opened(w, login);
	hold(poll, login);
	callee_set_up(c, PATIENCE_MS);
	/* Behind it, the poll is held. */
	wire_ask(w, host, "GET", "/v1/health", NULL);
	wire_reply(w, 200);
	pressed = key_in(c, "482913");
	wire_reply(poll, 200);
	printf("keyed %.1f\n", callee_now_us() - pressed);
	wire_text(poll, "keys", keys, sizeof(keys));
	if (strcmp(keys, "482913") != 0)
		die("other keys were heard");
	close_login(w, login);
}

static void
asked(unsigned long first, unsigned long rounds)
{
	struct wire w, poll;

	wire_open(&w, context, ADDRESS, PORT);
	wire_open(&poll, context, ADDRESS, PORT);
	for (unsigned long i = 0; i < rounds; i++)
		one(&w, &poll, first + i);
	wire_close(&poll);
	wire_close(&w);
	callee_finish(PATIENCE_MS);	/* their farewells */
}

/* ---- many at once ---- */

static void
waiting(unsigned long first, unsigned long many)
{
	struct wire *polls = calloc(many, sizeof(*polls));
	char login[MODEL_ID_MAX];
	char byte;

	if (polls == NULL)
		die("no memory");
	for (unsigned long i = 0; i < many; i++) {
		wire_open(&polls[i], context, ADDRESS, PORT);
		ask_login(&polls[i], first + i);
		(void)callee_invited(PATIENCE_MS);
		opened(&polls[i], login);
		hold(&polls[i], login);
	}
	callee_set_up(NULL, PATIENCE_MS);
	printf("ready\n");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) == 1)
		;
	for (unsigned long i = 0; i < many; i++)
		wire_close(&polls[i]);
	callee_finish(PATIENCE_MS);
	free(polls);
}

/* ---- whole logins ---- */

static const char *person, *service;
static char shown[16];
static sem_t is_shown;
static double returned;

/* The line with the number; nothing is asked. */
static int
converse(int count, const struct pam_message **m, struct pam_response **r, void *arg)
{
	const char *at = strstr(m[0]->msg, "number ");
	size_t n = 0;

	(void)arg;
	if (m[0]->msg_style != PAM_TEXT_INFO || at == NULL)
		return PAM_CONV_ERR;
	for (; n < sizeof(shown) - 1 && *at != '.' && *at != '\0'; at++)
		if (*at >= '0' && *at <= '9')
			shown[n++] = *at;
	shown[n] = '\0';
	*r = calloc((size_t)count, sizeof(**r));
	(void)sem_post(&is_shown);
	return PAM_SUCCESS;
}

static void *
log_in(void *arg)
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *pamh = NULL;
	int r;

	(void)arg;
	if (pam_start_confdir(service, person, &conv, CONFDIR, &pamh) != PAM_SUCCESS)
		die("pam_start");
	r = pam_authenticate(pamh, 0);
	returned = callee_now_us();
	if (r != PAM_SUCCESS)
		die(pam_strerror(pamh, r));
	(void)pam_end(pamh, r);
	return NULL;
}

static void
logins(unsigned long rounds)
{
	struct callee_call *c;
	pthread_t thread;
	double pressed;

	if (sem_init(&is_shown, 0, 0) == -1)
		die("no semaphore");
	for (unsigned long i = 0; i < rounds; i++) {
		if (pthread_create(&thread, NULL, log_in, NULL) != 0)
			die("no thread");
		c = callee_invited(PATIENCE_MS);
		callee_set_up(c, PATIENCE_MS);
		(void)sem_wait(&is_shown);
		pressed = key_in(c, shown);
		(void)pthread_join(thread, NULL);
		printf("returned %.1f\n", returned - pressed);
	}
	callee_finish(PATIENCE_MS);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 6 && strcmp(what, "make") == 0) {
		make(argv[2], argv[3], (unsigned long)number(argv[4]), argv[5]);
		return 0;
	}
	if (argc != 5)
		die("usage: see the beginning of its source");
	callee_open(LINE);
	if (strcmp(what, "login") == 0) {
		person = argv[2];
		service = argv[4];
		logins((unsigned long)number(argv[3]));
		return 0;
	}
	read_host(argv[2]);
	if (strcmp(what, "asked") == 0)
		asked((unsigned long)number(argv[3]), (unsigned long)number(argv[4]));
	else
		waiting((unsigned long)number(argv[3]), (unsigned long)number(argv[4]));
	return 0;
}
