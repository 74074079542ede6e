/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_LINE_H
#define MFA_CALL_LINE_H

#include <sys/stat.h>

#include "call_config.h"
#include "dial.h"
#include "secret.h"

/*
 * The line to the outside as it is configured, with what its files hold.  The
 * listener reads it, since a child's sandbox would not let it; each child has it
 * as it was when it was born.
 */
struct line {
	const char *path;		/* of the configuration */
	bool quiet;			/* nothing of it is logged */
	struct call_config *config;	/* NULL: see fault */
	struct secret text_secret, sip_password, twilio_token;	/* empty: there is none */
	char fault[DIAL_WORDS_MAX];	/* "", or why none of this can be used */

	struct stat file;		/* zeros: it is not there; as are the next */
	struct stat text_secret_file, sip_password_file, twilio_token_file;
};

/* Reads everything anew from l->path; what was there before is freed and wiped.
 * What is wrong is in ->fault and, unless l->quiet, in the log. */
void line_load(struct line *l);
void line_drop(struct line *l);

/* Has a file changed since?  Some stat(2) calls. */
bool line_stale(const struct line *l);

#endif
