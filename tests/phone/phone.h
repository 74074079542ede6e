/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PHONE_H
#define MFA_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#include "../../client/api.h"
#include "card.h"

/*
 * mfa-phone: a phone for the terminal; see mfa-phone(1).  main.c has the
 * command line, one file each the commands.
 */

/* Exit statuses; mfa-phone(1) has the same list. */
enum phone_exit {
	PHONE_DONE = 0,		/* wait: approved, and the login went on; or denied, reported */
	PHONE_NO = 1,		/* wait: approved, and it did not go on */
	PHONE_USAGE = 2,	/* the command line */
	PHONE_ABSENT = 4,	/* nobody logged in in time; there is no phone in the directory */
	PHONE_REFUSED = 5,	/* the service refuses; interrupted */
	PHONE_STORE = 6,	/* the directory cannot be used */
	PHONE_FAILED = 7,	/* the service cannot be reached, or fails; or the system does */
};

/* As they were given; NULL: not. */
struct wishes {
	const char *store;
	const char *name, *kind, *ca, *user;	/* enrol */
	const char *approve;			/* wait */
	bool deny, report, once;
	unsigned int timeout;			/* seconds; 0: none */
	const char *sign_as, *sign_host;	/* what a hostile phone signs */
};

/* link is NULL when it is to be asked for; it is wiped. */
int phone_enrol(const struct wishes *w, char *link);
int phone_wait(const struct wishes *w);
int phone_show(const struct wishes *w);

/* "mfa-phone: what is wrong: what to do" on standard error; returns status. */
int complain(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same about what the service said to our question (api_ask). */
int complain_of(int error, const struct api_reply *reply);

/* An api to the server of a card, as its device; the status after a complaint. */
int phone_api(struct api *a, const struct card *c, int heed);

/* The key's, as hosts show it; returns dst. */
#define FINGERPRINT_MAX 23
const char *fingerprint(const struct blob *key, char dst[FINGERPRINT_MAX]);

#endif
