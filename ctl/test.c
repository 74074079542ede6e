/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl test: one login from this host to a user's phone or telephone and back, hop by
 * hop, each with its time and what is wrong with it.  Nobody is let in by it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ctl.h"
#include "error.h"
#include "trial.h"
#include "user.h"

struct way {
	const char *name;
	int (*run)(struct trial *t);
	bool signs;		/* so this host has to believe it */
};

static const struct way ways[] = {
	{ "push", trial_push, true },
	{ "call", trial_call, false },
	{ "text", trial_text, false },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static int
try_all(struct trial *t, const struct way *way)
{
	int r;

	trial_begin(t);
	if ((r = trial_reach(t)) == CTL_DONE)
		r = way->run(t);
	trial_close(t);
	return r;
}

static int
read_believed(struct trial *t)
{
	const char *path = config_service(t->api.service.config, "")->authorities, *why;
	unsigned int line;

	if (path != NULL && authorities_read(path, 0, t->believed, AUTHORITIES_MAX,
	    &t->believed_count, &line, &why) == MFA_OK)
		return CTL_DONE;
	return complain(CTL_CONFIG, "%s: this host believes no authority: see mfactl check",
	    path != NULL ? path : "authorities");
}

static int
read_revoked(struct trial *t)
{
	int r = t->st.store != NULL ? revoked_read(t->st.store, t->user, &t->revoked) : MFA_OK;

	return r == MFA_OK ? CTL_DONE : r == MFA_E_REFUSED ? complain(CTL_NO,
	    "so many phones of the user are revoked that none is believed") :
	    state_fault(&t->st, r);
}

static int
catch_signals(struct trial *t)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (t->api.heed = signalfd(-1, &set, SFD_CLOEXEC)) == -1)
		return complain(CTL_STATE, "signals cannot be caught: %s", strerror(errno));
	return CTL_DONE;
}

/* Files are read as root; after that nothing here needs it. */
static int
prepare(struct trial *t, const struct way *way)
{
	int r;

	if ((r = need_root()) != CTL_DONE || (r = user_known(t->user)) != CTL_DONE ||
	    (r = remote_open_host(&t->api)) != CTL_DONE ||
	    (way->signs && (r = read_believed(t)) != CTL_DONE) ||
	    (r = catch_signals(t)) != CTL_DONE ||
	    (r = state_open(&t->st, STATE_MAYBE)) != CTL_DONE)
		return r;
	return way->signs ? read_revoked(t) : CTL_DONE;
}

int
cmd_test(int argc, char **argv)
{
	static struct trial t;
	const char *name;
	size_t i = 0;
	int first, r;

	t.api.heed = -1;
	t.outcome = "cancelled";
	if ((r = opts_read(argc, argv, NULL, 0, 1, 2, &first)) != CTL_DONE)
		return r;
	t.user = argv[first];
	name = first + 1 < argc ? argv[first + 1] : ways[0].name;
	while (i < WAYS && strcmp(ways[i].name, name) != 0)
		i++;
	if (i == WAYS)
		return complain(CTL_USAGE, "test: push, call or text");
	if ((r = prepare(&t, &ways[i])) == CTL_DONE)
		r = try_all(&t, &ways[i]);
	explicit_bzero(&t.s, sizeof(t.s));
	remote_close(&t.api);
	state_close(&t.st);
	return r;
}
