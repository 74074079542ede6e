/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * logins SERVICE USER COUNT: as many logins in a row, of somebody who hangs up
 * at the first question.  Prints how many were let in, how many got each PAM
 * code, and the milliseconds of the slowest.
 */
#include <security/pam_appl.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CODES 64

static int
converse(int count, const struct pam_message **msg, struct pam_response **resp, void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < count; i++)
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
		    msg[i]->msg_style == PAM_PROMPT_ECHO_ON)
			return PAM_CONV_ERR;
	*resp = calloc((size_t)count, sizeof(**resp));
	return *resp != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static long
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

static int
log_in(const char *service, const char *user)
{
	const struct pam_conv conv = { .conv = converse };
	pam_handle_t *h = NULL;
	int r = pam_start(service, user, &conv, &h);

	if (r != PAM_SUCCESS)
		errx(1, "pam_start");
	r = pam_authenticate(h, 0);
	(void)pam_end(h, r);
	return r;
}

int
main(int argc, char **argv)
{
	long codes[CODES] = { 0 }, slowest = 0, began, took, n;
	int r;

	if (argc != 4)
		errx(2, "usage: logins SERVICE USER COUNT");
	for (n = strtol(argv[3], NULL, 10); n > 0; n--) {
		began = now_ms();
		r = log_in(argv[1], argv[2]);
		codes[r >= 0 && r < CODES ? r : CODES - 1]++;
		if ((took = now_ms() - began) > slowest)
			slowest = took;
	}
	printf("in=%ld", codes[PAM_SUCCESS]);
	for (r = 0; r < CODES; r++)
		if (r != PAM_SUCCESS && codes[r] > 0)
			printf(" code_%d=%ld", r, codes[r]);
	printf(" slowest=%ld\n", slowest);
	return codes[PAM_SUCCESS] > 0;
}
