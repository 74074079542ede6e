/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * push STORE ROUNDS SERVICE: logins of the phone's user through libpam, each
 * approved by that phone.  Prints "SERVICE median_us p99_us" of the time from
 * the moment at which the approval is posted until pam_authenticate returns.
 * Run in the world by tests/bench/push.sh.
 */
#include <json-c/json.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../phone/pending.h"
#include "../phone/phone.h"
#include "error.h"

#define CONFDIR "/etc/bench.d"
#define PATIENCE_MS 20000

static struct card card;
static const char *service_name;
static char number[STATEMENT_DIGITS_MAX + 1];
static sem_t shown;
static double returned;

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "push: %s\n", what);
	exit(2);
}

/* The line with the number; nothing is asked. */
static int
converse(int count, const struct pam_message **m, struct pam_response **r, void *arg)
{
	const char *at = strstr(m[0]->msg, "number ");
	size_t n = 0;

	(void)arg;
	if (m[0]->msg_style != PAM_TEXT_INFO || at == NULL)
		return PAM_CONV_ERR;
	for (at += strlen("number "); n < STATEMENT_DIGITS_MAX && *at != '.' && *at != '\0'; at++)
		if (*at >= '0' && *at <= '9')
			number[n++] = *at;
	number[n] = '\0';
	*r = calloc((size_t)count, sizeof(**r));
	sem_post(&shown);
	return PAM_SUCCESS;
}

static void *
login(void *arg)
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *pamh = NULL;
	int r;

	(void)arg;
	if (pam_start_confdir(service_name, card.user, &conv, CONFDIR, &pamh) != PAM_SUCCESS)
		die("pam_start");
	r = pam_authenticate(pamh, 0);
	returned = now_us();
	if (r != PAM_SUCCESS)
		die(pam_strerror(pamh, r));
	pam_end(pamh, r);
	return NULL;
}

static void
ask(struct api *a, struct fetch_request *rq, struct api_reply *reply)
{
	if (api_ask(a, rq, deadline_in(PATIENCE_MS), reply) != MFA_OK)
		die(reply->words);
}

static void
find(struct api *a, struct pending *out)
{
	static struct pendings all;
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };

	api_request(&rq, "GET", "/v1/device/logins");
	ask(a, &rq, &reply);
	if (pending_read(reply.json, card.user, &all) != MFA_OK || all.count != 1)
		die("no login waits on the phone");
	*out = all.list[0];
	api_reply_free(&reply);
}

static double
approve(struct api *a)
{
	const struct wishes honest = { .store = NULL };
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	struct pending p;
	pthread_t thread;
	double posted;

	if (pthread_create(&thread, NULL, login, NULL) != 0)
		die("no thread");
	sem_wait(&shown);
	find(a, &p);
	if (pending_answer(&p, &card, DECISION_APPROVE, number, &honest, &rq) != MFA_OK)
		die("the phone cannot sign");
	posted = now_us();
	ask(a, &rq, &reply);
	api_reply_free(&reply);
	pthread_join(thread, NULL);
	return returned - posted;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	const char *why = "";
	struct api a = { .heed = -1 };
	size_t i, rounds = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	double *took = calloc(rounds + 1, sizeof(*took));

	if (rounds == 0 || took == NULL)
		die("usage: push STORE ROUNDS SERVICE");
	service_name = argv[3];
	if (sem_init(&shown, 0, 0) == -1 || card_read(argv[1], &card, &why) != MFA_OK)
		die(why);
	if (phone_api(&a, &card, -1) != PHONE_DONE)
		return 2;
	for (i = 0; i < rounds; i++)
		took[i] = approve(&a);
	qsort(took, rounds, sizeof(*took), ascending);
	printf("%s %.1f %.1f\n", service_name, took[rounds / 2], took[rounds * 99 / 100]);
	api_close(&a);
	return 0;
}
