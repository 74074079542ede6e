/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfa-phone: a phone for the terminal, for tests, the demonstration, and people
 * who write a client of their own; see mfa-phone(1).  It exits with
 *
 *	0  done; wait: the login was approved and went on, or was denied
 *	1  wait: the login was approved and did not go on
 *	2  the command line is not right
 *	4  nobody logged in before the time was up; there is no phone in the directory
 *	5  the service refuses; or interrupted
 *	6  the directory of the phone cannot be used
 *	7  the service cannot be reached or failed, or the system did
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "crypto.h"
#include "error.h"
#include "phone.h"
#include "text.h"

/* ---- the command line ---- */

static int
usage(void)
{
	(void)fputs("usage: mfa-phone enrol --store DIR --name NAME [--kind p256|ed25519] "
	    "[--ca FILE]\n"
	    "                       [--user USER] [LINK]\n"
	    "       mfa-phone wait --store DIR [--once] [--timeout SECONDS]\n"
	    "                      [--approve NUMBER | --deny | --report]\n"
	    "                      [--sign-as USER] [--sign-host HOST]\n"
	    "       mfa-phone show --store DIR\n", stderr);
	return PHONE_USAGE;
}

enum { STORE = 1, NAME, KIND, CA, USER, APPROVE, TIMEOUT, SIGN_AS, SIGN_HOST, ONCE, DENY, REPORT };

/* What each command takes. */
static const struct option
    enrol_options[] = {
	{ "store", required_argument, NULL, STORE }, { "name", required_argument, NULL, NAME },
	{ "kind", required_argument, NULL, KIND }, { "ca", required_argument, NULL, CA },
	{ "user", required_argument, NULL, USER }, { NULL, 0, NULL, 0 } },
    wait_options[] = {
	{ "store", required_argument, NULL, STORE },
	{ "approve", required_argument, NULL, APPROVE }, { "deny", no_argument, NULL, DENY },
	{ "report", no_argument, NULL, REPORT }, { "once", no_argument, NULL, ONCE },
	{ "timeout", required_argument, NULL, TIMEOUT },
	{ "sign-as", required_argument, NULL, SIGN_AS },
	{ "sign-host", required_argument, NULL, SIGN_HOST }, { NULL, 0, NULL, 0 } },
    show_options[] = {
	{ "store", required_argument, NULL, STORE }, { NULL, 0, NULL, 0 } };

static const struct {
	const char *name;
	const struct option *options;
	int operands;
} commands[] = {
	{ "enrol", enrol_options, 1 },
	{ "wait", wait_options, 0 },
	{ "show", show_options, 0 },
};

static bool
take(int option, struct wishes *w)
{
	const char **const values[] = { [STORE] = &w->store, [NAME] = &w->name,
	    [KIND] = &w->kind, [CA] = &w->ca, [USER] = &w->user, [APPROVE] = &w->approve,
	    [SIGN_AS] = &w->sign_as, [SIGN_HOST] = &w->sign_host };
	unsigned long n;

	if (option == ONCE)
		w->once = true;
	else if (option == DENY)
		w->deny = true;
	else if (option == REPORT)
		w->report = true;
	else if (option == TIMEOUT && text_number(optarg, 1, 86400, &n) == MFA_OK)
		w->timeout = (unsigned int)n;
	else if (option == TIMEOUT || option < STORE || option > SIGN_HOST)
		return false;
	else
		*values[option] = optarg;
	return true;
}

static int
read_options(int argc, char **argv, size_t command, struct wishes *w)
{
	int c;

	while ((c = getopt_long(argc, argv, "", commands[command].options, NULL)) != -1)
		if (!take(c, w))
			return usage();
	if (w->store == NULL || argc - optind > commands[command].operands ||
	    (w->approve != NULL) + w->deny + w->report > 1)
		return usage();
	return PHONE_DONE;
}

/* A key passes through here: no core file, and no file for others. */
static int
guard(void)
{
	const struct rlimit none = { 0, 0 };

	(void)umask(077);
	if (setrlimit(RLIMIT_CORE, &none) == -1 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    crypto_start_for_tls() != MFA_OK)
		return complain(PHONE_FAILED, "the system: %s", strerror(errno));
	return PHONE_DONE;
}

int
main(int argc, char **argv)
{
	const size_t count = sizeof(commands) / sizeof(commands[0]);
	struct wishes w = { .store = NULL };
	size_t i;
	int r;

	for (i = 0; i < count && (argc < 2 || strcmp(argv[1], commands[i].name) != 0); i++)
		;
	if (i == count)
		return usage();
	if ((r = read_options(argc - 1, argv + 1, i, &w)) != PHONE_DONE ||
	    (r = guard()) != PHONE_DONE)
		return r;
	if (i == 0)
		r = phone_enrol(&w, optind < argc - 1 ? argv[optind + 1] : NULL);
	else
		r = i == 1 ? phone_wait(&w) : phone_show(&w);
	if (fflush(stdout) != 0 || ferror(stdout))
		return complain(PHONE_FAILED, "the output could not be written");
	return r;
}
