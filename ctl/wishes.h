/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WISHES_H
#define MFA_WISHES_H

#include <stdbool.h>

#include "otp.h"

/*
 * What the command line wants of a new token, of this host or of the service.
 */

/* As they were given; NULL: not. */
struct wishes {
	const char *name, *replace, *kind, *algorithm, *digits, *period, *counter;
	bool key_stdin, json;
};

/* Changes *p to what was wished; CTL_DONE, or CTL_USAGE after a complaint. */
int wishes_params(const struct wishes *w, struct otp_params *p);

/* Whether they can be had at all; the same. */
int wishes_check(const struct wishes *w);

/* Asks for the key of a device that has one already.  CTL_DONE, or CTL_REFUSED
 * after a complaint. */
int wishes_key(struct secret *key);

#endif
