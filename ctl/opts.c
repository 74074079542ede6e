/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "store.h"
#include "text.h"
#include "user.h"

#define OPTS_MAX 16	/* of one subcommand */

static int
take(const struct opt *opt)
{
	if (opt->value != NULL)
		*opt->value = optarg;
	else
		*opt->flag = true;
	return CTL_DONE;
}

/* getopt's place in argv is that of what it could not read. */
static int
refuse(int c, char **argv)
{
	char shown[SHOW_MAX];
	const char *word = optind > 1 ? argv[optind - 1] : argv[0];

	show(shown, sizeof(shown), word);
	if (c == ':')
		return complain(CTL_USAGE, "%s: option %s needs a value: see mfactl help %s",
		    argv[0], shown, argv[0]);
	return complain(CTL_USAGE, "%s: %s is no option of it: see mfactl help %s", argv[0], shown,
	    argv[0]);
}

int
opts_read(int argc, char **argv, const struct opt *opts, size_t count, int min, int max,
    int *first)
{
	struct option table[OPTS_MAX + 1] = { { .name = NULL } };
	int c, r = CTL_DONE, at = 0;
	size_t i;

	for (i = 0; i < count && i < OPTS_MAX; i++)
		table[i] = (struct option){ .name = opts[i].name,
		    .has_arg = opts[i].value != NULL ? required_argument : no_argument };
	opterr = 0;
	optind = 0;
	while (r == CTL_DONE && (c = getopt_long(argc, argv, ":", table, &at)) != -1)
		r = c == 0 ? take(&opts[at]) : refuse(c, argv);
	if (r != CTL_DONE)
		return r;
	*first = optind;
	if (argc - optind < min)
		return complain(CTL_USAGE, "%s: something is missing: see mfactl help %s",
		    argv[0], argv[0]);
	if (argc - optind > max)
		return complain(CTL_USAGE, "%s: one word too many: see mfactl help %s", argv[0],
		    argv[0]);
	return CTL_DONE;
}

int
opts_number(const char *name, const char *text, unsigned long min, unsigned long max,
    unsigned int *out)
{
	unsigned long n;

	if (text_number(text, min, max, &n) != MFA_OK)
		return complain(CTL_USAGE, "--%s: not a number from %lu to %lu", name, min, max);
	*out = (unsigned int)n;
	return CTL_DONE;
}

int
user_valid(const char *user)
{
	size_t len = strlen(user);

	if (len == 0 || len >= sizeof(((struct audit *)NULL)->user) || !text_printable(user, len))
		return complain(CTL_USAGE, "not a user name: it is empty, too long or not "
		    "printable");
	return CTL_DONE;
}

int
user_known(const char *user)
{
	char shown[SHOW_MAX];
	uint32_t uid, gid;
	int r = user_valid(user);

	if (r != CTL_DONE)
		return r;
	r = user_find(user, &uid, &gid);
	show(shown, sizeof(shown), user);
	if (r == MFA_E_ABSENT)
		return complain(CTL_ABSENT, "no such user: %s: check the spelling", shown);
	if (r != MFA_OK)
		return complain(CTL_STATE, "user %s cannot be looked up: %s: try again",
		    shown, strerror(errno));
	return CTL_DONE;
}
