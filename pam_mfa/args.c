/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "error.h"
#include "module.h"
#include "text.h"

static int
wrong(struct request *rq, const char *arg, const char *what)
{
	rq->what = what;
	rq->todo = "correct the line of pam_mfa.so under /etc/pam.d (pam_mfa(8))";
	(void)text_escape(rq->at, sizeof(rq->at), arg);
	return MFA_E_CONFIG;
}

static int
set_flag(struct request *rq, const char *arg, bool *flag)
{
	if (*flag)
		return wrong(rq, arg, "an argument is given twice");
	*flag = true;
	return MFA_OK;
}

static int
parse_one(struct request *rq, const char *arg)
{
	static const char deadline[] = "deadline=";
	struct args *a = &rq->args;

	if (strcmp(arg, "debug") == 0)
		return set_flag(rq, arg, &a->debug);
	if (strcmp(arg, "split") == 0) {
		if (rq->phase != PHASE_AUTH)
			return wrong(rq, arg, "split has a meaning in an auth line only");
		return set_flag(rq, arg, &a->split);
	}
	if (strncmp(arg, deadline, sizeof(deadline) - 1) == 0) {
		if (text_number(arg + sizeof(deadline) - 1, DEADLINE_MIN_S, DEADLINE_MAX_S,
		    &a->deadline) != MFA_OK)
			return wrong(rq, arg, "deadline is not a number from 10 to 600");
		return set_flag(rq, arg, &a->has_deadline);
	}
	return wrong(rq, arg, "unknown argument");
}

int
args_parse(struct request *rq, int argc, const char **argv)
{
	int i, r;

	rq->args = (struct args){ .deadline = DEADLINE_S };
	for (i = 0; i < argc; i++)
		if ((r = parse_one(rq, argv[i])) != MFA_OK)
			return r;
	return MFA_OK;
}
